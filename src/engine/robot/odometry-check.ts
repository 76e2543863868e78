import { inverseTimes } from "../../core/pose-product.ts";
import type { FramePose } from "./frame-lookup.ts";

/** How far odometry and tf may differ: m, rad. While the base moves, one of them is later than the other. */
const mostMetres = 0.3;
const mostTurn = 0.3;
const patienceMs = 3000;
const lookEveryMs = 500;
const noTurn = [0, 0, 0, 0, 0, 0, 1];

/**
 * Whether odometry has the base where tf has it. Where they differ for long, what is checked by tf (objects, goals, the map) is not
 * where the page shows the robot. Times are server ms.
 */
export class OdometryCheck {
  private lookedAt = Number.NEGATIVE_INFINITY;
  private since = Number.NaN;

  clear(): void {
    this.lookedAt = Number.NEGATIVE_INFINITY;
    this.since = Number.NaN;
  }

  /** Whether it is time for another look. */
  isDue(now: number): boolean {
    return now - this.lookedAt >= lookEveryMs;
  }

  /**
   * `pose`: the base in its odometry's frame, by odometry; `rootFrom`: that frame in the base by tf, null where tf does not say. What
   * is to be told, as a sentence; null: nothing. Called where it is due.
   */
  fault(pose: ArrayLike<number>, frame: string, now: number, rootFrom: FramePose | null): string | null {
    this.lookedAt = now;
    if (rootFrom === null) {
      this.since = Number.NaN;
      return null;
    }
    const placed = inverseTimes(rootFrom, noTurn);
    const at = (k: number): number => pose[k] as number;
    const metres = Math.hypot(...[0, 1, 2].map((k) => at(k) - (placed[k] as number)));
    const cosine = Math.abs([3, 4, 5, 6].reduce((sum, k) => sum + at(k) * (placed[k] as number), 0));
    const turn = 2 * Math.acos(Math.min(1, cosine));
    if (metres <= mostMetres && turn <= mostTurn) {
      this.since = Number.NaN;
      return null;
    }
    if (Number.isNaN(this.since)) this.since = now;
    if (now - this.since < patienceMs) return null;
    return `odometry and tf do not agree where the base is in ${frame}: ${metres.toFixed(2)} m and ${turn.toFixed(2)} rad apart. It is shown by odometry, and objects and goals are checked by tf: stop the publisher that is wrong`;
  }
}
