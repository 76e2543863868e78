import { qosProblems } from "../../protocol/topics/qos-problems.ts";
import type {
  EndpointQos,
  GraphEnd,
  GraphTopic,
  RosGraphAnswer,
} from "../../protocol/topics/ros-questions.ts";
import { durability, type EndpointInfo, type RclNode, reliability } from "../ros/rclnodejs-api.ts";

type Node = Pick<
  RclNode,
  | "getNodeNamesAndNamespaces"
  | "getTopicNamesAndTypes"
  | "getServiceNamesAndTypes"
  | "getPublishersInfoByTopic"
  | "getSubscriptionsInfoByTopic"
>;

/** The ROS graph as a node sees it now. The topics inside of actions are left out. */
export function rosGraph(node: Node): RosGraphAnswer {
  const nodes = node.getNodeNamesAndNamespaces().map(({ name, namespace }) => absolute(namespace, name));
  const topics = node
    .getTopicNamesAndTypes()
    .filter(({ name }) => !name.includes("/_action/"))
    .map(({ name, types }): GraphTopic => {
      const publishers = node.getPublishersInfoByTopic(name).map(endOf);
      const subscribers = node.getSubscriptionsInfoByTopic(name).map(endOf);
      return { name, types, publishers, subscribers, problems: qosProblems(publishers, subscribers) };
    });
  const services = node.getServiceNamesAndTypes().filter(({ name }) => !name.includes("/_action/"));
  return {
    nodes: [...new Set(nodes)].sort(),
    topics: topics.sort(byName),
    services: services.map(({ name, types }) => ({ name, types })).sort(byName),
  };
}

function byName(a: { name: string }, b: { name: string }): number {
  return a.name < b.name ? -1 : 1;
}

/** By the codes of rmw. */
const reliabilities: Record<number, EndpointQos["reliability"]> = {
  [reliability.reliable]: "reliable",
  [reliability.bestEffort]: "best_effort",
};
const durabilities: Record<number, EndpointQos["durability"]> = {
  [durability.transientLocal]: "transient_local",
  [durability.volatile]: "volatile",
};

function endOf({ node_name, node_namespace = "/", topic_type, qos_profile: qos }: EndpointInfo): GraphEnd {
  return {
    node: absolute(node_namespace, node_name),
    type: topic_type,
    qos: {
      reliability: reliabilities[qos.reliability] ?? "unknown",
      durability: durabilities[qos.durability] ?? "unknown",
    },
  };
}

function absolute(namespace: string, name: string): string {
  return namespace === "/" || namespace === "" ? `/${name}` : `${namespace}/${name}`;
}
