import { type Result, refused } from "../../core/result.ts";
import type { SignalValue } from "../device-profile.ts";
import { encodeUtf8 } from "../utf8.ts";
import { datatypeName, formOf, maxTextChars } from "./datatype.ts";

/** One value of a command. By the specification the alias is alone where the birth gave one. */
export type CommandMetric = { name: string; alias: bigint | null; datatype: number; value: SignalValue };

/** The payload of an NCMD or DCMD; `timestamp` is Unix ms. A value that its datatype does not hold is refused. */
export function encodeCommand(timestamp: bigint, metrics: readonly CommandMetric[]): Result<Uint8Array> {
  const out: number[] = [];
  varintField(out, 1, timestamp);
  for (const metric of metrics) {
    const inner: number[] = [];
    if (metric.alias === null) bytesField(inner, 1, encodeUtf8(metric.name));
    else varintField(inner, 2, metric.alias);
    varintField(inner, 3, timestamp);
    varintField(inner, 4, BigInt(metric.datatype));
    const reason = valueField(inner, metric.datatype, metric.value);
    if (reason !== null) return refused(reason, metric.name);
    bytesField(out, 2, inner);
  }
  return { ok: true, value: Uint8Array.from(out) };
}

/** Writes the value's field; the reason when it does not fit. */
function valueField(out: number[], datatype: number, value: SignalValue): string | null {
  const form = formOf(datatype);
  const misfit = `${String(value).slice(0, 64)} is not a valid ${datatypeName(datatype)}`;
  switch (form?.form) {
    case "whole":
    case "time": {
      const [bits, signed] = form.form === "whole" ? [form.bits, form.signed] : ([64, false] as const);
      const exact = exactWhole(value);
      if (exact === null || (signed ? BigInt.asIntN(bits, exact) : BigInt.asUintN(bits, exact)) !== exact) {
        return misfit;
      }
      // Two's complement of its own width: what every edge node reads back alike.
      varintField(out, bits === 64 ? 11 : 10, BigInt.asUintN(bits, exact));
      return null;
    }
    case "float":
    case "double": {
      if (typeof value !== "number" || !Number.isFinite(value)) return misfit;
      const single = form.form === "float";
      if (single && !Number.isFinite(Math.fround(value))) return misfit;
      const view = new DataView(new ArrayBuffer(single ? 4 : 8));
      if (single) view.setFloat32(0, value, true);
      else view.setFloat64(0, value, true);
      out.push(single ? (12 << 3) | 5 : (13 << 3) | 1, ...new Uint8Array(view.buffer));
      return null;
    }
    case "boolean":
      if (typeof value !== "boolean") return misfit;
      varintField(out, 14, value ? 1n : 0n);
      return null;
    case "text":
      if (typeof value !== "string" || value.length > maxTextChars) return misfit;
      bytesField(out, 15, encodeUtf8(value));
      return null;
    case "bytes": {
      if (typeof value !== "string" || value.length > maxTextChars || !/^(?:[0-9a-f]{2})*$/i.test(value))
        return misfit;
      bytesField(
        out,
        16,
        Array.from(value.matchAll(/../g), ([pair]) => Number.parseInt(pair, 16)),
      );
      return null;
    }
    default:
      return `${datatypeName(datatype)} cannot be commanded`;
  }
}

/** Decimal text or a whole number; null for anything else. */
function exactWhole(value: SignalValue): bigint | null {
  if (typeof value === "number") return Number.isSafeInteger(value) ? BigInt(value) : null;
  return typeof value === "string" && /^-?\d{1,20}$/.test(value) ? BigInt(value) : null;
}

function varint(out: number[], value: bigint): void {
  let rest = value;
  while (rest >= 0x80n) {
    out.push(Number(rest & 0x7fn) | 0x80);
    rest >>= 7n;
  }
  out.push(Number(rest));
}

function varintField(out: number[], field: number, value: bigint): void {
  varint(out, BigInt(field << 3));
  varint(out, value);
}

function bytesField(out: number[], field: number, bytes: ArrayLike<number>): void {
  varint(out, BigInt((field << 3) | 2));
  varint(out, BigInt(bytes.length));
  for (let i = 0; i < bytes.length; i++) out.push(bytes[i] as number);
}
