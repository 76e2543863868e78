import { type Stamp, stampToMs } from "../core/stamp.ts";

/** A simulation that publishes no `/clock` for this long counts as ended: server time counts again. ms */
const lostAfterMs = 30_000;

/** The time of simulated robots, as `/clock` gives it. */
export class RobotClock {
  private time = 0;
  private received = Number.NEGATIVE_INFINITY;

  take(stamp: Stamp, received: number): void {
    this.time = stampToMs(stamp);
    this.received = received;
  }

  /** The robots' own time at server ms `now`, in ms; null where nothing simulates time. */
  at(now: number): number | null {
    return now - this.received < lostAfterMs ? this.time : null;
  }
}
