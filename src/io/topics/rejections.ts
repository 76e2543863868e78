import type { TopicReport } from "./topic-orders.ts";

/** How often a reason for rejected messages is told, ms. */
const tellEvery = 1000;

/** The messages of one topic that could not be read, counted, with why the last one could not. */
export class Rejections {
  private count = 0;
  private reason = "";
  private toldAt = Number.NEGATIVE_INFINITY;

  add(reason: string): void {
    this.count += 1;
    this.reason = reason;
  }

  /** What there is to be told of `topic` now; null: nothing yet. `now`: server ms. */
  report(topic: string, now: number): TopicReport | null {
    const { count, reason } = this;
    if (count === 0 || now - this.toldAt < tellEvery) return null;
    this.count = 0;
    this.toldAt = now;
    return { op: "rejected", topic, count, reason };
  }
}
