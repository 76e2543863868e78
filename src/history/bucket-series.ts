import type { PointSeries, SeriesInfo } from "./history-query.ts";

/** Collects samples and buckets of one series into the buckets of a query. Times may come in any order. */
export class BucketSeries {
  private readonly min: Float64Array;
  private readonly max: Float64Array;
  private readonly sum: Float64Array;
  private readonly last: Float64Array;
  private readonly lastTime: Float64Array;
  private readonly count: Uint32Array;
  private readonly quality: Uint8Array;
  private readonly begin: number;
  private readonly buckets: number;

  /** Buckets of `step` ms that overlap `from` … `to`, beginning at multiples of `step`. */
  constructor(
    from: number,
    to: number,
    private readonly step: number,
  ) {
    const n = bucketCount(from, to, step);
    this.begin = Math.floor(from / step) * step;
    this.buckets = n;
    this.min = new Float64Array(n);
    this.max = new Float64Array(n);
    this.sum = new Float64Array(n);
    this.last = new Float64Array(n);
    this.lastTime = new Float64Array(n);
    this.count = new Uint32Array(n);
    this.quality = new Uint8Array(n);
  }

  /** A sample; what is no finite number, or outside, is left out. */
  sample(time: number, value: number, quality: number): void {
    if (!Number.isFinite(value)) return;
    this.add(time, time, value, value, value, value, 1, quality);
  }

  /** A bucket that begins at `time` and lies within one of these. */
  add(
    time: number,
    lastTime: number,
    min: number,
    max: number,
    sum: number,
    last: number,
    count: number,
    quality: number,
  ): void {
    const at = Math.floor((time - this.begin) / this.step);
    if (count === 0 || at < 0 || at >= this.buckets) return;
    const known = this.count[at] as number;
    if (known === 0 || min < (this.min[at] as number)) this.min[at] = min;
    if (known === 0 || max > (this.max[at] as number)) this.max[at] = max;
    if (known === 0 || lastTime >= (this.lastTime[at] as number)) {
      this.last[at] = last;
      this.lastTime[at] = lastTime;
    }
    this.sum[at] = (this.sum[at] as number) + sum;
    this.count[at] = known + count;
    if (quality > (this.quality[at] as number)) this.quality[at] = quality;
  }

  /** The buckets that hold something. */
  points(series: SeriesInfo): PointSeries {
    const filled: number[] = [];
    for (let i = 0; i < this.buckets; i++) if (this.count[i] !== 0) filled.push(i);
    const pick = (of: Float64Array): Float64Array => Float64Array.from(filled, (i) => of[i] as number);
    return {
      series,
      step: this.step,
      time: Float64Array.from(filled, (i) => this.begin + i * this.step),
      min: pick(this.min),
      max: pick(this.max),
      mean: Float64Array.from(filled, (i) => (this.sum[i] as number) / (this.count[i] as number)),
      last: pick(this.last),
      count: Uint32Array.from(filled, (i) => this.count[i] as number),
      quality: Uint8Array.from(filled, (i) => this.quality[i] as number),
    };
  }
}

/** How many buckets of `step` ms overlap `from` … `to`. */
export function bucketCount(from: number, to: number, step: number): number {
  return Math.max(0, Math.ceil(to / step) - Math.floor(from / step));
}
