import { timedJointPaths } from "../command/timed-joint-paths.ts";
import type { TimedPath } from "../robot/path/timed-path.ts";
import { createMotionSample } from "../robot/trajectory/motion-profile.ts";

/** Enough to draw; a message stays small. */
const mostPoints = 200;
/** s */
const leastStep = 0.02;

/** A motion as points for display, evenly in time, its ends included: s; rad or m. */
export function plannedPoints(path: TimedPath): { time: number; positions: Record<string, number> }[] {
  const paths = timedJointPaths(path, []);
  const duration = path.knots.at(-1)?.time ?? 0;
  const steps = Math.max(1, Math.min(mostPoints - 1, Math.ceil(duration / leastStep)));
  const sample = createMotionSample();
  return Array.from({ length: steps + 1 }, (_, i) => {
    const time = (duration * i) / steps;
    const positions: Record<string, number> = {};
    for (const [j, joint] of path.joints.entries()) {
      paths[j]?.sample(time, sample);
      positions[joint] = sample.position;
    }
    return { time, positions };
  });
}
