import { ByteWriter, ParquetWriter } from "hyparquet-writer";
import { qualities } from "../../core/quality.ts";
import { type PointSeries, type SampleChunk, sampleKinds } from "../../history/history-query.ts";
import { textOf } from "../../history/series-csv.ts";

/** Rows of one row group: what is in memory at a time. Its encoding takes some 30 ms, so it belongs into a worker. */
const rowsOfGroup = 32_768;

type Element = ConstructorParameters<typeof ParquetWriter>[0]["schema"][number];
type Columns = Parameters<ParquetWriter["write"]>[0]["columnData"];
type Column = Columns[number]["data"];

const sampleSchema: Element[] = [
  root(11),
  timestamp("time", "MICROS", "REQUIRED"),
  timestamp("stamp", "NANOS", "OPTIONAL"),
  text("series", "REQUIRED"),
  text("facet", "REQUIRED"),
  text("unit", "REQUIRED"),
  { name: "value", type: "DOUBLE", repetition_type: "OPTIONAL" },
  text("text", "OPTIONAL"),
  text("quality", "REQUIRED"),
  text("reason", "REQUIRED"),
  text("source", "REQUIRED"),
  text("kind", "REQUIRED"),
];

const pointSchema: Element[] = [
  root(10),
  timestamp("time", "MICROS", "REQUIRED"),
  text("series", "REQUIRED"),
  text("facet", "REQUIRED"),
  text("unit", "REQUIRED"),
  ...["min", "max", "mean", "last"].map(
    (name): Element => ({ name, type: "DOUBLE", repetition_type: "OPTIONAL" }),
  ),
  { name: "count", type: "INT64", repetition_type: "REQUIRED" },
  text("quality", "REQUIRED"),
];

/**
 * Raw samples as a Parquet file, piece by piece; at most one row group is in memory. Columns: `time` (arrival, µs UTC),
 * `stamp` (the sender's time, ns; null where there is none), `series`, `facet`, `unit`, `value` (double; null for what is
 * no number), `text` (what is no number: text as it is, all else as JSON), `quality`, `reason`, `source`, `kind`.
 */
export async function* samplesParquet(chunks: AsyncIterable<SampleChunk>): AsyncGenerator<Uint8Array> {
  const file = new GroupFile(sampleSchema);
  let rows = new SampleRows();
  for await (const chunk of chunks) {
    for (let begin = 0; begin < chunk.time.length; ) {
      const count = Math.min(chunk.time.length - begin, rowsOfGroup - rows.size());
      rows.add(chunk, begin, begin + count);
      begin += count;
      if (rows.size() < rowsOfGroup) continue;
      yield file.group(rows.columns());
      rows = new SampleRows();
    }
  }
  if (rows.size() > 0) yield file.group(rows.columns());
  yield file.end();
}

/** Points as a Parquet file: `time` (begin of the bucket), `series`, `facet`, `unit`, `min`, `max`, `mean`, `last`, `count`, `quality`. */
export function* pointsParquet(all: readonly PointSeries[]): Generator<Uint8Array> {
  const file = new GroupFile(pointSchema);
  for (const one of all) {
    for (let begin = 0; begin < one.time.length; begin += rowsOfGroup) {
      const end = Math.min(one.time.length, begin + rowsOfGroup);
      yield file.group(pointColumns(one, begin, end));
    }
  }
  yield file.end();
}

/** A Parquet file of which what is written is taken away group by group. */
class GroupFile {
  private readonly bytes = new ByteWriter(1 << 16);
  private readonly parquet: ParquetWriter;

  constructor(schema: Element[]) {
    this.parquet = new ParquetWriter({ writer: this.bytes, schema, createdBy: "twinbridge" });
  }

  group(columns: [string, Column][]): Uint8Array {
    const columnData = columns.map(([name, data]) => ({ name, data }));
    void this.parquet.write({ columnData, rowGroupSize: rowsOfGroup });
    return this.take();
  }

  end(): Uint8Array {
    void this.parquet.finish();
    return this.take();
  }

