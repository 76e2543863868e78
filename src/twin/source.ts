/**
 * Counters of a source's messages. `outranked`: a source of higher priority holds the same values and is alive.
 * `historical`: values of the past, which do not change current ones.
 */
export type SourceCounts = {
  accepted: number;
  late: number;
  rejected: number;
  dropped: number;
  outranked: number;
  historical: number;
};

/** One stream of messages into the graph: a ROS topic, a device, the simulated robot. */
export type Source = {
  readonly index: number;
  /** As in the metrics: `ros:/joint_states`, `mqtt:gripper`, `sim:robot`. */
  readonly name: string;
  readonly counts: SourceCounts;
  epoch: number;
  /** When two sources report one value, the higher priority wins while its value is good. */
  readonly priority: number;
  /** The reason why the sender is known to be gone. Cleared by its next message. */
  lost: string | null;
};

export function createSource(index: number, name: string, priority: number): Source {
  return {
    index,
    name,
    counts: { accepted: 0, late: 0, rejected: 0, dropped: 0, outranked: 0, historical: 0 },
    epoch: 0,
    priority,
    lost: null,
  };
}
