import { performance } from "node:perf_hooks";

const epochAtStart = Date.now() - performance.now();

/**
 * Server time: milliseconds since the epoch at this program's start, plus a monotonic clock. A step of
 * the system's clock does not move it, so ages and deadlines hold.
 */
export function serverNow(): number {
  return epochAtStart + performance.now();
}

/** How far the system's clock may be from the one here before its step is followed. ms */
const followBeyondMs = 2;
let wallOffset = 0;

/**
 * The system's clock in ms since 1970, but in fractions of a millisecond and without jitter: times that are taken from it in a
 * row keep their distances. It follows a step of the system's clock.
 */
export function wallNow(): number {
  const server = serverNow();
  const difference = Date.now() - (server + wallOffset);
  if (Math.abs(difference) > followBeyondMs) wallOffset += difference;
  return server + wallOffset;
}

/** A step of the system's clock that is worth telling, ms. */
const jumpMs = 1000;

/** Notices when the system's clock is set while the program runs. */
export class ClockJumps {
  private offset = Date.now() - serverNow();

  /** By how many ms the clock was set since the last call, positive: ahead; null: it was not, or by less than a second. */
  take(): number | null {
    const now = Date.now() - serverNow();
    const step = now - this.offset;
    // A clock that is slewed creeps.
    this.offset = now;
    return Math.abs(step) > jumpMs ? step : null;
  }
}
