import { ExpressionFault } from "./fault.ts";
import { floorDivision, toFloat } from "./operators.ts";
import { payInt } from "./text.ts";
import { Callable, membersOf, numberIn, typeOf, type Value } from "./values.ts";

/** A number among a function's arguments. */
export function numberAt(name: string, args: readonly Value[], index: number): bigint | number {
  const value = args[index];
  const number = value === undefined ? null : numberIn(value);
  if (number !== null) return number;
  throw new ExpressionFault(
    `${name}() needs a number${value === undefined ? "" : `, not a ${typeOf(value)}`}`,
  );
}

function expectCount(name: string, args: readonly Value[], least: number, most: number): void {
  if (args.length >= least && args.length <= most) return;
  const right = least === most ? `${least}` : `${least} to ${most}`;
  throw new ExpressionFault(`${name}() takes ${right} arguments, not ${args.length}`);
}

/** A result outside what floats or the function have is a fault, as in Python, never a silent NaN. */
function sound(name: string, result: number, args: readonly number[]): number {
  if (Number.isNaN(result) && !args.some(Number.isNaN)) {
    throw new ExpressionFault(`${name}() is not defined there`);
  }
  if (!Number.isFinite(result) && args.every(Number.isFinite)) {
    throw new ExpressionFault(`${name}() is not finite there`);
  }
  return result;
}

function ofFloats(name: string, count: number, compute: (...numbers: number[]) => number): Callable {
  return new Callable(name, (args) => {
    expectCount(name, args, count, count);
    const numbers = args.map((_, i) => toFloat(numberAt(name, args, i)));
    return sound(name, compute(...numbers), numbers);
  });
}

/** ceil, floor and trunc give ints. */
function toInt(name: string, round: (value: number) => number): Callable {
  return new Callable(name, (args) => {
    expectCount(name, args, 1, 1);
    const number = numberAt(name, args, 0);
    if (typeof number === "bigint") return number;
    if (!Number.isFinite(number)) throw new ExpressionFault(`${name}() needs a finite number`);
    return BigInt(round(number));
  });
}

function test(name: string, holds: (value: number) => boolean): Callable {
  return new Callable(name, (args) => {
    expectCount(name, args, 1, 1);
    return holds(Number(numberAt(name, args, 0)));
  });
}

function ofInts(name: string, compute: (...numbers: bigint[]) => bigint): Callable {
  return new Callable(name, (args, _, work) => {
    const numbers = args.map((_one, i) => {
      const number = numberAt(name, args, i);
      // A greatest divisor takes a step for nearly each digit.
      if (typeof number === "bigint") for (let k = 0; k < 10; k += 1) payInt(number, work);
      if (typeof number === "bigint") return number;
      throw new ExpressionFault(`${name}() needs ints`);
    });
    const result = compute(...numbers);
    payInt(result, work);
    return result;
  });
}

function greatestDivisor(a: bigint, b: bigint): bigint {
  let [x, y] = [a < 0n ? -a : a, b < 0n ? -b : b];
  while (y !== 0n) [x, y] = [y, x % y];
  return x;
}

function factorial(n: bigint): bigint {
  if (n < 0n || n > 1000n) throw new ExpressionFault("factorial() is for 0 to 1000");
  let product = 1n;
  for (let i = 2n; i <= n; i += 1n) product *= i;
  return product;
}

/** Natural logarithm, or to the base of a second argument. */
const log = new Callable("log", (args) => {
  expectCount("log", args, 1, 2);
  const numbers = args.map((_, i) => toFloat(numberAt("log", args, i)));
  const [x = Number.NaN, base] = numbers;
  return sound("log", base === undefined ? Math.log(x) : Math.log(x) / Math.log(base), numbers);
});

const isClose = new Callable("isclose", (args, named) => {
  expectCount("isclose", args, 2, 2);
  const [a, b] = [Number(numberAt("isclose", args, 0)), Number(numberAt("isclose", args, 1))];
  const relative = Number(numberIn(named.get("rel_tol") ?? 1e-9));
  const absolute = Number(numberIn(named.get("abs_tol") ?? 0));
  if (a === b) return true;
  if (!Number.isFinite(a) || !Number.isFinite(b)) return false;
  return Math.abs(a - b) <= Math.max(relative * Math.max(Math.abs(a), Math.abs(b)), absolute);
});

const fsum = new Callable("fsum", (args, _, work) => {
  expectCount("fsum", args, 1, 1);
  const members = membersOf(args[0] ?? null, work);
  return members.reduce((sum: number, _one, i) => sum + toFloat(numberAt("fsum", members, i)), 0);
});

const radian = Math.PI / 180;

const functions: readonly Callable[] = [
  ...(
    [
      "acos",
      "acosh",
      "asin",
      "asinh",
      "atan",
      "atanh",
      "cbrt",
      "cos",
      "cosh",
      "exp",
      "expm1",
      "log10",
    ] as const
  ).map((name) => ofFloats(name, 1, Math[name])),
  ...(["log1p", "log2", "sin", "sinh", "sqrt", "tan", "tanh"] as const).map((name) =>
    ofFloats(name, 1, Math[name]),
  ),
  ofFloats("fabs", 1, Math.abs),
  ofFloats("degrees", 1, (x) => x * (180 / Math.PI)),
  ofFloats("radians", 1, (x) => x * radian),
  ofFloats("exp2", 1, (x) => 2 ** x),
  ofFloats("atan2", 2, Math.atan2),
  ofFloats("pow", 2, (a, b) => (a === 1 ? 1 : a ** b)),
  ofFloats("fmod", 2, (a, b) => a % b),
  ofFloats("remainder", 2, nearestRemainder),
  ofFloats("copysign", 2, (a, b) => (b < 0 || Object.is(b, -0) ? -Math.abs(a) : Math.abs(a))),
  ofFloats("ldexp", 2, (a, b) => a * 2 ** b),
  new Callable("hypot", (args) => {
    const numbers = args.map((_, i) => toFloat(numberAt("hypot", args, i)));
    return sound("hypot", Math.hypot(...numbers), numbers);
  }),
  toInt("ceil", Math.ceil),
  toInt("floor", Math.floor),
  toInt("trunc", Math.trunc),
  test("isfinite", Number.isFinite),
  test("isinf", (x) => x === Number.POSITIVE_INFINITY || x === Number.NEGATIVE_INFINITY),
  test("isnan", Number.isNaN),
  ofInts("gcd", (...all) => all.reduce(greatestDivisor, 0n)),
  ofInts("factorial", (n = 0n) => factorial(n)),
  log,
  isClose,
  fsum,
];

/** IEEE 754's remainder: to the nearest multiple, the even one of two. */
function nearestRemainder(a: number, b: number): number {
  if (!Number.isFinite(b)) return Number.isFinite(a) ? a : Number.NaN;
  if (b === 0) return Number.NaN;
  const [quotient, rest] = floorDivision(a, Math.abs(b));
  const half = Math.abs(b) / 2;
  return rest > half || (rest === half && quotient % 2 !== 0) ? rest - Math.abs(b) : rest;
}

/** Python's module math, as far as xacro files use it: all but erf, gamma, comb and the like. */
export const mathematics: ReadonlyMap<string, Value> = new Map<string, Value>([
  ["pi", Math.PI],
  ["tau", 2 * Math.PI],
  ["e", Math.E],
  ["inf", Number.POSITIVE_INFINITY],
  ["nan", Number.NaN],
  ...functions.map((one): [string, Value] => [one.name, one]),
]);
