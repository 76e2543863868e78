import type { JointName } from "../core/names.ts";
import type { Capabilities, CommandedRobot } from "./gate-output.ts";
import type { GripperCommand, NavigateCommand, ServiceCommand } from "./motion-command.ts";
import type { Gripper, PlanarPose, RobotTask } from "./robot-task.ts";
import { checkPosition, type Objection } from "./validate-motion.ts";

export type TaskCommand = GripperCommand | NavigateCommand | ServiceCommand;

type Unnumbered<Task> = Task extends { id: string } ? Omit<Task, "id"> : never;
/** A task that has no id yet. */
export type TaskRequest = Unnumbered<RobotTask>;

/** The task that a command asks for, or why it cannot be: nothing takes it, or it is outside the limits. */
export function taskFor(command: TaskCommand, robot: CommandedRobot): TaskRequest | Objection {
  switch (command.kind) {
    case "gripper":
      return gripperTask(command, robot);
    case "navigate":
      return navigateTask(command, robot);
    case "service":
      return serviceTask(command, robot.can);
  }
}

function gripperTask(
  { controller, position, maxEffort }: GripperCommand,
  { can, limits }: CommandedRobot,
): TaskRequest | Objection {
  const grippers = can.grippers ?? [];
  if (grippers.length === 0)
    return { code: "unsupported", message: can.noGripper ?? "this robot has no gripper" };
  const found =
    controller === undefined ? grippers : grippers.filter((gripper) => isNamed(gripper, controller));
  const [gripper] = found;
  const names = grippers.map(({ name }) => name).join(", ");
  if (gripper === undefined) {
    return { code: "no_controller", message: `there is no gripper "${controller}": this robot has ${names}` };
  }
  if (found.length > 1) {
    return { code: "no_controller", message: `several grippers fit: set "controller" to one of ${names}` };
  }
  if (!Number.isFinite(position)) return { code: "not_finite", message: "the position is not finite" };
  const joint = jointOf(gripper, controller);
  const limit = joint === null ? undefined : limits.joints.get(joint);
  const outside = limit === undefined ? null : checkPosition(joint as string, position, limit);
  if (outside !== null) return outside;
  if (limit !== undefined && limit.effort > 0 && (maxEffort ?? 0) > limit.effort) {
    const of = limit.unit === "rad" ? "N·m" : "N";
    return {
      code: "effort_limit",
      message: `maxEffort ${maxEffort} ${of} is more than the limit of ${joint}, ${limit.effort} ${of}`,
    };
  }
  return { kind: "gripper", target: gripper.name, joint, position, maxEffort: maxEffort ?? null };
}

/** By its action's name, the name of its controller, or a joint that it drives. */
function isNamed({ name, joints }: Gripper, asked: string): boolean {
  return name === asked || name.split("/").at(-2) === asked || joints?.includes(asked) === true;
}

/** The joint that is named, else the first one: the others of a gripper follow it. */
function jointOf({ joints }: Gripper, asked: string | undefined): JointName | null {
  if (asked !== undefined && joints?.includes(asked)) return asked;
  return joints?.[0] ?? null;
}

function navigateTask(
  { frame, position, yaw, via = [], as = "goal" }: NavigateCommand,
  { can, isBaseSeen }: CommandedRobot,
): TaskRequest | Objection {
  const poses = [...via, { position, yaw }].map(poseOf);
  if (poses.some(({ x, y, yaw: angle }) => ![x, y, angle].every(Number.isFinite))) {
    return { code: "not_finite", message: "a position or yaw is not finite" };
  }
  const { toPose, throughPoses, goalTopic, initialTopic } = can.navigators ?? noNavigators;
  const goal = poses.at(-1) as PlanarPose;
  if (as === "initial") {
    if (initialTopic !== null) return { kind: "announce", target: initialTopic, as, frame, pose: goal };
    const message = "nothing subscribes to initialpose: start the localization (amcl or slam_toolbox)";
    return { code: "no_controller", message };
  }
  if (isBaseSeen === false) {
    return { code: "stale_state", message: "the pose of the base is not measured now" };
  }
  if (poses.length === 1 && toPose !== null) return { kind: "navigate", target: toPose, frame, poses };
  if (throughPoses !== null) return { kind: "navigate", target: throughPoses, frame, poses };
  if (poses.length > 1) {
    const message =
      toPose === null && goalTopic === null
        ? nothingNavigates(can)
        : "nothing takes several poses (Nav2's NavigateThroughPoses was not found): send them one by one";
    return { code: "no_controller", message };
  }
  if (goalTopic !== null) return { kind: "announce", target: goalTopic, as, frame, pose: goal };
  return { code: "no_controller", message: nothingNavigates(can) };
}

const noNavigators = { toPose: null, throughPoses: null, goalTopic: null, initialTopic: null };

function nothingNavigates({ noNavigator }: Capabilities): string {
  return noNavigator ?? "this robot takes no goals for its base";
}

function poseOf({ position, yaw }: { position: number[]; yaw: number }): PlanarPose {
  const [x = Number.NaN, y = Number.NaN] = position;
  return { x, y, yaw };
}

function serviceTask(
  { service, data }: ServiceCommand,
  { services = [] }: Capabilities,
): TaskRequest | Objection {
  const found = services.find(({ name }) => name === service || name === `/${service}`);
  if (found === undefined) {
    const named = services.map(({ name }) => name).join(", ");
    const which = named === "" ? "none is allowed and there" : `there is ${named}`;
    return {
      code: "unsupported",
      message: `the service ${service} cannot be called: ${which}. Add it to robots[].commands.services and start its node`,
    };
  }
  if (found.takesData !== (data !== undefined)) {
    const message = found.takesData
      ? `${found.name} is a SetBool: it needs "data", true or false`
      : `${found.name} is a Trigger: it takes no "data"`;
    return { code: "wrong_type", message };
  }
  return { kind: "service", target: found.name, data: data ?? null };
}

/** What a task is to do, for people. */
export function wordsFor(task: TaskRequest): string {
  switch (task.kind) {
    case "gripper":
      return `${task.joint ?? "the gripper"} to ${Number(task.position.toFixed(4))}`;
    case "navigate": {
      const goal = task.poses.at(-1);
      const more = task.poses.length > 1 ? ` by ${task.poses.length - 1} other poses` : "";
      return `the base to (${goal?.x.toFixed(2)}, ${goal?.y.toFixed(2)}) in ${task.frame}${more}`;
    }
    case "announce":
      return task.as === "goal" ? "a goal of the base, published" : "the place of the base, published";
    case "service":
      return `a call of ${task.target}`;
  }
}
