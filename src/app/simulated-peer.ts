import type { GoalStage } from "../command/gate-output.ts";
import type { RobotTask } from "../command/robot-task.ts";
import type { TrajectoryGoal } from "../command/trajectory.ts";
import type { PlanarTwist } from "../command/twist-stream.ts";
import { stampFromMs } from "../core/stamp.ts";
import type { Inbox } from "../engine/ports/inbox.ts";
import type { StillBraking } from "../engine/ports/outputs.ts";
import type { RobotSink } from "../engine/ports/sinks.ts";
import type { RobotModel } from "../robot/model.ts";
import { type SimulatedBase, SimulatedRobot } from "../sim/simulated-robot.ts";
import type { JointTolerance } from "../sim/trajectory-goal.ts";

const feedbackPeriodMs = 100;
const controllerName = "joint_trajectory_controller";

export type SimulatedPeerOptions = {
  robot: string;
  urdf: string;
  /** Which of its links may touch, where that is known. */
  srdf?: string | undefined;
  model: RobotModel;
  base: SimulatedBase;
  /** Joints that somebody else measures and drives: the simulated robot says nothing of them. */
  elsewhere?: readonly string[];
};

/**
 * A simulated robot as the engine's outside world: it speaks through the same inbox and takes commands
 * through the same sink as a robot on ROS.
 */
export class SimulatedPeer implements RobotSink {
  private readonly robot: SimulatedRobot;
  private readonly names: string[];
  /** Places in `names` of the joints it speaks of. */
  private readonly here: number[];
  private readonly hereNames: string[];
  private nextFeedback = 0;
  private lastNow = 0;
  private goal: TrajectoryGoal | null = null;
  private faultSaid = false;

  constructor(
    private readonly options: SimulatedPeerOptions,
    private readonly inbox: Inbox,
  ) {
    this.robot = new SimulatedRobot({ model: options.model, base: options.base });
    this.names = [...this.robot.jointNames];
    const { elsewhere = [] } = options;
    this.here = [...this.names.keys()].filter((i) => !elsewhere.includes(this.names[i] as string));
    this.hereNames = this.here.map((i) => this.names[i] as string);
  }

  /** Introduces the robot: what a robot on ROS latches. */
  start(now: number): void {
    const { robot, urdf, srdf } = this.options;
    if (srdf !== undefined) {
      this.inbox.push(`sim:${robot}/description`, now, { kind: "semantics", robot, text: srdf });
    }
    this.inbox.push(`sim:${robot}/description`, now, { kind: "description", robot, text: urdf });
    this.inbox.push("sim", now, {
      kind: "capabilities",
      robot,
      capabilities: {
        trajectory: [{ name: controllerName, joints: this.ownJoints() }],
        twist: this.robot.base !== null,
      },
    });
    this.inbox.push("sim", now, {
      kind: "status",
      status: { name: "simulation", state: "ok", detail: `simulated robot "${this.options.model.name}"` },
    });
  }

  /** Goes on to server ms `now` and says what the robot measures. */
  step(now: number): void {
    this.lastNow = now;
    const { robot } = this;
    robot.step(now / 1000);
    if (robot.fault !== null) this.sayFault(robot.fault, now);
    this.sayJoints(now);
    if (robot.base !== null) this.sayOdometry(now);
    this.sayGoals(now);
  }

  sendTrajectory(goal: TrajectoryGoal): void {
    const verdict = this.robot.trajectory.accept(
      {
        id: goal.id,
        jointNames: goal.joints,
        points: goal.points.map(({ time, ...point }) => ({ timeFromStart: time, ...point })),
        pathTolerance: tolerances(goal.joints, goal.pathTolerance),
        goalTolerance: tolerances(goal.joints, goal.goalTolerance),
        goalTimeTolerance: goal.goalTimeTolerance,
      },
      this.lastNow / 1000,
    );
    if (verdict.accepted) {
      this.goal = goal;
      this.say(goal.id, "accepted", "ok", "");
    } else this.say(goal.id, "aborted", `controller_${verdict.code}`, verdict.reason);
  }

