import { describe, expect, it } from "vitest";
import { EngineAtHand } from "./engine-at-hand.ts";

const replies = (at: EngineAtHand, session: string) =>
  at.leaving.of("reply").flatMap((entry) => (entry[1] === session ? [entry[2]] : []));
const told = (at: EngineAtHand) =>
  at.leaving
    .of("broadcast")
    .map((entry) => entry[1] as { op: string; percent?: number })
    .filter(({ op }) => op === "override");
const shown = (at: EngineAtHand) => at.engine.control.get("robot")?.status().override;

describe("the speed override of a robot", () => {
  it("is shown in the status, told to everybody, and begins anew with each holder", () => {
    const at = new EngineAtHand();
    at.describe();
    at.acquire("s");
    expect(shown(at)).toBe(100);
    at.client("s", { op: "override", id: 1, robot: "robot", percent: 30 });
    at.cycle();
    expect(shown(at)).toBe(30);
    expect(told(at)).toEqual([{ op: "override", id: 1, robot: "robot", percent: 30 }]);
    expect(at.engine.control.get("robot")?.current().speedScale).toBe(0.3);
    // Its own renewal of the lease is no change of hands.
    at.acquire("s");
    expect(shown(at)).toBe(30);
    at.client("s", { op: "release", id: 2, robot: "robot", epoch: 2 });
    at.acquire("t");
    expect(shown(at)).toBe(100);
  });

  it("is lowered by anyone, raised by the holder alone, and who paused is in the audit trail", () => {
    const at = new EngineAtHand();
    at.describe();
    at.acquire("s");
    at.client("x", { op: "override", robot: "robot", percent: 0 });
    at.cycle();
    at.client("x", { op: "override", id: 7, robot: "robot", percent: 10 });
    at.cycle();
    expect(replies(at, "x")).toEqual([
      {
        op: "error",
        id: 7,
        code: "no_lease",
        message: "only the lease holder may raise the speed: acquire the lease",
      },
    ]);
    expect([shown(at), told(at).length]).toEqual([0, 1]);
    at.client("s", { op: "override", robot: "robot", percent: 60 });
    at.cycle();
    expect(shown(at)).toBe(60);
    expect(at.events("override.paused")).toEqual(["x paused robot: the speed override is 0 %"]);
    expect(at.events("override.resumed")).toEqual(["s set robot to 60 %"]);
  });
});
