import type { TransformState } from "../../protocol/topics/digests/transforms-digest.ts";

/** A frame in its place. `state` is null of a root, which nobody places. */
export type FrameNode = {
  frame: string;
  depth: number;
  state: TransformState | null;
  isStatic: boolean;
  problems: string[];
};

/** A moving frame is stale after so many of its periods; ms at least. */
const staleAfterPeriods = 5;
const staleAfterMs = 1000;

/** The frames of /tf and /tf_static as one tree, in order; and what is wrong with the whole. */
export function transformTree(
  moving: readonly TransformState[],
  fixed: readonly TransformState[],
  now: number,
): { nodes: FrameNode[]; problems: string[] } {
  const known = new Map<string, Omit<FrameNode, "depth">>();
  for (const state of fixed) {
    known.set(state.child, { frame: state.child, state, isStatic: true, problems: [...state.problems] });
  }
  for (const state of moving) {
    const problems = [...state.problems];
    const other = known.get(state.child);
    if (other !== undefined) problems.push("it is on /tf and on /tf_static: one of them is wrong");
    const quiet = now - state.at;
    const limit = Math.max(staleAfterMs, state.hz > 0 ? (staleAfterPeriods * 1000) / state.hz : 0);
    if (quiet > limit) problems.push(`nothing came for ${(quiet / 1000).toFixed(1)} s`);
    known.set(state.child, { frame: state.child, state, isStatic: false, problems });
  }
  const children = new Map<string, string[]>();
  for (const { frame, state } of known.values()) {
    const parent = state?.parent ?? "";
    children.set(parent, [...(children.get(parent) ?? []), frame]);
  }
  const roots = [...children.keys()].filter((parent) => !known.has(parent)).sort();
  const nodes: FrameNode[] = [];
  const seen = new Set<string>();
  const visit = (frame: string, depth: number): void => {
    if (seen.has(frame)) return;
    seen.add(frame);
    nodes.push({ ...(known.get(frame) ?? { frame, state: null, isStatic: false, problems: [] }), depth });
    for (const child of (children.get(frame) ?? []).sort()) visit(child, depth + 1);
  };
  for (const root of roots) visit(root, 0);
  const problems: string[] = [];
  if (roots.length > 1) {
    problems.push(`${roots.length} trees that nothing joins: ${roots.join(", ")}`);
  }
  // What was not reached from a root hangs on itself.
  const looped = [...known.keys()].filter((frame) => !seen.has(frame)).sort();
  if (looped.length > 0) problems.push(`these frames form a loop: ${looped.join(", ")}`);
  for (const frame of looped) visit(frame, 0);
  return { nodes, problems };
}
