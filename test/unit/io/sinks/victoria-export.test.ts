import { describe, expect, it } from "vitest";
import { LineWriter } from "../../../../src/history/line-protocol.ts";
import { ExportReader, pointKey, pointsOfLine } from "../../../../src/io/sinks/victoria-export.ts";
import { sinkRow } from "../../../support/sink-rows.ts";

const writer = new LineWriter({
  measurement: "twin",
  tags: { site: "hall 3" },
  lineBreaks: "raw",
  numbersOnly: true,
});

describe("what VictoriaMetrics makes of a line", () => {
  it("is a point for each field, with the labels as they were before they were escaped", () => {
    const row = sinkRow({
      thing: "a b,c=d",
      path: "base/pose",
      valueKind: "pose",
      unit: "",
      received: 0,
      numbers: [1, 2.5, -3, 0, 0, 0, 1],
      quality: "bad",
    });
    const points = pointsOfLine(writer.line(row, { sec: 1_700_000_000, nanosec: 123_999_999, pass: 1 }));
    expect(points.map(({ labels, value }) => [labels.__name__, value])).toEqual([
      ["twin_x", 1],
      ["twin_y", 2.5],
      ["twin_z", -3],
      ["twin_qx", 0],
      ["twin_qy", 0],
      ["twin_qz", 0],
      ["twin_qw", 1],
      ["twin_quality", 2],
    ]);
    expect(points[0]).toMatchObject({
      time: 1_700_000_000_123,
      labels: { thing: "a b,c=d", site: "hall 3", unit: "-", pass: "1" },
    });
  });

  it("has flags as 1 and 0, and whole numbers as float64", () => {
    const point = (json: string) =>
      pointsOfLine(writer.line(sinkRow({ received: 0, json }), { sec: 1, nanosec: 0, pass: 1 }))[0];
    expect(point("true")).toMatchObject({ value: 1, time: 1000 });
    expect(point("false")?.value).toBe(0);
    expect(point("9223372036854775807")?.value).toBe(2 ** 63);
  });
});

describe("an export", () => {
  it("is read however it is cut into parts", () => {
    const text =
      '{"metric":{"__name__":"twin_x","a":"漢"},"values":[1,2],"timestamps":[3,4]}\n{"metric":{},"values":[5],"timestamps":[6]}\n';
    const bytes = Buffer.from(text);
    for (const size of [1, 7, 1000]) {
      const found: string[] = [];
      const reader = new ExportReader((labels, times, values) => {
        times.forEach((time, i) => {
          found.push(`${pointKey(labels, time)} ${values[i]}`);
        });
      });
      for (let i = 0; i < bytes.length; i += size) reader.push(bytes.subarray(i, i + size));
      reader.end();
      expect(found).toEqual(["3 __name__=twin_x\u0001a=漢 1", "4 __name__=twin_x\u0001a=漢 2", "6  5"]);
    }
  });
});
