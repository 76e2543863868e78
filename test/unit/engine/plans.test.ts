import { describe, expect, it } from "vitest";
import { PlanService } from "../../../src/app/plan-service.ts";
import type { MotionCommand, PlannableCommand } from "../../../src/command/motion-command.ts";
import type { PlanRequest } from "../../../src/command/plan-request.ts";
import type { JointLimits } from "../../../src/command/robot-limits.ts";
import type { ServerCommandMessage } from "../../../src/protocol/command-messages.ts";
import type { PlannedMessage } from "../../../src/protocol/planned-message.ts";
import { EngineAtHand, twoJointUrdf } from "./engine-at-hand.ts";

const there: PlannableCommand = { kind: "jointPosition", positions: { a: 1, b: -0.5 } };

const limit: JointLimits = {
  unit: "rad",
  ...{ lower: -2, upper: 2, velocity: 1, acceleration: 3, jerk: 30, effort: 10 },
  ...{ isAccelerationKnown: true, pathTolerance: 0.3, goalTolerance: 0.02, isCircular: false, follows: null },
};

/** As the engine asks the thread. */
function requestOf(id: string, command: PlannableCommand): PlanRequest {
  return {
    ...{ id, robot: "robot", description: "h", command, avoid: false },
    purpose: "motion",
    ...{ start: { a: 0, b: 0 }, limits: { a: limit, b: { ...limit, lower: -1, upper: 1 } } },
    ...{ scene: [], sceneHulls: new Map(), margins: { self: 0, scene: 0.01 }, frames: {} },
  };
}

/** An engine whose requests are computed by the thread's own service, when the test wants it. */
class Planning extends EngineAtHand {
  private readonly service = new PlanService(
    () => this.now,
    (answer) => this.push("plan:robot", { kind: "planAnswer", answer }),
  );
  epoch = -1;

  constructor() {
    super();
    this.describe();
    this.joints([0, 0]);
    this.cycle();
    const description = this.engine.robots.get("robot")?.description?.hash ?? "";
    this.service.take({ kind: "robot", robot: "robot", description, urdf: twoJointUrdf, geometry: null });
  }

  /** Computes everything that was asked, and lets the answers arrive. */
  compute(): void {
    for (const request of this.leaving.planRequests.splice(0))
      this.service.take({ kind: "request", request });
    while (!this.service.isIdle()) this.service.step();
    this.cycle();
  }

  ask(id: string, command: PlannableCommand, session = "s"): void {
    this.client(session, { op: "plan", id, robot: "robot", command, avoid: true });
    this.cycle();
  }

  replies(session = "s"): ServerCommandMessage[] {
    const entries = this.leaving.of("reply").filter((entry) => entry[1] === session);
    return entries.map((entry) => entry[2] as ServerCommandMessage);
  }

  planned(id: string): PlannedMessage | undefined {
    return this.replies().find((m): m is PlannedMessage => m.op === "planned" && m.id === id);
  }

  commit(id: string, plan: Pick<PlannedMessage, "planId" | "stateHash">): string[] {
    const { planId, stateHash } = plan;
    this.command(this.epoch, id, { kind: "plan", planId, stateHash } satisfies MotionCommand);
    this.cycle();
    return this.leaving.answers("s", id);
  }

  plan(command = there): PlannedMessage {
    this.epoch = this.acquire();
    this.ask("p", command);
    this.compute();
    const plan = this.planned("p");
    if (plan === undefined) throw new Error(JSON.stringify(this.replies()));
    return plan;
  }
}

