import { fnv1aHex } from "../../core/fnv.ts";

/** The type of `robot_description`. */
const descriptionType = "std_msgs/msg/String";
const leaf = "/robot_description";
/** How long a robot may be without any publisher before it counts as gone: a restart of its nodes is no departure. ms */
const goneAfterMs = 3000;
const longestId = 64;

/** What of the ROS graph is looked at. */
export type DescriptionTopics = {
  getTopicNamesAndTypes(): readonly { name: string; types: readonly string[] }[];
  countPublishers(topic: string): number;
};

/** The namespaces, as "/r1" or "" for the root, in which somebody publishes a robot's description. */
export function describedNamespaces(graph: DescriptionTopics): string[] {
  return graph
    .getTopicNamesAndTypes()
    .filter(({ name, types }) => name.endsWith(leaf) && types.includes(descriptionType))
    .filter(({ name }) => !isHidden(name) && graph.countPublishers(name) > 0)
    .map(({ name }) => name.slice(0, -leaf.length))
    .sort();
}

/** ROS hides what has a part that begins with an underscore. */
function isHidden(name: string): boolean {
  return name.includes("/_");
}

/**
 * The id of the robot in a namespace: `r1` for "/r1", `cell.r1` for "/cell/r1", `robot` for the root, so `robot-ns` for
 * "/robot". A long one is cut and gets a number of its own.
 */
export function robotIdOf(namespace: string): string {
  const name = namespace.replace(/^\/+|\/+$/g, "").replaceAll("/", ".");
  if (name === "") return "robot";
  if (name === "robot") return "robot-ns";
  return name.length <= longestId ? name : `${name.slice(0, longestId - 9)}-${fnv1aHex(name)}`;
}

/** Judges when a robot is gone: once nothing of it has been seen for a while. One that never was there is gone at once. */
export class Absence {
  private readonly since = new Map<string, number>();
  private readonly seen = new Set<string>();

  /** Called at each look, at ms `now`. True when the robot counts as gone. */
  isGone(id: string, isPresent: boolean, now: number): boolean {
    if (isPresent) {
      this.since.delete(id);
      this.seen.add(id);
      return false;
    }
    if (!this.seen.has(id)) return true;
    const since = this.since.get(id) ?? now;
    this.since.set(id, since);
    return now - since >= goneAfterMs;
  }

  forget(id: string): void {
    this.since.delete(id);
    this.seen.delete(id);
  }
}
