import { usualMargins } from "../../command/collision-guard.ts";
import { CommandGate } from "../../command/command-gate.ts";
import type {
  Capabilities,
  CommandedRobot,
  CommandRef,
  CommandResult,
  DesiredOutcome,
  GateOutput,
} from "../../command/gate-output.ts";
import type {
  JointMotionCommand,
  MotionCommand,
  NavigateCommand,
  PlannableCommand,
} from "../../command/motion-command.ts";
import type { PlanRequest } from "../../command/plan-request.ts";
import { type LimitSettings, robotLimits, tightened } from "../../command/robot-limits.ts";
import type { RobotTask } from "../../command/robot-task.ts";
import type { StopState } from "../../command/stop-latch.ts";
import type { TrajectoryController, TrajectoryGoal } from "../../command/trajectory.ts";
import type { PlanarTwist } from "../../command/twist-stream.ts";
import type { Objection } from "../../command/validate-motion.ts";
import type { ServerCommandMessage } from "../../protocol/command-messages.ts";
import type { NamedPose } from "../../protocol/library-json.ts";
import type { ControlStatus } from "../../protocol/state-messages.ts";
import type { DeviceExecutor } from "../devices/device-fleet.ts";
import type { EngineRobot } from "../ports/engine-robot.ts";
import type { TrajectoryExecutor } from "../ports/sinks.ts";
import { CommandAudit } from "./command-audit.ts";
import { canOf } from "./control-can.ts";
import type { ControlContext } from "./control-context.ts";
import { LeaseRequests } from "./lease-requests.ts";
import { RobotBase } from "./robot-base.ts";
import { sequencesOf } from "./robot-sequences.ts";
import { RobotSurroundings } from "./robot-surroundings.ts";
import type { RobotTwin } from "./robot-twin.ts";

/** One robot's gate, joined to its twin, the outbox and the clients that asked. */
export class RobotControl implements GateOutput {
  readonly gate: CommandGate;
  /** What its motions are checked against. */
  readonly surroundings: RobotSurroundings;
  readonly base: RobotBase;
  /** The sequence under way. */
  readonly sequence = sequencesOf(this, () => this.context.library);
  /** Who asked its holder for the lease. */
  readonly requests = new LeaseRequests();
  private readonly robot: CommandedRobot;
  private limitsOf = -1;
  private readonly audit: CommandAudit;
  /** What the robot's own side can carry out. */
  private own: Capabilities = { trajectory: [], twist: false };
  private drives: ReadonlyMap<string, DeviceExecutor> = new Map();
  /** The robot's own controllers: what they are sent leaves the twin. */
  private readonly robotSide: TrajectoryExecutor = {
    send: (goal) => this.context.out.push({ kind: "trajectory", robot: this.twin.id, goal }),
    cancel: (goalId) => {
      this.context.out.push({ kind: "cancel", robot: this.twin.id, goalId });
      return true;
    },
  };

  constructor(
    readonly twin: RobotTwin,
    private readonly context: ControlContext,
    private readonly settings: LimitSettings,
    runName: string,
    begin: {
      remembered: StopState | null;
      firstEpoch: number;
      robot: EngineRobot;
    },
  ) {
    const surroundings = new RobotSurroundings(
      context.scene,
      twin,
      context.event,
      begin.robot.uncheckedLinks,
    );
    const base = new RobotBase(begin.robot, surroundings, context.out);
    this.surroundings = surroundings;
    this.audit = new CommandAudit(twin.id, context);
    this.base = base;
    this.gate = new CommandGate(`${runName}-${twin.id}`, this, begin.remembered, begin.firstEpoch);
    this.robot = {
      limits: robotLimits(null, settings),
      measured: twin,
      can: { trajectory: [], twist: false },
      // Only when somebody asks: objects in frames of tf are placed anew where the base moves.
      get collisions() {
        return surroundings.collisions(context.now());
      },
      get uncheckedLinks() {
        return twin.uncheckedLinks;
      },
      get basePose() {
        return twin.frames.basePose();
      },
      get checksGoals() {
        return base.checksGoals(context.now());
      },
      stop: begin.robot.stopKind ?? "immediate",
      margins: { self: usualMargins.self, scene: begin.robot.margin ?? usualMargins.scene },
    };
  }

  /** The robot as it is now; one object, reused. */
  current(): CommandedRobot {
    if (this.limitsOf !== this.twin.descriptionCount) {
      this.limitsOf = this.twin.descriptionCount;
      this.robot.limits = tightened(robotLimits(this.twin.model, this.settings), this.ranges());
    }
    this.robot.model = this.twin.loadedModel;
    this.robot.isBaseSeen = this.twin.isBaseSeen();
    const { clock, now } = this.context;
    this.robot.robotTime = clock.at(now());
    this.robot.isTimeStanding = clock.isStanding(now());
    this.robot.speedScale = this.gate.override() / 100;
    return this.robot;
  }

  /** What the robot's side can carry out from now on. */
  setCapabilities(can: Capabilities): void {
    this.own = can;
    this.base.follow(can);
    this.join();
  }

  /** The microcontrollers that drive joints of it, by controller, from now on. */
  setDevices(drives: ReadonlyMap<string, DeviceExecutor>): void {
    this.drives = drives;
    this.limitsOf = -1;
    this.join();
  }

