/*
 * The way from one velocity and acceleration to another that carries farthest in a given time.
 *
 * Units: time is multiplied by the limit of jerk J, so that the greatest jerk is 1. Accelerations keep
 * their unit, velocities are J·v, displacements J²·x. The limit of jerk is the same up and down.
 *
 * For a fixed time the reachable displacements are an interval, since mixtures of two motions between the
 * same end velocities and accelerations keep all limits too. Its upper end is reached by
 *
 *   acceleration   ap ___            jerk + 0 − (0 at top speed) − 0 +
 *             a0  /      \       af
 *                         \     /
 *                          \___/ an
 *
 * and its lower end by the mirror image (transfer-times.ts). With S = ap − an, or in general half of
 * (time + a0 − af), and K the gap between the velocities c = v − a²/2 that lie below start and end on the
 * parabola of jerk +1, everything has a closed form. It follows from ∫ v dt = ∫ v da / jerk, phase by phase:
 *
 *   no acceleration limit met:  ap + an = K / S,   x = q + S³/4 + (c0 + cf) S − K²/(4S)
 *   upper limit A met:          z = A − an, z² = 2AS − K,
 *                               x = q + (z² ((A − z)² + 2cf) + K (c0 + cf − A²)) / 2A
 *   lower limit −B met:         the same in reversed time
 *   both met:                   top speed w linear in S, x quadratic in w
 *   top velocity met:           x linear in S
 */
import type { JerkPhases } from "./jerk-phases.ts";
import { addPhase, createPhases } from "./jerk-phases.ts";

/** A task in the units above: from (v0, a0) to (vf, af), `x` farther. Limits as in MotionLimits. */
export type TransferTask = {
  readonly v0: number;
  readonly a0: number;
  readonly vf: number;
  readonly af: number;
  readonly x: number;
  readonly maxVelocity: number;
  readonly minVelocity: number;
  readonly maxAcceleration: number;
  readonly minAcceleration: number;
  /** Differences up to these are rounding. */
  readonly sameVelocity: number;
  readonly sameDisplacement: number;
};

/** The upper family of a task, ready to be evaluated at any S. */
export type Transfer = {
  readonly a0: number;
  readonly af: number;
  readonly c0: number;
  readonly cf: number;
  /** K above. */
  readonly gap: number;
  /** q above. */
  readonly constant: number;
  /** A and B above, both positive. */
  readonly high: number;
  readonly low: number;
  readonly top: number;
  /** S from which the top velocity is held, and x there; Infinity and 0 without that limit. */
  readonly cruiseFrom: number;
  readonly cruiseDisplacement: number;
};

/** Displacement and its derivative by S. */
export type Reach = { value: number; slope: number };

export function mirrored(task: TransferTask): TransferTask {
  return {
    v0: -task.v0,
    a0: -task.a0,
    vf: -task.vf,
    af: -task.af,
    x: -task.x,
    maxVelocity: -task.minVelocity,
    minVelocity: -task.maxVelocity,
    maxAcceleration: -task.minAcceleration,
    minAcceleration: -task.maxAcceleration,
    sameVelocity: task.sameVelocity,
    sameDisplacement: task.sameDisplacement,
  };
}

export function createTransfer(task: TransferTask): Transfer {
  const { a0, af, maxVelocity: top, maxAcceleration: high } = task;
  const low = -task.minAcceleration;
  const c0 = task.v0 - (a0 * a0) / 2;
  const cf = task.vf - (af * af) / 2;
  // Not cf − c0, which would lose the digits of a small difference of velocities.
  const gap = task.vf - task.v0 + ((a0 - af) * (a0 + af)) / 2;
  const cubes = (af * af * af - a0 * a0 * a0) / 6;
  let cruiseFrom = Number.POSITIVE_INFINITY;
  let cruiseDisplacement = 0;
  if (top < Number.POSITIVE_INFINITY) {
    const [rise, riseHold] = ramp(top - c0, high);
    const [fall, fallHold] = ramp(top - cf, low);
    cruiseFrom = rise + fall + (riseHold + fallHold) / 2;
    cruiseDisplacement =
      c0 * (rise - a0) +
      top * rise +
      (riseHold * (c0 + top)) / 2 +
      cf * (fall + af) +
      top * fall +
      (fallHold * (cf + top)) / 2 +
      cubes;
  }
  return {
    a0,
    af,
    c0,
    cf,
    gap,
    constant: gap * af + cubes + c0 * (af - a0),
    high,
    low,
    top,
    cruiseFrom,
    cruiseDisplacement,
  };
}

/** S of the motion that takes `time`. */
export function spanOf(t: Transfer, time: number): number {
  return (time + t.a0 - t.af) / 2;
}

export function timeOf(t: Transfer, span: number): number {
  return 2 * span - t.a0 + t.af;
}

/** Peak of acceleration, and the time it is held, on the way over `rise` in velocity from rest to rest of a. */
function ramp(rise: number, limit: number): [number, number] {
  const up = Math.max(0, rise);
  return up <= limit * limit ? [Math.sqrt(up), 0] : [limit, up / limit - limit];
}

/** Which limits the motion meets at S. */
type Regime = "free" | "high" | "low" | "both" | "cruise";

function regimeAt(t: Transfer, span: number): Regime {
  if (span >= t.cruiseFrom) return "cruise";
  const sum = span > 0 ? t.gap / span : 0;
  const isHigh = span + sum > 2 * t.high;
  const isLow = span - sum > 2 * t.low;
  if (!isHigh && !isLow) return "free";
  const square = (t.high + t.low) ** 2;
  const highRoom = 2 * t.high * span - t.gap;
  if (highRoom > square && 2 * t.low * span + t.gap > square) return "both";
  return isHigh && highRoom <= square ? "high" : "low";
}

