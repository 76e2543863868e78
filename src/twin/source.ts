/** What became of a source's messages. */
export type SourceCounts = { accepted: number; late: number; rejected: number; dropped: number };

/** One stream of messages into the graph: a ROS topic, a device, the simulated robot. */
export type Source = {
  readonly index: number;
  /** As in the metrics: `ros:/joint_states`, `mqtt:gripper`, `sim:robot`. */
  readonly name: string;
  readonly counts: SourceCounts;
  epoch: number;
  /** The sender is known to be gone, with the reason. Cleared by its next message. */
  lost: string | null;
};

export function createSource(index: number, name: string): Source {
  return {
    index,
    name,
    counts: { accepted: 0, late: 0, rejected: 0, dropped: 0 },
    epoch: 0,
    lost: null,
  };
}