  /** A joint that a microcontroller drives is driven by it, whoever else offers to. */
  private join(): void {
    const byDevices = [...this.drives].map(([name, { joint }]): TrajectoryController => {
      return { name, joints: [joint], kind: "device" };
    });
    this.robot.can = { ...this.own, trajectory: [...byDevices, ...this.own.trajectory] };
  }

  /** How far devices take joints, by joint. */
  private ranges(): Map<string, { lower: number; upper: number }> {
    return new Map([...this.drives.values()].map((drive) => [drive.joint, drive]));
  }

  status(): ControlStatus {
    const lease = this.gate.lease.current();
    const { closed } = this.context;
    return {
      robot: this.twin.id,
      lease:
        lease === null
          ? null
          : { holder: lease.holder, epoch: lease.epoch, ...(lease.yields ? { yields: true } : {}) },
      stopped: this.gate.latch.current(),
      override: this.gate.override(),
      can: canOf(this.robot.can, closed, this.twin.uncheckedLinks),
    };
  }

  /** Tells the robot's side that the latch closed or opened. */
  setStopped(stopped: boolean): void {
    const now = this.gate.braking();
    const braking = now === null ? undefined : { controllers: [...now.controllers], twist: now.twist };
    if (stopped) this.context.devices.halt(this.twin.id, now?.controllers);
    const robot = this.twin.id;
    this.context.out.push({ kind: "stopped", robot, stopped, ...(braking === undefined ? {} : { braking }) });
  }

  stopEnds(how: "rest" | "escalated", reason: string): void {
    this.setStopped(true);
    const { id } = this.twin;
    if (how === "rest") this.context.event("info", "stop.complete", `${id} is stopped on its way`);
    else this.context.event("warning", "stop.escalated", `${id} is stopped at once: ${reason}`);
  }

  sendTrajectory(goal: TrajectoryGoal): void {
    (this.drives.get(goal.controller) ?? this.robotSide).send(goal);
  }

  cancelTrajectory(goalId: string): void {
    for (const drive of this.drives.values()) if (drive.cancel(goalId)) return;
    this.robotSide.cancel(goalId);
  }

  sendTwist(twist: PlanarTwist): void {
    // The gate uses its object again.
    this.context.out.push({ kind: "twist", robot: this.twin.id, twist: { ...twist } });
  }

  sendTask(task: RobotTask): void {
    this.context.out.push({ kind: "task", robot: this.twin.id, task });
  }

  cancelTask(taskId: string): void {
    this.context.out.push({ kind: "cancelTask", robot: this.twin.id, taskId });
  }

  sendDevice(
    ref: CommandRef,
    command: Extract<MotionCommand, { kind: "device" }>,
    ttlMs: number,
  ): Objection | null {
    const objection = this.context.devices.command(
      this.twin.id,
      this.current().limits,
      ref,
      command,
      ttlMs,
      this.context.now(),
      this,
    );
    if (objection === null) {
      this.result(ref, { stage: "accepted", code: "ok", message: `${command.signal} of ${command.device}` });
      this.result(ref, { stage: "sent", code: "ok", message: `to ${command.device}` });
    }
    return objection;
  }

  requestPlan(
    command: PlannableCommand | NavigateCommand,
    purpose: PlanRequest["purpose"],
    avoid: boolean,
  ): string | Objection {
    return this.context.plans.compute(this.twin.id, command, purpose, avoid);
  }

  dropPlan(id: string): void {
    this.context.plans.dropRequest(id);
  }

  /** Its named poses, of the SRDF and saved ones. */
  poses(): ReadonlyMap<string, NamedPose> {
    return this.context.library.poses(this.twin);
  }

  startSequence(ref: CommandRef, name: string, epoch: number): Objection | null {
    const steps = this.context.library.sequence(name);
    if (steps !== null) return this.sequence.start(ref, epoch, name, steps);
    return { code: "unknown_sequence", message: `there is no sequence "${name}"` };
  }

  planned(planId: string, stateHash: string): JointMotionCommand | Objection {
    return this.context.plans.planned(this.twin.id, planId, stateHash);
  }

  result(ref: CommandRef, result: CommandResult): void {
    // The client asked for the sequence: its steps are for the audit trail.
    if (this.sequence.take(ref, result)) this.context.countResult(result.stage);
    else this.answer(ref, result);
    const lease = this.gate.lease.current();
    this.audit.tell(ref, result, lease?.session === ref.session ? lease.holder : ref.session);
  }

  jogGoesOn(ref: CommandRef, code: string, message: string): void {
    this.answer(ref, { stage: "accepted", code, message });
  }

  private answer(ref: CommandRef, result: CommandResult): void {
    const { stage, code, message, progress, error, navigation, details } = result;
    this.context.countResult(stage);
    const answer: ServerCommandMessage = {
      op: "result",
      id: ref.id,
      stage,
      code,
      message,
      ...(progress === undefined ? {} : { progress }),
      ...(error === undefined ? {} : { error }),
      ...(navigation === undefined ? {} : { navigation }),
      ...details,
    };
    this.context.out.push({ kind: "reply", session: ref.session, message: answer });
  }

  desire(joints: readonly string[], positions: readonly number[]): void {
    this.twin.desire(joints, positions, this.context.now());
  }

  desireBecomes(joints: readonly string[], state: DesiredOutcome, reason: string): void {
    this.twin.desireBecomes(joints, state, reason);
  }
}
