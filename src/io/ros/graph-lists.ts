import type { RclNode } from "./rclnodejs-api.ts";

/** How long a list of names is used again. ms */
const keptMs = 150;

/**
 * Has a node read the lists of the ROS graph once a look, and not once for each robot that asks: each costs a millisecond
 * in a large graph. `now` in ms.
 */
export function keepLists(node: RclNode, now: () => number): void {
  node.getTopicNamesAndTypes = kept(node.getTopicNamesAndTypes.bind(node), now);
  node.getServiceNamesAndTypes = kept(node.getServiceNamesAndTypes.bind(node), now);
}

function kept<T>(read: () => T, now: () => number): () => T {
  let last: { value: T; at: number } | null = null;
  return () => {
    const at = now();
    if (last === null || at - last.at > keptMs) last = { value: read(), at };
    return last.value;
  };
}
