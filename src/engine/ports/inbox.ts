import type { Arrival, Input } from "./inputs.ts";
import type { RawTap } from "./raw-tap.ts";
import { RawTaps } from "./raw-taps.ts";

/** Places in the order of one source's arrivals since the last drain; those before `head` were dropped. */
type Backlog = { places: number[]; head: number };
/** Arrivals in their order; null once one was dropped. */
type Batch = { order: (Arrival | null)[]; backlogs: Map<string, Backlog> };

/**
 * Where callbacks end: inputs wait here, in order of arrival, for the next cycle. Each source has its
 * own bound; above it the source's oldest is dropped and counted, and no other source notices.
 */
export class Inbox {
  private waiting: Batch = { order: [], backlogs: new Map() };
  private drained: Batch = { order: [], backlogs: new Map() };
  /** Who gets the raw bytes in front of the inbox. */
  readonly taps = new RawTaps((tap) => {
    this.tap = tap;
  });
  /** What transports hand each message to; null while nobody listens, which costs nothing. Listeners join by `taps`. */
  tap: RawTap | null = null;
  /** Called when something waits where nothing did. */
  onWaiting: (() => void) | null = null;

  /** `bound` is how many inputs of one source may wait. `onArrival` wakes whoever records. */
  constructor(
    private readonly bound = 8192,
    private readonly onArrival: ((arrival: Arrival) => void) | null = null,
  ) {}

  push(source: string, received: number, input: Input): void {
    const arrival: Arrival = { source, received, input };
    this.onArrival?.(arrival);
    this.add(arrival);
  }

  /** As `push`, of what the engine itself reports: a replay makes it again, so a recorder must not. */
  pushOwn(source: string, received: number, input: Input): void {
    this.add({ source, received, input });
  }

  private add(arrival: Arrival): void {
    const { source } = arrival;
    let backlog = this.waiting.backlogs.get(source);
    if (backlog === undefined) {
      backlog = { places: [], head: 0 };
      this.waiting.backlogs.set(source, backlog);
    }
    const { order } = this.waiting;
    if (backlog.places.length - backlog.head >= this.bound) {
      order[backlog.places[backlog.head++] as number] = null;
    }
    backlog.places.push(order.length);
    order.push(arrival);
    if (order.length === 1) this.onWaiting?.();
  }

  /**
   * Hands every waiting input to `take`, oldest first, and `lost` the count of each source's dropped ones.
   * What is pushed meanwhile waits for the next drain, so that a cycle's inputs are known when it begins. Where taking
   * one fails, the others are taken first, then its error is thrown.
   */
  drain(take: (arrival: Arrival) => void, lost: (source: string, count: number) => void): void {
    if (this.waiting.order.length === 0) return;
    const batch = this.waiting;
    this.waiting = this.drained;
    this.drained = batch;
    let failed: { error: unknown } | null = null;
    for (const arrival of batch.order) {
      if (arrival === null) continue;
      try {
        take(arrival);
      } catch (error) {
        failed ??= { error };
      }
    }
    batch.order.length = 0;
    for (const [source, backlog] of batch.backlogs) {
      if (backlog.head > 0) lost(source, backlog.head);
      if (backlog.places.length === 0) batch.backlogs.delete(source);
      backlog.places.length = 0;
      backlog.head = 0;
    }
    if (failed !== null) throw failed.error;
  }

  size(): number {
    return this.waiting.order.length;
  }
}
