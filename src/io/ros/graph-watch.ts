import type { SourceStatus } from "../../protocol/state-messages.ts";
import { type Diagnosis, diagnose, type RobotNeed, type RosGraph } from "./graph-diagnosis.ts";
import type { RclNode } from "./rclnodejs-api.ts";

/** How long each robot may take to show before it is said what it lacks. ms */
const patienceMs = 5000;

/** Nodes that are the twin's own, and those of tools that only look. */
const ownNode = /^\/(?:twin|twin_commands(?:_2)?|twin_doctor|_ros2cli_.*|_NODE_NAME_UNKNOWN_)$/;

/** What the robots lack now. `isRequired`: without it the twin has nothing to show. */
export type Lack = { needs: RobotNeed[]; isRequired: boolean };

/** Reads the ROS graph as `node` sees it. */
export function readGraph(node: RclNode, env: NodeJS.ProcessEnv = process.env): RosGraph {
  const nodes = node
    .getNodeNamesAndNamespaces()
    .map(({ name, namespace }) => `${namespace === "/" ? "" : namespace}/${name}`)
    .filter((name) => !ownNode.test(name));
  const topics = node.getTopicNamesAndTypes().filter(({ name }) => node.countPublishers(name) > 0);
  return {
    nodes: [...new Set(nodes)].sort(),
    topics,
    domain: env.ROS_DOMAIN_ID ?? "0",
    rmw: env.RMW_IMPLEMENTATION ?? "",
    range: rangeOf(env),
  };
}

function rangeOf(env: NodeJS.ProcessEnv): string {
  const range = env.ROS_AUTOMATIC_DISCOVERY_RANGE;
  if (range === "LOCALHOST" || range === "OFF") return `ROS_AUTOMATIC_DISCOVERY_RANGE=${range}`;
  return env.ROS_LOCALHOST_ONLY === "1" ? "ROS_LOCALHOST_ONLY=1" : "";
}

/** Says how far the robots on ROS are, and after some seconds why one does not show. */
export class GraphWatch {
  /** By the id of each robot that lacks something now. */
  private lackingSince = new Map<string, number>();

  /** `lack` tells what is missing now; null where no robot on ROS is waited for. */
  constructor(
    private readonly node: RclNode,
    private readonly lack: () => Lack | null,
    private readonly now: () => number,
  ) {}

  /** The source's status. The graph is read only while something is missing. */
  status(): SourceStatus {
    const domain = process.env.ROS_DOMAIN_ID ?? "0";
    const detail = `${process.env.ROS_DISTRO ?? "ROS 2"}, domain ${domain}`;
    const ok: SourceStatus = { name: "ros", state: "ok", detail };
    const lack = this.lack();
    const lacking = lack?.needs.filter(({ description, joints }) => description || joints) ?? [];
    const now = this.now();
    this.lackingSince = new Map(lacking.map(({ id }) => [id, this.lackingSince.get(id) ?? now]));
    if (lack === null || lacking.length === 0) return ok;
    const waiting: SourceStatus = lack.isRequired
      ? { ...ok, state: "connecting", detail: `${detail}; waiting for the robot` }
      : ok;
    const overdue = lacking.filter(({ id }) => now - (this.lackingSince.get(id) ?? now) >= patienceMs);
    if (overdue.length === 0) return waiting;
    const found: Diagnosis | null = diagnose(readGraph(this.node), overdue);
    return found === null ? waiting : { ...waiting, ...found };
  }
}
