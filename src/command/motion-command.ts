import type { TimedPath } from "../robot/path/timed-path.ts";

/** A vector in m/s or rad/s along the axes of `base_link` (REP-103: x forward, y left, z up). */
export type Vector = { x: number; y: number; z: number };

/** One motion command, as clients state it (C in the contract). Units are SI. */
export type MotionCommand =
  | { kind: "jointPosition"; positions: Record<string, number>; speed?: number | undefined }
  | {
      kind: "jointTrajectory";
      points: {
        time: number;
        positions: Record<string, number>;
        velocities?: Record<string, number> | undefined;
      }[];
    }
  | { kind: "jointVelocity"; velocities: Record<string, number> }
  | { kind: "twist"; linear: Vector; angular: Vector }
  | { kind: "device"; device: string; signal: string; value: number | boolean | string }
  | PoseCommand
  | WaypointsCommand
  | CartesianVelocityCommand
  | GripperCommand
  | NavigateCommand
  | ServiceCommand
  | { kind: "sequence"; name: string }
  | { kind: "plan"; planId: string; stateHash: string };

/** Where a link is to be: m and a unit quaternion (x, y, z, w) in `frame`. */
export type LinkPose = {
  /** The link that is moved; absent: the robot's tool. */
  link?: string | undefined;
  /** A frame of the robot or of tf. */
  frame: string;
  position: number[];
  quaternion: number[];
};

/** Moves a link to a pose, at `speed` (0 … 1) of the limits: all joints together, or the link on a straight line. */
export type PoseCommand = LinkPose & {
  kind: "pose";
  path?: "joint" | "line" | undefined;
  speed?: number | undefined;
};

/** One motion through points without times. `blend`: how far from a point the motion may leave the straight way, rad or m. */
export type WaypointsCommand = {
  kind: "waypoints";
  points: ({ positions: Record<string, number> } | { pose: LinkPose })[];
  blend?: number | undefined;
  speed?: number | undefined;
};

/** A jog of a link: m/s and rad/s along the axes of `frame` (absent: the root link's; the link's own name: its own axes). */
export type CartesianVelocityCommand = {
  kind: "cartesianVelocity";
  link?: string | undefined;
  frame?: string | undefined;
  linear: Vector;
  angular: Vector;
};

/** `position` as the controller counts it, rad or m; `maxEffort` in N or N·m. `controller` absent: the only one. */
export type GripperCommand = {
  kind: "gripper";
  controller?: string | undefined;
  position: number;
  maxEffort?: number | undefined;
};

/** A goal of the base in `frame`: m, and yaw in rad; `via`: places to pass on the way, in order. */
export type NavigateCommand = {
  kind: "navigate";
  frame: string;
  position: number[];
  yaw: number;
  via?: { position: number[]; yaw: number }[] | undefined;
  /** "initial": not a goal, but where the base is (the topic `initialpose`). */
  as?: "goal" | "initial" | undefined;
};

/** A call of an allowed std_srvs service: Trigger, or SetBool where `data` is given. */
export type ServiceCommand = { kind: "service"; service: string; data?: boolean | undefined };

/** A command whose whole motion is computed before it begins. */
export type PlannableCommand = Extract<
  MotionCommand,
  { kind: "jointPosition" | "jointTrajectory" | "pose" | "waypoints" }
>;

/** A jog of the base that is held for so long, s. */
export type TwistFor = Extract<MotionCommand, { kind: "twist" }> & { seconds: number };

/** What a plan of the base is asked for. */
export type BaseCommand = NavigateCommand | TwistFor;

/** A motion that was computed as a whole, from rest. No client sends it: a plan or a command of tool space becomes one. */
export type PathMotion = { kind: "path"; path: TimedPath };

/** A motion planned as a whole and checked along its path before it is sent. */
export type JointMotionCommand =
  | Extract<MotionCommand, { kind: "jointPosition" | "jointTrajectory" }>
  | PathMotion;

const namedJoints = 8;
const nameCharacters = 64;

/** What a command moves, by the names in the graph: `joint/elbow`, `device/gripper/position`, `base`. */
export function targetOf(command: MotionCommand): string {
  switch (command.kind) {
    case "jointPosition":
      return jointNames(Object.keys(command.positions));
    case "jointVelocity":
      return jointNames(Object.keys(command.velocities));
    case "jointTrajectory":
      return jointNames(Object.keys(command.points[0]?.positions ?? {}));
    case "twist":
      return "base";
    case "device":
      return `device/${cut(command.device)}/${cut(command.signal)}`;
    case "pose":
    case "cartesianVelocity":
      return command.link === undefined ? "tool" : `link/${cut(command.link)}`;
    case "waypoints": {
      const [first] = command.points;
      return first !== undefined && "positions" in first ? jointNames(Object.keys(first.positions)) : "tool";
    }
    case "gripper":
      return command.controller === undefined ? "gripper" : `gripper/${cut(command.controller)}`;
    case "navigate":
      return "base";
    case "service":
      return `service/${cut(command.service)}`;
    case "sequence":
      return `sequence/${cut(command.name)}`;
    case "plan":
      return `plan/${cut(command.planId)}`;
  }
}

function cut(name: string): string {
  return name.length <= nameCharacters ? name : `${name.slice(0, nameCharacters - 1)}…`;
}

function jointNames(names: readonly string[]): string {
  const more = names.length - namedJoints;
  const named = names.slice(0, namedJoints).map((name) => `joint/${cut(name)}`);
  return more > 0 ? `${named.join(" ")} and ${more} more` : named.join(" ");
}

/** A command with what is needed to judge it: whose, under which lease, how old. Times are server ms. */
export type CommandRequest = {
  session: string;
  id: string | number;
  epoch: number;
  seq: number;
  issued: number;
  ttlMs: number;
  command: MotionCommand;
};
