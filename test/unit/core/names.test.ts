import { describe, expect, it } from "vitest";
import type { DeviceId, GoalId, RobotId, SessionId } from "../../../src/core/names.ts";

describe("names", () => {
  it("are taken from text, and not for one another", () => {
    const robot: RobotId = "r1";
    const text: string = robot;
    // @ts-expect-error a robot is no device
    const device: DeviceId = robot;
    const goal: GoalId = "g1";
    // @ts-expect-error nor a goal a session
    const session: SessionId = goal;
    expect([text, device, session]).toEqual(["r1", "r1", "g1"]);
  });
});
