import { CommandGate } from "../../../src/command/command-gate.ts";
import type {
  Capabilities,
  CommandRef,
  CommandResult,
  GateOutput,
  GoalStage,
  KnownCollisions,
  Stage,
} from "../../../src/command/gate-output.ts";
import type {
  CommandRequest,
  JointMotionCommand,
  MotionCommand,
  NavigateCommand,
  PlannableCommand,
} from "../../../src/command/motion-command.ts";
import type { PlanRequest } from "../../../src/command/plan-request.ts";
import type { JointLimits, RobotLimits } from "../../../src/command/robot-limits.ts";
import type { RobotTask } from "../../../src/command/robot-task.ts";
import type { StopState } from "../../../src/command/stop-latch.ts";
import type { TrajectoryGoal } from "../../../src/command/trajectory.ts";
import type { PlanarTwist } from "../../../src/command/twist-stream.ts";
import type { MeasuredJoints, Objection, ObjectionDetails } from "../../../src/command/validate-motion.ts";
import type { RobotModel } from "../../../src/robot/model.ts";

export const jointLimits: JointLimits = {
  lower: -2,
  upper: 2,
  velocity: 1,
  acceleration: 3,
  jerk: 30,
  unit: "rad",
  effort: 10,
  isAccelerationKnown: false,
  pathTolerance: 0.3,
  goalTolerance: 0.02,
  isCircular: false,
  follows: null,
};

export const robotLimits: RobotLimits = {
  joints: new Map([
    ["a", jointLimits],
    ["b", { ...jointLimits, lower: -1, upper: 1, velocity: 0.5 }],
    [
      "follower",
      { ...jointLimits, lower: -2.5, upper: 2.5, follows: { joint: "a", multiplier: 2, offset: 0.1 } },
    ],
  ]),
  twist: { linear: 0.5, angular: 1.5, linearAcceleration: 1, angularAcceleration: 3 },
};

export const bothControllers: Capabilities = {
  trajectory: [{ name: "arm", joints: ["a", "b"] }],
  twist: true,
};

/** Joints that stand where the test puts them, or move as it says. */
export class StandingJoints implements MeasuredJoints {
  readonly positions = new Map<string, number>([
    ["a", 0],
    ["b", 0],
    ["follower", 0],
  ]);
  readonly velocities = new Map<string, number>();
  readonly efforts = new Map<string, number>();
  readonly stale = new Set<string>();
  received: number | null = null;

  position(joint: string): number | undefined {
    return this.positions.get(joint);
  }

  velocity(joint: string): number | undefined {
    return this.velocities.get(joint);
  }

  effort(joint: string): number | undefined {
    return this.efforts.get(joint);
  }

  isFresh(joint: string): boolean {
    return this.positions.has(joint) && !this.stale.has(joint);
  }

  /** Server ms; by default they are measured all the time. */
  receivedAt(joint: string): number | undefined {
    return this.positions.has(joint) ? (this.received ?? Number.POSITIVE_INFINITY) : undefined;
  }
}

type Result = {
  id: string | number;
  stage: Stage;
  code: string;
  message: string;
  progress?: number;
  details?: ObjectionDetails;
};

/** Everything a gate let out, in order. */
export class Outgoing implements GateOutput {
  readonly results: Result[] = [];
  readonly goals: TrajectoryGoal[] = [];
  readonly cancels: string[] = [];
  readonly twists: PlanarTwist[] = [];
  readonly wishes: { joints: string[]; state: string; positions?: number[] }[] = [];
  readonly devices: { ttlMs: number }[] = [];
  readonly tasks: RobotTask[] = [];
  readonly taskCancels: string[] = [];
  deviceObjection: Objection | null = null;
  readonly droppedPlans: string[] = [];
  readonly planRequests: { command: PlannableCommand | NavigateCommand; purpose: string; avoid: boolean }[] =
    [];
  planObjection: Objection | null = null;
  readonly plans = new Map<string, JointMotionCommand>();

