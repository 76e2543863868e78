import { describe, expect, it } from "vitest";
import { ActivityLog } from "../../../src/viewer/drive/activity.ts";
import { keysTwist, padTwist } from "../../../src/viewer/drive/pad-twist.ts";

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
});

describe("activity", () => {
  const result = (id: number, stage: "accepted" | "refused" | "done", message = "") => ({
    id,
    stage,
    code: "ok",
    message,
  });

  it("follows a move through its stages", () => {
    const log = new ActivityLog();
    log.begin(7, "Move elbow");
    log.advance({ id: 7, stage: "executing", code: "ok", message: "", progress: 0.4 });
    expect(log.moves.get()[0]).toMatchObject({ stage: "executing", progress: 0.4 });
    log.advance(result(7, "done"));
    expect(log.moves.get()[0]).toMatchObject({ stage: "done", progress: null });
  });

  it("shows a jog's refusal until a later jog command is accepted", () => {
    const log = new ActivityLog();
    log.jogged(1);
    log.advance(result(1, "refused", "at its limit"));
    expect(log.jogRefusal.get()).toBe("at its limit");
    log.jogged(2);
    log.advance(result(2, "accepted"));
    expect(log.jogRefusal.get()).toBeNull();
  });

  it("passes over answers to commands it never sent", () => {
    const log = new ActivityLog();
    log.advance(result(99, "refused", "not mine"));
    expect(log.jogRefusal.get()).toBeNull();
    expect(log.moves.get()).toEqual([]);
  });
});