describe("a plan", () => {
  it("is the motion that a commit then sends, and sends nothing itself", () => {
    const at = new Planning();
    const plan = at.plan();
    expect(at.leaving.goals()).toEqual([]);
    expect(plan.path).toBe("direct");
    expect(plan.points[0]).toEqual({ time: 0, positions: { a: 0, b: 0 } });
    const last = plan.points.at(-1);
    expect(last?.time).toBe(plan.duration);
    expect(last?.positions.a).toBeCloseTo(1, 9);
    expect(at.commit("go", plan)).toEqual(["accepted ok", "sent ok"]);
    const [goal] = at.leaving.goals();
    expect(goal?.joints).toEqual(["a", "b"]);
    expect(goal?.points.at(-1)?.positions).toEqual([1, -0.5]);
    expect(goal?.points.at(-1)?.time).toBeCloseTo(plan.duration, 9);
  });

  it("needs no lease, but its commit does", () => {
    const at = new Planning();
    at.ask("p", there);
    at.compute();
    expect(at.commit("go", at.planned("p") as PlannedMessage)).toEqual(["refused no_lease"]);
  });

  it.each<[string, (at: Planning) => void]>([
    ["the robot moved since", (at) => at.joints([0.2, 0])],
    [
      "it is a minute old",
      (at) => {
        at.now += 61_000;
        at.joints([0, 0]);
        at.client("s", { op: "acquire", id: "again", robot: "robot" });
        at.cycle();
        at.epoch = at.engine.control.get("robot")?.gate.lease.current()?.epoch ?? -1;
      },
    ],
    [
      "the description changed since",
      (at) => {
        at.describe(twoJointUrdf.replace('velocity="1"', 'velocity="2"'));
        at.joints([0, 0]);
      },
    ],
  ])("is stale when %s", (_, happens) => {
    const at = new Planning();
    const plan = at.plan();
    happens(at);
    at.cycle();
    expect(at.commit("go", plan)).toEqual(["refused stale_plan"]);
    expect(at.leaving.goals()).toEqual([]);
  });

  it.each<[string, (at: Planning) => void, RegExp]>([
    ["is elsewhere", (at) => at.joints([0, 0.05]), /b is 0.050 rad from where it was/],
    ["moves", (at) => at.joints([0, 0.005], { velocity: [0, 0.2] }), /b moves/],
  ])("is stale when a joint that it does not name %s", (_, happens, message) => {
    const at = new Planning();
    const plan = at.plan({ kind: "jointPosition", positions: { a: 1 } });
    happens(at);
    at.cycle();
    expect(at.commit("go", plan)).toEqual(["refused stale_plan"]);
    expect(at.replies().at(-1)).toMatchObject({ message: expect.stringMatching(message) });
    expect(at.leaving.goals()).toEqual([]);
  });

  it("fits a robot whose joints are where they were, but for noise", () => {
    const at = new Planning();
    const plan = at.plan({ kind: "jointPosition", positions: { a: 1 } });
    at.joints([0.004, -0.004], { velocity: [0.01, -0.01] });
    at.cycle();
    expect(at.commit("go", plan)).toEqual(["accepted ok", "sent ok"]);
  });

  it("is not committed under another state hash, nor twice", () => {
    const at = new Planning();
    const plan = at.plan();
    expect(at.commit("other", { ...plan, stateHash: "0" })).toEqual(["refused stale_plan"]);
    expect(at.commit("go", plan)).toEqual(["accepted ok", "sent ok"]);
    at.cycle(100);
    expect(at.commit("again", plan)).toEqual(["refused stale_plan"]);
    expect(at.leaving.goals()).toHaveLength(1);
  });

  it("is not committed while the stop is latched, whenever it was pressed", () => {
    const at = new Planning();
    const plan = at.plan();
    const { planId, stateHash } = plan;
    at.command(at.epoch, "go", { kind: "plan", planId, stateHash });
    at.client("other", { op: "stop", robot: "robot" });
    at.cycle();
    at.cycle(500);
    const goals = at.leaving.goals();
    for (const { id } of goals) expect(at.leaving.of("cancel")).toContainEqual(["cancel", id]);
    expect(at.commit("later", plan)).toEqual(["refused stopped"]);
    expect(at.leaving.goals()).toHaveLength(goals.length);
  });

  it("of what is refused is refused with the same code", () => {
    const at = new Planning();
    at.ask("far", { kind: "jointPosition", positions: { a: 5 } });
    at.compute();
    expect(at.replies().at(-1)).toMatchObject({
      op: "result",
      id: "far",
      stage: "refused",
      code: "outside_limits",
      breach: { joint: "a", value: 5, lower: -2, upper: 2 },
    });
  });

  it("takes the place of an older question of the same session, and is given up when nobody computes it", () => {
    const at = new Planning();
    at.ask("older", there);
    at.ask("newer", there);
    expect(at.leaving.answers("s", "older")).toEqual(["refused replaced"]);
    at.cycle(16_000);
    expect(at.leaving.answers("s", "newer")).toEqual(["refused not_checked"]);
    at.compute();
    expect(at.planned("newer")).toBeUndefined();
  });

  it("asks for the effort that the motion needs, and refuses what is too heavy", () => {
    const heavy = twoJointUrdf.replace(
      '<link name="fore"/>',
      '<link name="fore"><inertial><mass value="100"/><inertia ixx="1" iyy="1" izz="1" ixy="0" ixz="0" iyz="0"/></inertial></link>',
    );
    const service: string[] = [];
    const plan = new PlanService(
      () => 0,
      ({ outcome }) => service.push(outcome.found === "objection" ? outcome.objection.code : outcome.found),
    );
    plan.take({ kind: "robot", robot: "robot", description: "h", urdf: heavy, geometry: null });
    plan.take({ kind: "request", request: requestOf("1", there) });
    while (!plan.isIdle()) plan.step();
    expect(service).toEqual(["effort_limit"]);
  });
});

describe("the thread's work", () => {
  /** Each look at the clock is a portion's time later. */
  function slowService(urdf = twoJointUrdf) {
    const answers: string[] = [];
    let now = 0;
    const service = new PlanService(
      () => (now += 20),
      ({ id, outcome }) =>
        answers.push(`${id} ${outcome.found === "objection" ? outcome.objection.code : outcome.found}`),
    );
    service.take({ kind: "robot", robot: "robot", description: "h", urdf, geometry: null });
    const ask = (id: string, command: PlannableCommand) =>
      service.take({ kind: "request", request: requestOf(id, command) });
    return { service, answers, ask };
  }

  it("is not done for what nobody waits for any more", () => {
    const { service, answers, ask } = slowService();
    ask("1", there);
    ask("2", there);
    service.take({ kind: "drop", id: "1" });
    service.take({ kind: "drop", id: "unknown" });
    while (!service.isIdle()) service.step();
    expect(answers).toEqual(["2 motion"]);
  });

  it("is refused before it is checked where the motion would take more than an hour", () => {
    const { service, answers, ask } = slowService();
    ask("1", { kind: "jointPosition", positions: { a: 1 }, speed: 1e-9 });
    service.step();
    expect(answers).toEqual(["1 too_slow"]);
  });

  it("is told to be dropped for a newer question, a client that has gone and a command that was replaced", () => {
    const at = new Planning();
    at.ask("older", there);
    at.ask("newer", there);
    const [older, newer] = at.leaving.planRequests.map(({ id }) => id);
    expect(at.leaving.droppedPlans).toEqual([older]);
    at.push("client:s", { kind: "clientGone", session: "s" });
    at.cycle();
    expect(at.leaving.droppedPlans).toEqual([older, newer]);
  });
});
