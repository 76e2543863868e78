import { Quaternion, Vector3 } from "three";
import { describe, expect, it } from "vitest";
import { FrameHistory } from "../../../../src/protocol/topics/frame-history.ts";
import { randomFrom } from "../../robot/random-from.ts";

const stamp = (ms: number) => ({ sec: Math.floor(ms / 1000), nanosec: Math.round((ms % 1000) * 1e6) });
const at = (x: number) => [x, 0, 0, 0, 0, 0, 1];

describe("frames", () => {
  it("are placed between two transforms, as another program computes it", () => {
    const random = randomFrom(3);
    const pose = () => {
      const q = new Quaternion().random();
      return [random.next(), random.next(), random.next(), q.x, q.y, q.z, q.w];
    };
    for (let trial = 0; trial < 200; trial += 1) {
      const frames = new FrameHistory();
      const [a0, a1, mount] = [pose(), pose(), pose()];
      frames.add("base", "odom", stamp(1000), a0, false);
      frames.add("base", "odom", stamp(1100), a1, false);
      frames.add("laser", "base", stamp(0), mount, true);
      const share = random.next();
      const { above, lateMs, problem } = frames.place("laser", stamp(1000 + 100 * share));
      expect([lateMs, problem]).toEqual([0, null]);
      const turn = quaternion(a0).slerp(quaternion(a1), share);
      const place = vector(a0).lerp(vector(a1), share).add(vector(mount).applyQuaternion(turn));
      const whole = turn.clone().multiply(quaternion(mount));
      const found = above[1]?.pose as number[];
      expect(above.map(({ frame }) => frame)).toEqual(["base", "odom"]);
      expect(vector(found).distanceTo(place)).toBeLessThan(1e-5);
      expect(quaternion(found).angleTo(whole)).toBeLessThan(1e-3);
    }
  });

  it("whose transforms are older than the message say by how much", () => {
    const frames = new FrameHistory();
    frames.add("base", "odom", stamp(1000), at(1), false);
    expect(frames.place("base", stamp(1080))).toMatchObject({
      lateMs: 80,
      above: [{ frame: "odom", pose: at(1) }],
    });
    expect(frames.place("base", null)).toMatchObject({ lateMs: 0 });
  });

  it("that were not known yet at the message's time are told", () => {
    const frames = new FrameHistory();
    frames.add("base", "odom", stamp(5000), at(1), false);
    const { above, problem } = frames.place("base", stamp(4000));
    expect(above).toEqual([]);
    expect(problem).toMatch(/base in odom is known from 1.00 s after/);
  });

  it("in a loop end, and a clock that is set back begins anew", () => {
    const frames = new FrameHistory();
    frames.add("a", "b", stamp(1000), at(1), true);
    frames.add("b", "a", stamp(1000), at(1), true);
    expect(frames.place("a", null).problem).toMatch(/loop/);
    frames.add("c", "d", stamp(100_000), at(1), false);
    frames.add("c", "d", stamp(1000), at(2), false);
    expect(frames.place("c", stamp(1000)).above).toEqual([{ frame: "d", pose: at(2) }]);
  });

  it("keep ten seconds, and no more frames than there may be", () => {
    const frames = new FrameHistory();
    for (let ms = 0; ms <= 20_000; ms += 100) frames.add("c", "d", stamp(ms), at(ms), false);
    expect(frames.place("c", stamp(9000)).problem).toMatch(/1.00 s after/);
    expect(frames.place("c", stamp(10_050)).above[0]?.pose[0]).toBeCloseTo(10_050, 6);
    for (let i = 0; i < 11_000; i += 1) frames.add(`f${i}`, "d", stamp(0), at(0), true);
    expect(frames.place("f10999", null).above).toEqual([]);
  });
});

function vector([x = 0, y = 0, z = 0]: readonly number[]): Vector3 {
  return new Vector3(x, y, z);
}
function quaternion(pose: readonly number[]): Quaternion {
  return new Quaternion(pose[3], pose[4], pose[5], pose[6]);
}
