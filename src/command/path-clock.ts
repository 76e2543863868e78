import { phasesTo, settled } from "../robot/trajectory/velocity-phases.ts";

/** The state of a path's own time: s of the path, its rate (s per s), and the rate's first and second derivatives. */
export type ClockState = { time: number; rate: number; change: number; jerk: number };

export function createClockState(): ClockState {
  return { time: 0, rate: 0, change: 0, jerk: 0 };
}

type Phase = ClockState & { since: number };

/**
 * How a path's own time passes while its speed changes: from a rate to another one, with a bounded change of the rate
 * and a bounded second derivative of it. After that the rate stays. Rate 1 is the path as planned, rate 0 stands still.
 * Immutable.
 *
 *   rate   1 ──╮
 *               ╲
 *   target       ╰────────
 *          0 ──────▶ real time, s
 *            |     `changed`
 */
export class PathClock {
  /** Real time after which the rate is the target, s. */
  readonly changed: number;
  /** Real times at which the second derivative of the rate jumps, the ends included, s. */
  readonly corners: readonly number[];
  private readonly phases: readonly Phase[];

  /**
   * `from`: rate and change of the rate at the start, path time 0. `steepest` is the greatest change of the rate, 1/s;
   * `jerk` the greatest second derivative, 1/s². Both above 0.
   */
  constructor(
    from: { rate: number; change: number },
    readonly target: number,
    steepest: number,
    jerk: number,
  ) {
    // A change that is steeper already is not made less steep first.
    const side = target < settled(from.rate, from.change, jerk) ? -1 : 1;
    const acceleration = Math.max(steepest, side * from.change);
    const phases: Phase[] = [];
    let at: Phase = { since: 0, time: 0, rate: from.rate, change: from.change, jerk: 0 };
    for (const { length, jerk: own } of phasesTo(from.rate, from.change, target, { acceleration, jerk })) {
      if (length <= 0) continue;
      at = { ...at, jerk: own };
      phases.push(at);
      const next = createClockState();
      advance(at, length, next);
      at = { ...next, since: at.since + length };
    }
    this.changed = at.since;
    phases.push({ ...at, rate: target, change: 0, jerk: 0 });
    this.phases = phases;
    this.corners = phases.map(({ since }) => since);
  }

  /** Whether the rate stays between 0 and 1, rounding aside. */
  isWithin(): boolean {
    const at = createClockState();
    for (let i = 0; i <= 16; i++) {
      this.sample((this.changed * i) / 16, at);
      if (at.rate < -1e-9 || at.rate > 1 + 1e-9) return false;
    }
    return true;
  }

  /** Writes the path's time and rates at real time `t` (s from the start) into `out`. */
  sample(t: number, out: ClockState): void {
    const { phases } = this;
    let i = phases.length - 1;
    while (i > 0 && t < (phases[i] as Phase).since) i--;
    const phase = phases[i] as Phase;
    advance(phase, Math.max(0, t - phase.since), out);
  }

  /** The real time at which the path's time is `time` (s, at least 0); Infinity where it never is. */
  timeOf(time: number): number {
    const last = this.phases[this.phases.length - 1] as Phase;
    if (time >= last.time) {
      return last.rate > 0 ? last.since + (time - last.time) / last.rate : Number.POSITIVE_INFINITY;
    }
    const at = createClockState();
    let [low, high] = [0, this.changed];
    for (let i = 0; i < 60; i++) {
      const middle = (low + high) / 2;
      this.sample(middle, at);
      if (at.time < time) low = middle;
      else high = middle;
    }
    return (low + high) / 2;
  }
}

function advance({ time, rate, change, jerk }: ClockState, t: number, out: ClockState): void {
  out.time = time + t * (rate + t * (change / 2 + (t * jerk) / 6));
  out.rate = rate + t * (change + (t * jerk) / 2);
  out.change = change + t * jerk;
  out.jerk = jerk;
}
