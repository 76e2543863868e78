import { type Stamp, stampToMs } from "../core/stamp.ts";

/** A simulation that publishes no `/clock` for this long counts as ended: server time counts again. ms */
const lostAfterMs = 30_000;

/** A clock that does not get on for this long stands, ms. */
const standsAfterMs = 300;

/** The time of simulated robots, as `/clock` gives it. */
export class RobotClock {
  private time = 0;
  private received = Number.NEGATIVE_INFINITY;
  private advanced = Number.NEGATIVE_INFINITY;

  take(stamp: Stamp, received: number): void {
    const time = stampToMs(stamp);
    if (time !== this.time) this.advanced = received;
    this.time = time;
    this.received = received;
  }

  /** The robots' own time at server ms `now`, in ms; null where nothing simulates time. */
  at(now: number): number | null {
    return now - this.received < lostAfterMs ? this.time : null;
  }

  /** Whether there is such a time and it stands: the simulation is paused. */
  isStanding(now: number): boolean {
    return this.at(now) !== null && now - this.advanced > standsAfterMs;
  }
}
