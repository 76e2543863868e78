import type { GoalId, JointName } from "../core/names.ts";

/** A place of the base in the plane of a frame: m, and rad about its z axis (REP-103). */
export type PlanarPose = { x: number; y: number; yaw: number };

/**
 * A job that a program on the robot carries out by itself once it has it. `target` is its absolute name on the robot's
 * side: an action, a topic or a service.
 */
export type RobotTask = { id: GoalId; target: string } & (
  | {
      kind: "gripper";
      /** The joint that `position` is of; null where the gripper does not tell. */
      joint: JointName | null;
      /** rad or m, as the gripper's joint has it. */
      position: number;
      /** N or N·m; null: the gripper's own bound. */
      maxEffort: number | null;
    }
  /** `poses` in the order in which they are passed; the last is the goal. */
  | { kind: "navigate"; frame: string; poses: readonly PlanarPose[] }
  /** Published once: nobody reports what becomes of it. `as`: a goal, or where the base is. */
  | { kind: "announce"; as: "goal" | "initial"; frame: string; pose: PlanarPose }
  /** std_srvs: SetBool with `data`; null: Trigger. */
  | { kind: "service"; data: boolean | null }
);

/** What a navigator tells on the way. */
export type Navigation = {
  /** m along the path. */
  distanceRemaining: number;
  /** s, as the navigator estimates it. */
  timeRemaining: number;
  /** How often it had to recover since it began. */
  recoveries: number;
  /** Poses that are still to be passed, the goal among them; absent for a goal of one pose. */
  posesRemaining?: number;
};

/** A gripper that takes commands: its action's absolute name, and the joints that it drives; null: it does not tell. */
export type Gripper = { name: string; joints: readonly JointName[] | null };

/** What takes goals for the base; null where there is none. */
export type Navigators = {
  /** The action for one pose, and that for several in order. */
  toPose: string | null;
  throughPoses: string | null;
  /** A topic for goals, and one for where the base is, that somebody subscribes to. */
  goalTopic: string | null;
  initialTopic: string | null;
};

/** A service that is allowed and there. `takesData`: it is a SetBool, not a Trigger. */
export type RobotService = { name: string; takesData: boolean };
