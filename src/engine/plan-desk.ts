import type { JointMotionCommand, NavigateCommand, PlannableCommand } from "../command/motion-command.ts";
import type { ComputeRequest, FoundMotion, PlanAnswer, PlanRequest } from "../command/plan-request.ts";
import type { Objection } from "../command/validate-motion.ts";
import type { GivenWay, WayAnswer } from "../command/way-question.ts";
import { fnv1aHex } from "../core/fnv.ts";
import type { ClientCommandMessage } from "../protocol/command-messages.ts";
import { baseRequest, isOfBase, plannedWay } from "./base-requests.ts";
import { jointRequest } from "./joint-requests.ts";
import { basisOf, misfitOf, type PlanBasis } from "./plan-fit.ts";
import { plannedPoints } from "./planned-points.ts";
import type { Outbox } from "./ports/outputs.ts";
import type { PlanningGroups } from "./robot/planning-group.ts";
import type { RobotControl } from "./robot/robot-control.ts";
import type { RobotTwin } from "./robot/robot-twin.ts";
import { wayQuestion } from "./way-questions.ts";

/** A plan is young for this time, ms: then what stands around the robot is looked at again. */
const youngMs = 60_000;
/** Plans that are kept; beyond it the oldest goes. */
const mostPlans = 64;
/** Questions that are computed at once; beyond it the oldest is answered `replaced`. */
const mostAsked = 16;
/** A thread that does not answer within this time, ms, is not waited for. */
const answerWithinMs = 15_000;
const noMoveit =
  'no move_group of MoveIt was found: start it in the robot\'s namespace (its service plan_kinematic_path), or leave out "planner"';

type Question = Extract<ClientCommandMessage, { op: "plan" }>;
type Asked = Pick<Question, "id" | "robot" | "command"> & {
  planner: Question["planner"];
  session: string;
  stateHash: string;
  /** Null while MoveIt is asked, and for a base. */
  basis: PlanBasis | null;
  until: number;
  /** MoveIt has not answered yet. */
  isWay: boolean;
};
type Plan = {
  robot: string;
  stateHash: string;
  description: string;
  motion: JointMotionCommand;
  basis: PlanBasis | null;
  at: number;
};

/** Has motions computed in another thread, and keeps what was planned until it is committed or old. Times are server ms. */
export class PlanDesk {
  private count = 0;
  /** Questions of clients, by the id of the request. */
  private readonly asked = new Map<string, Asked>();
  /** By their ids, the oldest first. */
  private readonly plans = new Map<string, Plan>();

  constructor(
    private readonly runName: string,
    private readonly out: Outbox,
    private readonly controlOf: (robot: string) => RobotControl | undefined,
    private readonly now: () => number,
    /** The groups of joints by the SRDF of a robot; null: none is known. */
    private readonly groupsOf: (twin: RobotTwin) => PlanningGroups,
  ) {}

  /** A client's question what a motion would be. A session's newest question about a robot is answered. */
  ask(session: string, question: Question): void {
    const { id, robot, command, avoid, planner } = question;
    const control = this.controlOf(robot);
    if (control === undefined) return;
    for (const [request, asked] of this.asked) {
      const isOlder = asked.session === session && asked.robot === robot;
      if (!isOlder && this.asked.size < mostAsked) continue;
      this.drop(request, asked);
      this.refuse(asked, { code: "replaced", message: "a newer question came before this one was answered" });
    }
    const isWay = planner === "moveit";
    const until = this.now() + answerWithinMs;
    const asked = { session, id, robot, command, planner, stateHash: "", basis: null, until, isWay };
    const made = isWay ? this.askMoveit(control, question) : this.request(control, command, "motion", avoid);
    if ("code" in made) this.refuse(asked, made);
    else this.asked.set(made.id, { ...asked, ...madeFrom(made) });
  }

  /** What MoveIt answered: a way is judged and timed as a motion from where the robot is now. */
  takeWay({ id, outcome }: WayAnswer): void {
    const asked = this.asked.get(id);
    if (asked?.isWay !== true) return;
    this.asked.delete(id);
    const control = this.controlOf(asked.robot);
    if (outcome.found === "objection" || control === undefined) {
      const gone = { code: "not_checked", message: `there is no robot "${asked.robot}" any more` };
      this.refuse(asked, outcome.found === "objection" ? outcome.objection : gone);
      return;
    }
    const made = this.request(control, asked.command, "motion", false, outcome.way);
    if ("code" in made) this.refuse(asked, made);
    else {
      const until = this.now() + answerWithinMs;
      this.asked.set(made.id, { ...asked, ...madeFrom(made), until, isWay: false });
    }
  }

  /** A client has gone: nobody waits for the answers to its questions. */
  forget(session: string): void {
    for (const [request, asked] of this.asked) if (asked.session === session) this.drop(request, asked);
  }

  /** Has a motion computed; the id of the request, or why it cannot be computed. */
  compute(
    robot: string,
    command: PlannableCommand | NavigateCommand,
    purpose: PlanRequest["purpose"],
    avoid: boolean,
  ): string | Objection {
    const control = this.controlOf(robot);
    if (control === undefined) return { code: "not_checked", message: `there is no robot "${robot}"` };
    const made = this.request(control, command, purpose, avoid);
    return "code" in made ? made : made.id;
  }

  /** Nobody waits for the answer to a request of `compute` any more. */
  dropRequest(id: string): void {
    this.out.push({ kind: "dropPlan", id });
  }

