import { describe, expect, it } from "vitest";
import { openStateFrame, stateFrameBytes } from "../../../../src/protocol/state-frame.ts";
import type { TopicMessage } from "../../../../src/protocol/topics/topic-frame.ts";
import { delayText, hopRows, stampHop } from "../../../../src/viewer/store/delay-rows.ts";
import { FrameDelays } from "../../../../src/viewer/store/frame-delays.ts";
import { jointSource } from "../../../../src/viewer/store/joint-source.ts";
import { Motion } from "../../../../src/viewer/store/motion.ts";
import { TopicDelays } from "../../../../src/viewer/topics/topic-delays.ts";

const spread = (p50: number, p99 = p50, most = p99) => ({ count: 9, least: p50, p50, p99, most });

describe("the delays of frames", () => {
  it("are found in the hop in which they are", () => {
    const motion = new Motion();
    motion.setLayout(1, [{ robot: "r", facet: "reported", path: "joint/a/position", component: 0 }]);
    let now = 0;
    const delays = new FrameDelays(motion, () => now);
    motion.arrived.add(() => delays.took());
    // A joint state each 20 ms, 3 ms after which a frame is made, which is 150 ms on its way; a picture each 10 ms.
    for (let at = 1000; at < 3000; at += 10) {
      now = at;
      if (at % 20 === 0) {
        const frame = openStateFrame(new ArrayBuffer(stateFrameBytes(1)), 1, 1, at, at - 150);
        frame.agesMs[0] = 3;
        motion.push(frame, at);
      }
      motion.advance(at);
      delays.drew();
    }
    const own = delays.robots.get("r");
    expect(own?.sent.spread(now)).toMatchObject({ p50: 3, most: 3 });
    expect(delays.arrived.spread(now)).toMatchObject({ p50: 150, most: 150 });
    // The page draws later than frames come by what is usual: here not at all beyond the way itself.
    const drawn = delays.drawn.spread(now)?.p50 ?? -1;
    expect(drawn).toBeGreaterThanOrEqual(0);
    expect(drawn).toBeLessThan(60);
    expect(own?.whole.spread(now)?.p50).toBeCloseTo(3 + 150 + drawn, 0);
  });

  it("leave out what is never drawn, and frames of the past", () => {
    const motion = new Motion();
    motion.setLayout(1, [{ robot: "r", facet: "reported", path: "joint/a/position", component: 0 }]);
    let now = 100;
    const delays = new FrameDelays(motion, () => now);
    const push = () => {
      motion.push(openStateFrame(new ArrayBuffer(stateFrameBytes(1)), 1, 1, now, now), now);
      delays.took();
    };
    push();
    now = 9000;
    motion.advance(now);
    delays.drew();
    expect(delays.drawn.spread(now)).toBeNull();
    motion.jump(true);
    push();
    expect(delays.arrived.spread(now)?.count).toBe(1);
  });
});

it("measures topics from their stamps, and those in 3D until they are drawn", () => {
  let now = 5000;
  const delays = new TopicDelays(() => now);
  const scan = (received: number, lateMs: number, type = "sensor_msgs/msg/LaserScan"): TopicMessage => {
    const stampMs = received - lateMs;
    const stamp = { sec: Math.floor(stampMs / 1000), nanosec: (stampMs % 1000) * 1e6 };
    return { header: { type, received, stamp } as TopicMessage["header"], arrays: {} };
  };
  delays.took("/scan", scan(4000, 30));
  delays.took("/scan", scan(4980, 30));
  delays.took("/scan", scan(4980, 30));
  now = 5015;
  delays.drew();
  const own = delays.topics.get("/scan");
  expect(own?.stamped.spread(now)).toMatchObject({ count: 1, p50: 30 });
  expect(own?.arrived.spread(now)).toMatchObject({ count: 1, p50: 20 });
  expect(own?.drawn.spread(now)).toMatchObject({ count: 1, p50: 15 });
});

describe("the table of hops", () => {
  it("has a dash and the reason where nothing is known", () => {
    expect(stampHop(null)).toMatchObject({ spread: null, note: "no stamp" });
    expect(stampHop({ ...spread(-1200, -1190), least: -1201 }).note).toBe(
      "clock differs by at least 1.2 s (ahead); varies by 11 ms",
    );
    expect(stampHop(spread(1.7e12)).note).toMatch(/^clock differs by 54 years \(behind\)/);
    const rows = hopRows(
      [stampHop(null), { name: "received → sent", spread: spread(2), note: "" }],
      spread(9),
    );
    expect(rows.map(({ name, p50 }) => [name, p50])).toEqual([
      ["stamp → received", "—"],
      ["received → sent", "2.0 ms"],
      ["received → drawn", "9.0 ms"],
    ]);
  });

  it("points out the hop that has most of it, and adds up only about", () => {
    const hops = [
      { name: "a", spread: spread(200, 220, 230), note: "" },
      { name: "b", spread: spread(3), note: "" },
    ];
    const rows = hopRows(hops, spread(40, 60, 80));
    expect(rows.map(({ isLargest }) => isLargest)).toEqual([true, false, false]);
    expect(rows[2]).toMatchObject({
      name: "stamp → drawn",
      p50: "≈240 ms",
      p99: "≤280 ms",
      most: "≤310 ms",
    });
    expect(hopRows([{ name: "a", spread: spread(4), note: "" }, ...hops.slice(1)], null)[0]?.isLargest).toBe(
      false,
    );
  });

  it("writes delays with three digits at most, and none below zero", () => {
    expect([-3, 0.04, 9.96, 999.6, 12_345].map(delayText)).toEqual([
      "0.0 ms",
      "0.0 ms",
      "10 ms",
      "1000 ms",
      "12.3 s",
    ]);
  });
});

it("knows the source of most joints", () => {
  const from = (source: string) => ({
    unit: "",
    reported: { value: 1, received: 0, quality: "good" as const, source },
  });
  const properties = {
    "joint/a/position": from("ros:/joint_states"),
    "joint/b/position": from("ros:/joint_states"),
    "joint/c/position": from("mqtt:gripper"),
    "base/pose": from("ros:/odom"),
  };
  expect(jointSource({ properties })).toBe("ros:/joint_states");
  expect(jointSource({ properties: {} })).toBeNull();
});
