import { describe, expect, it } from "vitest";
import { broken, LineSamples } from "../../../../src/viewer/plots/line-samples.ts";

const all = { from: 0, to: 1e9 };
const regular = (from: number, to: number, step: number) => {
  const times: number[] = [];
  for (let at = from; at < to; at += step) times.push(at);
  return { times, values: times.map((time) => time / 1000) };
};
const holes = ({ times, values }: { times: number[]; values: (number | null)[] }) =>
  times.filter((_, at) => values[at] === null);

describe("the history of a line", () => {
  it("is broken across the gaps of the store, and nowhere else", () => {
    const points = regular(0, 10_000, 100);
    const cut = { times: points.times.filter((t) => t < 3000 || t > 3500), values: [] as number[] };
    cut.values = cut.times.map((t) => t / 1000);
    expect(holes(broken(cut, [{ from: 3001, to: 3400 }], 0))).toHaveLength(1);
    expect(holes(broken(cut, [], 0))).toEqual([]);
    expect(holes(broken(points, [], 0))).toEqual([]);
    expect(broken(points, [], 0)).toEqual(points);
  });

  it("is broken where samples are much further apart than usual", () => {
    const points = regular(0, 5000, 100);
    const later = regular(9000, 12_000, 100);
    const both = { times: [...points.times, ...later.times], values: [...points.values, ...later.values] };
    const [hole] = holes(broken(both, [], 0));
    expect(hole).toBeGreaterThan(4900);
    expect(hole).toBeLessThan(9000);
  });

  it("is not broken by a rhythm of its own: one value each 10 s", () => {
    expect(holes(broken(regular(0, 200_000, 10_000), [], 0))).toEqual([]);
  });

  it("is not broken by the query's own steps, and is where a bucket has nothing", () => {
    const points = regular(0, 3_600_000, 7200);
    expect(holes(broken(points, [], 7200))).toEqual([]);
    const without = points.times.filter((t) => t < 1_000_000 || t > 1_200_000);
    expect(holes(broken({ times: without, values: without }, [], 7200))).toHaveLength(1);
  });
});

describe("a line that goes on", () => {
  it("joins the history and what arrives, each sample once", () => {
    const line = new LineSamples();
    expect(line.add(1000, 1)).toBe(true);
    expect(line.add(1000, 1)).toBe(false);
    line.add(1020, 2);
    line.setStored({ times: [500, 800, 1000], values: [0.5, 0.8, 1] });
    line.add(1040, 3);
    expect(line.within(all)).toEqual({ times: [500, 800, 1000, 1020, 1040], values: [0.5, 0.8, 1, 2, 3] });
    expect(line.newest).toBe(3);
    line.setStored({ times: [500, 1040], values: [0.5, 3] });
    expect(line.within(all)).toEqual({ times: [500, 1040], values: [0.5, 3] });
  });

  it("has a gap where the stream paused, and none at its usual rhythm", () => {
    const line = new LineSamples();
    for (let at = 0; at < 2000; at += 20) line.add(at, 1);
    line.add(9000, 2);
    expect(holes(line.within(all))).toHaveLength(1);
    const slow = new LineSamples();
    for (let at = 0; at < 100_000; at += 10_000) slow.add(at, 1);
    expect(holes(slow.within(all))).toEqual([]);
  });

  it("has a gap where the value was no number", () => {
    const line = new LineSamples();
    for (const [at, value] of [1, Number.NaN, 2, Number.POSITIVE_INFINITY].entries())
      line.add(at * 20, value);
    expect(line.within(all).values).toEqual([1, null, 2, null]);
  });

  it("has a gap after an interruption of more than a second", () => {
    const line = new LineSamples();
    for (let at = 0; at < 30_000; at += 500) line.add(at, 1);
    line.interrupt();
    line.add(32_500, 2);
    expect(holes(line.within(all))).toHaveLength(1);
  });

  it("gives what is in a window, and one point beyond each end", () => {
    const line = new LineSamples();
    line.setStored(regular(0, 1000, 100));
    expect(line.within({ from: 250, to: 450 }).times).toEqual([200, 300, 400, 500]);
    expect(line.within({ from: -50, to: 5000 }).times).toHaveLength(10);
    expect(line.within({ from: 5000, to: 6000 }).times).toEqual([900]);
  });

  it("keeps a bounded number of points", () => {
    const line = new LineSamples();
    for (let at = 0; at < 120_000; at++) line.add(at, at);
    expect(line.within(all).times.length).toBeLessThan(45_000);
    expect(line.newest).toBe(119_999);
  });
});