  take(answer: PlanAnswer): void {
    const asked = this.asked.get(answer.id);
    const control = this.controlOf(answer.robot);
    if (asked === undefined) {
      control?.gate.takePlan(answer, this.now(), control.current());
      return;
    }
    this.asked.delete(answer.id);
    const { outcome } = answer;
    const description = control?.twin.description?.hash;
    if (outcome.found === "objection") this.refuse(asked, outcome.objection);
    else if (outcome.found === "way") {
      const { session, id, robot } = asked;
      this.out.push({ kind: "reply", session, message: plannedWay(id, robot, outcome.way) });
    } else if (outcome.found === "motion" && description !== undefined) {
      this.keep(asked, outcome.motion, description);
    }
  }

  /** The motion of a plan of `robot`, or why it cannot be sent any more. */
  planned(robot: string, planId: string, stateHash: string): JointMotionCommand | Objection {
    const plan = this.plans.get(planId);
    const stale = (why: string): Objection => ({ code: "stale_plan", message: `${why}: plan again` });
    if (plan === undefined) return stale(`there is no plan "${planId}", or it is too old`);
    if (plan.robot !== robot) return stale(`the plan "${planId}" is for ${plan.robot}`);
    if (plan.stateHash !== stateHash) return stale("the state hash is of another plan");
    const age = this.now() - plan.at;
    if (age > youngMs) return stale(`the plan is ${Math.round(age / 1000)} s old`);
    const control = this.controlOf(robot);
    if (control === undefined || plan.description !== control.twin.description?.hash) {
      return stale("the robot's description changed since");
    }
    const misfit = plan.basis === null ? null : misfitOf(plan.basis, control, this.now());
    return misfit === null ? plan.motion : stale(misfit);
  }

  /** Gives up questions that nobody answers. */
  update(): void {
    if (this.asked.size === 0) return;
    for (const [request, asked] of this.asked) {
      if (this.now() < asked.until) continue;
      this.drop(request, asked);
      if (asked.isWay) {
        this.refuse(asked, { code: "no_answer", message: "MoveIt did not answer" });
        continue;
      }
      const message = `the motion was not computed within ${answerWithinMs / 1000} s: try again`;
      this.refuse(asked, { code: "not_checked", message });
    }
  }

  private keep(asked: Asked, found: FoundMotion, description: string): void {
    const { session, id, robot, command, stateHash, basis, planner } = asked;
    const planId = `${this.runName}-plan-${++this.count}`;
    const unchecked = this.controlOf(robot)?.twin.uncheckedLinks ?? [];
    // A trajectory is sent as it was given: its points are cubics, which it is judged by.
    const motion = command.kind === "jointTrajectory" ? command : { kind: "path" as const, path: found.path };
    this.plans.set(planId, { robot, stateHash, description, motion, basis, at: this.now() });
    const [oldest] = this.plans.keys();
    if (this.plans.size > mostPlans && oldest !== undefined) this.plans.delete(oldest);
    this.out.push({
      kind: "reply",
      session,
      message: {
        op: "planned",
        id,
        robot,
        planId,
        stateHash,
        duration: found.path.knots.at(-1)?.time ?? 0,
        points: plannedPoints(found.path),
        ...(found.leastDistance === null ? {} : { leastDistance: found.leastDistance }),
        effortShare: found.effortShare,
        path: found.kind,
        ...(planner === "moveit" ? { planner } : {}),
        ...(unchecked.length === 0 ? {} : { uncheckedLinks: [...unchecked] }),
      },
    });
  }

  private drop(request: string, { robot, isWay }: Asked): void {
    this.asked.delete(request);
    this.out.push(isWay ? { kind: "dropWay", robot, id: request } : { kind: "dropPlan", id: request });
  }

  private askMoveit(control: RobotControl, { command, group }: Question): PlanRequest | Objection {
    const { twin } = control;
    if (isOfBase(command)) return { code: "no_planner", message: 'MoveIt plans joints: leave out "planner"' };
    const { planner, noPlanner } = control.current().can;
    if (planner === undefined || twin.model === null) {
      return { code: "no_planner", message: noPlanner ?? noMoveit };
    }
    const made = jointRequest(this.nextId(), control, command, "motion", false, this.now());
    if ("code" in made) return made;
    const question = wayQuestion(made, twin.model, this.groupsOf(twin), group);
    if ("code" in question) return question;
    this.out.push({ kind: "way", robot: twin.id, question });
    return made;
  }

  private request(
    control: RobotControl,
    command: Question["command"],
    purpose: PlanRequest["purpose"],
    avoid: boolean,
    way?: GivenWay,
  ): ComputeRequest | Objection {
    if (isOfBase(command)) {
      const asked = baseRequest(this.nextId(), control, command, purpose, this.now());
      if (!("code" in asked)) this.out.push({ kind: "plan", request: asked });
      return asked;
    }
    const made = jointRequest(this.nextId(), control, command, purpose, avoid, this.now());
    if ("code" in made) return made;
    const request = way === undefined ? made : { ...made, way };
    this.out.push({ kind: "plan", request });
    return request;
  }

  private nextId(): string {
    return `${this.runName}-request-${++this.count}`;
  }

  private refuse({ session, id }: Pick<Asked, "session" | "id">, objection: Objection): void {
    const { code, message, ...details } = objection;
    this.out.push({
      kind: "reply",
      session,
      message: { op: "result", id, stage: "refused", code, message, ...details },
    });
  }
}

function madeFrom(made: ComputeRequest): Pick<Asked, "stateHash" | "basis"> {
  return { stateHash: stateHashOf(made), basis: "frames" in made ? basisOf(made) : null };
}

/** Tells states apart in which the same plan would not be the same: 1e-4 rad or m. */
function stateHashOf({ description, start }: Pick<PlanRequest, "description" | "start">): string {
  const rounded = Object.entries(start).map(([joint, value]) => `${joint} ${value.toFixed(4)}`);
  return fnv1aHex(`${description} ${rounded.join(" ")}`);
}
