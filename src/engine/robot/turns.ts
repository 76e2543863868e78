import { nearestTurn } from "../../core/circle.ts";

/** What a mechanism can do, in its unit and s: values that differ by less than `noise` are alike. */
export type Motion = { noise: number; acceleration: number };

/** A value that is back after more than this may have moved. ms */
const backWithinMs = 250;
/** So many returns, none later than this after the one before, are a contradiction. ms */
const fewReturns = 4;
const returnsWithinMs = 3000;

/**
 * Tells where the values of one topic take turns between two that are far apart: two publishers contradict each other.
 * The middleware does not say who published what, so the values have to. A single mechanism that moves, however fast,
 * does not jump out and back from one message to the next.
 */
export class Turns {
  private readonly current: Float64Array;
  /** What was said before the last jump. */
  private readonly other: Float64Array;
  private readonly jumpedAt: Float64Array;
  private readonly returnedAt: Float64Array;
  private readonly returns: Uint8Array;
  private readonly until: Float64Array;

  /** For `count` quantities. */
  constructor(count: number) {
    this.current = new Float64Array(count).fill(Number.NaN);
    this.other = new Float64Array(count).fill(Number.NaN);
    this.jumpedAt = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
    this.returnedAt = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
    this.returns = new Uint8Array(count);
    this.until = new Float64Array(count).fill(Number.NEGATIVE_INFINITY);
  }

  /**
   * Notes what was said of quantity `i` at `now` (ms); whether its values take turns now. `isCircular`: whole turns (rad)
   * make no difference.
   */
  note(i: number, value: number, now: number, motion: Motion, isCircular = false): boolean {
    const current = this.current[i] as number;
    const jump = distance(value, current, isCircular);
    this.current[i] = value;
    if (jump > motion.noise) {
      const back = distance(value, this.other[i] as number, isCircular);
      const seconds = (now - (this.jumpedAt[i] as number)) / 1000;
      const possible = motion.noise + 0.5 * motion.acceleration * seconds * seconds;
      if (back < 0.5 * jump && jump > possible && 1000 * seconds <= backWithinMs) this.noteReturn(i, now);
      this.other[i] = current;
      this.jumpedAt[i] = now;
    }
    return now < (this.until[i] as number);
  }

  /** The two values between which quantity `i` jumped last. */
  pair(i: number): [number, number] {
    return [this.other[i] as number, this.current[i] as number];
  }

  private noteReturn(i: number, now: number): void {
    const goesOn = now - (this.returnedAt[i] as number) <= returnsWithinMs;
    this.returns[i] = goesOn ? Math.min(fewReturns, (this.returns[i] as number) + 1) : 1;
    this.returnedAt[i] = now;
    if ((this.returns[i] as number) >= fewReturns) this.until[i] = now + returnsWithinMs;
  }
}

/** NaN where either is not known. */
function distance(a: number, b: number, isCircular: boolean): number {
  return Math.abs((isCircular ? nearestTurn(a, b) : a) - b);
}
