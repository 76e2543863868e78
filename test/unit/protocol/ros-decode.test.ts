import { describe, expect, it } from "vitest";
import type { Result } from "../../../src/core/result.ts";
import {
  decodeClock,
  decodeJointState,
  decodeOdometry,
  decodeText,
  decodeTransforms,
} from "../../../src/protocol/ros-decode.ts";
import { cpuMs } from "../../support/cpu-time.ts";
import { randomFrom } from "../robot/random-from.ts";
import { cdrOf, header, jointStateCdr, odometryCdr, transformsCdr } from "./cdr.ts";

function taken<T>(result: Result<T>): T {
  if (!result.ok) throw new Error(`${result.path} ${result.reason}`);
  return result.value;
}

const decoders: [string, (bytes: Uint8Array) => Result<unknown>, Uint8Array][] = [
  ["JointState", decodeJointState, jointStateCdr(["a", "b", "elbow_joint"], [1, 2, 3], [4, 5, 6], [7, 8, 9])],
  ["Odometry", decodeOdometry, odometryCdr()],
  ["TFMessage", decodeTransforms, transformsCdr(["a", "b", "c"])],
  ["String", decodeText, cdrOf("std_msgs/String", { data: "<robot name='r'/>" })],
  ["Clock", decodeClock, cdrOf("rosgraph_msgs/Clock", { clock: { sec: 5, nanosec: 6 } })],
];

