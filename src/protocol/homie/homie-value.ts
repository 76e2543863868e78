import { type Result, refused } from "../../core/result.ts";
import type { DeviceSignal, SignalValue } from "../device-profile.ts";

/** How the payload of a property is read, as its description says. */
export type HomieDatatype =
  | { datatype: "integer" | "float"; min: number | null; max: number | null; step: number | null }
  | { datatype: "enum"; values: ReadonlySet<string> }
  | { datatype: "color"; forms: ReadonlySet<string> }
  | { datatype: "boolean" | "string" | "datetime" | "duration" | "json" };

/** Longest text that becomes a signal's value. */
const maxTextChars = 1024;
/** A payload of no bytes removes a topic, so an empty text is one zero (Homie 5, "empty string values"). */
const emptyText = "\0";

const integer = /^-?\d{1,19}$/;
const float = /^-?(?:\d+\.?\d*|\.\d+)(?:[eE][-+]?\d+)?$/;
const duration = /^PT(?=\d)(?:\d+H)?(?:\d+M)?(?:\d+(?:\.\d+)?S)?$/;
const datetime =
  /^(\d{4})-(\d\d)-(\d\d)(?:[T ](\d\d):(\d\d)(?::(\d\d)(?:[.,]\d{1,9})?)?(?:Z|[+-](\d\d)(?::?(\d\d))?)?)?$/;

/** A datatype with its format; a format that does not belong to it is refused. */
export function homieDatatype(datatype: string, format: string): Result<HomieDatatype> {
  switch (datatype) {
    case "integer":
    case "float":
      return rangeOf(datatype, format);
    case "enum": {
      const values = new Set(format.split(","));
      return format === "" || values.has("")
        ? refused("an enum without values")
        : { ok: true, value: { datatype, values } };
    }
    case "color": {
      const forms = format.split(",");
      if (!forms.every((form) => form === "rgb" || form === "hsv" || form === "xyz")) {
        return refused('a color has one or more of "rgb", "hsv", "xyz" as its format');
      }
      return { ok: true, value: { datatype, forms: new Set(forms) } };
    }
    case "boolean":
    case "string":
    case "datetime":
    case "duration":
    case "json":
      return { ok: true, value: { datatype } };
    default:
      return refused(`not a datatype of Homie 5: ${datatype.slice(0, 32)}`);
  }
}

/** Type and range of the signal. */
export function homieSignalType(type: HomieDatatype): Pick<DeviceSignal, "type" | "min" | "max"> {
  switch (type.datatype) {
    case "integer":
    case "float":
      return {
        type: "number",
        ...(type.min === null ? {} : { min: type.min }),
        ...(type.max === null ? {} : { max: type.max }),
      };
    case "boolean":
      return { type: "boolean" };
    default:
      return { type: "string" };
  }
}

/** A property's payload as a signal has it; whatever is neither a number nor a boolean stays text. */
export function homieValue(type: HomieDatatype, text: string): Result<SignalValue> {
  if (text.length > maxTextChars) return refused(`${text.length} characters are too many`);
  switch (type.datatype) {
    case "integer":
    case "float":
      return numberOf(type, text);
    case "boolean":
      return text === "true" || text === "false"
        ? { ok: true, value: text === "true" }
        : misfit(text, "boolean");
    case "enum":
      return type.values.has(text) ? { ok: true, value: text } : misfit(text, "value of the enum");
    case "color":
      return isColor(type.forms, text) ? { ok: true, value: text } : misfit(text, "color of the format");
    case "datetime":
      return isDatetime(text) ? { ok: true, value: text } : misfit(text, "ISO 8601 datetime");
    case "duration":
      return duration.test(text) ? { ok: true, value: text } : misfit(text, "ISO 8601 duration");
    case "json":
      return isJson(text) ? { ok: true, value: text } : misfit(text, "JSON object or array");
    case "string":
      return { ok: true, value: text === emptyText ? "" : text };
  }
}

