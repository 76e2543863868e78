/** Two texts within this time come from two publishers that both latched one. ms */
const togetherMs = 1000;
/** A text that comes back within this time takes turns with the one after it. ms */
const turnsWithinMs = 10_000;
const mostKept = 8;

/**
 * Notices where several publishers of a robot's description publish different texts. One that takes turns with another
 * is not taken again: the robot would be reloaded each time.
 */
export class DescriptionTurns {
  private current: string | null = null;
  private since = Number.NEGATIVE_INFINITY;
  /** Texts that another one replaced, and when. */
  private readonly replaced = new Map<string, number>();
  private isTold = false;

  /**
   * Notes a text that one of `publishers` (undefined: there is one only) published at `now` (ms): whether to take it, and
   * whether the contradiction is to be told now.
   */
  note(
    text: string,
    now: number,
    publishers: readonly string[] | undefined,
  ): { take: boolean; tell: boolean } {
    if (publishers === undefined) {
      this.replaced.clear();
      this.isTold = false;
    } else if (text !== this.current && this.current !== null) {
      if (now - (this.replaced.get(text) ?? Number.NEGATIVE_INFINITY) <= turnsWithinMs) {
        this.replaced.set(text, now);
        return { take: false, tell: this.tellOnce() };
      }
      this.replaced.set(this.current, now);
      if (this.replaced.size > mostKept) this.replaced.delete([...this.replaced.keys()][0] as string);
      const tell = now - this.since <= togetherMs && this.tellOnce();
      this.replace(text, now);
      return { take: true, tell };
    }
    this.replace(text, now);
    return { take: true, tell: false };
  }

  private replace(text: string, now: number): void {
    if (text !== this.current) this.since = now;
    this.current = text;
  }

  private tellOnce(): boolean {
    const isNew = !this.isTold;
    this.isTold = true;
    return isNew;
  }
}
