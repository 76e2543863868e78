/** Samples that one block holds at most. */
export const blockSamples = 512;

/** A run of samples with the same standing: `code` has quality in bits 0–1 and the kind of sample in bits 2–4. */
export type StandingRun = { count: number; code: number; source: number; reason: number };

/** Some samples of one series in their order, as the store keeps them in memory. Only the first `count` count. */
export type SampleColumn = {
  count: number;
  /** Arrival, server ms. */
  time: Float64Array;
  /** NaN: the sender gave no stamp. */
  stampSec: Float64Array;
  stampNanosec: Uint32Array;
  /** Numbers; NaN for what is none. */
  value: Float64Array;
  /** JSON of values of a series of kind `other`; null in others, and where there is no value. */
  text: (string | null)[] | null;
  /** NaN: not known. Null: of none. */
  variance: Float64Array | null;
  /** Who sent it and how good it was, by runs; `source` and `reason` are numbers of the store's words, 0: none. */
  runs: StandingRun[];
};

const noFloats = new Float64Array(0);
const noWords = new Uint32Array(0);
const firstRoom = 16;

/** An empty column. It takes memory with its first sample, and grows as `nextPlace` needs it. */
export function emptyColumn(hasText: boolean): SampleColumn {
  return {
    count: 0,
    time: noFloats,
    stampSec: noFloats,
    stampNanosec: noWords,
    value: noFloats,
    text: hasText ? [] : null,
    variance: null,
    runs: [],
  };
}

/** Makes room for one more sample and returns its place. */
export function nextPlace(column: SampleColumn): number {
  const at = column.count++;
  if (at < column.time.length) return at;
  const room = Math.max(Math.min(4 * column.time.length, blockSamples), firstRoom);
  column.time = grown(column.time, new Float64Array(room));
  column.stampSec = grown(column.stampSec, new Float64Array(room));
  column.stampNanosec = grown(column.stampNanosec, new Uint32Array(room));
  column.value = grown(column.value, new Float64Array(room));
  if (column.variance !== null) {
    column.variance = grown(column.variance, new Float64Array(room).fill(Number.NaN));
  }
  return at;
}

/** Notes the standing of the sample that was added last. */
export function noteStanding(column: SampleColumn, code: number, source: number, reason: number): void {
  const last = column.runs[column.runs.length - 1];
  if (last !== undefined && last.code === code && last.source === source && last.reason === reason) {
    last.count++;
  } else column.runs.push({ count: 1, code, source, reason });
}

/** The variance of the sample at `at`. */
export function noteVariance(column: SampleColumn, at: number, variance: number): void {
  if (column.variance === null) {
    if (Number.isNaN(variance)) return;
    column.variance = new Float64Array(column.time.length).fill(Number.NaN);
  }
  column.variance[at] = variance;
}

/** Calls `visit` for every sample with its standing, oldest first. */
export function eachStanding(column: SampleColumn, visit: (at: number, run: StandingRun) => void): void {
  let at = 0;
  for (const run of column.runs) {
    const end = at + run.count;
    for (; at < end; at++) visit(at, run);
  }
}

function grown<T extends Float64Array | Uint32Array>(from: T, to: T): T {
  to.set(from);
  return to;
}