/** The payload that sets a property; what the device would have to refuse is refused here. */
export function homiePayload(type: HomieDatatype, value: SignalValue): Result<string> {
  if (typeof value !== homieSignalType(type).type)
    return refused(`${typeof value} is not a valid ${type.datatype}`);
  if (type.datatype === "string" && value === "") return { ok: true, value: emptyText };
  // Homie's floats know no "+".
  const text = typeof value === "number" ? String(value).replace("e+", "e") : String(value);
  const checked = homieValue(type, text);
  return checked.ok ? { ok: true, value: text } : checked;
}

/** A value as it is compared with what was asked for: devices write the same JSON in their own way. */
export function homieEcho(type: HomieDatatype, value: SignalValue): SignalValue {
  return type.datatype === "json" ? JSON.stringify(JSON.parse(String(value))) : value;
}

function misfit(text: string, what: string): Result<never> {
  return refused(`${JSON.stringify(text.slice(0, 64))} is not a valid ${what}`);
}

/** `min:max:step`, each of which may be left out. */
function rangeOf(datatype: "integer" | "float", format: string): Result<HomieDatatype> {
  const parts = format.split(":");
  const wanted = datatype === "integer" ? integer : float;
  if (parts.length > 3 || parts.some((part) => part !== "" && !wanted.test(part))) {
    return refused(`${JSON.stringify(format.slice(0, 64))} is not a range`);
  }
  const [min = null, max = null, step = null] = parts.map((part) => (part === "" ? null : Number(part)));
  if ((step !== null && step <= 0) || (min !== null && max !== null && min > max)) {
    return refused(`${JSON.stringify(format.slice(0, 64))} is not a range`);
  }
  return { ok: true, value: { datatype, min, max, step } };
}

function numberOf(type: Extract<HomieDatatype, { min: number | null }>, text: string): Result<number> {
  const { datatype, min, max, step } = type;
  if (!(datatype === "integer" ? integer : float).test(text)) return misfit(text, datatype);
  const value = Number(text);
  if (!Number.isFinite(value)) return misfit(text, datatype);
  if (datatype === "integer" && !Number.isSafeInteger(value)) {
    return refused(`${text} is beyond the whole numbers that are exact here (2^53)`);
  }
  if ((min !== null && value < min) || (max !== null && value > max)) {
    return refused(`${text} is outside ${min ?? "…"}:${max ?? "…"}`);
  }
  const base = min ?? max;
  if (step !== null && base !== null) {
    const steps = (value - base) / step;
    // Decimal steps such as 0.1 are no binary fractions.
    if (Math.abs(steps - Math.round(steps)) > 1e-6)
      return refused(`${text} is not a step of ${step} from ${base}`);
  }
  return { ok: true, value: value === 0 ? 0 : value };
}

/** The form and its parts; of x, y, z the last may be left out, since their sum is 1. */
function isColor(forms: ReadonlySet<string>, text: string): boolean {
  const [form = "", ...parts] = text.split(",");
  const tops = form === "rgb" ? [255, 255, 255] : form === "hsv" ? [360, 100, 100] : [1, 1, 1];
  const isWhole = parts.length === 3 || (form === "xyz" && parts.length === 2);
  return (
    forms.has(form) &&
    isWhole &&
    parts.every((part, i) => float.test(part) && Number(part) >= 0 && Number(part) <= (tops[i] ?? 0))
  );
}

function isDatetime(text: string): boolean {
  const found = datetime.exec(text);
  if (found === null) return false;
  const [year, month, day, hour, minute, second, offsetHour, offsetMinute] = found
    .slice(1)
    .map((part) => (part === undefined ? 0 : Number(part))) as [number, number, number, ...number[]];
  const isLeap = (year % 4 === 0 && year % 100 !== 0) || year % 400 === 0;
  const days = [31, isLeap ? 29 : 28, 31, 30, 31, 30, 31, 31, 30, 31, 30, 31][month - 1] ?? 0;
  const [h = 0, m = 0, s = 0, oh = 0, om = 0] = [hour, minute, second, offsetHour, offsetMinute];
  return (
    day >= 1 &&
    day <= days &&
    h <= 24 &&
    (h < 24 || (m === 0 && s === 0)) &&
    m < 60 &&
    s <= 60 &&
    oh < 24 &&
    om < 60
  );
}

function isJson(text: string): boolean {
  try {
    const json: unknown = JSON.parse(text);
    return typeof json === "object" && json !== null;
  } catch {
    return false;
  }
}
