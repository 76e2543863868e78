import type { PlanRequest } from "../command/plan-request.ts";
import { pathStartTolerance } from "../command/planned-motion.ts";
import { nearestTurn } from "../core/circle.ts";
import { isNearPose } from "./robot/placed-pose.ts";
import type { RobotControl } from "./robot/robot-control.ts";

/** What a plan was computed from and for, besides the description: where everything was. */
export type PlanBasis = {
  start: PlanRequest["start"];
  frames: PlanRequest["frames"];
  /** What the robot carries, as text: the efforts of the plan are with it. */
  carried: string;
};

/** Faster than this a joint moves, rad/s or m/s. */
const moving = 0.05;

export function basisOf({ start, frames, scene }: PlanRequest): PlanBasis {
  return { start, frames, carried: carriedOf(scene) };
}

/**
 * Why what a plan was computed from is not so any more, as a sentence's end; null: it is. All joints count that a controller of
 * trajectories drives, those of the plan or others: what they do changes the efforts and the ways of all.
 */
export function misfitOf(basis: PlanBasis, control: RobotControl, now: number): string | null {
  const { measured, limits, can } = control.current();
  const named = new Set(can.trajectory.flatMap(({ joints }) => joints ?? []));
  const namesAll = can.trajectory.every(({ joints }) => joints !== null);
  for (const [joint, begin] of Object.entries(basis.start)) {
    const limit = limits.joints.get(joint);
    if (limit === undefined) continue;
    // Of a controller that does not say what it drives it may be any joint, but hardly a wheel.
    if (!named.has(joint) && (namesAll || limit.isCircular)) continue;
    const position = measured.position(joint);
    if (position === undefined) continue;
    const off = position - (limit.isCircular ? nearestTurn(begin, position) : begin);
    if (Math.abs(off) > pathStartTolerance) {
      return `${joint} is ${Math.abs(off).toFixed(3)} ${limit.unit} from where it was when it was planned`;
    }
    if (Math.abs(measured.velocity(joint) ?? 0) > moving) return `${joint} moves`;
  }
  for (const [frame, before] of Object.entries(basis.frames)) {
    const pose = control.twin.rootFrom(frame, now);
    if (pose === null) return `tf does not say any more where the frame "${frame}" is`;
    if (!isNearPose(before, pose)) return `the frame "${frame}" has moved since it was planned`;
  }
  if (carriedOf(control.surroundings.objects()) !== basis.carried) {
    return "the robot carries something else than when it was planned";
  }
  return null;
}

function carriedOf(scene: PlanRequest["scene"]): string {
  const carried = scene.filter(({ link }) => link !== null);
  const rows = carried.map(({ id, link, mass = 0, pose, geometry }) => [id, link, mass, pose, geometry]);
  return JSON.stringify(rows.sort(([a], [b]) => (String(a) < String(b) ? -1 : 1)));
}
