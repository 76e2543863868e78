/** A first trial, ms after key frames began to be quick; and the longest that one is put off. */
const usualMs = 5000;
const longestMs = 60_000;
/** What lasts no longer was too much, ms. */
const shortMs = 10_000;

/**
 * When a viewer that gets key frames alone is tried with every frame of a video again. A trial that is too much costs it the frames up
 * to a key frame, so each such trial puts the next one off, up to a minute.
 */
export class VideoTrials {
  private after = usualMs;

  /** `at`: since when every frame is sent, server ms. */
  constructor(private at: number) {}

  /** Whether to try again after key frames were quick for so long, ms. */
  isDue(quickMs: number): boolean {
    return quickMs >= this.after;
  }

  begin(now: number): void {
    this.at = now;
  }

  /** Every frame was too much. */
  fail(now: number): void {
    this.after = now - this.at < shortMs ? Math.min(longestMs, 2 * this.after) : usualMs;
  }
}
