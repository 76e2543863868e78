import { ExpressionFault } from "./fault.ts";
import { formatPercent } from "./percent-format.ts";
import { payInt } from "./text.ts";
import {
  areEqual,
  Dict,
  keyOf,
  membersOf,
  numberIn,
  order,
  payText,
  Tuple,
  typeOf,
  type Value,
} from "./values.ts";
import { boundedText, checkedLength, longestText, type Work } from "./work.ts";

/** Ints are kept below 2 to this power, so that no operation takes long. */
const mostBits = 16_384;
const intBound = 1n << BigInt(mostBits);

function bounded(value: bigint): bigint {
  if (value >= intBound || value <= -intBound) throw new ExpressionFault("an int is too large");
  return value;
}

/** An int as float. Throws an ExpressionFault when it is too large for one. */
export function toFloat(value: bigint | number): number {
  const float = Number(value);
  if (typeof value === "bigint" && !Number.isFinite(float)) {
    throw new ExpressionFault("an int is too large for a float");
  }
  return float;
}

/** Python's binary operators, by their signs. */
export function binary(operator: string, a: Value, b: Value, work: Work): Value {
  work.spend(1);
  const [left, right] = [numberIn(a), numberIn(b)];
  if (left !== null && right !== null) {
    if (typeof left === "bigint" && typeof right === "bigint") {
      payInt(left, work);
      payInt(right, work);
      const result = ofInts(operator, left, right);
      if (typeof result === "bigint") payInt(result, work);
      return result;
    }
    return ofFloats(operator, toFloat(left), toFloat(right));
  }
  if (operator === "+") {
    if (typeof a === "string" && typeof b === "string") return boundedText(a + b, work);
    if (Array.isArray(a) && Array.isArray(b)) {
      checkedLength(a.length + b.length, work);
      return [...a, ...b];
    }
    if (a instanceof Tuple && b instanceof Tuple) {
      checkedLength(a.items.length + b.items.length, work);
      return new Tuple([...a.items, ...b.items]);
    }
  }
  if (operator === "*" && typeof right === "bigint") return repeated(a, right, work);
  if (operator === "*" && typeof left === "bigint") return repeated(b, left, work);
  if (operator === "%" && typeof a === "string") return formatPercent(a, b, work);
  throw new ExpressionFault(`${operator} is not for a ${typeOf(a)} and a ${typeOf(b)}`);
}

function ofInts(operator: string, a: bigint, b: bigint): Value {
  switch (operator) {
    case "+":
      return bounded(a + b);
    case "-":
      return bounded(a - b);
    case "*":
      return bounded(a * b);
    case "/":
      return divided(toFloat(a), toFloat(b));
    case "//":
      return floorDivided(a, b);
    case "%":
      return a - floorDivided(a, b) * b;
    case "**":
      return b < 0n ? ofFloats("**", toFloat(a), toFloat(b)) : power(a, b);
    case "&":
      return a & b;
    case "|":
      return a | b;
    case "^":
      return a ^ b;
    case "<<":
    case ">>":
      if (b < 0n) throw new ExpressionFault("a number cannot be shifted by less than 0");
      if (operator === ">>") return b > mostBits ? (a < 0n ? -1n : 0n) : a >> b;
      return b > mostBits && a !== 0n ? bounded(intBound) : bounded(a << b);
    default:
      throw new ExpressionFault(`${operator} is not known`);
  }
}

function floorDivided(a: bigint, b: bigint): bigint {
  if (b === 0n) throw new ExpressionFault("division by zero");
  const quotient = a / b;
  return a % b !== 0n && a < 0n !== b < 0n ? quotient - 1n : quotient;
}

function power(base: bigint, exponent: bigint): bigint {
  const size = base < 0n ? -base : base;
  if (size > 1n && exponent * BigInt(size.toString(2).length - 1) > mostBits) return bounded(intBound);
  // 0, 1 and −1 stay what they are, however large the exponent is.
  return size > 1n ? bounded(base ** exponent) : base ** (exponent > 1n ? 2n - (exponent % 2n) : exponent);
}

