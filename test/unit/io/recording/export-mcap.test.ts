import { mkdtempSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { McapStreamReader } from "@mcap/core";
import { afterAll, expect, it } from "vitest";
import type {
  History,
  HistoryEvent,
  SampleChunk,
  SeriesSelection,
} from "../../../../src/history/history-query.ts";
import { openCompressor } from "../../../../src/io/recording/compression.ts";
import { McapExport } from "../../../../src/io/recording/export-mcap.ts";
import { Recording } from "../../../../src/io/recording/recording.ts";
import { decodeJointState } from "../../../../src/protocol/ros-decode.ts";
import { chunkOf, type SampleRow, seriesOf } from "../../history/history-at-hand.ts";

const folder = mkdtempSync(join(tmpdir(), "twin-export-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** A history of a few series in memory. */
function historyOf(
  all: readonly [ReturnType<typeof seriesOf>, readonly SampleRow[]][],
  events: HistoryEvent[],
): Pick<History, "samples" | "events"> & { asked: number } {
  return {
    asked: 0,
    async *samples({ from, to }: SeriesSelection): AsyncGenerator<SampleChunk> {
      this.asked++;
      for (const [series, rows] of all) {
        const own = rows.filter(({ time }) => time >= from && time < to);
        if (own.length > 0) yield chunkOf(series, own);
      }
    },
    events: async ({ from, to }) => events.filter(({ time }) => time >= from && time < to),
  };
}

type Found = { topic: string; log: bigint; publish: bigint; data: Uint8Array };

function messagesIn(path: string): Found[] {
  const reader = new McapStreamReader();
  reader.append(readFileSync(path));
  const topics = new Map<number, string>();
  const found: Found[] = [];
  for (let record = reader.nextRecord(); record !== undefined; record = reader.nextRecord()) {
    if (record.type === "Channel") topics.set(record.id, record.topic);
    if (record.type !== "Message") continue;
    const { channelId, logTime: log, publishTime: publish, data } = record;
    found.push({ topic: topics.get(channelId) as string, log, publish, data: data.slice() });
  }
  return found;
}

it("puts joints of one moment into one JointState, all else into JSON, in the order of time, window after window", async () => {
  const stamp = (i: number) => ({ sec: 1000 + i, nanosec: 5 });
  const rows = (factor: number): SampleRow[] =>
    Array.from({ length: 300 }, (_, i) => ({
      time: 1_000_000 + i * 1000,
      stamp: stamp(i),
      value: i * factor,
    }));
  const history = historyOf(
    [
      [seriesOf("robot/joint/elbow/position"), rows(0.1)],
      [seriesOf("robot/joint/elbow/velocity", { unit: "rad/s" }), rows(0.2)],
      [seriesOf("robot/joint/wrist/position"), rows(-0.1).filter((_, i) => i % 2 === 0)],
      [
        seriesOf("robot/battery/voltage", { unit: "V" }),
        [{ time: 1_000_500, value: 24.5, quality: "uncertain", reason: "stale" }],
      ],
      [
        seriesOf("pump/device/pump/mode", { kind: "other", unit: "" }),
        [{ time: 1_100_000, value: "auto", source: "mqtt:pump" }],
      ],
    ],
    [{ time: 1_000_700, severity: "warning", kind: "stop.latched", message: "stopped" }],
  );
  const path = join(folder, "all.mcap");
  const recording = new Recording({
    path,
    library: "test",
    compressor: await openCompressor("none"),
    maxBytes: 0,
    maxSeconds: 0,
  });
  const shares: number[] = [];
  const query = { patterns: ["*"], facet: "*", clock: "arrival", from: 1_000_000, to: 1_300_000 } as const;
  const count = await new McapExport(history, recording).run(query, (share) => shares.push(share));
  recording.close();
  expect(count).toBe(300 + 300 + 150 + 2);
  expect(history.asked).toBeGreaterThan(3);
  expect(shares.at(-1)).toBe(1);
  const found = messagesIn(path);
  expect(found.map(({ log }) => log)).toEqual(found.map(({ log }) => log).sort((a, b) => Number(a - b)));
  const joints = found.filter(({ topic }) => topic === "/robot/joint_states");
  expect(joints).toHaveLength(300);
  for (const [i, { log, publish, data }] of joints.entries()) {
    expect([log, publish]).toEqual([
      BigInt(1_000_000 + i * 1000) * 1_000_000n,
      BigInt(1000 + i) * 1_000_000_000n + 5n,
    ]);
    const decoded = decodeJointState(data);
    if (!decoded.ok) throw new Error(decoded.reason);
    const { name, position, velocity, effort } = decoded.value;
    expect(decoded.value.stamp).toEqual(stamp(i));
    expect([name, [...Array.from(position)], Array.from(velocity), Array.from(effort)]).toEqual(
      i % 2 === 0
        ? [["elbow", "wrist"], [i * 0.1, i * -0.1], [i * 0.2, Number.NaN], []]
        : [["elbow"], [i * 0.1], [i * 0.2], []],
    );
  }
  const json = (topic: string): unknown[] =>
    found.filter((one) => one.topic === topic).map(({ data }) => JSON.parse(Buffer.from(data).toString()));
  expect(json("/history/reported/robot/battery/voltage")).toEqual([
    { value: 24.5, quality: "uncertain", reason: "stale", source: "ros:/joint_states", kind: "taken" },
  ]);
  expect(json("/history/reported/pump/device/pump/mode")).toEqual([
    { value: "auto", quality: "good", source: "mqtt:pump", kind: "taken" },
  ]);
  expect(json("/twinbridge/commands")).toMatchObject([{ kind: "stop.latched" }]);
});
