/** What became of a source's messages. */
export type SourceCounts = { accepted: number; late: number; rejected: number; dropped: number };

/**
 * One stream of messages into the graph: a ROS topic, a device, the simulated robot. It learns how
 * often its sender speaks, so that "stale" means something for a 1 Hz battery and a 1 kHz joint alike.
 */
export type Source = {
  readonly index: number;
  /** As in the metrics: `ros:/joint_states`, `mqtt:gripper`, `sim:robot`. */
  readonly name: string;
  readonly counts: SourceCounts;
  epoch: number;
  /** Server time in ms of the newest message; −1 before the first. */
  lastReceived: number;
  /** Smoothed time between messages in ms; 0 before the second. */
  periodMs: number;
  /** The sender is known to be gone, with the reason. Cleared by its next message. */
  lost: string | null;
};

const firstGuessMs = 1500;
const leastMs = 300;
const mostMs = 30_000;

export function createSource(index: number, name: string): Source {
  return {
    index,
    name,
    counts: { accepted: 0, late: 0, rejected: 0, dropped: 0 },
    epoch: 0,
    lastReceived: -1,
    periodMs: 0,
    lost: null,
  };
}

/** Notes one arrival at server time `received`, in ms. */
export function heardFrom(source: Source, received: number): void {
  if (source.lastReceived >= 0) {
    const gap = Math.max(0, received - source.lastReceived);
    source.periodMs = source.periodMs === 0 ? gap : source.periodMs + 0.1 * (gap - source.periodMs);
  }
  source.lastReceived = received;
  source.lost = null;
}

/** Age in ms at which a value of this source is stale: four of its periods and a margin for jitter. */
export function staleAfterMs(source: Source): number {
  if (source.periodMs === 0) return firstGuessMs;
  return Math.min(mostMs, Math.max(leastMs, 4 * source.periodMs + 100));
}
