import type { MotionProfile } from "../../../../src/robot/trajectory/motion-profile.ts";
import type { MotionLimits, MotionState } from "../../../../src/robot/trajectory/motion-state.ts";

/** What a profile may not do, as the greatest distance by which it does it. */
export type Verdict = {
  /** Between one phase's end and the next one's start, the given start and target included. */
  jump: number;
  /** Past a limit, from when all limits are first kept; of jerk, always. */
  over: number;
};

/** Follows a profile phase by phase with its own integration. */
export function judgeProfile(
  profile: MotionProfile,
  from: MotionState,
  to: MotionState,
  limits: MotionLimits,
): Verdict {
  const { times, jerks } = profile;
  const least = limits.minVelocity ?? -limits.velocity;
  const leastAcceleration = limits.minAcceleration ?? -limits.acceleration;
  const pastV = (v: number): number => Math.max(0, v - limits.velocity, least - v);
  const pastA = (a: number): number => Math.max(0, a - limits.acceleration, leastAcceleration - a);
  const stop = from.velocity + (from.acceleration * Math.abs(from.acceleration)) / (2 * limits.jerk);
  let within = Math.max(pastV(from.velocity), pastV(stop), pastA(from.acceleration)) < 1e-9;
  const verdict: Verdict = { jump: 0, over: 0 };
  let [p, v, a] = [from.position, from.velocity, from.acceleration];
  const meet = (q: number, w: number, b: number): void => {
    verdict.jump = Math.max(verdict.jump, Math.abs(p - q), Math.abs(v - w), Math.abs(a - b));
    [p, v, a] = [q, w, b];
  };
  const state = (i: number): [number, number, number] => [
    profile.positions[i] ?? Number.NaN,
    profile.velocities[i] ?? Number.NaN,
    profile.accelerations[i] ?? Number.NaN,
  ];
  for (let i = 0; i < jerks.length; i += 1) {
    meet(...state(i));
    const j = jerks[i] ?? Number.NaN;
    const t = (times[i + 1] ?? Number.NaN) - (times[i] ?? Number.NaN);
    if (!(t >= 0)) verdict.jump = Number.POSITIVE_INFINITY;
    verdict.over = Math.max(verdict.over, Math.abs(j) - limits.jerk);
    const [v0, a0] = [v, a];
    p += v0 * t + (a0 * t ** 2) / 2 + (j * t ** 3) / 6;
    v += a0 * t + (j * t ** 2) / 2;
    a += j * t;
    const turn = -a0 / j;
    const between = turn > 0 && turn < t ? v0 - a0 ** 2 / (2 * j) : v;
    const past = Math.max(pastV(v), pastA(a), pastV(between));
    if (within) verdict.over = Math.max(verdict.over, past);
    else within = Math.max(pastV(v), pastA(a)) < 1e-9;
  }
  meet(...state(jerks.length));
  meet(to.position, to.velocity, to.acceleration);
  return verdict;
}
