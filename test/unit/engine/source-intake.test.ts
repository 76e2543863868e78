import { describe, expect, it } from "vitest";
import { EngineAtHand } from "./engine-at-hand.ts";

function reject(at: EngineAtHand, ...reasons: string[]): void {
  for (const reason of reasons) {
    at.engine.inbox.push("mqtt:robots/r2/door", at.now, { kind: "rejected", reason });
  }
  at.cycle();
}

describe("messages of one source that are refused", () => {
  it("are told each by its kind, the second in the same second too", () => {
    const at = new EngineAtHand();
    reject(at, '"ajar" is no word of the mapping');
    reject(at, 'no robot "r9" is configured', '"ajar" is no word of the mapping');
    expect(at.events("source.rejected")).toEqual([
      'mqtt:robots/r2/door: "ajar" is no word of the mapping',
      'mqtt:robots/r2/door: no robot "r9" is configured',
    ]);
    expect(at.counts("mqtt:robots/r2/door").rejected).toBe(3);
  });

  it("of one kind with other numbers are one kind", () => {
    const at = new EngineAtHand();
    reject(at, "17 bytes are not a CDR message", "18 bytes are not a CDR message");
    expect(at.events("source.rejected")).toHaveLength(1);
  });

  it("of ever new kinds do not fill the log, and all are counted", () => {
    const at = new EngineAtHand();
    const letters = Array.from({ length: 20 }, (_, i) => String.fromCharCode(97 + i));
    reject(at, ...letters.map((letter) => `unknown ${letter}`));
    expect(at.events("source.rejected")).toHaveLength(8);
    expect(at.counts("mqtt:robots/r2/door").rejected).toBe(20);
  });

  it("are told again when they still come after a while", () => {
    const at = new EngineAtHand();
    reject(at, "garbage");
    at.now += 6000;
    reject(at, "garbage");
    expect(at.events("source.rejected")).toHaveLength(2);
  });
});

describe("a part of a message that is left out", () => {
  it("is told once, however often it comes, and the message counts as taken", () => {
    const at = new EngineAtHand();
    at.describe();
    for (let i = 0; i < 1000; i++) {
      at.joints([0.5, 0.6]);
      at.push("ros:/joint_states", { kind: "leftOut", reason: `velocity: ${i} values for 2 names` });
      at.cycle();
    }
    expect(at.events("source.left_out")).toEqual(["ros:/joint_states: velocity: 0 values for 2 names"]);
    expect(at.counts("ros:/joint_states")).toMatchObject({ accepted: 1000, rejected: 0 });
  });

  it("of a sensor message does not cost the values behind it", () => {
    const at = new EngineAtHand();
    at.describe();
    const stamp = { sec: 0, nanosec: 0 };
    const values = [
      { path: "joint/a/position", unit: "", value: "text" },
      { path: "battery/voltage", unit: "V", value: 24 },
    ];
    at.joints([0, 0]);
    at.push("ros:/battery_state", { kind: "sensor", robot: "robot", message: { stamp, values } });
    at.cycle();
    expect(at.property("robot", "battery/voltage").reported?.value).toBe(24);
  });
});
