/**
 * The prefix of each robot's topics: its namespace, as `/r1`, or "" at the root. Of several robots without a namespace the
 * first has the root, the others their ids.
 */
export function topicPrefixes(
  robots: Iterable<string>,
  namespaceOf: (robot: string) => string,
): Map<string, string> {
  const prefixes = new Map<string, string>();
  const taken = new Set<string>();
  for (const robot of robots) {
    const bare = namespaceOf(robot).replace(/^\/+|\/+$/g, "");
    let prefix = bare === "" ? "" : `/${bare}`;
    if (taken.has(prefix)) prefix = `${prefix}/${robot.replace(/[^A-Za-z0-9_]/g, "_")}`;
    taken.add(prefix);
    prefixes.set(robot, prefix);
  }
  return prefixes;
}

/** What stands in front of a robot's frames: `r1/` for `/r1`. */
export function framePrefix(topicPrefix: string): string {
  return topicPrefix === "" ? "" : `${topicPrefix.slice(1)}/`;
}
