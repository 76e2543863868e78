import { expect, it } from "vitest";
import { pointsCsv, samplesCsv, stampText } from "../../../src/history/series-csv.ts";
import { chunkOf, pointsOf, seriesOf, streamOf } from "./history-at-hand.ts";

async function textOf(pieces: AsyncIterable<string>): Promise<string> {
  let text = "";
  for await (const piece of pieces) text += piece;
  return text;
}

it("writes samples so that they read back equal", async () => {
  const chunk = chunkOf(seriesOf("robot/joint/elbow/position"), [
    { time: 1_700_000_000_123.456, stamp: { sec: 1_700_000_000, nanosec: 120_000_001 }, value: 0.1 + 0.2 },
    { time: 1_700_000_000_124, value: -0, quality: "uncertain", reason: "stale", kind: "quality" },
    { time: 1_700_000_000_125, value: Number.NaN, quality: "bad", kind: "rejected" },
  ]);
  expect(await textOf(samplesCsv(streamOf([chunk])))).toBe(
    [
      "time,stamp,series,facet,unit,value,quality,reason,source,kind",
      "1700000000123.456,1700000000.120000001,robot/joint/elbow/position,reported,rad,0.30000000000000004,good,,ros:/joint_states,taken",
      "1700000000124,,robot/joint/elbow/position,reported,rad,-0,uncertain,stale,ros:/joint_states,quality",
      "1700000000125,,robot/joint/elbow/position,reported,rad,,bad,,ros:/joint_states,rejected",
      "",
    ].join("\r\n"),
  );
});

it("quotes what RFC 4180 wants quoted, in names and in values", async () => {
  const chunk = chunkOf(seriesOf('pump/a,"b"', { kind: "other", valueKind: "other", unit: "" }), [
    { time: 1, value: "two\r\nlines" },
    { time: 2, value: { open: true } },
    { time: 3, value: false },
    { time: 4, value: null },
  ]);
  const [, ...rows] = (await textOf(samplesCsv(streamOf([chunk])))).split(/(?<!two)\r\n/);
  expect(rows.map((row) => row.replace(/^\d,,"pump\/a,""b""",reported,,/, ""))).toEqual([
    '"two\r\nlines",good,,ros:/joint_states,taken',
    '"{""open"":true}",good,,ros:/joint_states,taken',
    "false,good,,ros:/joint_states,taken",
    ",good,,ros:/joint_states,taken",
    "",
  ]);
});

it("writes points with their extremes, and hands on some hundred rows at once", async () => {
  const points = pointsOf(seriesOf("robot/joint/elbow/position"), 1000, [5, 6]);
  expect([...pointsCsv([points])].join("")).toBe(
    [
      "time,series,facet,unit,min,max,mean,last,count,quality",
      "0,robot/joint/elbow/position,reported,rad,4,6,5,5,1,good",
      "1000,robot/joint/elbow/position,reported,rad,5,7,6,6,2,good",
      "",
    ].join("\r\n"),
  );
  const many = pointsOf(seriesOf("a/b"), 1, new Array<number>(5000).fill(1));
  const pieces = [...pointsCsv([many])];
  expect(pieces.length).toBeGreaterThan(8);
  expect(pieces.join("").split("\r\n")).toHaveLength(5002);
});

it("writes stamps of both signs exactly", () => {
  expect([
    stampText(12, 345),
    stampText(-1, 500_000_000),
    stampText(-2, 0),
    stampText(Number.NaN, 0),
  ]).toEqual(["12.000000345", "-0.500000000", "-2.000000000", ""]);
});
