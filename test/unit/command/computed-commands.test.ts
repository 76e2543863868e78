import { describe, expect, it } from "vitest";
import type { MotionCommand } from "../../../src/command/motion-command.ts";
import type { PlanOutcome } from "../../../src/command/plan-request.ts";
import { GateAtHand } from "./gate-at-hand.ts";

const pose: MotionCommand = {
  kind: "pose",
  link: "tool",
  frame: "base",
  position: [0.4, 0, 0.3],
  quaternion: [0, 0, 0, 1],
};
const line: MotionCommand = { ...pose, path: "line" };
const goal: PlanOutcome = { found: "goal", positions: { a: 1, b: -0.5 } };
const motion: PlanOutcome = {
  found: "motion",
  motion: {
    kind: "direct",
    leastDistance: null,
    effortShare: {},
    path: {
      joints: ["a", "b"],
      knots: [
        { time: 0, positions: [0, 0], velocities: [0, 0], accelerations: [0, 0] },
        { time: 1, positions: [0.3, 0.1], velocities: [0.4, 0.1], accelerations: [0, 0] },
        { time: 2, positions: [0.6, 0.2], velocities: [0, 0], accelerations: [0, 0] },
      ],
    },
  },
};

function driven(): GateAtHand {
  const at = new GateAtHand();
  at.acquire();
  return at;
}

/** The answer to the newest request. */
function compute(at: GateAtHand, outcome: PlanOutcome, id = `request ${at.out.planRequests.length}`): void {
  at.gate.takePlan({ id, robot: "robot", outcome }, at.now, at.robot());
}

describe("a command of tool space", () => {
  it("sends nothing until it is computed, then the motion to where the joints are to be", () => {
    const at = driven();
    expect(at.send(1, pose)).toEqual([]);
    expect(at.out.planRequests).toEqual([{ command: pose, purpose: "goal", avoid: false }]);
    at.run(50);
    expect(at.out.motions()).toBe(0);
    compute(at, goal);
    expect(at.out.answers(1)).toEqual(["accepted ok", "sent ok"]);
    expect(at.out.goals[0]?.points.at(-1)?.positions).toEqual([1, -0.5]);
  });

  it("that came too late from its computation is refused", () => {
    const at = driven();
    at.send(1, pose, { ttlMs: 300 });
    at.run(400);
    compute(at, goal);
    expect(at.out.answers(1)).toEqual(["refused expired"]);
    expect(at.out.motions()).toBe(0);
  });

  it("through places that a device does not reach is refused, though it ends where it does", () => {
    const at = driven();
    const b = at.limits.joints.get("b");
    if (b === undefined) throw new Error("b");
    at.limits = { ...at.limits, joints: new Map([...at.limits.joints, ["b", { ...b, upper: 0.15 }]]) };
    at.send(1, line);
    const knots = motion.found === "motion" ? motion.motion.path.knots : [];
    const back = knots.map((knot, i) => ({
      ...knot,
      positions: [
        [0, 0],
        [0.3, 0.2],
        [0.6, 0.1],
      ][i] as number[],
    }));
    if (motion.found !== "motion") throw new Error("no motion");
    compute(at, { ...motion, motion: { ...motion.motion, path: { joints: ["a", "b"], knots: back } } });
    expect(at.out.answers(1)).toEqual(["refused outside_limits"]);
  });

  it("along a line is sent as it was computed, knot by knot", () => {
    const at = driven();
    at.send(1, line);
    expect(at.out.planRequests[0]?.purpose).toBe("motion");
    compute(at, motion);
    expect(at.out.answers(1)).toEqual(["accepted ok", "sent ok"]);
    const points = at.out.goals[0]?.points ?? [];
    expect(points.map(({ time }) => time)).toEqual([1, 2]);
    expect(points[0]).toMatchObject({ positions: [0.3, 0.1], velocities: [0.4, 0.1], accelerations: [0, 0] });
  });

  it("along a line waits for the end of a motion, for a second, and is refused when the robot moved meanwhile", () => {
    const at = driven();
    at.send(1, line);
    at.joints.positions.set("a", 0.1);
    compute(at, motion);
    expect(at.out.answers(1)).toEqual(["refused start_mismatch"]);
    at.joints.positions.set("a", 0);
    at.send(2, { kind: "jointPosition", positions: { a: 1 } });
    at.run(50);
    expect(at.send(3, line)).toEqual([]);
    at.run(1020);
    expect(at.out.answers(3)).toEqual(["refused start_mismatch"]);
    at.run(4000);
    at.send(4, { kind: "jointPosition", positions: { a: 0.01 } });
    at.run(150);
    const asked = at.out.planRequests.length;
    at.send(5, line);
    at.run(500);
    expect(at.out.planRequests).toHaveLength(asked + 1);
  });

  it("is refused with the reason why it cannot be computed", () => {
    const at = driven();
    at.out.planObjection = { code: "unknown_frame", message: "" };
    expect(at.send(1, pose)).toEqual(["refused unknown_frame"]);
    at.out.planObjection = null;
    at.send(2, pose);
    compute(at, { found: "objection", objection: { code: "unreachable", message: "" } });
    expect(at.out.answers(2)).toEqual(["refused unreachable"]);
    expect(at.out.motions()).toBe(0);
  });

  it("moves nothing when the answer comes after a stop, the end of the lease, a newer command or too late", () => {
    const ends: [string, (at: GateAtHand) => void][] = [
      ["refused stopped", (at) => void at.gate.stop("Ann", "", at.now, at.robot())],
      ["refused lease_lost", (at) => void at.gate.releaseSession("s", at.now, at.robot())],
      ["refused replaced", (at) => void at.send(2, { kind: "jointPosition", positions: { b: 0.5 } })],
      ["refused replaced", (at) => void at.send(2, { kind: "jointVelocity", velocities: { b: 0.2 } })],
      ["refused replaced", (at) => void at.send(2, line)],
      ["refused not_checked", (at) => at.run(5100)],
    ];
    for (const [answer, end] of ends) {
      const at = driven();
      at.send(1, pose);
      end(at);
      expect(at.out.answers(1)).toEqual([answer]);
      const before = at.out.goals.length;
      compute(at, goal, "request 1");
      expect(at.out.goals.length).toBe(before);
      expect(at.out.answers(1)).toEqual([answer]);
    }
  });

  it("keeps the gate from resting", () => {
    const at = driven();
    at.send(1, pose);
    at.gate.lease.revoke(null);
    expect(at.gate.isQuiet(at.now)).toBe(false);
  });
});
