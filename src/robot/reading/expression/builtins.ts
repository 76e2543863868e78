import { ExpressionFault } from "./fault.ts";
import { numberAt } from "./mathematics.ts";
import { binary, floorDivision, toFloat } from "./operators.ts";
import { readFloat, readInt, repr, str } from "./text.ts";
import {
  Callable,
  Dict,
  type DictKey,
  isTrue,
  keyOf,
  membersOf,
  numberIn,
  order,
  Tuple,
  typeOf,
  type Value,
} from "./values.ts";
import { checkedLength, type Work } from "./work.ts";

type Built = (args: readonly Value[], named: ReadonlyMap<string, Value>, work: Work) => Value;

/** Of functions that take no name=value. */
function plain(name: string, least: number, most: number, call: Built): Callable {
  return new Callable(name, (args, named, work) => {
    const [unknown] = named.keys();
    if (unknown !== undefined) throw new ExpressionFault(`${name}() takes no ${unknown}=`);
    if (args.length < least || args.length > most) {
      throw new ExpressionFault(`${name}() does not take ${args.length} arguments`);
    }
    return call(args, named, work);
  });
}

function called(callee: Value, args: readonly Value[], work: Work): Value {
  if (!(callee instanceof Callable)) throw new ExpressionFault(`a ${typeOf(callee)} cannot be called`);
  return work.nested(() => callee.call(args, new Map(), work));
}

function toIntValue(value: Value, work: Work): bigint {
  payNumber(value, work);
  const number = typeof value === "string" ? readInt(value) : numberIn(value);
  if (typeof number === "bigint") return number;
  if (number === null)
    throw new ExpressionFault(
      `int() cannot read ${typeof value === "string" ? `"${value.slice(0, 40)}"` : `a ${typeOf(value)}`}`,
    );
  if (!Number.isFinite(number)) throw new ExpressionFault("int() needs a finite number");
  return BigInt(Math.trunc(number));
}

function toFloatValue(value: Value, work: Work): number {
  payNumber(value, work);
  const number = typeof value === "string" ? readFloat(value) : numberIn(value);
  if (number !== null) return toFloat(number);
  throw new ExpressionFault(
    `float() cannot read ${typeof value === "string" ? `"${value.slice(0, 40)}"` : `a ${typeOf(value)}`}`,
  );
}

/** Python rounds halves to the even neighbour, and judges the float as it is, not its short text. */
function rounded(value: number, digits: number): number {
  if (!Number.isFinite(value) || digits > 60 || Math.abs(value) >= 1e21) return value;
  if (digits < 0) {
    const unit = 10 ** -digits;
    return rounded(value / unit, 0) * unit;
  }
  const [whole = "", fraction = ""] = Math.abs(value).toFixed(100).split(".");
  const kept = BigInt(whole + fraction.slice(0, digits));
  const tail = fraction.slice(digits);
  const isHalf = /^50*$/.test(tail);
  const up = isHalf ? kept % 2n === 1n : tail >= "5";
  const text = String(up ? kept + 1n : kept).padStart(digits + 1, "0");
  const cut = text.length - digits;
  return Math.sign(value) * Number(`${text.slice(0, cut)}.${text.slice(cut)}`);
}

/** Long digits take their time to read. */
function payNumber(value: Value, work: Work): void {
  if (typeof value === "string") work.spend(1 + value.length / 4);
}

const round: Built = (args, _, work) => {
  work.spend(30);
  const number = numberAt("round", args, 0);
  const digits = args[1] === undefined || args[1] === null ? null : Number(numberAt("round", args, 1));
  if (typeof number === "bigint") return number;
  if (digits !== null) return rounded(number, digits);
  if (!Number.isFinite(number)) throw new ExpressionFault("round() needs a finite number");
  if (Math.abs(number) >= 2 ** 52) return BigInt(number);
  return BigInt(rounded(number, 0));
};

function least(name: "min" | "max"): Callable {
  return new Callable(name, (args, named, work) => {
    const members = args.length === 1 ? membersOf(args[0] ?? null, work) : args;
    const key = named.get("key");
    const judged = (value: Value): Value => (key === undefined ? value : called(key, [value], work));
    let [best] = members;
    if (best === undefined) throw new ExpressionFault(`${name}() of nothing`);
    for (const one of members.slice(1)) {
      const difference = order(judged(one), judged(best), work);
      if (name === "min" ? difference < 0 : difference > 0) best = one;
    }
    return best;
  });
}

const range = plain("range", 1, 3, (args, _, work) => {
  const ends = args.map((_one, i) => {
    const number = numberAt("range", args, i);
    if (typeof number === "bigint") return Number(number);
    throw new ExpressionFault("range() needs ints");
  });
  const [from, to, step = 1] = ends.length === 1 ? [0, ends[0] ?? 0] : [ends[0] ?? 0, ends[1] ?? 0, ends[2]];
  if (step === 0) throw new ExpressionFault("the step of range() cannot be 0");
  const count = Math.max(0, Math.ceil((to - from) / step));
  checkedLength(count, work);
  return Array.from({ length: count }, (_one, i) => BigInt(from + i * step));
});

