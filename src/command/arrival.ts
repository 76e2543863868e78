import { nearestTurn } from "../core/circle.ts";
import type { CommandedRobot } from "./gate-output.ts";

/** Joints and their target positions: rad or m. */
export type JointTargets = { joints: readonly string[]; positions: readonly number[] };

/**
 * Compares the measurement with the targets of joints reported as arrived: null when all are within their goal
 * tolerance, else one sentence about the first that is not.
 */
export function objectToArrival(
  { joints, positions }: JointTargets,
  { limits, measured }: CommandedRobot,
): string | null {
  for (const [i, joint] of joints.entries()) {
    const limit = limits.joints.get(joint);
    if (limit === undefined) continue;
    const target = positions[i] as number;
    const position = measured.position(joint);
    if (position === undefined || !measured.isFresh(joint)) {
      return `${joint} is not measured now, so it is not known whether it arrived at ${shown(target)} ${limit.unit}`;
    }
    const there = limit.isCircular ? nearestTurn(position, target) : position;
    const error = Math.abs(there - target);
    if (error <= limit.goalTolerance) continue;
    const { unit, goalTolerance } = limit;
    return `${joint} was to be at ${shown(target)} ${unit} and is measured at ${shown(there)} ${unit}: ${shown(error)} ${unit} off, tolerance ${shown(goalTolerance)} ${unit}`;
  }
  return null;
}

function shown(value: number): string {
  return String(Math.round(value * 1e4) / 1e4);
}

/** How long to wait for a measurement that confirms the report: with a newer measurement, and with none. ms */
const confirmWithinMs = 500;
const measureWithinMs = 3000;

/** Whether to stop waiting for the measurement to confirm what was reported at `since`. */
export function hasWaited(
  since: number,
  now: number,
  { joints }: JointTargets,
  { measured }: CommandedRobot,
): boolean {
  const isSeen = joints.every((joint) => (measured.receivedAt(joint) ?? Number.NEGATIVE_INFINITY) > since);
  return now - since >= (isSeen ? confirmWithinMs : measureWithinMs);
}