function divided(a: number, b: number): number {
  if (b === 0) throw new ExpressionFault("division by zero");
  return a / b;
}

function ofFloats(operator: string, a: number, b: number): Value {
  switch (operator) {
    case "+":
      return a + b;
    case "-":
      return a - b;
    case "*":
      return a * b;
    case "/":
      return divided(a, b);
    case "//":
      return floorDivision(a, b)[0];
    case "%":
      return floorDivision(a, b)[1];
    case "**": {
      if (a === 0 && b < 0) throw new ExpressionFault("0 cannot be raised to a negative power");
      // Python: 1 to whatever power is 1, NaN included; JavaScript has NaN there.
      const result = a === 1 || (a === -1 && !Number.isFinite(b) && !Number.isNaN(b)) ? 1 : a ** b;
      if (Number.isNaN(result) && !Number.isNaN(a) && !Number.isNaN(b)) {
        throw new ExpressionFault("a negative number to a broken power is complex");
      }
      if (!Number.isFinite(result) && Number.isFinite(a) && Number.isFinite(b)) {
        throw new ExpressionFault("a power is too large for a float");
      }
      return result;
    }
    default:
      throw new ExpressionFault(`${operator} is not for a float`);
  }
}

/** Quotient and rest as CPython's float_divmod has them: the rest has the divisor's sign. */
export function floorDivision(a: number, b: number): [number, number] {
  if (b === 0) throw new ExpressionFault("division by zero");
  let rest = a % b;
  let quotient = (a - rest) / b;
  if (rest === 0) rest = b < 0 ? -0 : 0;
  else if (rest < 0 !== b < 0) {
    rest += b;
    quotient -= 1;
  }
  const floor = Math.floor(quotient);
  return [quotient - floor > 0.5 ? floor + 1 : floor, rest];
}

function repeated(value: Value, times: bigint, work: Work): Value {
  const count = Number(times > 0n ? times : 0n);
  if (typeof value === "string") {
    if (value.length * count > longestText) throw new ExpressionFault("a text is too long");
    return boundedText(value.repeat(count), work);
  }
  if (!Array.isArray(value) && !(value instanceof Tuple)) {
    throw new ExpressionFault(`* is not for a ${typeOf(value)}`);
  }
  const members = membersOf(value, work);
  checkedLength(members.length * count, work);
  const all = Array.from({ length: count }, () => members).flat();
  return Array.isArray(value) ? all : new Tuple(all);
}

/** Python's comparisons, by their words. */
export function compared(operator: string, a: Value, b: Value, work: Work): boolean {
  switch (operator) {
    case "==":
      return areEqual(a, b, work);
    case "!=":
      return !areEqual(a, b, work);
    case "is":
      return Object.is(a, b);
    case "is not":
      return !Object.is(a, b);
    case "in":
      return isIn(a, b, work);
    case "not in":
      return !isIn(a, b, work);
    case "<":
      return order(a, b, work) < 0;
    case "<=":
      return order(a, b, work) <= 0;
    case ">":
      return order(a, b, work) > 0;
    default:
      return order(a, b, work) >= 0;
  }
}

function isIn(member: Value, whole: Value, work: Work): boolean {
  if (typeof whole === "string") {
    if (typeof member !== "string") throw new ExpressionFault(`a ${typeOf(member)} cannot be in a str`);
    payText(whole, work);
    return whole.includes(member);
  }
  if (whole instanceof Dict) return whole.items.has(keyOf(member));
  return membersOf(whole, work).some((one) => areEqual(one, member, work));
}

/** Python's unary − + ~. */
export function unary(operator: string, value: Value): Value {
  const number = numberIn(value);
  if (number === null) throw new ExpressionFault(`${operator} is not for a ${typeOf(value)}`);
  if (operator === "+") return number;
  if (operator === "-") return -number;
  if (typeof number === "bigint") return ~number;
  throw new ExpressionFault("~ is not for a float");
}
