import { listedNames } from "../../core/listed-names.ts";

/** What is to be seen of ROS: other programs' nodes, and the topics that somebody publishes. */
export type RosGraph = {
  /** Full names of the nodes that are not ours. */
  nodes: readonly string[];
  /** Topics with at least one publisher. */
  topics: readonly { name: string; types: readonly string[] }[];
  domain: string;
  /** As `rmw_fastrtps_cpp`; empty when the default is used. */
  rmw: string;
  /** How far this machine's nodes are visible: the setting that keeps them to themselves; empty when there is none. */
  range: string;
};

/** What one robot needs from ROS and does not get. */
export type RobotNeed = {
  id: string;
  /** As configured. */
  namespace: string;
  description: boolean;
  joints: boolean;
};

/** Why a robot does not show, and what to do. */
export type Diagnosis = { reason: string; remedy: string };

const needs = [
  {
    key: "description",
    topic: "robot_description",
    type: "std_msgs/msg/String",
    missing: "no description has come",
    start: "start robot_state_publisher, or name the robot's file with --description",
  },
  {
    key: "joints",
    topic: "joint_states",
    type: "sensor_msgs/msg/JointState",
    missing: "no joint of the robot is measured now",
    start: "start the joint_state_broadcaster, or the driver that publishes them",
  },
] as const;

const mostNamed = 4;

/** Compares what the robots need with what is there. Null when nothing is missing. */
export function diagnose(graph: RosGraph, robots: readonly RobotNeed[]): Diagnosis | null {
  for (const robot of robots) {
    for (const need of needs) {
      if (robot[need.key]) return explain(graph, robot, need);
    }
  }
  return null;
}

function explain(graph: RosGraph, robot: RobotNeed, need: (typeof needs)[number]): Diagnosis {
  const topic = inNamespace(robot.namespace, need.topic);
  const there = graph.topics.find(({ name }) => name === topic);
  if (there !== undefined) return notArriving(topic, there.types, need);
  const elsewhere = graph.topics
    .filter(({ name, types }) => name.endsWith(`/${need.topic}`) && types.includes(need.type))
    .map(({ name }) => name.slice(0, -need.topic.length - 1))
    .sort();
  const [first] = elsewhere;
  if (first !== undefined) {
    const listed = listedNames(
      elsewhere.map((namespace) => `${namespace}/${need.topic}`),
      mostNamed,
    );
    const wanted = first === "" ? '""' : first.slice(1);
    return {
      reason: `nobody publishes ${topic}; there is ${listed}`,
      remedy:
        first === ""
          ? `leave --namespace out (robots: namespace: "" for "${robot.id}" in twin.yaml)`
          : `use --namespace ${wanted} (robots: namespace: ${wanted} for "${robot.id}" in twin.yaml)`,
    };
  }
  if (graph.nodes.length > 0) {
    const count = graph.nodes.length === 1 ? "1 other node" : `${graph.nodes.length} other nodes`;
    return {
      reason: `nobody publishes ${topic}; ROS domain ${graph.domain} has ${count}: ${listedNames(graph.nodes, mostNamed)}`,
      remedy: need.start,
    };
  }
  const rmw = graph.rmw === "" ? "the default RMW" : graph.rmw;
  const range = graph.range === "" ? "" : `; ${graph.range} hides other machines`;
  return {
    reason: `nobody publishes ${topic}; no other node is seen on ROS domain ${graph.domain} with ${rmw}${range}`,
    remedy:
      "check that the robot's programs run, and that they have the same ROS_DOMAIN_ID and RMW_IMPLEMENTATION as the twin",
  };
}

function notArriving(topic: string, types: readonly string[], need: (typeof needs)[number]): Diagnosis {
  if (!types.includes(need.type)) {
    return {
      reason: `${topic} is ${types.join(", ")}, but ${need.type} is needed`,
      remedy: "rename one of the two topics, or use another namespace",
    };
  }
  return {
    reason: `${topic} has a publisher, but ${need.missing}`,
    remedy:
      need.key === "description"
        ? "publish it as transient local, as robot_state_publisher does, or publish it again"
        : "check with `ros2 topic echo` that it publishes the robot's joints, and that no firewall stops UDP",
  };
}

/** The absolute name of a topic below a robot's namespace. */
export function inNamespace(namespace: string, topic: string): string {
  const bare = namespace.replace(/^\/+|\/+$/g, "");
  return bare === "" ? `/${topic}` : `/${bare}/${topic}`;
}
