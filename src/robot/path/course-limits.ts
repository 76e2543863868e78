import type { PathLimits } from "./path-limits.ts";
import type { TimedPath } from "./timed-path.ts";
import { createPathSample, PathSampler } from "./timed-path-sample.ts";

/** Share of the limits that samples of a motion may come to: between the samples there may be a little more. */
const kept = 0.99;
/** Looks between two knots. */
const looks = 12;
/** Nearer to the end of its range no joint goes, rad or m. */
const nearest = 1e-6;

export type CourseLimits = PathLimits & { readonly lower: number; readonly upper: number };
export type BrokenLimit = { why: "range" | "rate"; joint: string };

/** Whether a motion breaks a limit of one of its joints, in their order; of several the one that is broken most. */
export function brokenLimit(path: TimedPath, limits: readonly CourseLimits[]): BrokenLimit | null {
  const { knots, joints } = path;
  const sampler = new PathSampler(path);
  const at = createPathSample(path);
  let worst = 1;
  let broken: BrokenLimit | null = null;
  for (let i = 1; i < knots.length; i += 1) {
    const [from, until] = [knots[i - 1]?.time as number, knots[i]?.time as number];
    for (let look = 0; look <= looks; look += 1) {
      const time = from + ((until - from) * look * (1 - 1e-9)) / looks;
      sampler.at(time, at);
      for (let j = 0; j < joints.length; j += 1) {
        const { velocity, acceleration, jerk, lower, upper } = limits[j] as CourseLimits;
        const position = at.position[j] as number;
        const start = knots[0]?.positions[j] as number;
        // A joint that stands outside its range may come inwards.
        if (position > Math.max(upper - nearest, start) || position < Math.min(lower + nearest, start)) {
          return { why: "range", joint: joints[j] as string };
        }
        const most = Math.max(
          Math.abs(at.velocity[j] as number) / velocity,
          Math.abs(at.acceleration[j] as number) / acceleration,
          Math.abs(at.jerk[j] as number) / jerk,
        );
        if (!(most / kept > worst)) continue;
        worst = most / kept;
        broken = { why: "rate", joint: joints[j] as string };
      }
    }
  }
  return broken;
}