  sendTrajectory(goal: TrajectoryGoal): void {
    this.goals.push(goal);
  }
  cancelTrajectory(goalId: string): void {
    this.cancels.push(goalId);
  }
  sendTwist(twist: PlanarTwist): void {
    this.twists.push({ ...twist });
  }
  sendTask(task: RobotTask): void {
    this.tasks.push(task);
  }
  cancelTask(taskId: string): void {
    this.taskCancels.push(taskId);
  }
  sendDevice(_ref: CommandRef, _command: MotionCommand, ttlMs: number): Objection | null {
    this.devices.push({ ttlMs });
    return this.deviceObjection;
  }
  requestPlan(
    command: PlannableCommand | NavigateCommand,
    purpose: PlanRequest["purpose"],
    avoid: boolean,
  ): string | Objection {
    this.planRequests.push({ command, purpose, avoid });
    return this.planObjection ?? `request ${this.planRequests.length}`;
  }
  dropPlan(id: string): void {
    this.droppedPlans.push(id);
  }
  planned(planId: string): JointMotionCommand | Objection {
    return this.plans.get(planId) ?? { code: "stale_plan", message: "there is no such plan" };
  }
  startSequence(_ref: CommandRef, name: string): Objection | null {
    return { code: "unknown_sequence", message: `there is no sequence "${name}"` };
  }
  jogGoesOn(ref: CommandRef, code: string, message: string): void {
    this.result(ref, { stage: "accepted", code, message });
  }
  result(ref: CommandRef, { stage, code, message, progress, details }: CommandResult): void {
    const more = { ...(progress === undefined ? {} : { progress }), ...(details && { details }) };
    this.results.push({ id: ref.id, stage, code, message, ...more });
  }
  desire(joints: readonly string[], positions: readonly number[]): void {
    this.wishes.push({ joints: [...joints], state: "sent", positions: [...positions] });
  }
  desireBecomes(joints: readonly string[], state: string): void {
    this.wishes.push({ joints: [...joints], state });
  }

  /** Stage and code of each answer to command `id`. */
  answers(id: string | number): string[] {
    return this.results.filter((r) => r.id === id).map((r) => `${r.stage} ${r.code}`);
  }
  /** How much motion was let out or taken back. */
  motions(): number {
    return this.goals.length + this.twists.length + this.cancels.length + this.tasks.length;
  }
}

/** A gate with a clock of its own at 100 Hz, a holder "s" and a robot that stands. */
export class GateAtHand {
  readonly out = new Outgoing();
  readonly joints = new StandingJoints();
  readonly gate: CommandGate;
  can: Capabilities = bothControllers;
  limits: RobotLimits = robotLimits;
  collisions: KnownCollisions = { state: "none" };
  isBaseSeen: boolean | null = null;
  checksGoals = false;
  model: RobotModel | null = null;
  robotTime: number | null = null;
  now = 1_000_000;
  epoch = 0;
  private seq = 0;
  private accepted = 0;

  constructor(remembered: StopState | null = null) {
    this.gate = new CommandGate("run", this.out, remembered);
  }

  robot() {
    const { limits, joints: measured, can, collisions, isBaseSeen, checksGoals, robotTime, model } = this;
    return { limits, measured, can, collisions, isBaseSeen, checksGoals, robotTime, model };
  }

  acquire(session = "s"): boolean {
    const { granted, lease } = this.gate.acquire(session, session, this.now, this.robot());
    if (granted) this.epoch = lease.epoch;
    return granted;
  }

  /** Sends a fresh command of the holder, with what the test wants otherwise. The answers carry `id`. */
  send(id: string | number, command: MotionCommand, more: Partial<CommandRequest> = {}): string[] {
    const request: CommandRequest = {
      session: "s",
      id,
      epoch: this.epoch,
      seq: ++this.seq,
      issued: this.now,
      ttlMs: 500,
      command,
      ...more,
    };
    this.gate.command(request, this.now, this.robot());
    return this.out.answers(id);
  }

  /** A controller's report on goal `goalId`; "done" puts the goal's joints where its last point has them. */
  report(goalId: string, stage: GoalStage, code = "ok", message = ""): void {
    const goal = this.out.goals.find(({ id }) => id === goalId);
    if (stage === "done") {
      for (const [i, joint] of (goal?.joints ?? []).entries()) {
        this.joints.positions.set(joint, goal?.points.at(-1)?.positions[i] as number);
      }
    }
    this.gate.goalReport({ goalId, stage, code, message }, this.now, this.robot());
  }

  /** The robot's controllers accept every goal that came since the last call. */
  accept(): void {
    for (const { id } of this.out.goals.slice(this.accepted)) this.report(id, "accepted");
    this.accepted = this.out.goals.length;
  }

  /** Goes on by `ms` in cycles of 10 ms, renewing the lease unless told not to. */
  run(ms: number, renew = true): void {
    for (let passed = 0; passed < ms; passed += 10) {
      this.now += 10;
      if (renew) this.gate.lease.renew("s", this.epoch, this.now);
      this.gate.update(this.now, 0.01, this.robot());
    }
  }
}

export function twist(x: number, yaw = 0, y = 0): MotionCommand {
  return { kind: "twist", linear: { x, y, z: 0 }, angular: { x: 0, y: 0, z: yaw } };
}
