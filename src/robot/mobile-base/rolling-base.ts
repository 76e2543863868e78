/*
 * Bases whose wheels do not steer: differential, omnidirectional with any number of wheels at any angle,
 * mecanum. A wheel at p turning at φ drives its contact along the direction in which it rolls, r̂; its rollers,
 * if it has any, let it slide freely across the direction in which they grip, n̂:
 *
 *        y │  r̂                 n̂ · (v + ω × p) = radius · φ · (n̂ · r̂)
 *          │ ↗  n̂ = r̂: plain and omni wheels
 *     ─────┼────── x  n̂ at 45° to r̂: mecanum
 *
 * Siegwart and Nourbakhsh, "Introduction to Autonomous Mobile Robots", 3.2 (standard and Swedish wheel).
 */
import type { BaseTwist } from "./base-twist.ts";

/** A wheel in the base's frame, m. Directions need not have length 1. */
export type RollingWheel = {
  x: number;
  y: number;
  /** Where it rolls to when it turns positively. */
  rollX: number;
  rollY: number;
  radius: number;
  /** Angle from the rolling direction to that of grip, rad, positive to the left; 0 without oblique rollers. */
  gripAngle: number;
};

/** Wheel i's speed is row i of `speedFromTwist` (vx, vy, ω) times the twist. Constant after creation. */
export type RollingBase = {
  readonly wheels: number;
  /** Whether it can move sideways; else linearY is 0 whatever is asked. */
  readonly isHolonomic: boolean;
  readonly speedFromTwist: Float64Array;
  /** Rows vx, vy, ω, each of as many numbers as there are wheels: the least squares. Null when the wheels do not determine them. */
  readonly twistFromSpeed: Float64Array | null;
};

/** How far from singular the wheels must be, as a share. */
const leastDeterminant = 1e-9;

/**
 * A base on any wheels. One that is not holonomic has its frame in the middle of its axle. Throws when a
 * radius is not above 0, a direction has no length, or rollers grip along the axle.
 */
export function createRollingBase(wheels: readonly RollingWheel[], isHolonomic: boolean): RollingBase {
  const speedFromTwist = new Float64Array(3 * wheels.length);
  for (const [i, { x, y, rollX, rollY, radius, gripAngle }] of wheels.entries()) {
    const length = Math.hypot(rollX, rollY);
    const drive = radius * Math.cos(gripAngle);
    if (
      !(radius > 0) ||
      !(length > 0) ||
      !(Math.abs(drive) > 1e-9 * radius) ||
      !Number.isFinite(x + y + drive)
    ) {
      throw new Error(
        `wheel ${i}: radius ${radius} m, rolling to (${rollX}, ${rollY}), grip at ${gripAngle} rad: no such wheel drives a base`,
      );
    }
    const [cos, sin] = [Math.cos(gripAngle) / length, Math.sin(gripAngle) / length];
    const gripX = cos * rollX - sin * rollY;
    const gripY = sin * rollX + cos * rollY;
    speedFromTwist[3 * i] = gripX / drive;
    speedFromTwist[3 * i + 1] = isHolonomic ? gripY / drive : 0;
    speedFromTwist[3 * i + 2] = (x * gripY - y * gripX) / drive;
  }
  return {
    wheels: wheels.length,
    isHolonomic,
    speedFromTwist,
    twistFromSpeed: leastSquares(speedFromTwist, wheels.length, isHolonomic),
  };
}

/** Two wheels, `track` m apart: left, right. */
export function differentialBase(track: number, radius: number): RollingBase {
  const wheel = { x: 0, rollX: 1, rollY: 0, radius, gripAngle: 0 };
  return createRollingBase(
    [
      { ...wheel, y: track / 2 },
      { ...wheel, y: -track / 2 },
    ],
    false,
  );
}

/**
 * Wheels with rollers across, evenly on a circle of `distance` m about the base's middle, the first at `first`
 * rad from x, counter-clockwise; each rolls positively counter-clockwise.
 */
export function omniBase(count: number, distance: number, radius: number, first = 0): RollingBase {
  const wheels = Array.from({ length: count }, (_, i) => {
    const angle = first + (2 * Math.PI * i) / count;
    const [cos, sin] = [Math.cos(angle), Math.sin(angle)];
    return { x: distance * cos, y: distance * sin, rollX: -sin, rollY: cos, radius, gripAngle: 0 };
  });
  return createRollingBase(wheels, true);
}

/**
 * Four mecanum wheels, `wheelbase` m between the axles and `track` m across: front left, front right, rear
 * left, rear right. Their rollers grip along the lines that meet before and behind the base ("X" from above),
 * so that moving left turns front right and rear left forwards.
 */
