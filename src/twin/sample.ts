/**
 * The origin and time of the values about to be applied. One object is refilled for each message, so a sample allocates
 * nothing.
 */
export type Sample = {
  /** Index into the graph's sources. */
  source: number;
  /** A new ROS publisher or a new session of a device starts a new epoch. */
  epoch: number;
  /** The sender's running number, or −1. */
  sequence: number;
  hasStamp: boolean;
  /** The sender's time. */
  stampSec: number;
  stampNanosec: number;
  /** Of a number, in its unit squared; NaN: not known. */
  variance: number;
  /** Server time in ms of arrival, from which ages are computed. */
  received: number;
  /** Age in ms from which the value is stale; Infinity: it does not age; 0: derived from its own period. */
  staleAfterMs: number;
};

/** A sample without source, number and stamp that never ages: fill it before each use. */
export function createSample(): Sample {
  return {
    source: -1,
    epoch: 0,
    sequence: -1,
    hasStamp: false,
    stampSec: 0,
    stampNanosec: 0,
    variance: Number.NaN,
    received: 0,
    staleAfterMs: Number.POSITIVE_INFINITY,
  };
}

/** Records the sender's time; a zero stamp means that it sent none. */
export function setStamp(sample: Sample, sec: number, nanosec: number): void {
  sample.hasStamp = sec !== 0 || nanosec !== 0;
  sample.stampSec = sec;
  sample.stampNanosec = nanosec;
}
