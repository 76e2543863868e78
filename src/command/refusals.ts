import type { ControllerPart } from "./controller-split.ts";
import type { Capabilities, CommandedRobot, CommandRef, GateOutput } from "./gate-output.ts";
import type { RobotLimits } from "./robot-limits.ts";
import type { MeasuredJoints, Objection } from "./validate-motion.ts";

/** A joint without a current measurement cannot be held: moving it to its last known position would be a motion. */
export function objectToHolding(
  parts: readonly ControllerPart[],
  measured: MeasuredJoints,
): Objection | null {
  for (const { controller, joints } of parts) {
    const joint = joints.find((name) => !measured.isFresh(name));
    if (joint === undefined) continue;
    return {
      code: "stale_state",
      message: `${joint} is not measured now, and ${controller} would have to hold it where it is`,
    };
  }
  return null;
}

/** Of what joints in the goal of a follower may be beyond its limits, rad or m: rounding. */
const followerSlack = 1e-6;

/** A joint that mimics another one would leave its own limits, unless it is beyond them already and comes inwards. */
export function objectToFollowers(
  parts: readonly ControllerPart[],
  { measured, limits }: Pick<CommandedRobot, "measured" | "limits">,
): Objection | null {
  for (const { joints, from, points } of parts) {
    for (const [j, joint] of joints.entries()) {
      const limit = limits.joints.get(joint);
      // Limits without a range are placeholders.
      if (limit === undefined || limit.follows === null || limit.lower >= limit.upper) continue;
      const places = points.map(({ positions }) => positions[j] as number);
      const begin = from?.positions[j] ?? measured.position(joint) ?? limit.lower;
      const [least, most] = [Math.min(limit.lower, begin), Math.max(limit.upper, begin)];
      const value = places.find((place) => place < least - followerSlack || place > most + followerSlack);
      if (value === undefined) continue;
      const { lower, upper, unit, follows } = limit;
      return {
        code: "outside_limits",
        message: `${joint} follows ${follows.joint} and would be at ${Number(value.toFixed(4))} ${unit}, outside its own ${lower} … ${upper} ${unit}`,
        breach: { joint, value, lower, upper, unit },
      };
    }
  }
  return null;
}

/** How far rounding and noise may have a goal beyond the velocity limit: a factor, and rad or m. */
const paceFactor = 1.05;
const paceSlack = 0.01;

/**
 * A last look at the points of a move, a trajectory or a plan, whatever computed them: between two points no joint is faster than its
 * limit, and every number is finite. `startOf`: where a joint is at time 0, rad or m; undefined: not known.
 */
export function objectToPace(
  parts: readonly ControllerPart[],
  limits: RobotLimits,
  startOf: (joint: string) => number | undefined,
): Objection | null {
  for (const { joints, from, points } of parts) {
    for (const [j, joint] of joints.entries()) {
      const limit = limits.joints.get(joint);
      // Where followers are is their mechanism's; how fast they may be their master knows.
      if (limit === undefined || limit.follows !== null) continue;
      let [time, place] = [from?.time ?? 0, from?.positions[j] ?? startOf(joint)];
      for (const point of points) {
        const [next, position] = [point.time, point.positions[j] as number];
        const most = paceFactor * limit.velocity * (next - time) + paceSlack;
        const isFine = next > time && Math.abs(position - (place ?? position)) <= most;
        if (!isFine || !Number.isFinite(point.velocities[j]) || !Number.isFinite(position)) {
          return {
            code: "too_fast",
            message: `${joint} would have to be at ${position} at ${next} s, from ${place} at ${time} s: that exceeds its velocity limit`,
          };
        }
        [time, place] = [next, position];
      }
    }
  }
  return null;
}

/** Answers a command with the reason for its refusal. */
export function refuse(output: GateOutput, ref: CommandRef, { code, message, ...details }: Objection): void {
  output.result(ref, { stage: "refused", code, message, details });
}

/** No controller drives the joint; one that would, but is not active, is named with the remedy. */
export function noController(joint: string, { inactive = [] }: Capabilities): Objection {
  const found =
    inactive.find(({ joints }) => joints.includes(joint)) ?? inactive.find((one) => one.joints.length === 0);
  const why = found === undefined ? "" : `: ${found.reason}`;
  return { code: "no_controller", message: `no trajectory controller drives ${joint}${why}` };
}

/** A plan does not begin where the robot is. */
export function asStale(objection: Objection | null): Objection | null {
  if (objection?.code !== "start_mismatch") return objection;
  return { code: "stale_plan", message: `${objection.message}: plan again` };
}
