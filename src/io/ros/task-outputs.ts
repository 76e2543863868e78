import type { Capabilities } from "../../command/gate-output.ts";
import type { Navigators, RobotTask } from "../../command/robot-task.ts";
import type { RobotConfig } from "../config/config-schema.ts";
import type { GoalLink } from "./action-goals.ts";
import { AllowedServices } from "./allowed-services.ts";
import { Announcements } from "./announcements.ts";
import { gripperCommand, parallelGripperCommand } from "./gripper-actions.ts";
import { navigateThroughPoses, navigateToPose, throughPosesKind, toPoseKind } from "./navigator-actions.ts";
import { parentOf } from "./parent-name.ts";
import type { RobotNames } from "./robot-names.ts";
import type { RosHandles } from "./ros-handles.ts";
import type { TaskActionKind } from "./task-action-kind.ts";
import { TaskActions, type TaskServer } from "./task-actions.ts";

/** What of the capabilities is about tasks. */
type TaskCapabilities = Pick<
  Capabilities,
  "grippers" | "noGripper" | "navigators" | "noNavigator" | "services"
>;

/** What of one robot on ROS carries out tasks: grippers, navigators, topics for goals, services. */
export class TaskOutputs {
  private readonly grippers: TaskActions | null;
  private readonly navigators: TaskActions | null;
  private readonly announcements: Announcements | null;
  private readonly services: AllowedServices;

  constructor(
    { commands }: RobotConfig,
    { rcl, actor }: RosHandles,
    names: RobotNames,
    link: GoalLink,
    /** Server ms. */
    now: () => number,
    /** Why the controller with that action takes nothing now; null: it does, or that is not known. */
    private readonly objection: (name: string) => string | null = () => null,
  ) {
    const { gripper, navigate, services } = commands;
    const actions = (kinds: readonly TaskActionKind[], isOurs: (name: string, type: string) => boolean) =>
      new TaskActions(rcl, actor, kinds, isOurs, link, now);
    const isGripper = gripper === "auto" ? null : [gripper].flat().map((name) => names.of(name));
    this.grippers =
      gripper === "off"
        ? null
        : actions(
            [gripperCommand, parallelGripperCommand],
            (name) => isGripper?.includes(name) ?? names.owns(name),
          );
    const configured = names.of(navigate);
    const isNavigator = (name: string, type: string): boolean => {
      if (navigate === "auto") return names.owns(name);
      // That for several poses is beside it.
      return (
        name === configured || (type === navigateThroughPoses && parentOf(name) === parentOf(configured))
      );
    };
    this.navigators = navigate === "off" ? null : actions([toPoseKind, throughPosesKind(rcl)], isNavigator);
    const topics = { goal: names.of("goal_pose"), initial: names.of("initialpose") };
    this.announcements = navigate === "off" ? null : new Announcements(actor, topics, link.report);
    this.services = new AllowedServices(
      actor,
      services.map((name) => names.of(name)),
      link.report,
    );
  }

  /** The looks at the ROS graph, one by one. */
  looks(closely: boolean): (() => unknown)[] {
    return [
      () => closely && this.grippers?.poll(),
      () => closely && this.navigators?.poll(),
      () => closely && this.announcements?.poll(),
      () => closely && this.services.poll(),
      () => this.grippers?.watch(),
      () => this.navigators?.watch(),
    ];
  }

  send(task: RobotTask): void {
    switch (task.kind) {
      case "gripper":
        this.grippers?.send(task);
        return;
      case "navigate":
        this.navigators?.send(task);
        return;
      case "announce":
        this.announcements?.send(task);
        return;
      case "service":
        this.services.send(task);
        return;
    }
  }

  cancel(taskId: string): void {
    this.grippers?.cancel(taskId);
    this.navigators?.cancel(taskId);
  }

  /** A stop: every goal of grippers and navigators is cancelled, other clients' too. */
  stop(lateMs: number): void {
    this.grippers?.stop(lateMs);
    this.navigators?.stop(lateMs);
  }

  reset(): void {
    this.grippers?.reset();
    this.navigators?.reset();
  }

  end(): void {
    this.grippers?.end();
    this.navigators?.end();
    this.announcements?.end();
    this.services.end();
  }

  capabilities(): TaskCapabilities {
    const found: TaskCapabilities = { services: this.services.current() };
    const grippers = this.grippers?.current() ?? [];
    found.grippers = grippers
      .filter((one) => one.isUsable && this.objection(one.name) === null)
      .map(({ name, joints }) => ({ name, joints }));
    if (found.grippers.length === 0) {
      found.noGripper =
        notInstalled(grippers) ??
        grippers.map(({ name }) => this.objection(name)).find((reason) => reason !== null) ??
        (this.grippers === null
          ? "grippers are switched off (robots[].commands.gripper)"
          : "no gripper was found: start its controller (a GripperCommand or ParallelGripperCommand action in the robot's namespace), or name its action in robots[].commands.gripper");
    }
    const navigators = this.navigators?.current() ?? [];
    const action = (type: string) =>
      navigators.find((one) => one.type === type && one.isUsable)?.name ?? null;
    const there: Navigators = {
      toPose: action(navigateToPose),
      throughPoses: action(navigateThroughPoses),
      goalTopic: this.announcements?.current("goal") ?? null,
      initialTopic: this.announcements?.current("initial") ?? null,
    };
    found.navigators = there;
    if (there.toPose === null && there.throughPoses === null && there.goalTopic === null) {
      found.noNavigator =
        notInstalled(navigators) ??
        (this.navigators === null
          ? "goals of the base are switched off (robots[].commands.navigate)"
          : "nothing takes goals of the base: start Nav2 (no NavigateToPose action in the robot's namespace), or something that subscribes to goal_pose");
    }
    return found;
  }
}

/** A server whose action is not defined here. */
function notInstalled(servers: readonly TaskServer[]): string | null {
  const unusable = servers.find((server) => !server.isUsable);
  if (unusable === undefined) return null;
  return `${unusable.name} is there, but ${unusable.type} is not installed where the twin runs: install its package, then run \`twin ros setup\``;
}