/** Writes displacement and slope at S into `out`. Allocates nothing. */
export function reachAt(t: Transfer, span: number, out: Reach): void {
  const { c0, cf, gap, high, low } = t;
  switch (regimeAt(t, span)) {
    case "cruise":
      out.value = t.cruiseDisplacement + 2 * t.top * (span - t.cruiseFrom);
      out.slope = 2 * t.top;
      return;
    case "free": {
      const sum = span > 0 ? gap / span : 0;
      out.value = t.constant + span * ((span * span) / 4 + c0 + cf) - (gap * sum) / 4;
      out.slope = (3 * span * span + sum * sum) / 4 + c0 + cf;
      return;
    }
    case "high": {
      const square = Math.max(0, 2 * high * span - gap);
      const z = Math.sqrt(square);
      const rest = (high - z) ** 2;
      out.value = t.constant + (square * (rest + 2 * cf) + gap * (c0 + cf - high * high)) / (2 * high);
      out.slope = (high - z) * (high - 2 * z) + 2 * cf;
      return;
    }
    case "low": {
      const square = Math.max(0, 2 * low * span + gap);
      const z = Math.sqrt(square);
      const rest = (low - z) ** 2;
      out.value = t.constant + (square * (rest + 2 * c0) - gap * (c0 + cf - low * low)) / (2 * low);
      out.slope = (low - z) * (low - 2 * z) + 2 * c0;
      return;
    }
    case "both": {
      const w = topSpeed(t, span);
      out.value = bothReach(t, w);
      out.slope = 2 * w + high * low;
    }
  }
}

/** The velocity between the two held accelerations. */
function topSpeed(t: Transfer, span: number): number {
  const { high, low, c0, cf } = t;
  return (2 * span - (high + low) + c0 / high + cf / low) / (1 / high + 1 / low);
}

function bothReach(t: Transfer, w: number): number {
  const { a0, af, high, low, c0, cf } = t;
  const riseHold = (w - c0) / high - high;
  const fallHold = (w - cf) / low - low;
  const cubes = (af * af * af - a0 * a0 * a0) / 6;
  return (
    c0 * (high - a0) +
    (riseHold * (w + c0)) / 2 +
    w * (high + low) +
    (fallHold * (w + cf)) / 2 +
    cf * (af + low) +
    cubes
  );
}

/** The phases at S; their durations sum up to `timeOf(t, span)`. */
export function phasesAt(t: Transfer, span: number): JerkPhases {
  const { a0, af, high, low, gap } = t;
  const phases = createPhases();
  let rise: number;
  let fall: number;
  let riseHold = 0;
  let fallHold = 0;
  let cruise = 0;
  switch (regimeAt(t, span)) {
    case "cruise":
      [rise, riseHold] = ramp(t.top - t.c0, high);
      [fall, fallHold] = ramp(t.top - t.cf, low);
      cruise = 2 * (span - t.cruiseFrom);
      break;
    case "free": {
      const sum = span > 0 ? gap / span : 0;
      rise = (span + sum) / 2;
      fall = (span - sum) / 2;
      break;
    }
    case "high": {
      const z = Math.sqrt(Math.max(0, 2 * high * span - gap));
      rise = high;
      fall = z - high;
      riseHold = 2 * (span - z);
      break;
    }
    case "low": {
      const z = Math.sqrt(Math.max(0, 2 * low * span + gap));
      rise = z - low;
      fall = low;
      fallHold = 2 * (span - z);
      break;
    }
    case "both": {
      const w = topSpeed(t, span);
      rise = high;
      fall = low;
      riseHold = (w - t.c0) / high - high;
      fallHold = (w - t.cf) / low - low;
    }
  }
  // A limit may lie nearer than the end accelerations by rounding.
  rise = Math.max(rise, a0);
  fall = Math.max(fall, -af);
  addPhase(phases, rise - a0, 1);
  addPhase(phases, riseHold, 0);
  if (cruise > 0) {
    addPhase(phases, rise, -1);
    addPhase(phases, cruise, 0);
    addPhase(phases, fall, -1);
  } else addPhase(phases, rise + fall, -1);
  addPhase(phases, fallHold, 0);
  addPhase(phases, af + fall, 1);
  return phases;
}

/** All S at which the motion changes its regime or the displacement may turn; not sorted, NaN among them. */
export function turningSpans(t: Transfer): number[] {
  const { high: a, low: b, gap, c0, cf } = t;
  const square = (a + b) ** 2;
  const highRoot = Math.sqrt(a * a - gap);
  const lowRoot = Math.sqrt(b * b + gap);
  const sum = c0 + cf;
  const freeRoot = Math.sqrt(4 * sum * sum - 3 * gap * gap);
  const highTurn = Math.sqrt(a * a - 16 * cf);
  const lowTurn = Math.sqrt(b * b - 16 * c0);
  const atHigh = (z: number): number => (z * z + gap) / (2 * a);
  const atLow = (z: number): number => (z * z - gap) / (2 * b);
  return [
    a - highRoot,
    a + highRoot,
    b - lowRoot,
    b + lowRoot,
    (square + gap) / (2 * a),
    (square - gap) / (2 * b),
    Math.sqrt((freeRoot - 2 * sum) / 3),
    Math.sqrt((-freeRoot - 2 * sum) / 3),
    atHigh((3 * a + highTurn) / 4),
    atHigh((3 * a - highTurn) / 4),
    atLow((3 * b + lowTurn) / 4),
    atLow((3 * b - lowTurn) / 4),
    (a + b) / 2 + ((-a * b) / 2 - c0) / (2 * a) + ((-a * b) / 2 - cf) / (2 * b),
    t.cruiseFrom,
  ];
}
