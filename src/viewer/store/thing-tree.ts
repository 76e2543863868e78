import type { Things } from "./twin-store.ts";

/** A thing and how deep it stands: 0 is the top. */
export type TreeLine = { id: string; depth: number };

/**
 * The things as a tree, line by line: a robot, below it its root link, below a link the joints that it carries, below a
 * joint the link that the joint moves. What nothing leads to, as devices, is at the top. Each thing stands once.
 */
export function thingTree(things: Things): TreeLine[] {
  const carried = new Map<string, string[]>();
  const moved = new Set<string>();
  for (const [id, { relationships }] of Object.entries(things)) {
    for (const { name, target } of relationships) {
      if (name === "parentLink") carried.set(target, [...(carried.get(target) ?? []), id]);
      if (name === "childLink") moved.add(target);
    }
  }
  // Of a robot's links only the one that nothing moves is directly below it.
  const below = (id: string): string[] => [
    ...(carried.get(id) ?? []),
    ...(things[id]?.relationships ?? [])
      .filter(({ name, target }) => name === "childLink" || (name === "hasLink" && !moved.has(target)))
      .map(({ target }) => target),
  ];
  const ids = Object.keys(things);
  const isRobot = (id: string): boolean => things[id]?.type === "robot";
  const waiting = [...ids.filter(isRobot), ...ids.filter((id) => !isRobot(id))]
    .map((id) => ({ id, depth: 0 }))
    .reverse();
  const lines: TreeLine[] = [];
  const seen = new Set<string>();
  // Its own stack: a chain may be deeper than calls may be.
  for (let line = waiting.pop(); line !== undefined; line = waiting.pop()) {
    const { id, depth } = line;
    if (seen.has(id) || things[id] === undefined) continue;
    seen.add(id);
    lines.push(line);
    for (const next of below(id).reverse()) waiting.push({ id: next, depth: depth + 1 });
  }
  return lines;
}
