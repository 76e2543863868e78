import { describe, expect, it } from "vitest";
import type { LayoutColumn } from "../../../src/protocol/state-messages.ts";
import { Motion } from "../../../src/viewer/store/motion.ts";
import { frameOf } from "./frames.ts";

const columns: LayoutColumn[] = [
  { robot: "arm", facet: "reported", path: "joint/tool/left/position", component: 0 },
  { robot: "arm", facet: "reported", path: "joint/tool/left/velocity", component: 0 },
  { robot: "arm", facet: "desired", path: "joint/tool/left/position", component: 0 },
  ...[0, 1, 2, 3, 4, 5, 6].map((component) => ({
    robot: "arm",
    facet: "reported" as const,
    path: "base/pose",
    component,
  })),
];
const values = [0.1 + 0.2, -3, 0.5, 1, 2, 3, 0, 0, 0, 1];

function motionWith(ages: number[]): Motion {
  const motion = new Motion();
  motion.setLayout(1, columns);
  motion.push(frameOf(1000, values, { ages }), 1000);
  return motion;
}

describe("motion", () => {
  it("finds joints whose names hold slashes, and the base", () => {
    const reported = motionWith(columns.map(() => 0)).facet("arm", "reported");
    expect(reported?.joints.get("tool/left")).toEqual({ position: 0, velocity: 1, effort: -1 });
    expect(reported?.basePose).toBe(3);
  });

  it("keeps every bit of the newest number", () => {
    expect(motionWith(columns.map(() => 0)).newest(0)).toBe(0.1 + 0.2);
  });

  it("has no number where the server never had one", () => {
    const motion = motionWith(columns.map((_, at) => (at === 2 ? -1 : 0)));
    expect(motion.newest(2)).toBeNull();
    expect(motion.shown(2)).toBeNull();
    expect(motion.ageMs(2, 5000)).toBe(-1);
  });

  it("ages a value by the server's clock after the frame", () => {
    const motion = motionWith(columns.map(() => 40));
    expect(motion.ageMs(0, 1250)).toBe(290);
  });

  it("refuses a frame of a layout that was not announced, and one of another width", () => {
    const motion = new Motion();
    expect(motion.push(frameOf(1000, values), 1000)).toBe(false);
    motion.setLayout(1, columns);
    expect(motion.push(frameOf(1000, [1, 2]), 1000)).toBe(false);
  });

  it("calls values stale by age alone once the server is not heard", () => {
    const motion = motionWith(columns.map(() => 0));
    const facet = motion.facet("arm", "reported");
    if (!facet) throw new Error("no facet");
    motion.serverHeard = true;
    expect(motion.freshness(0, 1010)).toBe("fresh");
    expect(motion.freshness(0, 1900)).toBe("fresh");
    expect(motion.freshness(0, 4000)).toBe("late");
    motion.serverHeard = false;
    expect(motion.freshness(0, 4000)).toBe("stale");
  });
});
