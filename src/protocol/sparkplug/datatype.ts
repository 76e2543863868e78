import { type Result, refused } from "../../core/result.ts";
import type { DeviceSignal, SignalValue } from "../device-profile.ts";
import { decodeUtf8 } from "../utf8.ts";
import type { WireValue } from "./payload.ts";

/** Longest text that becomes a signal's value. */
export const maxTextChars = 1024;

type Whole = { bits: 8 | 16 | 32 | 64; signed: boolean };

/** How a datatype is read; `array` has elements of the same forms, little-endian. */
type Form =
  | ({ form: "whole" } & Whole)
  | { form: "time" | "float" | "double" | "boolean" | "text" | "bytes" }
  | {
      form: "array";
      of: ({ form: "whole" } & Whole) | { form: "time" | "float" | "double" | "boolean" | "text" };
    };

const whole = (bits: Whole["bits"], signed: boolean) => ({ form: "whole", bits, signed }) as const;

type DatatypeEntry = { code: number; name: string; form: Form | null };

/** Table of datatypes by their number in sparkplug_b.proto; those without a form are told, not taken. */
const datatypes: readonly DatatypeEntry[] = [
  { code: 1, name: "Int8", form: whole(8, true) },
  { code: 2, name: "Int16", form: whole(16, true) },
  { code: 3, name: "Int32", form: whole(32, true) },
  { code: 4, name: "Int64", form: whole(64, true) },
  { code: 5, name: "UInt8", form: whole(8, false) },
  { code: 6, name: "UInt16", form: whole(16, false) },
  { code: 7, name: "UInt32", form: whole(32, false) },
  { code: 8, name: "UInt64", form: whole(64, false) },
  { code: 9, name: "Float", form: { form: "float" } },
  { code: 10, name: "Double", form: { form: "double" } },
  { code: 11, name: "Boolean", form: { form: "boolean" } },
  { code: 12, name: "String", form: { form: "text" } },
  { code: 13, name: "DateTime", form: { form: "time" } },
  { code: 14, name: "Text", form: { form: "text" } },
  { code: 15, name: "UUID", form: { form: "text" } },
  { code: 16, name: "DataSet", form: null },
  { code: 17, name: "Bytes", form: { form: "bytes" } },
  { code: 18, name: "File", form: { form: "bytes" } },
  { code: 19, name: "Template", form: null },
  { code: 20, name: "PropertySet", form: null },
  { code: 21, name: "PropertySetList", form: null },
  { code: 22, name: "Int8Array", form: { form: "array", of: whole(8, true) } },
  { code: 23, name: "Int16Array", form: { form: "array", of: whole(16, true) } },
  { code: 24, name: "Int32Array", form: { form: "array", of: whole(32, true) } },
  { code: 25, name: "Int64Array", form: { form: "array", of: whole(64, true) } },
  { code: 26, name: "UInt8Array", form: { form: "array", of: whole(8, false) } },
  { code: 27, name: "UInt16Array", form: { form: "array", of: whole(16, false) } },
  { code: 28, name: "UInt32Array", form: { form: "array", of: whole(32, false) } },
  { code: 29, name: "UInt64Array", form: { form: "array", of: whole(64, false) } },
  { code: 30, name: "FloatArray", form: { form: "array", of: { form: "float" } } },
  { code: 31, name: "DoubleArray", form: { form: "array", of: { form: "double" } } },
  { code: 32, name: "BooleanArray", form: { form: "array", of: { form: "boolean" } } },
  { code: 33, name: "StringArray", form: { form: "array", of: { form: "text" } } },
  { code: 34, name: "DateTimeArray", form: { form: "array", of: { form: "time" } } },
];
const byCode = new Map(datatypes.map((entry) => [entry.code, entry]));
const codes = new Map(datatypes.map((entry) => [entry.name, entry.code]));

/** The number of a datatype, by its name in the specification. Throws on a name that is none. */
export function datatypeCode(name: string): number {
  const code = codes.get(name);
  if (code === undefined) throw new Error(`not a Sparkplug datatype: ${name}`);
  return code;
}

/** The name of a datatype, for people; "datatype 77" for one that is none. */
export function datatypeName(code: number): string {
  return byCode.get(code)?.name ?? `datatype ${code}`;
}

/** How a datatype is read; null for what is no signal's value (DataSet, Template, unknown numbers). */
export function formOf(code: number): Form | null {
  return byCode.get(code)?.form ?? null;
}

/** A signal's type, and the range of a whole number that a JavaScript number holds. */
export function signalTypeOf(form: Form): Pick<DeviceSignal, "type" | "min" | "max"> {
  switch (form.form) {
    case "whole":
      if (form.bits === 64) return { type: "string" };
      return form.signed
        ? { type: "number", min: -(2 ** (form.bits - 1)), max: 2 ** (form.bits - 1) - 1 }
        : { type: "number", min: 0, max: 2 ** form.bits - 1 };
    case "time":
    case "float":
    case "double":
      return { type: "number" };
    case "boolean":
      return { type: "boolean" };
    default:
      return { type: "string" };
  }
}

/**
 * A metric's value as a signal has it: 64-bit whole numbers as decimal text, times as Unix ms, bytes as hex
 * text, arrays as JSON text with 64-bit elements as text. What cannot be said exactly is refused.
 */
