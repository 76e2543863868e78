import { qualities } from "../core/quality.ts";
import { type PointSeries, type SampleChunk, sampleKinds } from "./history-query.ts";

/** Rows of text that are handed on at once. */
const rowsAtOnce = 512;

/** Columns of raw samples, in the order of `samplesCsv`. */
export const sampleColumns = [
  "time",
  "stamp",
  "series",
  "facet",
  "unit",
  "value",
  "quality",
  "reason",
  "source",
  "kind",
] as const;

/** Columns of points, in the order of `pointsCsv`. */
export const pointColumns = [
  "time",
  "series",
  "facet",
  "unit",
  "min",
  "max",
  "mean",
  "last",
  "count",
  "quality",
] as const;

/**
 * Raw samples as CSV (RFC 4180: CRLF, quoted where needed), a few hundred rows a piece. `time` is the arrival in ms since
 * 1970, `stamp` the sender's time in seconds with nine decimals. Numbers are written so that they read back equal; what
 * is no value is an empty field.
 */
export async function* samplesCsv(chunks: AsyncIterable<SampleChunk>): AsyncGenerator<string> {
  yield rowOf(sampleColumns);
  for await (const chunk of chunks) {
    const { series } = chunk;
    const name = field(series.name);
    const unit = field(series.unit);
    for (let begin = 0; begin < chunk.time.length; begin += rowsAtOnce) {
      const end = Math.min(chunk.time.length, begin + rowsAtOnce);
      let text = "";
      for (let i = begin; i < end; i++) {
        const value =
          series.kind === "number"
            ? numberText(chunk.value[i] as number)
            : field(textOf(chunk.other[i]) ?? "");
        const reason = field(chunk.words[chunk.reason[i] as number] ?? "");
        const source = field(chunk.words[chunk.source[i] as number] ?? "");
        text +=
          `${numberText(chunk.time[i] as number)},${stampText(chunk.stampSec[i] as number, chunk.stampNanosec[i] as number)},` +
          `${name},${series.facet},${unit},${value},${qualities[chunk.quality[i] as number] ?? ""},${reason},${source},` +
          `${sampleKinds[chunk.kind[i] as number] ?? ""}\r\n`;
      }
      yield text;
    }
  }
}

/** Points as CSV, written as `samplesCsv` writes samples. `time` is the begin of the bucket. */
export function* pointsCsv(all: readonly PointSeries[]): Generator<string> {
  yield rowOf(pointColumns);
  for (const one of all) {
    const name = field(one.series.name);
    const unit = field(one.series.unit);
    for (let begin = 0; begin < one.time.length; begin += rowsAtOnce) {
      const end = Math.min(one.time.length, begin + rowsAtOnce);
      let text = "";
      for (let i = begin; i < end; i++) {
        const [min, max, mean, last] = [one.min, one.max, one.mean, one.last].map((column) =>
          numberText(column[i] as number),
        );
        text +=
          `${numberText(one.time[i] as number)},${name},${one.series.facet},${unit},${min},${max},${mean},${last},` +
          `${one.count[i]},${qualities[one.quality[i] as number] ?? ""}\r\n`;
      }
      yield text;
    }
  }
}

/** A value that is no number, as text: text as it is, all else as JSON; null where there is none. */
export function textOf(value: unknown): string | null {
  if (value === undefined || value === null) return null;
  if (typeof value === "string") return value;
  if (typeof value === "bigint") return value.toString();
  return JSON.stringify(value) ?? null;
}

/** `12.000000345`: the seconds of a stamp, exact. Empty where there is none. */
export function stampText(sec: number, nanosec: number): string {
  if (!Number.isFinite(sec)) return "";
  const isNegative = sec < 0 && nanosec > 0;
  const [whole, rest] = isNegative ? [`-${-(sec + 1)}`, 1e9 - nanosec] : [String(sec), nanosec];
  return `${whole}.${String(rest).padStart(9, "0")}`;
}

function numberText(value: number): string {
  if (Number.isNaN(value)) return "";
  return Object.is(value, -0) ? "-0" : String(value);
}

/** One field of RFC 4180: in quotes where it has a comma, a quote or a line's end. */
function field(text: string): string {
  return /[",\r\n]/.test(text) ? `"${text.replaceAll('"', '""')}"` : text;
}

function rowOf(fields: readonly string[]): string {
  return `${fields.join(",")}\r\n`;
}