describe("a CDR message", () => {
  it("of joint states keeps names, values and stamp to the last bit", () => {
    const position = [Math.PI, -0.1, 1e-300];
    const message = taken(decodeJointState(jointStateCdr(["a", "b", "c_d"], position, [], [1, 2, 3])));
    expect(message.name).toEqual(["a", "b", "c_d"]);
    expect([...Array.from(message.position)]).toEqual(position);
    expect(message.velocity.length).toBe(0);
    expect(Array.from(message.effort)).toEqual([1, 2, 3]);
    expect(message.stamp).toEqual({ sec: 12, nanosec: 34 });
  });

  it("of odometry and transforms comes with frames and a unit quaternion", () => {
    const odometry = taken(decodeOdometry(odometryCdr(undefined, { x: 0, y: 0, z: 0.003, w: 1 })));
    expect([odometry.frame, odometry.childFrame]).toEqual(["odom", "base_link"]);
    expect(Math.hypot(...(odometry.pose?.slice(3) ?? []))).toBeCloseTo(1, 15);
    const transforms = taken(decodeTransforms(transformsCdr(["a", "b"])));
    expect(transforms.map((t) => [t.parent, t.child])).toEqual([
      ["base_link", "a"],
      ["base_link", "b"],
    ]);
  });

  it("is refused when its arrays do not fit its names", () => {
    expect(decodeJointState(jointStateCdr(["a", "b"], [1]))).toMatchObject({ ok: false, path: "position" });
  });

  it("of joint states keeps its positions when other arrays do not fit its names", () => {
    const short = decodeJointState(jointStateCdr(["a", "b"], [1, 2], [3]));
    expect(short).toMatchObject({
      ok: true,
      leftOut: "velocity: 1 values for 2 names. Left out; the rest is taken.",
    });
    expect(Array.from(taken(short).position)).toEqual([1, 2]);
    expect(taken(short).velocity).toEqual([]);
    const long = decodeJointState(jointStateCdr(["a"], [1], [7], [1, 2]));
    expect(Array.from(taken(long).velocity)).toEqual([7]);
    expect(taken(long).effort).toEqual([]);
    expect(long).toMatchObject({ leftOut: "effort: 2 values for 1 names. Left out; the rest is taken." });
  });

  it("of odometry keeps its twist when its pose is none, and the other way round", () => {
    const zero = { x: 0, y: 0, z: 0, w: 0 };
    expect(decodeOdometry(odometryCdr(undefined, zero))).toMatchObject({
      ok: true,
      value: { pose: null, twist: [0.5, 0, 0, 0, 0, 0.1] },
      leftOut: "pose: not finite, or not a unit quaternion. Left out; the rest is taken.",
    });
    expect(decodeOdometry(odometryCdr({ x: Number.NaN, y: 0, z: 0 }))).toMatchObject({
      ok: true,
      value: { pose: null },
    });
    expect(decodeOdometry(odometryCdr(undefined, undefined, Number.POSITIVE_INFINITY))).toMatchObject({
      ok: true,
      value: { pose: [1, 2, 0, 0, 0, 0, 1], twist: null },
      leftOut: "twist: not finite. Left out; the rest is taken.",
    });
  });

  it("of transforms keeps the good ones", () => {
    const edge = (child_frame_id: string, w: number) => ({
      header,
      child_frame_id,
      transform: { translation: { x: 1, y: 2, z: 3 }, rotation: { x: 0, y: 0, z: 0, w } },
    });
    const some = decodeTransforms(
      cdrOf("tf2_msgs/TFMessage", { transforms: [edge("bad", 0.5), edge("good", 1)] }),
    );
    expect(taken(some).map(({ child }) => child)).toEqual(["good"]);
    expect(some).toMatchObject({
      leftOut:
        "transforms[0] (bad in base_link): not finite, or not a unit quaternion. Left out; the rest is taken.",
    });
  });

  it("is refused when nothing in it is finite or a rotation", () => {
    const zero = { x: 0, y: 0, z: 0, w: 0 };
    expect(decodeOdometry(odometryCdr(undefined, zero, Number.NaN))).toMatchObject({ ok: false });
    expect(decodeTransforms(transformsCdr(["a"], 0.5))).toMatchObject({ ok: false });
    expect(decodeTransforms(transformsCdr([""]))).toMatchObject({ ok: false });
    expect(decodeTransforms(transformsCdr(["f".repeat(256)]))).toMatchObject({ ok: true });
    expect(decodeTransforms(transformsCdr(["f".repeat(257)]))).toMatchObject({ ok: false });
  });

  for (const [type, decode, bytes] of decoders) {
    it(`of ${type} is refused at every length short of its own`, () => {
      expect(decode(bytes).ok).toBe(true);
      for (let length = 0; length < bytes.length; length++) {
        const result = decode(bytes.slice(0, length));
        // Trailing padding may be missing; a value may not.
        if (result.ok) expect(bytes.length - length).toBeLessThan(4);
        else expect(result.reason).not.toBe("");
      }
    });

    it(`of ${type} with changed bytes never throws and is decoded or refused quickly`, () => {
      const random = randomFrom(type.length * 1000 + bytes.length);
      const started = cpuMs();
      let refusedCount = 0;
      for (let trial = 0; trial < 1500; trial++) {
        const mutated = bytes.slice();
        for (let change = random.below(4); change >= 0; change--) {
          mutated[random.below(mutated.length)] = random.pick([0, 1, 0x7f, 0x80, 0xff, random.below(256)]);
        }
        if (!decode(mutated).ok) refusedCount++;
      }
      expect(cpuMs() - started).toBeLessThan(3000);
      if (type === "JointState") expect(refusedCount).toBeGreaterThan(100);
    });

    it(`of ${type} that announces gigabytes is refused without taking them`, () => {
      const before = process.memoryUsage();
      for (let at = 4; at + 4 <= bytes.length; at += 4) {
        for (const length of [0xffff_ffff, 0x7fff_ffff, 0x1000_0000, 0x0fff_ffff]) {
          const mutated = bytes.slice();
          new DataView(mutated.buffer).setUint32(at, length, true);
          decode(mutated);
        }
      }
      const after = process.memoryUsage();
      const grown = after.heapUsed + after.arrayBuffers - before.heapUsed - before.arrayBuffers;
      expect(grown).toBeLessThan(64 * 1024 * 1024);
    });
  }

  it("keeps text that is not ASCII, as rclpy writes it", () => {
    const text = new TextEncoder().encode("Ellbogen-Öse α");
    const bytes = new Uint8Array(8 + text.length + 1);
    bytes[1] = 1;
    new DataView(bytes.buffer).setUint32(4, text.length + 1, true);
    bytes.set(text, 8);
    expect(taken(decodeText(bytes))).toBe("Ellbogen-Öse α");
  });

  it("reads nothing beyond its own end, though the receiver's buffer goes on", () => {
    const bytes = cdrOf("std_msgs/String", { data: "short" });
    const pool = new Uint8Array(4096).fill(0x41);
    pool.set(bytes, 1024);
    const message = pool.subarray(1024, 1024 + bytes.length);
    new DataView(pool.buffer, 1024).setUint32(4, 600, true);
    expect(decodeText(message).ok).toBe(false);
  });

  it("is refused in a byte order that no ROS 2 on our platforms sends", () => {
    const bytes = jointStateCdr(["a"], [1]);
    bytes[1] = 0;
    expect(decodeJointState(bytes)).toMatchObject({ ok: false });
  });

  it("is refused when it is larger than any message of its kind", () => {
    const result = decodeText(new Uint8Array(17 * 1024 * 1024));
    expect(result).toMatchObject({ ok: false });
    expect(result.ok ? "" : result.reason).toContain("too many");
  });

  it("does not share memory with the buffer it came in", () => {
    const bytes = jointStateCdr(["a"], [1.5]);
    const message = taken(decodeJointState(bytes));
    bytes.fill(0xee);
    expect(message.name).toEqual(["a"]);
    expect(message.position[0]).toBe(1.5);
  });
});
