import type { Capabilities, GoalReport } from "../../command/gate-output.ts";
import type { RobotTask } from "../../command/robot-task.ts";
import type { TrajectoryGoal } from "../../command/trajectory.ts";
import type { PlanarTwist } from "../../command/twist-stream.ts";
import type { WayAnswer, WayQuestion } from "../../command/way-question.ts";
import type { StillBraking } from "../../engine/ports/outputs.ts";
import type { RobotSink } from "../../engine/ports/sinks.ts";
import type { EventSeverity } from "../../protocol/state-messages.ts";
import type { RobotControllers } from "../../protocol/topics/controllers-answer.ts";
import type { RobotConfig } from "../config/config-schema.ts";
import type { GoalLink } from "./action-goals.ts";
import { ackermannFormat, twistFormat } from "./base-format.ts";
import { ControllerManagers } from "./controller-managers.ts";
import { reportControllers } from "./controller-reports.ts";
import { GoalLog } from "./goal-log.ts";
import type { MeasuredJoints } from "./measured-joints.ts";
import { MoveGroup } from "./move-group.ts";
import { parentOf } from "./parent-name.ts";
import type { RobotClock } from "./robot-clock.ts";
import type { RobotNames } from "./robot-names.ts";
import type { RosHandles } from "./ros-handles.ts";
import { TaskOutputs } from "./task-outputs.ts";
import { TrajectoryControllers } from "./trajectory-controllers.ts";
import { TwistOutput } from "./twist-output.ts";
import { TwistPublisher } from "./twist-publisher.ts";

/** How long after a stop it also reaches controllers and bases that are found only then, as after a start. */
const lateStopMs = 30_000;

/** What one robot's outputs tell and ask. */
export type OutputLinks = {
  ros: RosHandles;
  names: RobotNames;
  clock: RobotClock;
  measured: MeasuredJoints;
  /** Server ms. */
  now: () => number;
  report(report: GoalReport): void;
  /** What MoveIt answered. */
  answer(answer: WayAnswer): void;
  note(severity: EventSeverity, code: string, text: string): void;
  /** A message of an action's server cannot be read. */
  rejected(action: string, reason: string): void;
  /** The frame a twist is meant in. */
  baseFrame(): string;
};

/** Whatever of one robot on ROS takes commands, found under its namespace as it comes and goes. */
export class RobotOutputs implements RobotSink {
  private readonly controllers: TrajectoryControllers | null;
  private readonly twist: TwistOutput | null;
  private readonly tasks: TaskOutputs;
  private readonly managers: ControllerManagers;
  private readonly goals: GoalLog;
  /** Null: MoveIt is not asked. */
  private readonly moveGroup: MoveGroup | null;
  /** Whether twists are taken, by the last look. */
  private takesTwists = false;
  /** Why those who subscribe to twists do nothing with them, by the last close look. */
  private inactiveTwist: string | null = null;

  constructor(
    private readonly config: RobotConfig,
    private readonly links: OutputLinks,
  ) {
    const { ros, names, now, note } = links;
    this.goals = new GoalLog(now);
    this.managers = new ControllerManagers(
      ros.actor,
      (name) => names.owns(name),
      now,
      (text) => note("warning", "controllers.unknown", text),
    );
    this.controllers = this.makeControllers();
    this.twist = this.makeTwist();
    this.moveGroup = this.makeMoveGroup();
    this.tasks = new TaskOutputs(config, ros, names, this.goalLink(), now, (name) =>
      this.managers.objection(name),
    );
  }

  /** The looks at the ROS graph, one by one: what fails in one must not keep a stop from the others. */
  looks(closely: boolean): (() => unknown)[] {
    // Until one is found it is waited for: who asks for a move at once should not be told that nothing takes it.
    const asksControllers = closely || this.controllers?.isEmpty() === true;
    return [
      () => closely && this.managers.poll(),
      () => this.controllers?.watch(),
      () => asksControllers && this.controllers?.poll(),
      () => this.controllers?.repeatCancel(),
      () => this.judge(),
      () => {
        this.takesTwists = this.twist?.poll(closely) ?? false;
        if (closely) this.inactiveTwist = this.objectionToTwist();
      },
      () => closely && this.moveGroup?.poll(),
      () => this.moveGroup?.watch(),
      ...this.tasks.looks(closely),
    ];
  }

  /** Judges goals of controllers that report nothing. Called at each joint state. */
  judge(): void {
    this.controllers?.judge();
  }

  sendTrajectory(goal: TrajectoryGoal): void {
    this.goals.sent(goal.controller, goal.id);
    this.controllers?.send(goal);
  }

  cancelTrajectory(goalId: string): void {
    this.controllers?.cancel(goalId);
  }

  sendTwist(twist: PlanarTwist): void {
    this.twist?.send(twist);
  }

  sendTask(task: RobotTask): void {
    this.goals.sent(task.target, task.id);
    this.tasks.send(task);
  }

  cancelTask(taskId: string): void {
    this.tasks.cancel(taskId);
  }

  findWay(question: WayQuestion): void {
    this.moveGroup?.find(question);
  }

  dropWay(id: string): void {
    this.moveGroup?.drop(id);
  }

  setStopped(stopped: boolean, braking?: StillBraking): void {
    if (stopped) {
      if (braking?.twist !== true) this.twist?.stop(lateStopMs);
      this.controllers?.stop(lateStopMs, braking?.controllers);
      this.tasks.stop(lateStopMs);
    } else {
      this.twist?.reset();
      this.controllers?.reset();
      this.tasks.reset();
    }
  }

