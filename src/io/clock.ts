import { performance } from "node:perf_hooks";

const epochAtStart = Date.now() - performance.now();

/**
 * Server time: milliseconds since the epoch at this program's start, plus a monotonic clock. A step of
 * the system's clock does not move it, so ages and deadlines hold.
 */
export function serverNow(): number {
  return epochAtStart + performance.now();
}
