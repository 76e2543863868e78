/**
 * Where and when the values about to be applied come from. One object is filled anew for each
 * message, so a sample costs nothing.
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
  /** Server time in ms of arrival: ages are judged by this one. */
  received: number;
  /** Age in ms from which the value counts as stale; Infinity for values that do not age; 0: by its own rhythm. */
  staleAfterMs: number;
};

/** A sample of no source, without number and stamp, that never ages: to be filled before each use. */
export function createSample(): Sample {
  return {
    source: -1,
    epoch: 0,
    sequence: -1,
    hasStamp: false,
    stampSec: 0,
    stampNanosec: 0,
    received: 0,
    staleAfterMs: Number.POSITIVE_INFINITY,
  };
}

/** Notes the sender's time; a zero stamp means that it gave none. */
export function setStamp(sample: Sample, sec: number, nanosec: number): void {
  sample.hasStamp = sec !== 0 || nanosec !== 0;
  sample.stampSec = sec;
  sample.stampNanosec = nanosec;
}
