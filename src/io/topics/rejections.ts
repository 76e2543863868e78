/** How often they are told, ms. */
const tellEvery = 1000;

/** So many messages could not be taken, the last one for that reason. */
export type Rejected = { count: number; reason: string };

/** What of one topic's messages could not be taken since it was told last, by the part that is at fault; "": the whole message. */
export class Rejections {
  private readonly parts = new Map<string, Rejected>();
  private toldAt = Number.NEGATIVE_INFINITY;

  add(reason: string, part = ""): void {
    this.parts.set(part, { count: (this.parts.get(part)?.count ?? 0) + 1, reason });
  }

  /** What is to be told now, once; empty: nothing yet. `now`: server ms. */
  take(now: number): [part: string, rejected: Rejected][] {
    if (this.parts.size === 0 || now - this.toldAt < tellEvery) return [];
    const told = [...this.parts];
    this.parts.clear();
    this.toldAt = now;
    return told;
  }
}