export function mecanumBase(
  wheelbase: number,
  track: number,
  radius: number,
  rollerAngle = Math.PI / 4,
): RollingBase {
  const wheels = [
    [wheelbase / 2, track / 2],
    [wheelbase / 2, -track / 2],
    [-wheelbase / 2, track / 2],
    [-wheelbase / 2, -track / 2],
  ] as const;
  return createRollingBase(
    wheels.map(([x, y]) => ({
      x,
      y,
      rollX: 1,
      rollY: 0,
      radius,
      gripAngle: mecanumGrip(x, y, rollerAngle),
    })),
    true,
  );
}

/** The grip angle of a mecanum wheel that is at (x, y) and rolls forwards, rad. */
export function mecanumGrip(x: number, y: number, rollerAngle = Math.PI / 4): number {
  return x * y > 0 ? -rollerAngle : rollerAngle;
}

/** Writes each wheel's speed (rad/s) for a twist into `out`. Allocates nothing. */
export function wheelSpeeds(base: RollingBase, twist: BaseTwist, out: Float64Array): void {
  const rows = base.speedFromTwist;
  for (let i = 0; i < base.wheels; i += 1) {
    out[i] =
      (rows[3 * i] as number) * twist.linearX +
      (rows[3 * i + 1] as number) * twist.linearY +
      (rows[3 * i + 2] as number) * twist.angularZ;
  }
}

/**
 * Writes the twist that fits the wheels' speeds (rad/s) best, in the sense of least squares of speeds, into
 * `out`. Throws when the wheels do not determine one. Allocates nothing.
 */
export function twistOfWheels(base: RollingBase, speeds: ArrayLike<number>, out: BaseTwist): void {
  const rows = base.twistFromSpeed;
  if (rows === null) {
    throw new Error(`${base.wheels} wheels, placed as they are, do not determine how the base moves`);
  }
  const n = base.wheels;
  let [x, y, turn] = [0, 0, 0];
  for (let i = 0; i < n; i += 1) {
    const speed = speeds[i] as number;
    x += (rows[i] as number) * speed;
    y += (rows[n + i] as number) * speed;
    turn += (rows[2 * n + i] as number) * speed;
  }
  out.linearX = x;
  out.linearY = y;
  out.angularZ = turn;
}

/**
 * Scales `twist` down, all parts alike so that the path keeps its curvature, until no wheel turns faster than
 * `maxSpeed` (rad/s). The factor, 1 when nothing was too fast. Allocates nothing.
 */
export function limitWheelSpeeds(base: RollingBase, twist: BaseTwist, maxSpeed: number): number {
  const rows = base.speedFromTwist;
  let fastest = 0;
  for (let i = 0; i < base.wheels; i += 1) {
    const speed =
      (rows[3 * i] as number) * twist.linearX +
      (rows[3 * i + 1] as number) * twist.linearY +
      (rows[3 * i + 2] as number) * twist.angularZ;
    fastest = Math.max(fastest, Math.abs(speed));
  }
  if (fastest <= maxSpeed) return 1;
  const factor = maxSpeed / fastest;
  twist.linearX *= factor;
  twist.linearY *= factor;
  twist.angularZ *= factor;
  return factor;
}

/** (JᵀJ)⁻¹ Jᵀ over the columns in use, row by row; null when they are not independent. */
function leastSquares(rows: Float64Array, wheels: number, isHolonomic: boolean): Float64Array | null {
  const gram = (a: number, b: number): number => {
    let sum = 0;
    for (let i = 0; i < wheels; i += 1) sum += (rows[3 * i + a] as number) * (rows[3 * i + b] as number);
    return sum;
  };
  const [xx, xy, xt] = [gram(0, 0), gram(0, 1), gram(0, 2)];
  // A column that is not in use is alone, and its row of the result is 0.
  const [yy, yt, tt] = [isHolonomic ? gram(1, 1) : 1, gram(1, 2), gram(2, 2)];
  const determinant = xx * (yy * tt - yt * yt) - xy * (xy * tt - yt * xt) + xt * (xy * yt - yy * xt);
  if (!(determinant > leastDeterminant * xx * yy * tt)) return null;
  const inverse = [
    [yy * tt - yt * yt, xt * yt - xy * tt, xy * yt - xt * yy],
    [xt * yt - xy * tt, xx * tt - xt * xt, xy * xt - xx * yt],
    [xy * yt - xt * yy, xy * xt - xx * yt, xx * yy - xy * xy],
  ];
  const result = new Float64Array(3 * wheels);
  for (const [row, [a = 0, b = 0, c = 0]] of inverse.entries()) {
    for (let i = 0; i < wheels; i += 1) {
      const [x, y, t] = [rows[3 * i] as number, rows[3 * i + 1] as number, rows[3 * i + 2] as number];
      result[row * wheels + i] = (a * x + b * y + c * t) / determinant;
    }
  }
  return result;
}