  private take(): Uint8Array {
    const taken = this.bytes.getBytes().slice();
    this.bytes.index = 0;
    return taken;
  }
}

/** The rows of a group that is not full yet. */
class SampleRows {
  private readonly time: bigint[] = [];
  private readonly stamp: (bigint | null)[] = [];
  private readonly value: (number | null)[] = [];
  private readonly texts: Record<
    "series" | "facet" | "unit" | "quality" | "reason" | "source" | "kind",
    string[]
  > = { series: [], facet: [], unit: [], quality: [], reason: [], source: [], kind: [] };
  private readonly text: (string | null)[] = [];

  size(): number {
    return this.time.length;
  }

  add(chunk: SampleChunk, begin: number, end: number): void {
    const { series, words } = chunk;
    const { texts } = this;
    for (let i = begin; i < end; i++) {
      this.time.push(microseconds(chunk.time[i] as number));
      this.stamp.push(nanoseconds(chunk.stampSec[i] as number, chunk.stampNanosec[i] as number));
      const value = series.kind === "number" ? (chunk.value[i] as number) : Number.NaN;
      this.value.push(Number.isNaN(value) ? null : value);
      this.text.push(series.kind === "number" ? null : textOf(chunk.other[i]));
      texts.series.push(series.name);
      texts.facet.push(series.facet);
      texts.unit.push(series.unit);
      texts.quality.push(qualities[chunk.quality[i] as number] ?? "");
      texts.reason.push(words[chunk.reason[i] as number] ?? "");
      texts.source.push(words[chunk.source[i] as number] ?? "");
      texts.kind.push(sampleKinds[chunk.kind[i] as number] ?? "");
    }
  }

  columns(): [string, Column][] {
    const { texts } = this;
    return [
      ["time", this.time],
      ["stamp", this.stamp],
      ["series", texts.series],
      ["facet", texts.facet],
      ["unit", texts.unit],
      ["value", this.value],
      ["text", this.text],
      ["quality", texts.quality],
      ["reason", texts.reason],
      ["source", texts.source],
      ["kind", texts.kind],
    ];
  }
}

function pointColumns(one: PointSeries, begin: number, end: number): [string, Column][] {
  const count = end - begin;
  const same = (value: string): string[] => new Array<string>(count).fill(value);
  const numbers = (column: Float64Array): (number | null)[] =>
    Array.from(column.subarray(begin, end), (value) => (Number.isNaN(value) ? null : value));
  return [
    ["time", Array.from(one.time.subarray(begin, end), microseconds)],
    ["series", same(one.series.name)],
    ["facet", same(one.series.facet)],
    ["unit", same(one.series.unit)],
    ["min", numbers(one.min)],
    ["max", numbers(one.max)],
    ["mean", numbers(one.mean)],
    ["last", numbers(one.last)],
    ["count", Array.from(one.count.subarray(begin, end), BigInt)],
    ["quality", Array.from(one.quality.subarray(begin, end), (code) => qualities[code] ?? "")],
  ];
}

function microseconds(ms: number): bigint {
  return BigInt(Math.round(ms * 1000));
}

/** Null for no stamp, and for one that int64 nanoseconds cannot hold (before 1678, after 2261). */
function nanoseconds(sec: number, nanosec: number): bigint | null {
  if (!Number.isFinite(sec) || Math.abs(sec) > 9.2e9) return null;
  return BigInt(Math.trunc(sec)) * 1_000_000_000n + BigInt(nanosec);
}

function root(columns: number): Element {
  return { name: "root", num_children: columns };
}

function text(name: string, repetition: "REQUIRED" | "OPTIONAL"): Element {
  return {
    name,
    type: "BYTE_ARRAY",
    converted_type: "UTF8",
    logical_type: { type: "STRING" },
    repetition_type: repetition,
  };
}

function timestamp(name: string, unit: "MICROS" | "NANOS", repetition: "REQUIRED" | "OPTIONAL"): Element {
  return {
    name,
    type: "INT64",
    logical_type: { type: "TIMESTAMP", isAdjustedToUTC: true, unit },
    repetition_type: repetition,
  };
}
