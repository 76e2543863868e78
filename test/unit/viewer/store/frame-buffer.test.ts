import { describe, expect, it } from "vitest";
import { FrameBuffer } from "../../../../src/viewer/store/frame-buffer.ts";
import { interpolate } from "../../../../src/viewer/store/interpolate.ts";
import { frameOf } from "./frames.ts";

function drawnAt(buffer: FrameBuffer, timeMs: number, quaternions: number[] = []): number[] {
  const pair = buffer.at(timeMs);
  if (!pair) throw new Error("the buffer is empty");
  const into = new Float64Array(pair.newer.values.length);
  interpolate(pair, quaternions, into);
  return [...into];
}

function filled(...frames: ReturnType<typeof frameOf>[]): FrameBuffer {
  const buffer = new FrameBuffer();
  for (const frame of frames) buffer.push(frame, frame.time);
  return buffer;
}

describe("frame buffer", () => {
  it("draws between two frames in proportion to time", () => {
    const buffer = filled(frameOf(1000, [0, 10]), frameOf(1020, [1, 20]));
    expect(drawnAt(buffer, 1005)).toEqual([0.25, 12.5]);
  });

  it("never draws beyond the newest frame", () => {
    const buffer = filled(frameOf(1000, [0]), frameOf(1020, [1]));
    expect(drawnAt(buffer, 5000)).toEqual([1]);
  });

  it("draws the oldest frame when asked for a time before it", () => {
    const buffer = filled(frameOf(1000, [4]), frameOf(1020, [5]));
    expect(drawnAt(buffer, 900)).toEqual([4]);
  });

  it("gives exactly the frame's value at the frame's time", () => {
    const buffer = filled(frameOf(1000, [0.1]), frameOf(1017, [0.3]), frameOf(1033, [0.7]));
    expect(drawnAt(buffer, 1017)).toEqual([0.3]);
  });

  it("refuses frames that come late or twice", () => {
    const buffer = filled(frameOf(1020, [1]));
    expect(buffer.push(frameOf(1000, [9]), 1030)).toBe(false);
    expect(buffer.push(frameOf(1020, [9]), 1030)).toBe(false);
    expect(buffer.newest?.values[0]).toBe(1);
  });

  it("lets the robot stand still through a pause instead of creeping", () => {
    const buffer = filled(frameOf(1000, [0]), frameOf(6000, [1]));
    expect(drawnAt(buffer, 5000)).toEqual([0]);
    expect(drawnAt(buffer, 5900)[0]).toBeCloseTo(0.5, 12);
  });

  it("does not blend frames of two layouts", () => {
    const buffer = filled(frameOf(1000, [7]));
    buffer.push(frameOf(1020, [1, 2], { layout: 2 }), 1020);
    expect(drawnAt(buffer, 1010)).toEqual([1, 2]);
  });

  it("draws further behind when frames arrive late, and never more than 0.3 s", () => {
    const calm = new FrameBuffer();
    const rough = new FrameBuffer();
    for (let t = 1000; t < 3000; t += 16) {
      calm.push(frameOf(t, [0]), t + 1);
      rough.push(frameOf(t, [0]), t + (t % 5 === 0 ? 90 : 1));
    }
    expect(calm.delayMs).toBeLessThan(30);
    expect(rough.delayMs).toBeGreaterThan(60);
    rough.push(frameOf(9000, [0]), 19_000);
    expect(rough.delayMs).toBeLessThanOrEqual(300);
  });
});

describe("the rate of frames", () => {
  it("is what the server sends at present", () => {
    const buffer = new FrameBuffer();
    for (let t = 1000; t < 9000; t += 50) buffer.push(frameOf(t, [0]), t);
    expect(buffer.rateHz).toBeCloseTo(20, 0);
  });
});

describe("a frame buffer's memory", () => {
  it("is 64 frames: earlier times are drawn as the oldest of them", () => {
    const buffer = new FrameBuffer();
    for (let n = 0; n < 100; n++) buffer.push(frameOf(1000 + n, [n]), 1000 + n);
    expect(drawnAt(buffer, 1000)).toEqual([36]);
  });

  it("is empty after it was cleared, and takes earlier frames again", () => {
    const buffer = filled(frameOf(1000, [1]));
    buffer.clear();
    expect(buffer.at(1000)).toBeNull();
    expect(buffer.push(frameOf(500, [2]), 500)).toBe(true);
  });
});

describe("interpolation", () => {
  it("takes a continuous joint past ±π the short way", () => {
    const buffer = filled(frameOf(1000, [3.1]), frameOf(1020, [-3.1]));
    const [middle = 0] = drawnAt(buffer, 1010);
    expect(Math.abs(Math.cos(middle) - -1)).toBeLessThan(1e-6);
  });

  it("does not start from a value that never was", () => {
    const buffer = filled(frameOf(1000, [0], { ages: [-1] }), frameOf(1020, [2], { ages: [0] }));
    expect(drawnAt(buffer, 1010)).toEqual([2]);
  });

  it("turns a quaternion on the sphere, the short way, and keeps it of length one", () => {
    const half = Math.SQRT1_2;
    const from = [0, 0, 0, 1];
    // A quarter turn about z, written with the other sign.
    const buffer = filled(frameOf(1000, from), frameOf(1020, [0, 0, -half, -half]));
    const [x = 9, y = 9, z = 9, w = 9] = drawnAt(buffer, 1010, [0]);
    expect(Math.hypot(x, y, z, w)).toBeCloseTo(1, 12);
    expect(2 * Math.atan2(z, w)).toBeCloseTo(Math.PI / 4, 12);
  });
});
