import type { DesiredState } from "../core/quality.ts";

/**
 * Every facet of every property, as rows of flat arrays, so that applying a sample allocates nothing. Numbers of a row
 * start at `offset[row]` in `numbers`; values without a fixed width are in `others`.
 */
export class RegisterTable {
  count = 0;
  private numberCount = 0;
  /** Freed rows, by width. */
  private readonly free = new Map<number, number[]>();
  numbers = new Float64Array(256);
  others: unknown[] = [];
  offset = new Int32Array(64);
  width = new Uint8Array(64);
  /** 1 once the row holds a value. */
  filled = new Uint8Array(64);
  quality = new Uint8Array(64);
  reason: string[] = [];
  desiredState: (DesiredState | null)[] = [];
  hasStamp = new Uint8Array(64);
  stampSec = new Float64Array(64);
  stampNanosec = new Float64Array(64);
  /** Server time in ms of arrival. */
  received = new Float64Array(64);
  /** Age in ms at which the row counts as stale; Infinity: never. */
  staleAfterMs = new Float64Array(64);
  /** Smoothed period of the row's updates; 0: not known yet. */
  periodMs = new Float64Array(64);
  source = new Int32Array(64);
  epoch = new Float64Array(64);
  /** Of a number, in its unit squared; NaN: not known. */
  variance = new Float64Array(64).fill(Number.NaN);
  /** −1 when the sender does not number its messages. */
  sequence = new Float64Array(64);

  /** A row of `width` numbers that holds nothing. */
  add(width: number): number {
    const reused = this.free.get(width)?.pop();
    if (reused !== undefined) return reused;
    const row = this.count++;
    if (row >= this.offset.length) this.growRows();
    if (this.numberCount + width > this.numbers.length) {
      const larger = new Float64Array((this.numbers.length + width) * 2);
      larger.set(this.numbers);
      this.numbers = larger;
    }
    this.offset[row] = this.numberCount;
    this.width[row] = width;
    this.numberCount += width;
    this.empty(row);
    return row;
  }

  /** Frees a row for reuse by the next row of its width. */
  release(row: number): void {
    this.empty(row);
    const width = this.width[row] as number;
    const rows = this.free.get(width);
    if (rows === undefined) this.free.set(width, [row]);
    else rows.push(row);
  }

  private empty(row: number): void {
    const offset = this.offset[row] as number;
    this.numbers.fill(0, offset, offset + (this.width[row] as number));
    this.filled[row] = 0;
    this.quality[row] = 0;
    this.hasStamp[row] = 0;
    this.stampSec[row] = 0;
    this.stampNanosec[row] = 0;
    this.received[row] = 0;
    this.periodMs[row] = 0;
    this.epoch[row] = 0;
    this.variance[row] = Number.NaN;
    this.staleAfterMs[row] = Number.POSITIVE_INFINITY;
    this.source[row] = -1;
    this.sequence[row] = -1;
    this.reason[row] = "";
    this.desiredState[row] = null;
    this.others[row] = undefined;
  }

  private growRows(): void {
    const size = this.offset.length * 2;
    this.offset = grown(this.offset, new Int32Array(size));
    this.width = grown(this.width, new Uint8Array(size));
    this.filled = grown(this.filled, new Uint8Array(size));
    this.quality = grown(this.quality, new Uint8Array(size));
    this.hasStamp = grown(this.hasStamp, new Uint8Array(size));
    this.stampSec = grown(this.stampSec, new Float64Array(size));
    this.stampNanosec = grown(this.stampNanosec, new Float64Array(size));
    this.received = grown(this.received, new Float64Array(size));
    this.staleAfterMs = grown(this.staleAfterMs, new Float64Array(size));
    this.periodMs = grown(this.periodMs, new Float64Array(size));
    this.source = grown(this.source, new Int32Array(size));
    this.epoch = grown(this.epoch, new Float64Array(size));
    this.variance = grown(this.variance, new Float64Array(size).fill(Number.NaN));
    this.sequence = grown(this.sequence, new Float64Array(size));
  }
}

function grown<T extends Float64Array | Int32Array | Uint8Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
