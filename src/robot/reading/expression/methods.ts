import { ExpressionFault } from "./fault.ts";
import { areEqual, Callable, Dict, keyOf, membersOf, numberIn, Tuple, typeOf, type Value } from "./values.ts";
import { boundedText, checkedLength, longestText, type Work } from "./work.ts";

type Method<T> = (self: T, args: readonly Value[], work: Work) => Value;

/** The method of that name with its object in it; undefined when there is none. None changes its object. */
export function methodOf(value: Value, name: string): Callable | undefined {
  if (typeof value === "string") return bind(value, value.length, name, textMethods);
  if (value instanceof Dict) return bind(value, value.items.size, name, dictMethods);
  if (Array.isArray(value)) return bind(value, value.length, name, listMethods);
  return value instanceof Tuple ? bind(value.items, value.items.length, name, listMethods) : undefined;
}

function bind<T>(
  self: T,
  size: number,
  name: string,
  methods: ReadonlyMap<string, Method<T>>,
): Callable | undefined {
  const method = methods.get(name);
  if (method === undefined) return undefined;
  return new Callable(name, (args, named, work) => {
    work.spend(1 + size / 4);
    if (named.size > 0) throw new ExpressionFault(`${name}() takes no name=value here`);
    return method(self, args, work);
  });
}

function textIn(args: readonly Value[], index: number, method: string): string {
  const value = args[index];
  if (typeof value === "string") return value;
  throw new ExpressionFault(`${method}() needs a str`);
}

/** The argument as a whole number, `otherwise` when it is left out. */
function wholeIn(args: readonly Value[], index: number, otherwise: number): number {
  const value = args[index];
  if (value === undefined) return otherwise;
  const number = numberIn(value);
  if (typeof number === "bigint") return Number(number);
  throw new ExpressionFault(`an int should stand where a ${typeOf(value)} is`);
}

function stripped(text: string, args: readonly Value[], sides: { left: boolean; right: boolean }): string {
  const characters = args[0] === undefined || args[0] === null ? " \t\n\r\f\v" : textIn(args, 0, "strip");
  let [from, to] = [0, text.length];
  while (sides.left && from < to && characters.includes(text[from] as string)) from += 1;
  while (sides.right && to > from && characters.includes(text[to - 1] as string)) to -= 1;
  return text.slice(from, to);
}

/** Python's split: without a separator by runs of white space, and at most `most` cuts. */
function split(text: string, args: readonly Value[], work: Work): Value {
  const most = wholeIn(args, 1, -1);
  const limit = most < 0 ? Number.POSITIVE_INFINITY : most;
  const parts: string[] = [];
  work.spend(text.length / 8);
  if (args[0] === undefined || args[0] === null) {
    let rest = text.trimStart();
    while (rest !== "" && parts.length < limit) {
      const gap = /\s+/.exec(rest);
      if (gap === null) break;
      parts.push(rest.slice(0, gap.index));
      rest = rest.slice(gap.index + gap[0].length);
      checkedLength(parts.length > 1000 ? 1000 : 1, work);
    }
    return rest === "" ? parts : [...parts, parts.length < limit ? rest.trimEnd() : rest];
  }
  const separator = textIn(args, 0, "split");
  if (separator === "") throw new ExpressionFault("split() needs a separator that is not empty");
  const all = text.split(separator);
  checkedLength(all.length, work);
  return all.length <= limit + 1 ? all : [...all.slice(0, limit), all.slice(limit).join(separator)];
}

const startsOrEnds =
  (name: "startsWith" | "endsWith"): Method<string> =>
  (self, args) => {
    const [parts] = args;
    const wanted = parts instanceof Tuple ? parts.items : [textIn(args, 0, name.toLowerCase())];
    return wanted.some((one) => typeof one === "string" && self[name](one));
  };

const textMethods: ReadonlyMap<string, Method<string>> = new Map<string, Method<string>>([
  ["split", split],
  ["strip", (self, args) => stripped(self, args, { left: true, right: true })],
  ["lstrip", (self, args) => stripped(self, args, { left: true, right: false })],
  ["rstrip", (self, args) => stripped(self, args, { left: false, right: true })],
  ["lower", (self) => self.toLowerCase()],
  ["upper", (self) => self.toUpperCase()],
  ["capitalize", (self) => self.slice(0, 1).toUpperCase() + self.slice(1).toLowerCase()],
  [
    "title",
    (self) => self.toLowerCase().replace(/\p{L}+/gu, (w) => w.slice(0, 1).toUpperCase() + w.slice(1)),
  ],
  ["startswith", startsOrEnds("startsWith")],
  ["endswith", startsOrEnds("endsWith")],
  ["find", (self, args) => BigInt(self.indexOf(textIn(args, 0, "find")))],
  ["rfind", (self, args) => BigInt(self.lastIndexOf(textIn(args, 0, "rfind")))],
  ["count", (self, args) => BigInt(self.split(textIn(args, 0, "count")).length - 1)],
  ["isdigit", (self) => /^\p{Nd}+$/u.test(self)],
  ["isalpha", (self) => /^\p{L}+$/u.test(self)],
  ["zfill", (self, args) => zeroFilled(self, wholeIn(args, 0, 0))],
  [
    "replace",
    (self, args, work) => {
      const [from, to] = [textIn(args, 0, "replace"), textIn(args, 1, "replace")];
      const most = wholeIn(args, 2, -1);
      const parts = self.split(from);
      work.spend(parts.length);
      if (self.length + parts.length * to.length > longestText)
        throw new ExpressionFault("a text is too long");
      if (from === "") return boundedText(to + parts.map((one) => one + to).join(""), work);
      if (most < 0 || parts.length <= most + 1) return boundedText(parts.join(to), work);
      return boundedText([...parts.slice(0, most), parts.slice(most).join(from)].join(to), work);
    },
  ],
  [
    "join",
    (self, args, work) => {
      const members = membersOf(args[0] ?? null, work);
      let length = 0;
      for (const one of members) {
        if (typeof one !== "string") throw new ExpressionFault(`join() needs strs, not a ${typeOf(one)}`);
        length += one.length + self.length;
      }
      if (length > longestText) throw new ExpressionFault("a text is too long");
      return boundedText(members.join(self), work);
    },
  ],
]);

function zeroFilled(text: string, width: number): string {
  if (width > 1000) throw new ExpressionFault("zfill() is too wide");
  const sign = /^[+-]/.test(text) ? (text[0] as string) : "";
  return sign + text.slice(sign.length).padStart(width - sign.length, "0");
}

const dictMethods: ReadonlyMap<string, Method<Dict>> = new Map<string, Method<Dict>>([
  ["keys", (self) => [...self.items.keys()]],
  ["values", (self) => [...self.items.values()]],
  ["items", (self) => [...self.items].map((pair) => new Tuple(pair))],
  ["get", (self, args) => self.items.get(keyOf(args[0] ?? null)) ?? args[1] ?? null],
]);

const listMethods: ReadonlyMap<string, Method<readonly Value[]>> = new Map<string, Method<readonly Value[]>>([
  ["count", (self, args, work) => BigInt(self.filter((one) => areEqual(one, args[0] ?? null, work)).length)],
  [
    "index",
    (self, args, work) => {
      const at = self.findIndex((one) => areEqual(one, args[0] ?? null, work));
      if (at < 0) throw new ExpressionFault("index() of what is not in the list");
      return BigInt(at);
    },
  ],
]);
