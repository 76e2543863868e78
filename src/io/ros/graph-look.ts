import { actionServers } from "./action-servers.ts";
import type { RosGraph } from "./graph-diagnosis.ts";
import { readGraph } from "./graph-watch.ts";
import { lightNode, loadRclnodejs } from "./rclnodejs-api.ts";

/** The graph with the action servers that are on it. */
export type SeenGraph = RosGraph & { actions: { name: string; type: string }[] };

const lookEveryMs = 250;
/** Where nobody is seen yet, this many times as long. */
const patience = 3;

/**
 * Joins ROS for `ms` as the node /twin_doctor, longer while it sees no other node, and says what is there. `rclnodejs`
 * is the file from `findRclnodejs`.
 */
export async function lookAtGraph(rclnodejs: string, ms: number): Promise<SeenGraph> {
  const rcl = await loadRclnodejs(rclnodejs);
  await rcl.init();
  const node = lightNode(rcl, "twin_doctor");
  rcl.spin(node);
  for (let passed = 0; passed < ms * patience; passed += lookEveryMs) {
    if (passed >= ms && readGraph(node).nodes.length > 0) break;
    await new Promise((resolve) => setTimeout(resolve, lookEveryMs));
  }
  const actions = actionServers(node).map(({ name, types: [type = ""] }) => ({ name, type }));
  const graph = { ...readGraph(node), actions };
  node.destroy();
  rcl.shutdown();
  return graph;
}
