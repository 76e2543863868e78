import { expect, it } from "vitest";
import { readSamplesCsv } from "../../../src/history/csv-samples.ts";
import type { SampleChunk } from "../../../src/history/history-query.ts";
import { samplesCsv } from "../../../src/history/series-csv.ts";
import { chunkOf, seriesOf, streamOf } from "./history-at-hand.ts";

/** What CSV carries of chunks, row by row. */
function rowsOf(chunks: readonly SampleChunk[]): unknown[] {
  return chunks.flatMap((chunk) =>
    Array.from(chunk.time, (time, i) => [
      chunk.series.name,
      chunk.series.facet,
      chunk.series.unit,
      time,
      chunk.stampSec[i],
      chunk.stampNanosec[i],
      chunk.series.kind === "number" ? chunk.value[i] : chunk.other[i],
      chunk.quality[i],
      chunk.kind[i],
      chunk.words[chunk.reason[i] as number],
      chunk.words[chunk.source[i] as number],
    ]),
  );
}

const chunks = [
  chunkOf(
    seriesOf("robot/joint/elbow/position"),
    Array.from({ length: 3000 }, (_, i) => ({
      time: 1000.5 + i,
      ...(i % 3 === 0 ? {} : { stamp: { sec: i, nanosec: (i * 7) % 1000 } }),
      value: i % 5 === 0 ? Number.NaN : Math.sin(i) * 1e-9,
      quality: i % 2 === 0 ? ("good" as const) : ("bad" as const),
      kind: "late" as const,
      reason: 'a "reason", with all',
    })),
  ),
  chunkOf(seriesOf("pump/name", { kind: "other", valueKind: "other", unit: "", facet: "desired" }), [
    { time: 5, value: 'two\r\nlines, "quoted"', source: "mqtt:pump" },
    { time: 6, value: "plain", source: "mqtt:pump" },
  ]),
];

it.each([1, 7, 100_000])("reads what samplesCsv writes, in pieces of %i characters", async (size) => {
  let text = "";
  for await (const piece of samplesCsv(streamOf(chunks))) text += piece;
  const pieces = Array.from({ length: Math.ceil(text.length / size) }, (_, i) =>
    text.slice(i * size, (i + 1) * size),
  );
  const read: SampleChunk[] = [];
  for await (const chunk of readSamplesCsv(streamOf(pieces))) read.push(chunk);
  expect(rowsOf(read)).toEqual(rowsOf(chunks));
});

it("refuses what is no CSV of samples", async () => {
  const read = async (text: string): Promise<void> => {
    for await (const _ of readSamplesCsv(streamOf([text]))) {
      // Nothing is expected to come.
    }
  };
  await expect(read("a,b\r\n1,2\r\n")).rejects.toThrow("these are no samples: a,b");
  await expect(read("")).rejects.toThrow("the answer is empty");
});
