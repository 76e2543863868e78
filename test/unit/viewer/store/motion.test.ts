import { describe, expect, it } from "vitest";
import type { LayoutColumn } from "../../../../src/protocol/state-messages.ts";
import { Motion } from "../../../../src/viewer/store/motion.ts";
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

  it("takes a value that comes twice a second as on time, once it knows that rhythm", () => {
    const motion = new Motion();
    motion.serverHeard = true;
    motion.setLayout(1, columns.slice(0, 1));
    let time = 0;
    for (let sent = 0; sent < 40; sent++) {
      for (let age = 0; age < 500; age += 50) {
        time = 500 * sent + age + 1;
        motion.push(frameOf(time, [0], { ages: [age] }), time);
      }
    }
    motion.push(frameOf(time + 500, [0], { ages: [950] }), time + 500);
    expect(motion.freshness(0, time + 500)).toBe("fresh");
    motion.push(frameOf(time + 1500, [0], { ages: [1950] }), time + 1500);
    expect(motion.freshness(0, time + 1500)).toBe("late");
  });

  it("draws between two frames a little behind the server, and keeps the newest number beside", () => {
    const motion = new Motion();
    motion.setLayout(1, columns.slice(0, 1));
    for (let time = 1000; time <= 1200; time += 20) motion.push(frameOf(time, [time / 100]), time);
    motion.advance(1200);
    const shown = motion.shown(0) ?? 0;
    expect(shown).toBeCloseTo((1200 - motion.buffer.delayMs) / 100, 9);
    expect(motion.newest(0)).toBe(12);
  });

  it("draws nothing of an older connection after a restart, and needs its layouts again", () => {
    const motion = motionWith(columns.map(() => 0));
    motion.restart();
    expect(motion.newest(0)).toBeNull();
    expect(motion.push(frameOf(2000, values), 2000)).toBe(false);
    motion.setLayout(1, columns);
    expect(motion.push(frameOf(900, values), 2000)).toBe(true);
  });

  it("knows when a value was renewed, and that one which never came was not", () => {
    const motion = motionWith(columns.map((_, at) => (at === 2 ? -1 : 40)));
    expect(motion.renewedMs(0)).toBe(960);
    expect(motion.renewedMs(2)).toBe(Number.NEGATIVE_INFINITY);
  });

  it("names the robots of the newest layout only", () => {
    const motion = motionWith(columns.map(() => 0));
    motion.setLayout(2, [{ robot: "cart", facet: "reported", path: "joint/wheel/position", component: 0 }]);
    expect([...motion.robots()]).toEqual(["arm"]);
    motion.push(frameOf(1100, [1], { layout: 2 }), 1100);
    expect([...motion.robots()]).toEqual(["cart"]);
    expect(motion.facet("arm", "reported")).toBeUndefined();
  });

  describe("of the past", () => {
    const past = (): Motion => {
      const motion = motionWith(columns.map(() => 0));
      motion.jump(true);
      return motion;
    };

    it("goes back in time as well as forth, and is drawn as it was, without a delay", () => {
      const motion = past();
      expect(motion.newest(0)).toBeNull();
      for (const [time, value] of [
        [500, 1],
        [100, 2],
        [900, 3],
      ] as const) {
        expect(
          motion.push(frameOf(time, [value, ...values.slice(1)], { ages: columns.map(() => 5) }), time),
        ).toBe(true);
        motion.advance(time);
        expect(motion.shown(0)).toBe(value);
        expect(motion.ageMs(0, time)).toBe(5);
      }
    });

    it("judges a value by the quality that it had, and not by the rhythm of the jumps", () => {
      const motion = past();
      motion.serverHeard = true;
      motion.push(frameOf(500, values, { ages: columns.map(() => 4000) }), 500);
      expect(motion.freshness(0, 500)).toBe("fresh");
    });

    it("teaches the drawing delay of the present nothing", () => {
      const motion = past();
      const before = motion.buffer.delayMs;
      for (let time = 0; time < 20_000; time += 1000) motion.push(frameOf(time, values), time + 200);
      expect(motion.buffer.delayMs).toBe(before);
      motion.jump(false);
      expect(motion.push(frameOf(2000, values, { ages: columns.map(() => 0) }), 2000)).toBe(true);
    });
  });
});
