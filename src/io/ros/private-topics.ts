import type { EndpointInfo, RclNode } from "./rclnodejs-api.ts";

/** Which ends of a topic are looked for. */
export type TopicEnd = "publishers" | "subscriptions";

/**
 * Absolute names of topics `~/<leaf>` with one of `leaves` that a node in exactly `namespace` ("/" or "/r1") has as its own:
 * what `diff_drive_controller` calls `<controller>/cmd_vel`. A node of another robot is in another namespace, so
 * its topics are not among them. `types` are those that count.
 */
export function privateTopics(
  node: RclNode,
  end: TopicEnd,
  namespace: string,
  leaves: readonly string[],
  types: readonly string[],
): string[] {
  return node
    .getTopicNamesAndTypes()
    .filter(({ name, types: offered }) => {
      const owner = ownerOf(name, leaves);
      if (owner === null || owner.namespace !== namespace || !offered.some((t) => types.includes(t))) {
        return false;
      }
      return endpointsOf(node, end, name).some(
        (info) =>
          types.includes(info.topic_type) &&
          info.node_name === owner.node &&
          (info.node_namespace === undefined || info.node_namespace === namespace),
      );
    })
    .map(({ name }) => name)
    .sort();
}

function endpointsOf(node: RclNode, end: TopicEnd, topic: string): EndpointInfo[] {
  return end === "publishers"
    ? node.getPublishersInfoByTopic(topic)
    : node.getSubscriptionsInfoByTopic(topic);
}

/** `/r1/base_controller/cmd_vel` → namespace `/r1`, node `base_controller`. */
function ownerOf(topic: string, leaves: readonly string[]): { namespace: string; node: string } | null {
  // Most topics of a large graph have another name: they are not taken apart.
  if (!leaves.includes(topic.slice(topic.lastIndexOf("/") + 1))) return null;
  const parts = topic.split("/").slice(1);
  const [node, leaf] = parts.slice(-2);
  if (node === undefined || leaf === undefined) return null;
  return { namespace: `/${parts.slice(0, -2).join("/")}`, node };
}
