import type { SparkplugPayload } from "./payload.ts";
import type { SparkplugVerb } from "./sparkplug-topic.ts";

/** A message of an edge node's sequence. */
export type SequencedMessage = {
  verb: SparkplugVerb;
  device: string | null;
  payload: SparkplugPayload;
};

const maxHeld = 128;

/**
 * Puts an edge node's messages into the order of their numbers, 0 to 255 and round again, counted over the
 * node and all of its devices. One that comes too early waits for those before it.
 */
export class MessageOrder {
  private expected = -1;
  private readonly held = new Map<number, SequencedMessage & { since: number }>();

  /** Whether a birth set the count; without one every message waits. */
  get isKnown(): boolean {
    return this.expected >= 0;
  }

  get waiting(): number {
    return this.held.size;
  }

  /** "next": it is its turn. "held": it waits. "repeated": it was here before. "full": too many wait. */
  judge(seq: number, message: SequencedMessage, now: number): "next" | "held" | "repeated" | "full" {
    if (this.isKnown && seq === this.expected) {
      this.expected = (seq + 1) % 256;
      return "next";
    }
    if (this.isKnown && seq === (this.expected + 255) % 256) return "repeated";
    if (this.held.size >= maxHeld && !this.held.has(seq)) return "full";
    this.held.set(seq, { ...message, since: now });
    return "held";
  }

  /** The waiting message whose turn has come. */
  takeNext(): SequencedMessage | undefined {
    const message = this.held.get(this.expected);
    if (message === undefined) return undefined;
    this.held.delete(this.expected);
    this.expected = (this.expected + 1) % 256;
    return message;
  }

  /** A birth with number `seq` starts the count; only what was sent after `timestamp` (Unix ms) goes on waiting. */
  startAt(seq: number, timestamp: bigint): void {
    this.expected = (seq + 1) % 256;
    for (const [number, message] of this.held) {
      if ((message.payload.timestamp ?? -1n) < timestamp) this.held.delete(number);
    }
  }

  /** Whether something waits for longer than `timeoutMs`. */
  isOverdue(now: number, timeoutMs: number): boolean {
    for (const { since } of this.held.values()) if (now - since >= timeoutMs) return true;
    return false;
  }

  /** Forgets count and waiting messages; the number of those. */
  lose(): number {
    const lost = this.held.size;
    this.held.clear();
    this.expected = -1;
    return lost;
  }
}
