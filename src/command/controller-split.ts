import type { JointLimits, RobotLimits } from "./robot-limits.ts";
import type { TrajectoryController, TrajectoryPoint } from "./trajectory.ts";
import type { MeasuredJoints } from "./validate-motion.ts";

/** The part of a motion that one controller carries out; `from` as in a goal. */
export type ControllerPart = {
  controller: string;
  joints: string[];
  from: TrajectoryPoint | null;
  points: TrajectoryPoint[];
};

/** Joints and the points of their motion, in the same order; `from` as in a goal. */
export type MotionPoints = {
  joints: readonly string[];
  from: TrajectoryPoint | null;
  points: readonly TrajectoryPoint[];
};

/**
 * Splits a motion among the controllers that drive its joints. A controller needs all its joints in a goal: followers
 * of a joint in the motion move by their mimic rule, the others are held where they are measured. Returns the name of
 * the joint instead when no controller drives one.
 */
export function splitByController(
  { joints, from, points }: MotionPoints,
  controllers: readonly TrajectoryController[],
  measured: MeasuredJoints,
  limits: RobotLimits,
): ControllerPart[] | string {
  const parts = new Map<TrajectoryController, Column[]>();
  for (const [source, joint] of joints.entries()) {
    const controller = controllerOf(joint, controllers);
    if (controller === undefined) return joint;
    const columns = parts.get(controller) ?? [];
    columns.push({ joint, kind: "moved", source });
    parts.set(controller, columns);
  }
  return [...parts].map(([controller, columns]) => {
    for (const joint of controller.joints ?? []) {
      if (columns.some((column) => column.joint === joint)) continue;
      const follows = limits.joints.get(joint)?.follows ?? null;
      const source = follows === null ? -1 : joints.indexOf(follows.joint);
      const position = measured.position(joint);
      if (follows !== null && source >= 0) columns.push({ joint, kind: "follows", source, follows });
      else if (position !== undefined) columns.push({ joint, kind: "held", position });
    }
    return {
      controller: controller.name,
      joints: columns.map((column) => column.joint),
      from: from === null ? null : pointFor(from, columns),
      points: points.map((point) => pointFor(point, columns)),
    };
  });
}

/** The controller that drives `joint`: one that names it, else one that does not list its joints. */
export function controllerOf(
  joint: string,
  controllers: readonly TrajectoryController[],
): TrajectoryController | undefined {
  return controllers.find((c) => c.joints?.includes(joint)) ?? controllers.find((c) => c.joints === null);
}

/** What one joint of a goal does; `source` is an index into the motion's joints. */
type Column =
  | { joint: string; kind: "moved"; source: number }
  | { joint: string; kind: "follows"; source: number; follows: NonNullable<JointLimits["follows"]> }
  | { joint: string; kind: "held"; position: number };

function pointFor(
  { time, positions, velocities, accelerations }: TrajectoryPoint,
  columns: readonly Column[],
) {
  const part: TrajectoryPoint = {
    time,
    positions: columns.map((column) => {
      if (column.kind === "held") return column.position;
      const position = positions[column.source] as number;
      if (column.kind === "moved") return position;
      return column.follows.multiplier * position + column.follows.offset;
    }),
    velocities: columns.map((column) => rateOf(column, velocities)),
  };
  if (accelerations !== undefined) {
    part.accelerations = columns.map((column) => rateOf(column, accelerations));
  }
  return part;
}

function rateOf(column: Column, rates: readonly number[]): number {
  if (column.kind === "held") return 0;
  const rate = rates[column.source] as number;
  return column.kind === "moved" ? rate : column.follows.multiplier * rate;
}
