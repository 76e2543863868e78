import { describe, expect, it } from "vitest";
import {
  type DiagnosticState,
  DiagnosticsDigest,
} from "../../../../../src/protocol/topics/digests/diagnostics-digest.ts";
import { digestOf } from "../../../../../src/protocol/topics/digests/digest-of.ts";
import { LogDigest, type LogLine } from "../../../../../src/protocol/topics/digests/log-digest.ts";
import {
  type TransformState,
  TransformsDigest,
} from "../../../../../src/protocol/topics/digests/transforms-digest.ts";

const line = (level: number, msg: string) => ({
  ...{ stamp: { sec: 7, nanosec: 500_000_000 }, level, name: "planner", msg },
  ...{ file: "plan.cpp", function: "run", line: 12 },
});

describe("the digest of a log", () => {
  it("has the last lines in their order, with their numbers", () => {
    const digest = new LogDigest();
    for (let i = 1; i <= 5000; i += 1) digest.take(line(20, `line ${i}`));
    const { meta, reduced } = digest.content(0);
    const lines = meta.lines as LogLine[];
    expect(lines).toHaveLength(600);
    expect(lines[0]?.number).toBe(4401);
    expect(lines.at(-1)).toEqual({
      ...{ number: 5000, at: 7500, level: 20, name: "planner", text: "line 5000" },
      from: "plan.cpp:12, run",
    });
    expect(reduced).toContain("600 of 5000 lines");
    expect((digest.content(3).meta.lines as LogLine[]).length).toBe(60);
  });

  it("keeps errors longer than what floods it, and cuts long texts", () => {
    const digest = new LogDigest();
    digest.take(line(40, "it failed"));
    for (let i = 0; i < 4000; i += 1) digest.take(line(10, "x".repeat(10_000)));
    expect((digest.content(3).meta.lines as LogLine[])[0]?.text).toBe("it failed");
    const all = digest.content(4).meta.lines as LogLine[];
    expect(all.length).toBeLessThanOrEqual(2250);
    expect(all.every(({ text }) => text.length <= 2001)).toBe(true);
    expect(all.some(({ text }) => text === "it failed")).toBe(true);
  });
});

describe("the digest of diagnostics", () => {
  const status = (name: string, level: number, message = "m") => ({
    ...{ name, level, message, hardware_id: "hw", values: [{ key: "load", value: "0.5" }] },
  });
  const states = (digest: DiagnosticsDigest, level = 0) =>
    digest.content(level).meta.states as DiagnosticState[];

  it("has the newest state of each name of all publishers, and when its level changed", () => {
    const digest = new DiagnosticsDigest();
    digest.take({ status: [status("/arm/motor", 0), status("/arm/bus", 1)] }, 1000);
    digest.take({ status: [status("/arm/motor", 2, "hot")] }, 2000);
    digest.take({ status: [status("/arm/motor", 2, "hotter")] }, 3000);
    expect(states(digest)).toEqual([
      expect.objectContaining({ name: "/arm/bus", level: 1, at: 1000 }),
      {
        ...{
          name: "/arm/motor",
          level: 2,
          message: "hotter",
          hardware: "hw",
          values: [["load", "0.5"]],
          at: 3000,
        },
        changes: [
          { at: 1000, level: 0, message: "m" },
          { at: 2000, level: 2, message: "hot" },
        ],
      },
    ]);
  });

  it("is bounded, whatever is published", () => {
    const digest = new DiagnosticsDigest();
    const many = Array.from({ length: 5000 }, (_, i) => status(`part ${i}`, i % 4));
    digest.take({ status: many }, 1);
    for (let i = 0; i < 100; i += 1) digest.take({ status: [status("part 1", i % 2)] }, i);
    expect(states(digest)).toHaveLength(2000);
    expect(states(digest).find(({ name }) => name === "part 1")?.changes.length ?? 0).toBeLessThanOrEqual(30);
    expect(digest.content(0).reduced).toMatch(/1500 states without their values; more than 2000 names/);
    // The worst keep theirs.
    const kept = states(digest, 3).filter(({ values }) => values.length > 0);
    expect(kept.every(({ level }) => level === 3)).toBe(true);
  });
});

describe("the digest of transforms", () => {
  const message = (child: string, parent: string, ms: number, w = 1) => ({
    transforms: [
      {
        header: { stamp: { sec: Math.floor(ms / 1000), nanosec: (ms % 1000) * 1e6 }, frame_id: parent },
        child_frame_id: child,
        transform: { translation: { x: 1, y: 0, z: 0 }, rotation: { x: 0, y: 0, z: 0, w } },
      },
    ],
  });
  const frames = (digest: TransformsDigest) => digest.content().meta.frames as TransformState[];

  it("has each frame with its rate, its stamp and where it is", () => {
    const digest = new TransformsDigest();
    for (let at = 0; at < 10_000; at += 50) digest.take(message("/tool", "base", at), at + 7);
    expect(frames(digest)).toEqual([
      {
        ...{ child: "tool", parent: "base", stamp: 9950, at: 9957, problems: [] },
        ...{ translation: [1, 0, 0], rotation: [0, 0, 0, 1], hz: expect.closeTo(20, 0) },
      },
    ]);
  });

  it("tells of two parents, stamps that go back or repeat, and what is no rotation", () => {
    const digest = new TransformsDigest();
    const problems = (child: string) =>
      frames(digest)
        .find((frame) => frame.child === child)
        ?.problems.join();
    for (let at = 0; at < 2000; at += 100) {
      digest.take(message("a", at % 200 === 0 ? "one" : "two", at), at);
      digest.take(message("b", "one", at % 200 === 0 ? at : at - 150), at);
      digest.take(message("c", "one", 5), at);
      digest.take(message("d", "one", at, 0.5), at);
      digest.take(message("e", "e", at), at);
    }
    expect(problems("a")).toContain("two parents: two and one");
    expect(problems("b")).toContain("stamps went back");
    expect(problems("c")).toContain("repeat");
    expect(problems("d")).toContain("length 0.500");
    expect(problems("e")).toContain("own parent");
    // What has ended is no problem any more.
    for (let at = 8000; at < 9000; at += 100) digest.take(message("a", "one", at), at);
    expect(problems("a")).toBe("");
  });
});

it("is made for types whose newest message alone says little", () => {
  expect(digestOf("rcl_interfaces/msg/Log")).toBeInstanceOf(LogDigest);
  expect(digestOf("diagnostic_msgs/msg/DiagnosticArray")).toBeInstanceOf(DiagnosticsDigest);
  expect(digestOf("tf2_msgs/msg/TFMessage")).toBeInstanceOf(TransformsDigest);
  expect(digestOf("std_msgs/msg/String")).toBeNull();
});
