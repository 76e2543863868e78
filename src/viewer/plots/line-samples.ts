import type { TimeWindow } from "../time/time-range.ts";

/** Points of one line: times in server ms, rising, and what was measured; null breaks the line. */
export type LinePoints = { times: number[]; values: (number | null)[] };

/** A live line keeps this many points beyond what came from the history. */
const keptLive = 40_000;
/** Samples further apart than this many of their usual distances, and than a second, are not joined. */
const gapFactor = 8;
const leastGapMs = 1000;

/** What is known of one line: a stretch of the history, and what arrived after it. */
export class LineSamples {
  private times: number[] = [];
  private values: (number | null)[] = [];
  /** Up to here the points are those of the history. */
  private storedUntil = Number.NEGATIVE_INFINITY;
  private isStreaming = false;
  /** How far samples are apart as they arrive; 0 before two of them did. */
  private usualMs = 0;

  /** The history of a window. What arrived after its end stays. */
  setStored({ times, values }: LinePoints): void {
    const last = times.at(-1) ?? Number.NEGATIVE_INFINITY;
    const from = this.times.findIndex((time, at) => time > last && time > this.storedUntil && at >= 0);
    const live = from < 0 ? [] : this.times.slice(from);
    const liveValues = from < 0 ? [] : this.values.slice(from);
    this.times = [...times, ...live];
    this.values = [...values, ...liveValues];
    this.storedUntil = last;
  }

  /** A sample as it arrives; one that is known already is passed over. True when it is new. */
  add(timeMs: number, value: number): boolean {
    const newest = this.times.at(-1) ?? Number.NEGATIVE_INFINITY;
    if (!(timeMs > newest)) return false;
    const distance = timeMs - newest;
    if (Number.isFinite(distance)) {
      // Nobody knows what was between the last sample before a pause and the first after it.
      const limit = this.isStreaming ? Math.max(leastGapMs, gapFactor * this.usualMs) : leastGapMs;
      if (distance > limit && this.usualMs > 0) {
        this.times.push(newest + distance / 2);
        this.values.push(null);
      } else this.usualMs += (distance - this.usualMs) / (this.usualMs === 0 ? 1 : 8);
    }
    this.isStreaming = true;
    this.times.push(timeMs);
    // A plot draws a line over what is no number, and breaks it at null.
    this.values.push(Number.isFinite(value) ? value : null);
    if (this.times.length > keptLive * 1.1) {
      this.times.splice(0, this.times.length - keptLive);
      this.values.splice(0, this.values.length - keptLive);
    }
    return true;
  }

  /** The stream was interrupted: the history has what was missed. */
  interrupt(): void {
    this.isStreaming = false;
  }

  get newest(): number | null {
    return this.values.at(-1) ?? null;
  }

  /** What is in the window, and one point beyond each end, so that lines leave it. */
  within({ from, to }: TimeWindow): LinePoints {
    const begin = Math.max(0, firstAfter(this.times, from) - 1);
    const end = Math.min(this.times.length, firstAfter(this.times, to) + 1);
    return { times: this.times.slice(begin, end), values: this.values.slice(begin, end) };
  }
}

/** The place of the first time that is later. */
function firstAfter(times: readonly number[], time: number): number {
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) > time) high = middle;
    else low = middle + 1;
  }
  return low;
}

/**
 * Breaks a line where nothing was measured: across the gaps of the store, and where two samples are much further apart
 * than they usually are. `stepMs` is the distance that the query itself put between points, 0 for raw samples.
 */
export function broken(points: LinePoints, gaps: readonly TimeWindow[], stepMs: number): LinePoints {
  const { times, values } = points;
  const limit = Math.max(leastGapMs, 2.5 * stepMs, gapFactor * usualDistance(times));
  const out: LinePoints = { times: [], values: [] };
  times.forEach((time, at) => {
    const before = times[at - 1];
    if (before !== undefined) {
      const isOver = gaps.some(({ from, to }) => to > before && from < time && to - from > stepMs);
      if (isOver || time - before > limit) {
        out.times.push(before + (time - before) / 2);
        out.values.push(null);
      }
    }
    out.times.push(time);
    out.values.push(values[at] ?? null);
  });
  return out;
}

function usualDistance(times: readonly number[]): number {
  const distances: number[] = [];
  for (let at = 1; at < times.length; at++) distances.push((times[at] ?? 0) - (times[at - 1] ?? 0));
  distances.sort((a, b) => a - b);
  return distances[distances.length >> 1] ?? 0;
}