  cancelTrajectory(goalId: string): void {
    this.robot.trajectory.cancel(goalId, this.lastNow / 1000);
  }

  sendTwist(twist: PlanarTwist): void {
    this.robot.base?.setTwist(twist.x, twist.y, twist.yaw, this.lastNow / 1000);
  }

  /** The simulated robot offers none: one that was sent before it took the place of a real robot ends. */
  sendTask({ id, target }: RobotTask): void {
    this.say(id, "aborted", "controller_gone", `${target} is not there: the simulated robot runs now`);
  }

  cancelTask(): void {}

  setStopped(stopped: boolean, braking?: StillBraking): void {
    if (!stopped || braking?.controllers.includes(controllerName) === true) return;
    const active = this.robot.trajectory.feedback();
    if (active !== null) this.robot.trajectory.cancel(active.id, this.lastNow / 1000);
  }

  /** Joints that its controller drives. */
  private ownJoints(): string[] {
    const { elsewhere = [] } = this.options;
    return this.robot.trajectory.jointNames.filter((name) => !elsewhere.includes(name));
  }

  private sayJoints(now: number): void {
    const { robot, options } = this;
    const message = {
      stamp: stampFromMs(now),
      name: this.names,
      position: robot.position.slice(),
      velocity: robot.velocity.slice(),
      effort: robot.effort.slice(),
    };
    if (this.here.length < this.names.length) {
      message.name = this.hereNames;
      for (const key of ["position", "velocity", "effort"] as const) {
        message[key] = Float64Array.from(this.here, (i) => message[key][i] as number);
      }
    }
    const source = `sim:${options.robot}/joint_states`;
    this.inbox.push(source, now, { kind: "jointState", robot: options.robot, message });
  }

  private sayFault(fault: string, now: number): void {
    if (this.faultSaid) return;
    this.faultSaid = true;
    const detail = `${fault}; it goes on without masses`;
    this.inbox.push("sim", now, { kind: "status", status: { name: "simulation", state: "error", detail } });
  }

  private sayOdometry(now: number): void {
    const { x, y, yaw, linearX, linearY, angularZ } = this.robot.odometry;
    this.inbox.push(`sim:${this.options.robot}/odom`, now, {
      kind: "odometry",
      robot: this.options.robot,
      message: {
        stamp: stampFromMs(now),
        frame: "odom",
        childFrame: this.options.model.rootLink,
        pose: [x, y, 0, 0, 0, Math.sin(yaw / 2), Math.cos(yaw / 2)],
        twist: [linearX, linearY, 0, 0, 0, angularZ],
      },
    });
  }

  private sayGoals(now: number): void {
    for (const result of this.robot.trajectory.takeResults()) {
      if (this.goal?.id === result.id) this.goal = null;
      const stage = result.status === "succeeded" ? "done" : "aborted";
      const code = result.errorCode === 0 ? "ok" : `controller_${result.errorCode}`;
      this.say(result.id, stage, result.status === "canceled" ? "canceled" : code, result.errorString);
    }
    const feedback = this.robot.trajectory.feedback();
    if (feedback === null || feedback.id !== this.goal?.id || now < this.nextFeedback) return;
    this.nextFeedback = now + feedbackPeriodMs;
    let worst = 0;
    for (const error of feedback.error.positions) worst = Math.max(worst, Math.abs(error));
    this.say(feedback.id, "executing", "ok", "", worst);
  }

  private say(goalId: string, stage: GoalStage, code: string, message: string, error?: number): void {
    const { robot } = this.options;
    this.inbox.push("sim", this.lastNow, {
      kind: "goal",
      robot,
      goalId,
      stage,
      code,
      message,
      ...(error === undefined ? {} : { error }),
    });
  }
}

function tolerances(joints: readonly string[], position: readonly number[]): Record<string, JointTolerance> {
  return Object.fromEntries(
    joints.map((joint, i) => [joint, { position: position[i] ?? 0, velocity: 0, acceleration: 0 }]),
  );
}
