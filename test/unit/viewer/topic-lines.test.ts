import { expect, it } from "vitest";
import type { PlotLine } from "../../../src/viewer/plots/plot-line.ts";
import { numberAlong, TopicLines, topicLine, topicOf } from "../../../src/viewer/plots/topic-lines.ts";

it("finds numbers by the way to them, and nothing else", () => {
  const message = { twist: { linear: { x: 1.5, name: "a" } }, poses: [{ x: 2 }] };
  expect(numberAlong(message, "twist/linear/x")).toBe(1.5);
  expect(numberAlong(message, "poses/0/x")).toBe(2);
  expect(numberAlong(message, "twist/linear/name")).toBeUndefined();
  expect(numberAlong(message, "twist/none/x")).toBeUndefined();
  expect(numberAlong(message, "poses/length")).toBeUndefined();
  expect(numberAlong(message, "constructor/name")).toBeUndefined();
  expect(topicOf(topicLine("/odom", ["a", "b"]))).toBe("/odom");
  expect(topicOf({ thing: "robot" } as PlotLine)).toBeNull();
});

it("follows each topic once, for as long as a line is of it", () => {
  let lines = [topicLine("/odom", ["x"]), topicLine("/odom", ["y"]), topicLine("/imu", ["z"])];
  const open = new Map<string, (message: never) => void>();
  const taken: [string, number, number][] = [];
  const made = new TopicLines(
    (topic, listener) => {
      expect(open.has(topic)).toBe(false);
      open.set(topic, listener as (message: never) => void);
      return () => open.delete(topic);
    },
    () => lines,
    (line, timeMs, value) => taken.push([line.path, timeMs, value]),
  );
  made.update();
  made.update();
  open.get("/odom")?.({ header: { received: 5, meta: { message: { x: 1, y: null } } } } as never);
  expect(taken).toEqual([["x", 5, 1]]);
  lines = lines.slice(0, 2);
  made.update();
  expect([...open.keys()]).toEqual(["/odom"]);
  made.end();
  expect(open.size).toBe(0);
});
