/** Linear (m/s) and angular (rad/s) velocity of a frame along fixed axes, x y z each; or their rates. */
export type Twist = Float64Array;

/** Writes a twist along the axes that a rotation (9 numbers, row by row, from `at` on) leads to. Allocates nothing. */
export function turnTwist(rotation: Float64Array, at: number, twist: Twist, out: Twist): void {
  for (let row = 0; row < 3; row += 1) {
    const r = at + 3 * row;
    for (let k = 0; k < 6; k += 3) {
      out[k + row] =
        (rotation[r] as number) * (twist[k] as number) +
        (rotation[r + 1] as number) * (twist[k + 1] as number) +
        (rotation[r + 2] as number) * (twist[k + 2] as number);
    }
  }
}

/**
 * A twist over time, s: it changes to `to` until `rises`, holds it until `leaves`, and has ended at `rests`. The twist and its rate
 * are continuous, so that of its acceleration nothing jumps. Where `from`, `change` and `to` are parallel it keeps its direction.
 */
export class TwistProfile {
  /** `from` and `change`: the twist and its rate at the begin. The three times rise; where `rests` equals `leaves`, the twist is held. */
  constructor(
    private readonly from: Twist,
    private readonly change: Twist,
    readonly to: Twist,
    readonly rises: number,
    readonly leaves: number,
    readonly rests: number,
  ) {}

  /** Writes the twist and its rate at `time`. Allocates nothing. */
  sample(time: number, twist: Twist, rate: Twist): void {
    const { from, change, to, rises, leaves, rests } = this;
    if (time < rises) {
      const u = Math.max(0, time) / rises;
      for (let k = 0; k < 6; k += 1) {
        const begin = from[k] as number;
        const slope = (change[k] as number) * rises;
        const gap = (to[k] as number) - begin;
        const [square, cube] = [3 * gap - 2 * slope, slope - 2 * gap];
        twist[k] = begin + u * (slope + u * (square + u * cube));
        rate[k] = (slope + u * (2 * square + u * 3 * cube)) / rises;
      }
      return;
    }
    const length = rests - leaves;
    const u = length > 0 ? Math.min(1, Math.max(0, time - leaves) / length) : 0;
    const share = 1 - u * u * (3 - 2 * u);
    const slope = length > 0 ? (-6 * u * (1 - u)) / length : 0;
    for (let k = 0; k < 6; k += 1) {
      twist[k] = (to[k] as number) * share;
      rate[k] = (to[k] as number) * slope;
    }
  }
}
