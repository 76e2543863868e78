import { spreadOf } from "../core/spread.ts";
import { clockDifference, delaySpanMs, type SourceDelay } from "../protocol/delays.ts";

/** They are measured for this long after somebody asked, ms. */
const measuredForMs = 15_000;
/** Of a source that sends more in the span, the newest count. */
const mostKept = 1024;
/** Who asks again within this gets the same, ms: figures of ten seconds change little. */
const sameWithinMs = 250;

type Ring = { received: Float64Array; delay: Float64Array; count: number };

/**
 * How much later than their stamps the messages of each source arrive. Measured only while somebody asks: else a message costs one
 * comparison, and no memory is held.
 */
export class SourceDelays {
  private wantedUntil = Number.NEGATIVE_INFINITY;
  private readonly rings = new Map<string, Ring>();
  private last: { at: number; answer: SourceDelay[] } | null = null;

  /** `received`: server ms; `sec` and `nanosec`: the stamp. */
  note(source: string, received: number, sec: number, nanosec: number): void {
    if (received > this.wantedUntil) {
      if (this.rings.size > 0) this.rings.clear();
      return;
    }
    let ring = this.rings.get(source);
    if (ring === undefined) {
      ring = { received: new Float64Array(mostKept), delay: new Float64Array(mostKept), count: 0 };
      this.rings.set(source, ring);
    }
    const i = ring.count++ % mostKept;
    ring.received[i] = received;
    ring.delay[i] = received - (sec * 1000 + nanosec / 1e6);
  }

  /** The delays of the last ten seconds, as far as they were measured; from now on they are. `now`: server ms. */
  read(now: number): SourceDelay[] {
    this.wantedUntil = now + measuredForMs;
    if (this.last !== null && now - this.last.at < sameWithinMs && this.last.answer.length > 0)
      return this.last.answer;
    const found: SourceDelay[] = [];
    for (const [source, { received, delay, count }] of this.rings) {
      const values: number[] = [];
      for (let i = 0; i < Math.min(count, mostKept); i++) {
        if ((received[i] as number) > now - delaySpanMs) values.push(delay[i] as number);
      }
      const spread = spreadOf(values);
      if (spread === null) this.rings.delete(source);
      else found.push({ source, delay: spread, clock: clockDifference(spread) });
    }
    this.last = { at: now, answer: found };
    return found;
  }
}
