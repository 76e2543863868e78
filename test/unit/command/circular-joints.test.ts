import { describe, expect, it } from "vitest";
import type { RobotLimits } from "../../../src/command/robot-limits.ts";
import { GateAtHand, jointLimits, robotLimits } from "./gate-at-hand.ts";

const circle: RobotLimits = {
  ...robotLimits,
  joints: new Map([
    [
      "a",
      {
        ...jointLimits,
        lower: Number.NEGATIVE_INFINITY,
        upper: Number.POSITIVE_INFINITY,
        isCircular: true,
      },
    ],
  ]),
};

/** A continuous joint whose driver reports angles within −π … π. */
function turning(position: number): GateAtHand {
  const at = new GateAtHand();
  at.limits = circle;
  at.can = { trajectory: [{ name: "arm", joints: ["a"] }], twist: false };
  at.joints.positions.set("a", Math.atan2(Math.sin(position), Math.cos(position)));
  at.acquire();
  return at;
}

describe("a continuous joint", () => {
  it("is moved the shortest way round, in the turn in which it is measured", () => {
    const at = turning(3.3);
    at.send("m", { kind: "jointPosition", positions: { a: 3.4 } });
    const begin = 3.3 - 2 * Math.PI;
    for (const { positions } of at.out.goals[0]?.points ?? []) {
      expect(positions[0]).toBeGreaterThanOrEqual(begin - 1e-9);
      expect(positions[0]).toBeLessThanOrEqual(begin + 0.1 + 1e-9);
    }
    at.joints.positions.set("a", begin + 0.1);
    at.gate.goalReport(
      { goalId: at.out.goals[0]?.id ?? "", stage: "done", code: "ok", message: "" },
      at.now,
      at.robot(),
    );
    expect(at.out.answers("m").at(-1)).toBe("done ok");
  });

  it("has arrived where the driver reports the same place in another turn", () => {
    const at = turning(3.1);
    at.send("m", { kind: "jointPosition", positions: { a: 3.2 } });
    at.joints.positions.set("a", 3.2 - 2 * Math.PI);
    at.gate.goalReport(
      { goalId: at.out.goals[0]?.id ?? "", stage: "done", code: "ok", message: "" },
      at.now,
      at.robot(),
    );
    expect(at.out.answers("m").at(-1)).toBe("done ok");
  });

  it("takes a trajectory that begins whole turns away, and keeps the turns within it", () => {
    const at = turning(-2.9);
    const begin = -2.9 + 4 * Math.PI;
    const sent = at.send("t", {
      kind: "jointTrajectory",
      points: [
        { time: 0, positions: { a: begin } },
        { time: 12, positions: { a: begin - 7 } },
      ],
    });
    expect(sent[0]).toBe("accepted ok");
    expect(at.out.goals[0]?.points.at(-1)?.positions[0]).toBeCloseTo(-9.9, 9);
  });

  it("is jogged over the seam without a hitch, each goal in the turn that is measured", () => {
    const at = turning(2.8);
    let [truth, before] = [2.8, Number.NaN];
    let goals = 0;
    for (let i = 0; i < 100; i++) {
      at.send(i, { kind: "jointVelocity", velocities: { a: 0.6 } });
      at.run(10);
      at.accept();
      for (const goal of at.out.goals.slice(goals)) {
        const end = goal.points.at(-1)?.positions[0] as number;
        const measured = at.joints.positions.get("a") as number;
        expect(Math.abs(end - measured)).toBeLessThan(0.5);
        const unwrapped = end + 2 * Math.PI * Math.round((truth - end) / (2 * Math.PI));
        if (!Number.isNaN(before)) expect(unwrapped).toBeGreaterThan(before);
        before = unwrapped;
      }
      goals = at.out.goals.length;
      truth += i < 30 ? 0.002 : 0.006;
      at.joints.positions.set("a", Math.atan2(Math.sin(truth), Math.cos(truth)));
    }
    expect(truth).toBeGreaterThan(Math.PI);
    expect(at.out.results.filter(({ stage }) => stage === "aborted")).toEqual([]);
  });
});
