/*
 * The values of xacro's expressions, which are Python's: https://docs.python.org/3/reference/datamodel.html.
 * int and float must be told apart, since `link_${1}` and `link_${1.0}` are two names; so an int is a
 * bigint here and a float a number. None is null, a list an array.
 */

import { ExpressionFault } from "./fault.ts";
import type { Work } from "./work.ts";

export type Value = bigint | number | string | boolean | null | Value[] | Tuple | Dict | Callable | Namespace;

export class Tuple {
  readonly items: readonly Value[];
  constructor(items: readonly Value[]) {
    this.items = items;
  }
}

/** A key as Python hashes it: 1, 1.0 and True are one key. */
export type DictKey = bigint | number | string | null;

export class Dict {
  readonly items: ReadonlyMap<DictKey, Value>;
  constructor(items: ReadonlyMap<DictKey, Value>) {
    this.items = items;
  }
}

/** What is before a dot without being a dict: `math`, or the `ns` of an include. */
export class Namespace {
  readonly name: string;
  readonly get: (name: string) => Value | undefined;
  constructor(name: string, get: (name: string) => Value | undefined) {
    this.name = name;
    this.get = get;
  }
}

export class Callable {
  readonly name: string;
  readonly call: (args: readonly Value[], named: ReadonlyMap<string, Value>, work: Work) => Value;
  constructor(name: string, call: Callable["call"]) {
    this.name = name;
    this.call = call;
  }
}

/** Python's name of the value's type, for messages. */
export function typeOf(value: Value): string {
  if (value === null) return "None";
  switch (typeof value) {
    case "bigint":
      return "int";
    case "number":
      return "float";
    case "string":
      return "str";
    case "boolean":
      return "bool";
    default:
  }
  if (Array.isArray(value)) return "list";
  if (value instanceof Tuple) return "tuple";
  if (value instanceof Dict) return "dict";
  return value instanceof Callable ? "function" : "namespace";
}

export function isTrue(value: Value): boolean {
  if (value === null) return false;
  if (Array.isArray(value)) return value.length > 0;
  if (value instanceof Tuple) return value.items.length > 0;
  if (value instanceof Dict) return value.items.size > 0;
  // 0n, 0, "" and false; NaN is true in Python.
  return typeof value === "number" ? value !== 0 : Boolean(value);
}

/** The value as a number where Python would count with it; bool counts as int. Null for what is no number. */
export function numberIn(value: Value): bigint | number | null {
  if (typeof value === "bigint" || typeof value === "number") return value;
  return typeof value === "boolean" ? BigInt(value) : null;
}

/** Throws an ExpressionFault for what cannot be a key. */
export function keyOf(value: Value): DictKey {
  const number = numberIn(value);
  if (typeof number === "number") return Number.isInteger(number) ? BigInt(number) : number;
  if (number !== null) return number;
  if (typeof value === "string" || value === null) return value;
  throw new ExpressionFault(`a ${typeOf(value)} cannot be a key of a dict`);
}

/** The members of what can be gone through; a dict gives its keys, a str its characters. Paid by their number. */
export function membersOf(value: Value, work: Work): readonly Value[] {
  const members = allMembers(value);
  work.spend(1 + members.length / 4);
  return members;
}

function allMembers(value: Value): readonly Value[] {
  if (Array.isArray(value)) return value;
  if (value instanceof Tuple) return value.items;
  if (value instanceof Dict) return [...value.items.keys()];
  if (typeof value === "string") return [...value];
  throw new ExpressionFault(`a ${typeOf(value)} has no members to go through`);
}

/** What it costs to read a text through. */
export function payText(text: string, work: Work): void {
  work.spend(1 + text.length / 8);
}

/** Python's ==. */
export function areEqual(a: Value, b: Value, work: Work): boolean {
  work.spend(1);
  if (typeof a === "string" && typeof b === "string" && a.length === b.length) payText(a, work);
  const [left, right] = [numberIn(a), numberIn(b)];
  // biome-ignore lint/suspicious/noDoubleEquals: 1n == 1 compares int and float by value, as Python does.
  if (left !== null && right !== null) return left == right;
  if (Array.isArray(a)) return Array.isArray(b) && sequencesEqual(a, b, work);
  if (a instanceof Tuple) return b instanceof Tuple && sequencesEqual(a.items, b.items, work);
  if (a instanceof Dict) {
    if (!(b instanceof Dict) || a.items.size !== b.items.size) return false;
    for (const [key, value] of a.items) {
      const other = b.items.get(key);
      if (other === undefined || !areEqual(value, other, work)) return false;
    }
    return true;
  }
  return a === b;
}

function sequencesEqual(a: readonly Value[], b: readonly Value[], work: Work): boolean {
  return a.length === b.length && a.every((one, i) => areEqual(one, b[i] as Value, work));
}

/** Below 0 when a < b, 0 when neither is less, above 0 otherwise; NaN when one is NaN. */
export function order(a: Value, b: Value, work: Work): number {
  work.spend(1);
  const [left, right] = [numberIn(a), numberIn(b)];
  if (left !== null && right !== null) {
    if (Number.isNaN(left) || Number.isNaN(right)) return Number.NaN;
    return left < right ? -1 : Number(left > right);
  }
  if (typeof a === "string" && typeof b === "string") {
    payText(a, work);
    return a < b ? -1 : Number(a > b);
  }
  const sequences = sequenceIn(a);
  const others = sequenceIn(b);
  if (sequences === null || others === null || Array.isArray(a) !== Array.isArray(b)) {
    throw new ExpressionFault(`a ${typeOf(a)} and a ${typeOf(b)} have no order`);
  }
  for (let i = 0; i < sequences.length && i < others.length; i += 1) {
    const [one, other] = [sequences[i] as Value, others[i] as Value];
    if (!areEqual(one, other, work)) return order(one, other, work);
  }
  return sequences.length - others.length;
}

function sequenceIn(value: Value): readonly Value[] | null {
  if (Array.isArray(value)) return value;
  return value instanceof Tuple ? value.items : null;
}
