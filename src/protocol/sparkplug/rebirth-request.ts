const firstPauseMs = 5000;
const longestPauseMs = 300_000;
/** A quiet time after which the pause starts small again. */
const forgivenAfterMs = 60_000;

/** When an edge node may be asked for its births again: at once the first time, then with growing pauses. */
export class RebirthRequest {
  private wanted = false;
  private asked = Number.NEGATIVE_INFINITY;
  private pauseMs = firstPauseMs;

  want(): void {
    this.wanted = true;
  }

  /** A new connection: earlier requests say nothing about it. */
  restart(): void {
    this.asked = Number.NEGATIVE_INFINITY;
    this.pauseMs = firstPauseMs;
    this.wanted = true;
  }

  /** The births came. */
  met(): void {
    this.wanted = false;
  }

  isDue(now: number): boolean {
    return this.wanted && now >= this.asked + this.pauseMs;
  }

  /** The node was asked: whatever else it says before it answers asks again, after the pause. */
  sent(now: number): void {
    const quiet = now - this.asked - this.pauseMs;
    if (quiet > forgivenAfterMs) this.pauseMs = firstPauseMs;
    else this.pauseMs = Math.min(longestPauseMs, this.pauseMs * 2);
    this.asked = now;
    this.wanted = false;
  }
}
