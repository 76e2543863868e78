import { describe, expect, it } from "vitest";
import { PlanService } from "../../../src/app/plan-service.ts";
import type { PlannableCommand } from "../../../src/command/motion-command.ts";
import type { WayOutcome, WayQuestion } from "../../../src/command/way-question.ts";
import type { ServerCommandMessage } from "../../../src/protocol/command-messages.ts";
import { EngineAtHand, twoJointUrdf } from "./engine-at-hand.ts";

const there: PlannableCommand = { kind: "jointPosition", positions: { a: 1, b: -0.5 } };
const srdf = `<robot name="two"><group name="arm"><chain base_link="base" tip_link="tool"/></group></robot>`;

/** An engine beside a MoveIt that the test plays. */
class WithMoveit extends EngineAtHand {
  private readonly service = new PlanService(
    () => this.now,
    (answer) => this.push("plan:robot", { kind: "planAnswer", answer }),
  );

  constructor() {
    super();
    this.describe();
    this.push("ros", { kind: "semantics", robot: "robot", text: srdf });
    this.offer({ planner: "/plan_kinematic_path" });
    this.joints([0, 0]);
    this.cycle();
    const description = this.engine.robots.get("robot")?.description?.hash ?? "";
    this.service.take({ kind: "robot", robot: "robot", description, urdf: twoJointUrdf, geometry: null });
  }

  offer(planner: { planner?: string; noPlanner?: string }): void {
    const capabilities = { trajectory: [{ name: "arm", joints: ["a", "b"] }], twist: true, ...planner };
    this.push("ros", { kind: "capabilities", robot: "robot", capabilities });
    this.cycle();
  }

  ask(id: string, command = there, session = "s"): WayQuestion | undefined {
    const before = this.leaving.ways.length;
    this.client(session, { op: "plan", id, robot: "robot", command, avoid: true, planner: "moveit" });
    this.cycle();
    return this.leaving.ways[before];
  }

  answer(question: WayQuestion | undefined, outcome: WayOutcome): void {
    const answer = { id: question?.id ?? "", robot: "robot", outcome };
    this.push("ros", { kind: "wayAnswer", answer });
    this.cycle();
    for (const request of this.leaving.planRequests.splice(0)) {
      this.service.take({ kind: "request", request });
    }
    while (!this.service.isIdle()) this.service.step();
    this.cycle();
  }

  said(id: string, session = "s"): ServerCommandMessage | undefined {
    const replies = this.leaving.of("reply").filter((entry) => entry[1] === session);
    return replies.map((entry) => entry[2] as ServerCommandMessage).find((m) => "id" in m && m.id === id);
  }
}

const way = (...points: number[][]): WayOutcome => ({ found: "way", way: { joints: ["a", "b"], points } });
const [home, goal] = [
  [0, 0],
  [1, -0.5],
];