  /**
   * What can be commanded, by the last look. Null: to say why not would cost a close look (asking the graph for names
   * costs a millisecond), and this was none. `saidTwist`: twists were taken by what was reported last.
   */
  capabilities(closely: boolean, saidTwist: boolean): Capabilities | null {
    const twist = this.takesTwists && this.inactiveTwist === null;
    const capabilities: Capabilities = {
      trajectory: this.controllers?.current() ?? [],
      twist,
      inactive: this.managers.inactive(),
      ...this.tasks.capabilities(),
      ...this.moveGroup?.current(),
    };
    if (this.takesTwists && this.inactiveTwist !== null) {
      capabilities.noTwist = this.inactiveTwist;
      return capabilities;
    }
    if (!twist && this.twist !== null) {
      // A base that is gone is reported at once, the reason later.
      if (!closely && !saidTwist) return null;
      capabilities.noTwist = closely ? this.twist.reason() : "nothing takes the base's twists any more";
    }
    return capabilities;
  }

  /** What is known of its controllers. `modelJoints`: those of its description; null: there is none. */
  controllersNow(modelJoints: ReadonlySet<string> | null): RobotControllers {
    const { grippers = [] } = this.tasks.capabilities();
    const twistNodes = this.twist?.subscribers() ?? [];
    return reportControllers({
      robot: this.config.id,
      managers: this.managers.seen(),
      ways: [
        ...(this.controllers?.seen() ?? []),
        ...grippers.map(({ name, joints }) => ({
          ...{ name, joints, owner: parentOf(name), kind: "gripper action" },
          isUsed: this.managers.objection(name) === null,
        })),
        ...twistNodes.map((owner) => ({
          ...{ name: this.twist?.topic ?? "", joints: null, owner, kind: "twist topic" },
          isUsed: this.takesTwists && this.managers.objectionTo(owner) === null,
        })),
      ],
      goalOf: (way) => this.goals.of(way),
      modelJoints,
    });
  }

  /** Commands the robot no more. */
  end(): void {
    this.controllers?.end();
    this.twist?.end();
    this.tasks.end();
    this.moveGroup?.end();
    this.managers.end();
  }

  /** Waits, blocking, until the base has what was sent. For the end of the program. */
  flush(): void {
    this.twist?.flush();
    this.controllers?.flush();
  }

  private makeControllers(): TrajectoryControllers | null {
    const { trajectory, forward: wanted } = this.config.commands;
    // Who named the controllers of joints, or wants none, gets no others by themselves.
    const forward = wanted === "auto" && trajectory !== "auto" ? "off" : wanted;
    if (trajectory === "off" && forward === "off") return null;
    const { ros, names, clock, measured, now } = this.links;
    /** Null: all that are found. */
    const configured = (wanted: "auto" | "off" | string[]) => {
      if (wanted === "auto") return null;
      return wanted === "off" ? [] : wanted.map((name) => names.of(name));
    };
    return new TrajectoryControllers(
      ros.rcl,
      ros.actor,
      {
        configured: configured(trajectory),
        prefix: names.prefix,
        others: () => names.others(),
        forward: configured(forward),
      },
      { ...this.goalLink(), stampOf: (at) => clock.stampOf(at) },
      now,
      measured,
      (name) => this.managers.objection(name),
      ros.guard ?? null,
    );
  }

  /** Why all who subscribe to twists do nothing with them; null: one may, or nobody knows. */
  private objectionToTwist(): string | null {
    const nodes = this.twist?.subscribers() ?? [];
    const objections = nodes.map((name) => this.managers.objectionTo(name));
    return objections.length > 0 && !objections.includes(null) ? (objections[0] as string) : null;
  }

  private goalLink(): GoalLink {
    const { rejected } = this.links;
    const report = (told: GoalReport): void => {
      // It may be inactive since the last look.
      if (told.code === "controller_rejected") this.managers.askSoon();
      this.goals.take(told);
      this.links.report(told);
    };
    return { report, rejected, cancelRefused: (action) => this.tellOfCancel(action) };
  }

  /** A controller that does not cancel may go on moving the robot, whatever the twin says. */
  private tellOfCancel(action: string): void {
    const text = `${action} refused to cancel its goal: the robot may go on moving. Use the robot's own emergency stop.`;
    this.links.note("error", "stop.not_canceled", text);
  }

  private makeMoveGroup(): MoveGroup | null {
    const { ros, names, now, answer } = this.links;
    const { moveit } = this.config.commands;
    if (moveit === "off" || ros.startMoveGroup === undefined) return null;
    const service = names.of(moveit === "auto" ? "plan_kinematic_path" : moveit);
    return new MoveGroup(ros.actor, service, ros.startMoveGroup, answer, now);
  }

  private makeTwist(): TwistOutput | null {
    const { twist, ackermann } = this.config.commands;
    if (twist === "off") return null;
    const { ros, names, clock, now, note, baseFrame } = this.links;
    const node = ros.actor;
    const format =
      ackermann === undefined ? twistFormat : ackermannFormat(ackermann.wheelbase, ackermann.steeringLimit);
    return new TwistOutput({
      node,
      topic: names.of(twist === "auto" ? format.leaves[0] : twist),
      isAuto: twist === "auto",
      namespace: names.namespace,
      format,
      publisherOn: (topic) =>
        new TwistPublisher(
          node,
          topic,
          () => clock.rosNow(),
          baseFrame,
          now,
          (text) => note("warning", "twist.types", text),
          ros.second,
          format,
        ),
    });
  }
}
