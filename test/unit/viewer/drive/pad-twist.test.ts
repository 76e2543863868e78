import { describe, expect, it } from "vitest";
import { driveKeys, keysTwist, padTwist } from "../../../../src/viewer/drive/pad-twist.ts";

const speed = { linear: 0.5, angular: 1 };

describe("drive pad", () => {
  it("drives forward when pushed up, and turns left (positive) when pushed left", () => {
    const up = padTwist(0, 1, 0, speed);
    const left = padTwist(-1, 0, 0, speed);
    expect(up).toMatchObject({ linear: { x: 0.5 }, angular: { z: -0 } });
    expect(left).toMatchObject({ linear: { x: 0 }, angular: { z: 1 } });
  });

  it("rests in its middle", () => {
    expect(padTwist(0.05, 0.05, 0, speed)).toMatchObject({ linear: { x: 0 }, angular: { z: -0 } });
  });

  it("never asks for more than full speed", () => {
    const corner = padTwist(Math.SQRT1_2, Math.SQRT1_2, 0, speed);
    if (corner.kind !== "twist") throw new Error("not a twist");
    expect(Math.hypot(corner.linear.x / 0.5, corner.angular.z)).toBeLessThanOrEqual(1 + 1e-12);
  });

  it("adds keys up, and lets opposite ones cancel", () => {
    expect(keysTwist(new Set(["KeyW", "ArrowLeft"]), speed)).toMatchObject({
      linear: { x: 0.5 },
      angular: { z: 1 },
    });
    expect(keysTwist(new Set(["KeyW", "KeyS"]), speed)).toMatchObject({ linear: { x: 0 } });
    expect(keysTwist(new Set(["KeyX"]), speed)).toBeNull();
  });

  it("answers finely near the middle: half way out is less than half the speed", () => {
    const half = padTwist(0, 0.5, 0, speed);
    if (half.kind !== "twist") throw new Error("not a twist");
    expect(half.linear.x).toBeGreaterThan(0);
    expect(half.linear.x).toBeLessThan(0.15);
  });

  it("drives sideways by its own axis, which has no dead zone", () => {
    expect(padTwist(0, 0, 0.05, speed)).toMatchObject({ linear: { x: 0, y: 0.025 } });
  });
});

describe("drive keys", () => {
  it("drive sideways by Q and E, and backwards by S, turning as it was asked", () => {
    expect(keysTwist(new Set(["KeyQ"]), speed)).toMatchObject({ linear: { x: 0, y: 0.5 } });
    expect(keysTwist(new Set(["KeyE"]), speed)).toMatchObject({ linear: { y: -0.5 } });
    expect(keysTwist(new Set(["ArrowDown", "KeyD"]), speed)).toMatchObject({
      linear: { x: -0.5 },
      angular: { z: -1 },
    });
  });

  it("are counted once where a letter and an arrow mean the same", () => {
    expect(keysTwist(new Set(["KeyW", "ArrowUp"]), speed)).toMatchObject({ linear: { x: 0.5 } });
  });

  it("are all of those that drive: each of them alone is a twist, another key is none", () => {
    for (const code of driveKeys) {
      const twist = keysTwist(new Set([code]), speed);
      if (twist?.kind !== "twist") throw new Error(`${code} does not drive`);
      expect(Math.abs(twist.linear.x) + Math.abs(twist.linear.y) + Math.abs(twist.angular.z)).toBeGreaterThan(
        0,
      );
    }
    expect(keysTwist(new Set(["Space", "Escape"]), speed)).toBeNull();
  });
});
