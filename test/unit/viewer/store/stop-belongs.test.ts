import { describe, expect, it } from "vitest";
import type { ControlStatus } from "../../../../src/protocol/state-messages.ts";
import { stopBelongs } from "../../../../src/viewer/store/stop-belongs.ts";

const idle: ControlStatus = {
  robot: "robot",
  lease: null,
  stopped: null,
  can: { jointPosition: false, jointVelocity: false, twist: false },
};

describe("STOP", () => {
  it("belongs on every page that is no design twin, whatever is known of a robot", () => {
    expect(stopBelongs(false, [])).toBe(true);
    expect(stopBelongs(false, [idle])).toBe(true);
  });

  it("is left out of a design twin without anything to command", () => {
    expect(stopBelongs(true, [])).toBe(false);
    expect(stopBelongs(true, [idle])).toBe(false);
  });

  it("belongs on a design twin, too, as soon as one of its robots can be commanded, is driven or is stopped", () => {
    const more: Partial<ControlStatus>[] = [
      { can: { ...idle.can, jointPosition: true } },
      { can: { ...idle.can, jointVelocity: true } },
      { can: { ...idle.can, twist: true } },
      { can: { ...idle.can, gripper: true } },
      { can: { ...idle.can, navigate: true } },
      { can: { ...idle.can, services: ["/home"] } },
      { lease: { holder: "someone", epoch: 1 } },
      { stopped: { by: "someone", at: 0, reason: "" } },
    ];
    for (const one of more) expect(stopBelongs(true, [idle, { ...idle, ...one }])).toBe(true);
  });
});
