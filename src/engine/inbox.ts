import type { Arrival, Input } from "./inputs.ts";

type Slot = Arrival & { dropped: boolean };
type Backlog = { slots: Slot[]; head: number; dropped: number };

/**
 * Where callbacks end: inputs wait here, in order of arrival, for the next cycle. Each source has its
 * own bound; above it the source's oldest is dropped and counted, and no other source notices.
 */
export class Inbox {
  private readonly waiting: Slot[] = [];
  private readonly backlogs = new Map<string, Backlog>();

  /** `bound` is how many inputs of one source may wait. `onArrival` wakes whoever records. */
  constructor(
    private readonly bound = 8192,
    private readonly onArrival: ((arrival: Arrival) => void) | null = null,
  ) {}

  push(source: string, received: number, input: Input): void {
    const slot: Slot = { source, received, input, dropped: false };
    this.onArrival?.(slot);
    let backlog = this.backlogs.get(source);
    if (backlog === undefined) {
      backlog = { slots: [], head: 0, dropped: 0 };
      this.backlogs.set(source, backlog);
    }
    if (backlog.slots.length - backlog.head >= this.bound) {
      (backlog.slots[backlog.head++] as Slot).dropped = true;
      backlog.dropped++;
    }
    backlog.slots.push(slot);
    this.waiting.push(slot);
  }

  /** Hands every waiting input to `take`, oldest first, and `lost` the count of each source's dropped ones. */
  drain(take: (arrival: Arrival) => void, lost: (source: string, count: number) => void): void {
    if (this.waiting.length === 0) return;
    for (const slot of this.waiting) if (!slot.dropped) take(slot);
    this.waiting.length = 0;
    for (const [source, backlog] of this.backlogs) {
      if (backlog.dropped > 0) lost(source, backlog.dropped);
      if (backlog.slots.length === 0) this.backlogs.delete(source);
      backlog.slots.length = 0;
      backlog.head = 0;
      backlog.dropped = 0;
    }
  }

  size(): number {
    return this.waiting.length;
  }
}
