import type { DiagnosticState } from "../../protocol/topics/digests/diagnostics-digest.ts";

/** What was not told again within this time is stale (the aggregator of REP-107 takes 5 s), ms. */
const staleAfterMs = 5000;

/** `level` of REP-107: 0 ok, 1 warn, 2 error, 3 stale: the worst of it and what is below. */
export type DiagnosticNode = {
  /** The last part of its name, and the whole. */
  label: string;
  name: string;
  level: number;
  depth: number;
  /** Null: it only has others below it. */
  state: DiagnosticState | null;
  children: DiagnosticNode[];
};

/** States as the tree that their names make: parts are divided by `/`, a node from its task by `: `. */
export function diagnosticsTree(states: readonly DiagnosticState[], now: number): DiagnosticNode {
  const root: DiagnosticNode = { label: "", name: "", level: 0, depth: -1, state: null, children: [] };
  for (const state of states) {
    let at = root;
    const parts = partsOf(state.name);
    for (const [i, label] of parts.entries()) {
      const name = parts.slice(0, i + 1).join("/");
      let next = at.children.find((child) => child.label === label);
      if (next === undefined) {
        next = { label, name, level: 0, depth: i, state: null, children: [] };
        at.children.push(next);
      }
      at = next;
    }
    at.state = state;
  }
  judge(root, now);
  return root;
}

export function levelOf({ level, at }: DiagnosticState, now: number): number {
  return now - at > staleAfterMs ? 3 : level;
}

/** How many states have each level. */
export function countLevels(
  states: readonly DiagnosticState[],
  now: number,
): [number, number, number, number] {
  const counts: [number, number, number, number] = [0, 0, 0, 0];
  for (const state of states) counts[Math.min(3, Math.max(0, levelOf(state, now))) as 0 | 1 | 2 | 3] += 1;
  return counts;
}

/** The lines of the tree that are seen, in order: below what is opened, and of those with `onlyFaults` the ones that are not ok. */
export function seenNodes(
  node: DiagnosticNode,
  isOpen: (name: string) => boolean,
  onlyFaults: boolean,
): DiagnosticNode[] {
  return node.children.flatMap((child) => {
    if (onlyFaults && child.level === 0) return [];
    return isOpen(child.name) ? [child, ...seenNodes(child, isOpen, onlyFaults)] : [child];
  });
}

function partsOf(name: string): string[] {
  const parts = name
    .split("/")
    .flatMap((part) => part.split(": "))
    .map((part) => part.trim())
    .filter((part) => part !== "");
  return parts.length === 0 ? ["(no name)"] : parts;
}

function judge(node: DiagnosticNode, now: number): number {
  node.level = node.state === null ? 0 : levelOf(node.state, now);
  node.children.sort((a, b) => (a.label < b.label ? -1 : 1));
  // An error counts more than what is only silent.
  for (const child of node.children) if (rank(judge(child, now)) > rank(node.level)) node.level = child.level;
  return node.level;
}

function rank(level: number): number {
  return level === 2 ? 4 : level;
}
