import { parquetMetadata, parquetReadObjects } from "hyparquet";
import { expect, it } from "vitest";
import { pointsParquet, samplesParquet } from "../../../../src/io/recording/series-parquet.ts";
import { chunkOf, pointsOf, seriesOf, streamOf } from "../../history/history-at-hand.ts";

/** A whole file in one buffer. */
async function fileOf(pieces: AsyncIterable<Uint8Array> | Iterable<Uint8Array>): Promise<ArrayBuffer> {
  const all: Uint8Array[] = [];
  for await (const piece of pieces) all.push(piece);
  const bytes = Buffer.concat(all);
  return bytes.buffer.slice(bytes.byteOffset, bytes.byteOffset + bytes.byteLength) as ArrayBuffer;
}

it("writes typed columns that another reader reads back equal", async () => {
  const elbow = chunkOf(seriesOf("robot/joint/elbow/position"), [
    { time: 1_700_000_000_123.456, stamp: { sec: 1_700_000_000, nanosec: 120_000_001 }, value: 0.1 + 0.2 },
    {
      time: 1_700_000_000_124,
      value: Number.NaN,
      quality: "bad",
      reason: "no-communication",
      kind: "quality",
    },
  ]);
  const mode = chunkOf(seriesOf("pump/device/pump/mode", { kind: "other", valueKind: "other", unit: "" }), [
    { time: 5, value: "auto", source: "mqtt:pump" },
    { time: 6, value: { a: [1, null] }, source: "mqtt:pump" },
  ]);
  const file = await fileOf(samplesParquet(streamOf([elbow, mode])));
  const rows = await parquetReadObjects({ file, parsers: exactParsers });
  expect(rows[0]).toEqual({
    time: 1_700_000_000_123_456n,
    stamp: 1_700_000_000_120_000_001n,
    series: "robot/joint/elbow/position",
    facet: "reported",
    unit: "rad",
    value: 0.1 + 0.2,
    text: null,
    quality: "good",
    reason: "",
    source: "ros:/joint_states",
    kind: "taken",
  });
  expect(rows[1]).toMatchObject({
    stamp: null,
    value: null,
    quality: "bad",
    reason: "no-communication",
    kind: "quality",
  });
  expect(rows[2]).toMatchObject({
    series: "pump/device/pump/mode",
    value: null,
    text: "auto",
    source: "mqtt:pump",
  });
  expect(rows[3]).toMatchObject({ text: '{"a":[1,null]}' });
});

/** The integers as they are in the file. */
const exactParsers = {
  timestampFromMicroseconds: (value: bigint) => value,
  timestampFromNanoseconds: (value: bigint) => value,
} as never;

it("cuts many samples into row groups and loses none of them", async () => {
  const count = 100_000;
  const series = seriesOf("robot/joint/elbow/velocity");
  const chunks = Array.from({ length: count / 1000 }, (_, c) =>
    chunkOf(
      series,
      Array.from({ length: 1000 }, (_, i) => ({ time: c * 1000 + i, value: Math.sin(c * 1000 + i) })),
    ),
  );
  const pieces: Uint8Array[] = [];
  for await (const piece of samplesParquet(streamOf(chunks))) pieces.push(piece);
  expect(pieces).toHaveLength(Math.ceil(count / 32_768) + 1);
  const file = await fileOf(pieces);
  expect(Number(parquetMetadata(file).num_rows)).toBe(count);
  const rows = (await parquetReadObjects({ file, columns: ["value"] })) as { value: number }[];
  expect(rows.every((row, i) => row.value === Math.sin(i))).toBe(true);
});

it("writes points of several series, and a file without rows that can be read", async () => {
  const all = [pointsOf(seriesOf("a/x"), 1000, [1, Number.NaN]), pointsOf(seriesOf("a/y"), 1000, [3])];
  const file = await fileOf(pointsParquet(all));
  const rows = await parquetReadObjects({ file, parsers: exactParsers });
  expect(rows.map((row) => [row.series, row.time, row.min, row.max, row.mean, row.last, row.count])).toEqual([
    ["a/x", 0n, 0, 2, 1, 1, 1n],
    ["a/x", 1_000_000n, null, null, null, null, 2n],
    ["a/y", 0n, 2, 4, 3, 3, 1n],
  ]);
  expect(await parquetReadObjects({ file: await fileOf(pointsParquet([])) })).toEqual([]);
  expect(await parquetReadObjects({ file: await fileOf(samplesParquet(streamOf([]))) })).toEqual([]);
});
