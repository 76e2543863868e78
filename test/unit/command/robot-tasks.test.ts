import { beforeEach, describe, expect, it } from "vitest";
import type { NavigateCommand } from "../../../src/command/motion-command.ts";
import type { PlanOutcome } from "../../../src/command/plan-request.ts";
import { bothControllers, GateAtHand, twist } from "./gate-at-hand.ts";

const navigators = {
  toPose: "/navigate_to_pose",
  throughPoses: null,
  goalTopic: null,
  initialTopic: "/initialpose",
};
const goal: NavigateCommand = { kind: "navigate", frame: "map", position: [2, 0], yaw: 0 };

let at: GateAtHand;

beforeEach(() => {
  at = new GateAtHand();
  at.can = { ...bothControllers, navigators };
  at.checksGoals = true;
  at.acquire();
});

/** The thread answers the newest request. */
function found(outcome: PlanOutcome, id = `request ${at.out.planRequests.length}`): void {
  at.gate.takePlan({ id, robot: "robot", outcome }, at.now, at.robot());
}

describe("a goal of the base that is checked first", () => {
  it("is handed to the navigator once its poses are free, and not before", () => {
    at.send("n", goal);
    expect(at.out.planRequests).toEqual([{ command: goal, purpose: "goal", avoid: false }]);
    expect(at.out.tasks).toEqual([]);
    expect(at.out.answers("n")).toEqual([]);
    found({ found: "free" });
    expect(at.out.tasks).toMatchObject([{ kind: "navigate", poses: [{ x: 2, y: 0, yaw: 0 }] }]);
    expect(at.out.answers("n")).toEqual(["accepted ok", "sent ok"]);
  });

  it("is refused where it is not free, and nothing is sent", () => {
    at.send("n", goal);
    found({ found: "objection", objection: { code: "goal_not_free", message: "in cell (1, 2)" } });
    expect(at.out.answers("n")).toEqual(["refused goal_not_free"]);
    expect(at.out.tasks).toEqual([]);
  });

  it("is refused without a check where nothing takes it, and where it cannot be checked", () => {
    at.can = bothControllers;
    at.send("n", goal);
    expect(at.out.answers("n")).toEqual(["refused no_controller"]);
    expect(at.out.planRequests).toEqual([]);
    at.can = { ...bothControllers, navigators };
    at.out.planObjection = { code: "unknown_frame", message: "no such frame" };
    at.send("m", goal);
    expect(at.out.answers("m")).toEqual(["refused unknown_frame"]);
  });

  it("is not sent after a stop, the end of the lease, a jog or a newer goal", () => {
    at.send("first", goal);
    at.send("second", { ...goal, position: [3, 0] });
    expect(at.out.answers("first")).toEqual(["refused replaced"]);
    found({ found: "free" }, "request 1");
    expect(at.out.tasks).toEqual([]);
    at.send("jog", twist(0.1, 0, 0));
    expect(at.out.answers("second")).toEqual(["refused replaced"]);
    at.run(2000);
    at.send("third", goal);
    at.gate.stop("Ada", "", at.now, at.robot());
    found({ found: "free" });
    expect(at.out.answers("third").at(-1)).toMatch(/^refused stopped/);
    expect(at.out.tasks).toEqual([]);
  });

  it("is refused when the check takes too long, or longer than the command is valid", () => {
    at.send("n", goal);
    at.run(3100);
    expect(at.out.answers("n")).toEqual(["refused not_checked"]);
    found({ found: "free" });
    expect(at.out.tasks).toEqual([]);
  });

  it("does not concern the initial pose, nor goals where there is nothing to check against", () => {
    at.send("i", { ...goal, as: "initial" });
    expect(at.out.tasks).toMatchObject([{ kind: "announce" }]);
    at.checksGoals = false;
    at.send("n", goal);
    expect(at.out.tasks).toHaveLength(2);
    expect(at.out.planRequests).toEqual([]);
  });
});
