/** The QoS of one publisher, by rmw's codes: reliability 1 reliable, 2 best effort; durability 1 transient local, 2 volatile. */
export type OfferedQos = { reliability: number; durability: number };

const infinite = "{sec: 9223372036, nsec: 854775807}";

/**
 * `offered_qos_profiles` of a channel as rosbag2 writes it: YAML with rmw's numbers, which every distribution reads. What the
 * ROS graph does not tell (history, depth) is 3, unknown, and 0.
 */
export function offeredQosText(offers: readonly OfferedQos[]): string {
  return offers
    .map(({ reliability, durability }) =>
      [
        "- history: 3",
        "  depth: 0",
        `  reliability: ${reliability}`,
        `  durability: ${durability}`,
        `  deadline: ${infinite}`,
        `  lifespan: ${infinite}`,
        "  liveliness: 1",
        `  liveliness_lease_duration: ${infinite}`,
        "  avoid_ros_namespace_conventions: false",
      ].join("\n"),
    )
    .join("\n");
}