const sorted = new Callable("sorted", (args, named, work) => {
  const key = named.get("key");
  const members = membersOf(args[0] ?? null, work).map((one) => ({
    one,
    by: key === undefined ? one : called(key, [one], work),
  }));
  const sign = isTrue(named.get("reverse") ?? false) ? -1 : 1;
  return members.sort((a, b) => sign * order(a.by, b.by, work)).map(({ one }) => one);
});

const dict = new Callable("dict", (args, named, work) => {
  const [first] = args;
  const items = new Map<DictKey, Value>(first instanceof Dict ? first.items : []);
  if (first !== undefined && !(first instanceof Dict)) {
    for (const pair of membersOf(first, work)) {
      const [key, value, more] = membersOf(pair, work);
      if (key === undefined || value === undefined || more !== undefined)
        throw new ExpressionFault("dict() needs pairs");
      items.set(keyOf(key), value);
    }
  }
  for (const [key, value] of named) items.set(key, value);
  checkedLength(items.size, work);
  return new Dict(items);
});

/** What xacro lets be called without a prefix. */
const everywhere: readonly Callable[] = [
  plain("int", 0, 1, ([value = 0n], _, work) => toIntValue(value, work)),
  plain("float", 0, 1, ([value = 0], _, work) => toFloatValue(value, work)),
  plain("str", 0, 1, ([value = ""], _, work) => str(value, work)),
  plain("bool", 0, 1, ([value = false]) => isTrue(value)),
  plain("list", 0, 1, ([value = []], _, work) => [...membersOf(value, work)]),
  dict,
  plain("len", 1, 1, ([value = null], _, work) =>
    BigInt(value instanceof Dict ? value.items.size : membersOf(value, work).length),
  ),
  least("min"),
  least("max"),
  plain("round", 1, 2, round),
  plain("map", 2, 9, ([callee = null, ...lists], _, work) => {
    const all = lists.map((list) => membersOf(list, work));
    const count = Math.min(...all.map((one) => one.length));
    return Array.from({ length: count }, (_one, i) =>
      called(
        callee,
        all.map((list) => list[i] as Value),
        work,
      ),
    );
  }),
  sorted,
  range,
];

/** What is behind `python.` only. */
const prefixed: readonly Callable[] = [
  plain("abs", 1, 1, (args) => {
    const number = numberAt("abs", args, 0);
    return number < 0 || Object.is(number, -0) ? -number : number;
  }),
  plain("all", 1, 1, ([value = null], _, work) => membersOf(value, work).every(isTrue)),
  plain("any", 1, 1, ([value = null], _, work) => membersOf(value, work).some(isTrue)),
  plain("divmod", 2, 2, ([a = null, b = null], _, work) => {
    const [x, y] = [numberIn(a), numberIn(b)];
    if (typeof x === "bigint" && typeof y === "bigint") {
      return new Tuple([binary("//", x, y, work), binary("%", x, y, work)]);
    }
    return new Tuple(floorDivision(toFloatValue(a, work), toFloatValue(b, work)));
  }),
  new Callable("enumerate", (args, named, work) => {
    const start = BigInt(Number(numberIn(named.get("start") ?? args[1] ?? 0n)));
    return membersOf(args[0] ?? null, work).map((one, i) => new Tuple([start + BigInt(i), one]));
  }),
  plain("filter", 2, 2, ([callee = null, list = null], _, work) =>
    membersOf(list, work).filter((one) => isTrue(callee === null ? one : called(callee, [one], work))),
  ),
  plain("isinstance", 2, 2, ([value = null, type = null]) =>
    (type instanceof Tuple ? type.items : [type]).some(
      (one) =>
        one instanceof Callable &&
        (one.name === typeOf(value) || (one.name === "int" && typeof value === "boolean")),
    ),
  ),
  plain("ord", 1, 1, ([text]) => BigInt((typeof text === "string" ? text.codePointAt(0) : undefined) ?? 0)),
  plain("repr", 1, 1, ([value = null], _, work) => repr(value, work)),
  plain("reversed", 1, 1, ([value = null], _, work) => [...membersOf(value, work)].reverse()),
  plain("sum", 1, 2, ([list = null, start = 0n], _, work) =>
    membersOf(list, work).reduce((sum: Value, one) => binary("+", sum, one, work), start),
  ),
  plain("tuple", 0, 1, ([value = []], _, work) => new Tuple([...membersOf(value, work)])),
  plain("zip", 1, 9, (lists, _, work) => {
    const all = lists.map((list) => membersOf(list, work));
    const count = Math.min(...all.map((one) => one.length));
    return Array.from({ length: count }, (_one, i) => new Tuple(all.map((list) => list[i] as Value)));
  }),
];

const namesOf = (functions: readonly Callable[]): [string, Value][] =>
  functions.map((one) => [one.name, one]);

/** The functions of Python that an expression may call; `python` holds those that need the prefix, too. */
export const builtins: ReadonlyMap<string, Value> = new Map(namesOf(everywhere));
export const pythonNamespace: ReadonlyMap<string, Value> = new Map(namesOf([...everywhere, ...prefixed]));