export function signalValueOf(code: number, wire: WireValue): Result<SignalValue> {
  const form = formOf(code);
  if (form === null) return refused(`${datatypeName(code)} cannot be the value of a signal`);
  switch (form.form) {
    case "whole": {
      const exact = wholeOf(wire, form);
      if (exact === null) return wrong(code, wire);
      return { ok: true, value: form.bits === 64 ? exact.toString() : Number(exact) };
    }
    case "time": {
      if (wire.kind !== "long" && wire.kind !== "int") return wrong(code, wire);
      const ms = Number(wire.value);
      return Number.isSafeInteger(ms) ? { ok: true, value: ms } : refused(`${wire.value} ms is not a time`);
    }
    case "float":
    case "double":
      if (wire.kind !== "float" && wire.kind !== "double") return wrong(code, wire);
      return Number.isFinite(wire.value)
        ? { ok: true, value: wire.value }
        : refused(`${wire.value} is not a number`);
    case "boolean":
      return wire.kind === "boolean" ? { ok: true, value: wire.value } : wrong(code, wire);
    case "text":
      return wire.kind === "string" ? bounded(wire.value) : wrong(code, wire);
    case "bytes":
      return wire.kind === "bytes" ? hexOf(wire.value) : wrong(code, wire);
    case "array":
      return wire.kind === "bytes" ? arrayOf(form.of, wire.value) : wrong(code, wire);
  }
}

function wrong(code: number, wire: WireValue): Result<never> {
  const shown = wire.kind === "int" || wire.kind === "long" ? ` ${wire.value}` : "";
  return refused(`${wire.kind}${shown} is not a valid ${datatypeName(code)}`);
}

function bounded(text: string): Result<string> {
  return text.length <= maxTextChars
    ? { ok: true, value: text }
    : refused(`${text.length} characters are too many`);
}

/**
 * Negative numbers come as two's complement of their own width (Python's clients) or of 32 or 64 bits (Java's,
 * C's); both fields are used for 32 bits. Null when it lies outside of its type.
 */
function wholeOf(wire: WireValue, { bits, signed }: Whole): bigint | null {
  if (wire.kind !== "int" && wire.kind !== "long") return null;
  const raw = BigInt(wire.value);
  const top = 1n << BigInt(bits);
  if (raw < top) return signed ? BigInt.asIntN(bits, raw) : raw;
  if (!signed) return null;
  const extended = BigInt.asIntN(wire.kind === "int" ? 32 : 64, raw);
  return extended < 0n && extended >= -(top >> 1n) ? extended : null;
}

function hexOf(bytes: Uint8Array): Result<string> {
  if (bytes.length * 2 > maxTextChars) return refused(`${bytes.length} bytes are too many`);
  return { ok: true, value: Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("") };
}

type ElementForm = Extract<Form, { form: "array" }>["of"];

function arrayOf(of: ElementForm, bytes: Uint8Array): Result<string> {
  if (bytes.length > 8 * maxTextChars) return refused(`${bytes.length} bytes are too many`);
  const elements =
    of.form === "boolean" ? bitsOf(bytes) : of.form === "text" ? textsOf(bytes) : numbersOf(of, bytes);
  if (typeof elements === "string") return refused(elements);
  return bounded(JSON.stringify(elements));
}

/** A count in four bytes, then one bit each, the first in the highest place. */
function bitsOf(bytes: Uint8Array): boolean[] | string {
  if (bytes.length < 4) return "a boolean array without its count";
  const count = new DataView(bytes.buffer, bytes.byteOffset).getUint32(0, true);
  if (Math.ceil(count / 8) !== bytes.length - 4) return `${count} booleans in ${bytes.length - 4} bytes`;
  return Array.from(
    { length: count },
    (_, i) => (((bytes[4 + (i >> 3)] as number) >> (7 - (i & 7))) & 1) === 1,
  );
}

/** Each text ends in a zero. */
function textsOf(bytes: Uint8Array): string[] | string {
  if (bytes.length === 0) return [];
  const text = decodeUtf8(bytes);
  if (text === null) return "not UTF-8";
  if (!text.endsWith("\0")) return "the last text has no end";
  return text.slice(0, -1).split("\0");
}

function numbersOf(
  of: Exclude<ElementForm, { form: "boolean" | "text" }>,
  bytes: Uint8Array,
): SignalValue[] | string {
  const size = of.form === "whole" ? of.bits / 8 : of.form === "float" ? 4 : 8;
  if (bytes.length % size !== 0) return `${bytes.length} bytes are not a whole number of elements`;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  const found: SignalValue[] = [];
  for (let at = 0; at < bytes.length; at += size) {
    if (of.form === "whole") found.push(wholeAt(view, at, of));
    else {
      const value =
        of.form === "float"
          ? view.getFloat32(at, true)
          : of.form === "double"
            ? view.getFloat64(at, true)
            : Number(view.getBigUint64(at, true));
      if (!Number.isFinite(value)) return `${value} is not a number`;
      if (of.form === "time" && !Number.isSafeInteger(value)) return `${value} ms is not a time`;
      found.push(value);
    }
  }
  return found;
}

function wholeAt(view: DataView, at: number, { bits, signed }: Whole): SignalValue {
  switch (bits) {
    case 8:
      return signed ? view.getInt8(at) : view.getUint8(at);
    case 16:
      return signed ? view.getInt16(at, true) : view.getUint16(at, true);
    case 32:
      return signed ? view.getInt32(at, true) : view.getUint32(at, true);
    case 64:
      return String(signed ? view.getBigInt64(at, true) : view.getBigUint64(at, true));
  }
}
