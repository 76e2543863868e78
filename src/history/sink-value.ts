import { isStanding, type SinkRow } from "./sink-row.ts";

/**
 * A row's value by the type that a store keeps it as. `integer`: a whole number beyond 2^53 that fits 64 bits with sign,
 * as its digits. `standing`: the row changes the quality of the value that is there. `none`: not a number, or nothing.
 */
export type SinkValue =
  | { type: "numbers"; numbers: readonly number[] }
  | { type: "integer"; digits: string }
  | { type: "text"; text: string }
  | { type: "flag"; flag: boolean }
  | { type: "json"; json: string }
  | { type: "standing" }
  | { type: "none" };

const none: SinkValue = { type: "none" };
const standing: SinkValue = { type: "standing" };
const least = -(2n ** 63n);
const most = 2n ** 63n - 1n;

/** What a row's value is. Numbers that are not finite are left out: a pose with one such number has NaN in its place. */
export function sinkValueOf(row: SinkRow): SinkValue {
  const { numbers, text } = row;
  if (numbers.length > 0) {
    for (const number of numbers) if (Number.isFinite(number)) return { type: "numbers", numbers };
    return none;
  }
  if (isStanding(row.series)) return standing;
  return text === null ? none : valueOfJson(text);
}

function valueOfJson(text: string): SinkValue {
  if (/^-?\d{16,20}$/.test(text) && !Number.isSafeInteger(Number(text))) {
    const whole = BigInt(text);
    if (whole < least || whole > most) return { type: "text", text };
    return { type: "integer", digits: text };
  }
  let value: unknown;
  try {
    value = JSON.parse(text);
  } catch {
    return { type: "text", text };
  }
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? { type: "numbers", numbers: [value] } : none;
    case "string":
      return { type: "text", text: value };
    case "boolean":
      return { type: "flag", flag: value };
    default:
      return value === null ? none : { type: "json", json: text };
  }
}
