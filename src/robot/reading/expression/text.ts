import { ExpressionFault } from "./fault.ts";
import { Dict, payText, Tuple, type Value } from "./values.ts";
import { boundedText, type Work } from "./work.ts";

/** Python's str(value): what is in an attribute in place of `${…}`. */
export function str(value: Value, work: Work): string {
  return typeof value === "string" ? value : repr(value, work);
}

/** Python's repr(value). */
export function repr(value: Value, work: Work): string {
  work.spend(1);
  if (value === null) return "None";
  if (typeof value === "boolean") return value ? "True" : "False";
  if (typeof value === "bigint") return intText(value, work);
  if (typeof value === "number") return floatText(value);
  if (typeof value === "string") {
    payText(value, work);
    return quoted(value);
  }
  const inner = (members: readonly Value[]): string => members.map((one) => repr(one, work)).join(", ");
  if (Array.isArray(value)) return boundedText(`[${inner(value)}]`, work);
  if (value instanceof Tuple) {
    return boundedText(`(${inner(value.items)}${value.items.length === 1 ? "," : ""})`, work);
  }
  if (value instanceof Dict) {
    const pairs = [...value.items].map(([key, one]) => `${repr(key, work)}: ${repr(one, work)}`);
    return boundedText(`{${pairs.join(", ")}}`, work);
  }
  return `<${value.name}>`;
}

function quoted(text: string): string {
  const mark = text.includes("'") && !text.includes('"') ? '"' : "'";
  const escaped = text.replaceAll("\\", "\\\\").replaceAll("\n", "\\n").replaceAll(mark, `\\${mark}`);
  return mark + escaped + mark;
}

const wordSize = 1n << 64n;

/** What a step with an int costs: one of thousands of digits takes as long as a thousand small ones. */
export function payInt(value: bigint, work: Work): void {
  if (value > wordSize || value < -wordSize) work.spend(1000);
}

/** Python writes and reads no int with more digits than this. */
const mostDigits = 4300;

function intText(value: bigint, work: Work): string {
  payInt(value, work);
  const text = value.toString();
  if (text.length > mostDigits) throw new ExpressionFault(`an int has more than ${mostDigits} digits`);
  return text;
}

/** Python's shortest text of a float: with an exponent below 1e-4 and from 1e16 on, always with a point. */
export function floatText(value: number): string {
  if (Number.isNaN(value)) return "nan";
  if (!Number.isFinite(value)) return value > 0 ? "inf" : "-inf";
  const sign = value < 0 || Object.is(value, -0) ? "-" : "";
  const [mantissa = "0", power = "0"] = Math.abs(value).toExponential().split("e");
  const digits = mantissa.replace(".", "");
  const exponent = Number(power);
  if (exponent < -4 || exponent >= 16) {
    const tail = digits.length > 1 ? `.${digits.slice(1)}` : "";
    const size = String(Math.abs(exponent)).padStart(2, "0");
    return `${sign}${digits[0]}${tail}e${exponent < 0 ? "-" : "+"}${size}`;
  }
  if (exponent < 0) return `${sign}0.${"0".repeat(-exponent - 1)}${digits}`;
  const whole = digits.slice(0, exponent + 1).padEnd(exponent + 1, "0");
  return `${sign}${whole}.${digits.slice(exponent + 1) || "0"}`;
}

const intForm = /^[+-]?\d+(?:_\d+)*$/;
const floatForm =
  /^[+-]?(?:\d+(?:_\d+)*\.?|\d*(?:_\d+)*\.\d+(?:_\d+)*|\d+(?:_\d+)*\.\d+(?:_\d+)*)(?:e[+-]?\d+)?$/i;
const wordForm = /^([+-]?)(inf|infinity|nan)$/i;

/** Python's int(text); null when it is none. */
export function readInt(text: string): bigint | null {
  const trimmed = text.trim();
  if (trimmed.length > mostDigits || !intForm.test(trimmed)) return null;
  const digits = trimmed.replace(/^\+/, "").replaceAll("_", "");
  return BigInt(digits);
}

/** Python's float(text); null when it is none. */
export function readFloat(text: string): number | null {
  const trimmed = text.trim();
  if (trimmed.length > mostDigits) return null;
  if (floatForm.test(trimmed)) return Number(trimmed.replaceAll("_", ""));
  const [, sign, word] = wordForm.exec(trimmed) ?? [];
  if (word === undefined) return null;
  if (word.toLowerCase() === "nan") return Number.NaN;
  return sign === "-" ? Number.NEGATIVE_INFINITY : Number.POSITIVE_INFINITY;
}