describe("a plan of MoveIt", () => {
  it("is asked from where the robot is, for the SRDF's group, and becomes a plan that a commit sends", () => {
    const at = new WithMoveit();
    const epoch = at.acquire();
    const question = at.ask("p");
    expect(question).toMatchObject({
      ...{ group: "arm", start: { a: 0, b: 0 }, speed: 0.5 },
      goal: { kind: "joints", positions: { a: 1, b: -0.5 } },
    });
    expect(at.leaving.planRequests).toEqual([]);
    at.answer(question, way(home, [1, 0.5], goal));
    const plan = at.said("p");
    if (plan?.op !== "planned" || !("points" in plan)) throw new Error(JSON.stringify(plan));
    expect(plan).toMatchObject({ planner: "moveit", path: "around" });
    // It passes the corner, and never faster than half of the limits.
    const b = plan.points.map(({ positions }) => positions.b as number);
    expect(Math.max(...b)).toBeGreaterThan(0.3);
    for (const [i, point] of plan.points.entries()) {
      const before = plan.points[i - 1];
      if (before === undefined) continue;
      const dt = point.time - before.time;
      for (const [joint, limit] of [
        ["a", 0.5],
        ["b", 0.25],
      ] as const) {
        const moved = Math.abs((point.positions[joint] as number) - (before.positions[joint] as number));
        expect(moved).toBeLessThanOrEqual(limit * dt * 1.001 + 1e-9);
      }
    }
    const { planId, stateHash } = plan;
    at.command(epoch, "go", { kind: "plan", planId, stateHash });
    at.cycle();
    expect(at.leaving.answers("s", "go")).toEqual(["accepted ok", "sent ok"]);
    expect(at.leaving.goals()[0]?.points.at(-1)?.positions).toEqual(goal);
  });

  it("is asked for the pose in the root link's frame", () => {
    const at = new WithMoveit();
    at.joints([0.5, 0.2]);
    at.cycle();
    const pose = { frame: "tool", position: [0, 0, 0], quaternion: [0, 0, 0, 1] };
    const question = at.ask("p", { kind: "pose", ...pose });
    const x = Math.cos(0.5) + 0.5 * Math.cos(0.7);
    const y = Math.sin(0.5) + 0.5 * Math.sin(0.7);
    expect(question?.goal).toMatchObject({ kind: "pose", link: "tool", frame: "base" });
    if (question?.goal.kind !== "pose") throw new Error("no pose");
    expect(question.goal.position[0]).toBeCloseTo(x, 9);
    expect(question.goal.position[1]).toBeCloseTo(y, 9);
    at.answer(question, way([0.5, 0.2], [0.5, 0.2]));
    expect(at.said("p")).toMatchObject({ op: "planned" });
  });

  it.each<[string, string, WayOutcome]>([
    ["begins elsewhere", "start_mismatch", way([0.1, 0], goal)],
    ["ends elsewhere", "invalid_trajectory", way(home, [1, -0.4])],
    [
      "does not move what it should",
      "invalid_trajectory",
      { found: "way", way: { joints: ["a"], points: [[0], [1]] } },
    ],
    ["leaves the limits", "outside_limits", way(home, [1, 1.5], goal)],
    ["names an unknown joint", "unknown_joint", { found: "way", way: { joints: ["c"], points: [[0], [1]] } }],
    [
      "names a fixed joint",
      "unsupported_axis",
      { found: "way", way: { joints: ["flange"], points: [[0], [1]] } },
    ],
    ["has no points", "invalid_trajectory", way()],
    ["is none", "moveit_-1", { found: "objection", objection: { code: "moveit_-1", message: "no way" } }],
  ])("that %s is refused as %s", (_, code, outcome) => {
    const at = new WithMoveit();
    at.answer(at.ask("p"), outcome);
    expect(at.said("p")).toMatchObject({ op: "result", stage: "refused", code });
  });

  it("is judged from where the robot is when MoveIt answers", () => {
    const at = new WithMoveit();
    const question = at.ask("p");
    at.joints([0.3, 0]);
    at.cycle();
    at.answer(question, way(home, goal));
    expect(at.said("p")).toMatchObject({ code: "start_mismatch" });
  });

  it("is not asked for where there is no MoveIt, or its messages are not installed", () => {
    const at = new WithMoveit();
    at.offer({});
    expect(at.ask("p")).toBeUndefined();
    expect(at.said("p")).toMatchObject({
      ...{ stage: "refused", code: "no_planner" },
      message: expect.stringContaining("move_group"),
    });
    at.offer({ noPlanner: "moveit_msgs is not installed" });
    at.ask("q");
    expect(at.said("q")).toMatchObject({ code: "no_planner", message: "moveit_msgs is not installed" });
  });

  it("is not asked for what it cannot be asked, nor for joints of no group", () => {
    const at = new WithMoveit();
    at.ask("w", { kind: "waypoints", points: [{ positions: { a: 1 } }] });
    expect(at.said("w")).toMatchObject({ code: "unsupported" });
    at.ask("u", { kind: "jointPosition", positions: { c: 1 } });
    expect(at.said("u")).toMatchObject({ code: "no_group" });
    expect(at.leaving.ways).toEqual([]);
  });

  it("that nobody waits for is dropped: its client has gone, or asked again", () => {
    const at = new WithMoveit();
    const first = at.ask("p");
    const second = at.ask("q");
    expect(at.said("p")).toMatchObject({ code: "replaced" });
    expect(at.leaving.of("dropWay")).toEqual([["dropWay", first?.id]]);
    at.push("client:s", { kind: "clientGone", session: "s" });
    at.cycle();
    expect(at.leaving.of("dropWay")).toHaveLength(2);
    at.answer(second, way(home, goal));
    expect(at.said("q")).toBeUndefined();
    expect(at.leaving.planRequests).toEqual([]);
  });

  it("that is never answered ends as no_answer", () => {
    const at = new WithMoveit();
    const question = at.ask("p");
    at.now += 15_001;
    at.cycle();
    expect(at.said("p")).toMatchObject({ code: "no_answer" });
    at.answer(question, way(home, goal));
    expect(at.leaving.planRequests).toEqual([]);
  });
});
