/*
 * Bases with a fixed axle and steered wheels: Ackermann (two in front or more), tricycle (one). All wheels
 * roll about one centre, which lies on the line of the fixed axle:
 *
 *            centre ●───────────┬──┤ rear
 *                    ╲ ·        │         tan(steering) = ω (x − axleX) / (v − ω y)
 *                      ╲   ·    │
 *                        ╲     ·╱ front
 *
 * Siegwart and Nourbakhsh, "Introduction to Autonomous Mobile Robots", 3.2.
 */
import type { BaseTwist } from "./base-twist.ts";

/** A wheel in the base's frame, m, rolling forwards (x) when unsteered. `radius` in m. */
export type SteerableWheel = { x: number; y: number; radius: number; isSteered: boolean };

/** Constant after creation. */
export type SteeredBase = {
  readonly wheels: readonly SteerableWheel[];
  /** Where the fixed axle crosses the base's x, m: the mean of the wheels that do not steer. */
  readonly axleX: number;
  /** From the fixed axle to the farthest steered wheel, m; negative with steering behind. */
  readonly wheelbase: number;
};

/** Below this speed a wheel stands, and its steering stays as it is, m/s. */
const standing = 1e-9;

/** Why wheels make no steered base, in one sentence; null when they make one. */
export function steeredBaseFault(wheels: readonly SteerableWheel[]): string | null {
  const bad = wheels.findIndex(({ x, y, radius }) => !(radius > 0) || !Number.isFinite(x + y + radius));
  if (bad >= 0)
    return `wheel ${bad}, ${JSON.stringify(wheels[bad])}, needs a radius above 0 and finite numbers`;
  const steered = wheels.filter((wheel) => wheel.isSteered);
  const fixed = wheels.filter((wheel) => !wheel.isSteered);
  if (steered.length === 0 || fixed.length === 0) {
    return `${steered.length} steered and ${fixed.length} fixed wheels: a steered base has both`;
  }
  const axleX = meanX(fixed);
  if (farthest(steered, axleX) === 0) return `all steered wheels stand on the fixed axle at x = ${axleX} m`;
  return null;
}

/** Throws when `steeredBaseFault` has something to say. */
export function createSteeredBase(wheels: readonly SteerableWheel[]): SteeredBase {
  const fault = steeredBaseFault(wheels);
  if (fault !== null) throw new Error(fault);
  const axleX = meanX(wheels.filter((wheel) => !wheel.isSteered));
  const wheelbase = farthest(
    wheels.filter((wheel) => wheel.isSteered),
    axleX,
  );
  return { wheels, axleX, wheelbase };
}

function farthest(steered: readonly SteerableWheel[], axleX: number): number {
  return steered.reduce((most, { x }) => (Math.abs(x - axleX) > Math.abs(most) ? x - axleX : most), 0);
}

function meanX(wheels: readonly SteerableWheel[]): number {
  return wheels.reduce((sum, wheel) => sum + wheel.x, 0) / wheels.length;
}

/**
 * Writes each wheel's speed (rad/s) and steering (rad within ±π/2, positive to the left, 0 for a fixed wheel)
 * for the twist's linearX, of the middle of the fixed axle, and angularZ. A wheel that turns by more than a
 * right angle rolls backwards instead; one that stands keeps its steering. Allocates nothing.
 */
export function steeredWheels(
  base: SteeredBase,
  twist: BaseTwist,
  speeds: Float64Array,
  steering: Float64Array,
): void {
  const { wheels, axleX } = base;
  for (let i = 0; i < wheels.length; i += 1) {
    const wheel = wheels[i] as SteerableWheel;
    const along = twist.linearX - twist.angularZ * wheel.y;
    if (!wheel.isSteered) {
      speeds[i] = along / wheel.radius;
      steering[i] = 0;
      continue;
    }
    const across = twist.angularZ * (wheel.x - axleX);
    const speed = Math.hypot(along, across);
    if (speed < standing) {
      speeds[i] = 0;
      continue;
    }
    const backwards = along < 0;
    speeds[i] = (backwards ? -speed : speed) / wheel.radius;
    steering[i] = backwards ? Math.atan2(-across, -along) : Math.atan2(across, along);
  }
}

/**
 * Writes the twist of the base's frame that fits the wheels' speeds (rad/s) and steering (rad) best: least
 * squares over every wheel's rolling and over its not sliding sideways. Allocates nothing.
 */
export function twistOfSteeredWheels(
  base: SteeredBase,
  speeds: ArrayLike<number>,
  steering: ArrayLike<number>,
  out: BaseTwist,
): void {
  const { wheels, axleX } = base;
  // Normal equations of v and ω of the axle's middle.
  let [vv, vw, ww, v, w] = [0, 0, 0, 0, 0];
  for (let i = 0; i < wheels.length; i += 1) {
    const wheel = wheels[i] as SteerableWheel;
    const angle = wheel.isSteered ? (steering[i] as number) : 0;
    const cos = Math.cos(angle);
    const sin = Math.sin(angle);
    const x = wheel.x - axleX;
    const rolled = wheel.radius * (speeds[i] as number);
    const alongTurn = x * sin - wheel.y * cos;
    const acrossTurn = x * cos + wheel.y * sin;
    // Rolling: cos v + alongTurn ω = rolled. Not sliding: −sin v + acrossTurn ω = 0.
    vv += cos * cos + sin * sin;
    vw += cos * alongTurn - sin * acrossTurn;
    ww += alongTurn * alongTurn + acrossTurn * acrossTurn;
    v += cos * rolled;
    w += alongTurn * rolled;
  }
  const determinant = vv * ww - vw * vw;
  out.linearX = (ww * v - vw * w) / determinant;
  out.angularZ = (vv * w - vw * v) / determinant;
  out.linearY = -out.angularZ * axleX;
}
