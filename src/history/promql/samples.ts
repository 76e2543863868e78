import type { Labels } from "./labels.ts";

/**
 * Samples of one series, ascending in time (ms). Where they are buckets of a roll-up, `value` is the last of the bucket,
 * `min`, `max`, `sum` and `count` are of all that it holds, and `time` is the end of the bucket. Of plain samples all are
 * the same array and `count` is null.
 */
export type Samples = {
  labels: Labels;
  time: Float64Array;
  value: Float64Array;
  min: Float64Array;
  max: Float64Array;
  sum: Float64Array;
  count: Float64Array | null;
};

export function plainSamples(labels: Labels, time: Float64Array, value: Float64Array): Samples {
  return { labels, time, value, min: value, max: value, sum: value, count: null };
}
