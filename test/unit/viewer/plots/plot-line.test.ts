import { describe, expect, it } from "vitest";
import { csvOf } from "../../../../src/viewer/plots/plot-export.ts";
import { componentOf, found, plottable, readLines } from "../../../../src/viewer/plots/plot-line.ts";
import type { Things } from "../../../../src/viewer/store/twin-store.ts";

const register = (value: unknown) => ({
  value,
  received: 1,
  quality: "good" as const,
  source: "sim",
  sequence: 1,
});
const pose = { position: [1, 2, 3], quaternion: [0, 0, 0, 1] };
const twist = { linear: [4, 5, 6], angular: [7, 8, 9] };
const things = {
  arm: {
    type: "robot",
    definition: {},
    relationships: [],
    properties: {
      "joint/elbow/position": { unit: "rad", reported: register(0.1), desired: register(0.2) },
      "base/pose": { unit: "", reported: register(pose) },
      "base/twist": { unit: "", reported: register(twist) },
      "name/text": { unit: "", reported: register("text") },
      "lamp/on": { unit: "", reported: register(true) },
    },
  },
} as unknown as Things;

describe("what can be plotted", () => {
  it("is every number, in each facet that has one, and each number of poses and twists", () => {
    const lines = plottable(things);
    expect(lines).toHaveLength(2 + 7 + 6);
    expect(lines.find(({ name }) => name === "arm/base/pose.qw")).toMatchObject({ component: 6, unit: "" });
    expect(lines.find(({ name }) => name === "arm/base/twist.angular.z")).toMatchObject({
      component: 5,
      unit: "rad/s",
    });
    expect(lines.filter(({ path }) => path === "joint/elbow/position").map(({ facet }) => facet)).toEqual([
      "reported",
      "desired",
    ]);
  });

  it("is found by parts of its name in any order", () => {
    const lines = plottable(things);
    expect(found(lines, "POSITION elbow", 9)).toHaveLength(2);
    expect(found(lines, "elbow desired", 9)).toHaveLength(1);
    expect(found(lines, "twist", 3)).toHaveLength(3);
    expect(found(lines, "shoulder", 9)).toEqual([]);
  });

  it("has its number at the place that frames have it", () => {
    expect([0, 2, 3, 6].map((at) => componentOf(pose, at))).toEqual([1, 3, 0, 1]);
    expect([0, 5].map((at) => componentOf(twist, at))).toEqual([4, 9]);
    expect(componentOf(5, 0)).toBe(5);
    for (const other of ["5", null, undefined, {}, true]) expect(componentOf(other, 0)).toBeUndefined();
  });

  it("is remembered, and what a stranger stored is left out item by item", () => {
    const lines = plottable(things);
    expect(readLines(JSON.parse(JSON.stringify(lines)))).toEqual(lines);
    expect(readLines([{ ...lines[0], facet: "guessed" }, { name: 5 }, null, lines[1]])).toEqual([lines[1]]);
    expect(readLines("x")).toEqual([]);
  });
});

describe("the table of a plot", () => {
  it("has a row for each time, empty where a line has nothing, and the page's units", () => {
    const [elbow, wanted] = plottable(things).filter(({ path }) => path === "joint/elbow/position");
    if (elbow === undefined || wanted === undefined) throw new Error("no lines");
    const data = [
      [1.5, 1.7, 1.8],
      [0.1, null, undefined],
      [undefined, null, -2],
    ];
    expect(csvOf([elbow, { ...wanted, name: 'odd,"name"' }], data, "deg")).toBe(
      [
        'time_ms,time,arm/joint/elbow/position reported (°),"odd,""name"" desired (°)"',
        "1500,1970-01-01T00:00:01.500Z,0.1,",
        "1800,1970-01-01T00:00:01.800Z,,-2",
        "",
      ].join("\r\n"),
    );
  });
});
