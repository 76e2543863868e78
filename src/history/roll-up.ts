/** Buckets of one chunk. */
export const chunkBuckets = 120;
/** Lengths of a bucket that are kept, in ms. */
export const rollUpSteps = [1000, 60_000] as const;

const columns = 5;
const countBytes = 4;
const bytesPerBucket = columns * 8 + countBytes + 1;

/**
 * Least, greatest, sum, last and count of each bucket of one chunk of time, which begins at a multiple of
 * `chunkBuckets × step`. A bucket with count 0 holds nothing.
 */
export class RollUpChunk {
  readonly min = new Float64Array(chunkBuckets);
  readonly max = new Float64Array(chunkBuckets);
  readonly sum = new Float64Array(chunkBuckets);
  readonly last = new Float64Array(chunkBuckets);
  /** Arrival of the last sample of each bucket: a later one of an earlier time does not replace it. */
  readonly lastTime = new Float64Array(chunkBuckets);
  readonly count = new Uint32Array(chunkBuckets);
  /** Worst quality of a bucket, as an index into `qualities`. */
  readonly quality = new Uint8Array(chunkBuckets);

  /** `begin`: server ms; `step`: ms of a bucket. */
  constructor(
    readonly begin: number,
    readonly step: number,
  ) {}

  static beginOf(time: number, step: number): number {
    const length = chunkBuckets * step;
    return Math.floor(time / length) * length;
  }

  /** Adds a sample of this chunk's time. What is no finite number counts for nothing. */
  add(time: number, value: number, quality: number): void {
    if (!Number.isFinite(value)) return;
    const at = Math.floor((time - this.begin) / this.step);
    const count = this.count[at] as number;
    if (count === 0 || value < (this.min[at] as number)) this.min[at] = value;
    if (count === 0 || value > (this.max[at] as number)) this.max[at] = value;
    if (count === 0 || time >= (this.lastTime[at] as number)) {
      this.last[at] = value;
      this.lastTime[at] = time;
    }
    this.sum[at] = (this.sum[at] as number) + value;
    this.count[at] = count + 1;
    if (quality > (this.quality[at] as number)) this.quality[at] = quality;
  }

  /** Adds bucket `from` of another chunk to bucket `at` of this one. */
  merge(at: number, other: RollUpChunk, from: number): void {
    const more = other.count[from] as number;
    if (more === 0) return;
    const count = this.count[at] as number;
    const [min, max] = [other.min[from] as number, other.max[from] as number];
    if (count === 0 || min < (this.min[at] as number)) this.min[at] = min;
    if (count === 0 || max > (this.max[at] as number)) this.max[at] = max;
    if (count === 0 || (other.lastTime[from] as number) >= (this.lastTime[at] as number)) {
      this.last[at] = other.last[from] as number;
      this.lastTime[at] = other.lastTime[from] as number;
    }
    this.sum[at] = (this.sum[at] as number) + (other.sum[from] as number);
    this.count[at] = count + more;
    this.quality[at] = Math.max(this.quality[at] as number, other.quality[from] as number);
  }

  /** Empties bucket `at`. */
  clear(at: number): void {
    this.count[at] = 0;
    this.sum[at] = 0;
    this.quality[at] = 0;
  }

  /** The buckets that hold something, as bytes: u8 the first, u8 how many, then the columns. */
  encode(): Uint8Array<ArrayBuffer> {
    let first = 0;
    while (first < chunkBuckets && this.count[first] === 0) first++;
    let end = chunkBuckets;
    while (end > first && this.count[end - 1] === 0) end--;
    const n = end - first;
    const floats = new Float64Array(n * columns);
    for (const [i, column] of this.floatColumns().entries()) floats.set(column.subarray(first, end), i * n);
    const bytes = new Uint8Array(2 + n * bytesPerBucket);
    bytes[0] = first;
    bytes[1] = n;
    bytes.set(new Uint8Array(floats.buffer), 2);
    bytes.set(new Uint8Array(this.count.slice(first, end).buffer), 2 + n * columns * 8);
    bytes.set(this.quality.subarray(first, end), 2 + n * (columns * 8 + countBytes));
    return bytes;
  }

  /** Reads `bytes` into an empty chunk. Throws a RangeError where they are none. */
  decode(bytes: Uint8Array): void {
    const first = bytes[0] ?? 0;
    const n = bytes[1] ?? 0;
    if (bytes.length !== 2 + n * bytesPerBucket || first + n > chunkBuckets) {
      throw new RangeError("a roll-up of the history is damaged");
    }
    // Copies: a Buffer's `slice` would be a view of it, at any offset.
    const copied = (from: number, to: number): Uint8Array<ArrayBuffer> =>
      new Uint8Array(bytes.subarray(from, to));
    const floats = new Float64Array(copied(2, 2 + n * columns * 8).buffer);
    for (const [i, column] of this.floatColumns().entries()) {
      column.set(floats.subarray(i * n, (i + 1) * n), first);
    }
    const counts = copied(2 + n * columns * 8, 2 + n * (columns * 8 + countBytes));
    this.count.set(new Uint32Array(counts.buffer), first);
    this.quality.set(bytes.subarray(2 + n * (columns * 8 + countBytes)), first);
  }

  private floatColumns(): Float64Array[] {
    return [this.min, this.max, this.sum, this.last, this.lastTime];
  }
}
