import type { Facet } from "../core/quality.ts";
import { facets, qualities } from "../core/quality.ts";
import { CsvReader } from "./csv-reader.ts";
import { type SampleChunk, type SampleKind, type SeriesInfo, sampleKinds } from "./history-query.ts";
import { sampleColumns } from "./series-csv.ts";

/** Samples that are handed on at once. */
const chunkSamples = 1024;

type Row = {
  time: number;
  stampSec: number;
  stampNanosec: number;
  value: string;
  quality: number;
  kind: number;
  reason: string;
  source: string;
};

/** The samples of what `samplesCsv` wrote. Rejects on anything else. A value that is no number becomes text. */
export async function* readSamplesCsv(pieces: AsyncIterable<string>): AsyncGenerator<SampleChunk> {
  const reader = new CsvReader();
  let isHead = true;
  let key = "";
  let rows: Row[] = [];
  for await (const piece of pieces) {
    for (const fields of reader.add(piece)) {
      if (isHead) {
        isHead = false;
        if (fields.join() !== sampleColumns.join())
          throw new Error(`these are no samples: ${fields.join().slice(0, 200)}`);
        continue;
      }
      const [
        time = "",
        stamp = "",
        name = "",
        facet = "",
        unit = "",
        value = "",
        quality,
        reason = "",
        source = "",
        kind,
      ] = fields;
      const own = `${name}\n${facet}\n${unit}`;
      if (own !== key || rows.length >= chunkSamples) {
        if (rows.length > 0) yield chunkOf(key, rows);
        key = own;
        rows = [];
      }
      const [sec = "", nanosec = "0"] = stamp.split(".");
      rows.push({
        time: Number(time),
        stampSec: sec === "" ? Number.NaN : Number(sec),
        stampNanosec: Number(nanosec),
        value,
        quality: Math.max(0, qualities.indexOf(quality as never)),
        kind: Math.max(0, sampleKinds.indexOf(kind as SampleKind)),
        reason,
        source,
      });
    }
  }
  if (isHead) throw new Error("the answer is empty");
  if (rows.length > 0) yield chunkOf(key, rows);
}

function chunkOf(key: string, rows: readonly Row[]): SampleChunk {
  const words: string[] = [];
  const numbers = new Map<string, number>();
  const wordOf = (word: string): number => {
    let at = numbers.get(word);
    if (at === undefined) {
      at = words.push(word) - 1;
      numbers.set(word, at);
    }
    return at;
  };
  const isNumber = rows.every(({ value }) => value === "" || !Number.isNaN(Number(value)));
  return {
    series: seriesOf(key, isNumber),
    time: Float64Array.from(rows, ({ time }) => time),
    stampSec: Float64Array.from(rows, ({ stampSec }) => stampSec),
    stampNanosec: Uint32Array.from(rows, ({ stampNanosec }) => stampNanosec),
    value: Float64Array.from(rows, ({ value }) => (value === "" || !isNumber ? Number.NaN : Number(value))),
    other: isNumber ? [] : rows.map(({ value }) => (value === "" ? null : value)),
    quality: Uint8Array.from(rows, ({ quality }) => quality),
    kind: Uint8Array.from(rows, ({ kind }) => kind),
    reason: Uint32Array.from(rows, ({ reason }) => wordOf(reason)),
    source: Uint32Array.from(rows, ({ source }) => wordOf(source)),
    words,
  };
}

function seriesOf(key: string, isNumber: boolean): SeriesInfo {
  const [name = "", facet = "", unit = ""] = key.split("\n");
  const slash = name.indexOf("/");
  return {
    id: 0,
    name,
    thing: name.slice(0, slash),
    path: name.slice(slash + 1),
    facet: facets.includes(facet as Facet) ? (facet as Facet) : "reported",
    kind: isNumber ? "number" : "other",
    valueKind: isNumber ? "number" : "other",
    component: 0,
    unit,
    first: Number.NaN,
    last: Number.NaN,
  };
}
