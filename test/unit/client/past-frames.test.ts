import { describe, expect, it } from "vitest";
import { PastFrames } from "../../../src/client/past-frames.ts";
import type { LayoutColumn, StateFrame } from "../../../src/protocol/state-messages.ts";

const elbow = (position: number, ageMs = 4) => ({
  position,
  velocity: -position,
  ageMs,
  quality: "good" as const,
});

function state(time: number, robots: StateFrame["robots"]): StateFrame {
  return { op: "state", past: true, revision: time, time, robots };
}

function read(frames: PastFrames, ...states: StateFrame[]) {
  const announced: { layout: number; columns: readonly LayoutColumn[] }[] = [];
  const made = states.map((one) =>
    frames.frameOf(one, (layout, columns) => announced.push({ layout, columns })),
  );
  return { announced, made };
}

describe("frames of the past", () => {
  it("have the values, ages and qualities of the state, bit by bit", () => {
    const base = {
      pose: { position: [1, 2, 3], quaternion: [0, 0, 0, 1] },
      twist: { linear: [0.5, 0, 0], angular: [0, 0, 0.1] },
      ageMs: 30,
      quality: "uncertain",
    } as const;
    const robots = {
      arm: {
        reported: { joint: { elbow: elbow(0.1 + 0.2) }, base: structuredClone(base) as never },
        desired: { joint: { elbow: { position: 2, ageMs: 9, quality: "bad" as const } } },
      },
    };
    const { announced, made } = read(new PastFrames(), state(50, robots));
    const columns = announced[0]?.columns.map(
      ({ facet, path, component }) => `${facet} ${path} ${component}`,
    );
    expect(columns).toEqual([
      "reported joint/elbow/position 0",
      "reported joint/elbow/velocity 0",
      ...[0, 1, 2, 3, 4, 5, 6].map((k) => `reported base/pose ${k}`),
      ...[0, 1, 2, 3, 4, 5].map((k) => `reported base/twist ${k}`),
      "desired joint/elbow/position 0",
    ]);
    const [frame] = made;
    expect([...(frame?.values ?? [])]).toEqual([
      0.1 + 0.2,
      -(0.1 + 0.2),
      1,
      2,
      3,
      0,
      0,
      0,
      1,
      0.5,
      0,
      0,
      0,
      0,
      0.1,
      2,
    ]);
    expect([...(frame?.agesMs ?? [])]).toEqual([4, 4, ...Array(13).fill(30), 9]);
    expect([...(frame?.qualityCodes ?? [])]).toEqual([0, 0, ...Array(13).fill(1), 2]);
    expect(frame).toMatchObject({ time: 50, revision: 50 });
  });

  it("announce their columns when these change and not for each frame", () => {
    const frames = new PastFrames();
    const one = { arm: { reported: { joint: { elbow: elbow(1) } } } };
    const two = { arm: { reported: { joint: { elbow: elbow(1), wrist: elbow(2) } } } };
    const { announced, made } = read(
      frames,
      state(1, one),
      state(2, one),
      state(3, two),
      state(4, two),
      state(5, one),
    );
    expect(announced.map(({ columns }) => columns.length)).toEqual([2, 4, 2]);
    expect(new Set(made.map(({ layout }) => layout)).size).toBe(3);
    expect(made.map(({ values }) => values.length)).toEqual([2, 2, 4, 4, 2]);
    // What was announced before stays as it was: frames of it may still be drawn.
    expect(announced[0]?.columns).toHaveLength(2);
  });

  it("announce other columns of the same number", () => {
    const { announced } = read(
      new PastFrames(),
      state(1, { arm: { reported: { joint: { elbow: elbow(1) } } } }),
      state(2, { arm: { reported: { joint: { wrist: elbow(1) } } } }),
      state(3, { cart: { reported: { joint: { wrist: elbow(1) } } } }),
    );
    expect(announced.map(({ columns }) => `${columns[0]?.robot} ${columns[0]?.path}`)).toEqual([
      "arm joint/elbow/position",
      "arm joint/wrist/position",
      "cart joint/wrist/position",
    ]);
  });

  it("have numbers of layouts that no binary frame can have", () => {
    const { announced } = read(new PastFrames(), state(1, {}));
    expect(announced).toHaveLength(1);
    expect(announced[0]?.layout).toBeGreaterThan(0xffff);
  });
});
