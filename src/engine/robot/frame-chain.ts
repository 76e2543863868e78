import { multiplyPose } from "../../core/pose-product.ts";

/** One edge of the tf tree: where a frame is in its parent, as the newest message has it. */
export type FrameEdge = {
  readonly frame: string;
  parent: string;
  /** parentFromFrame: x y z qx qy qz qw. */
  readonly pose: Float64Array;
  /** Its register in the graph; −1: it comes from odometry and has none. */
  row: number;
  /** Never ages. */
  isStatic: boolean;
  stampSec: number;
  stampNanosec: number;
  /** Server ms. */
  received: number;
};

/** The frames of REP-105 above a base, the lowest first. */
const fixedFrames = ["odom", "map"];

/** The edges from `root` up to the topmost frame; ends at a frame that comes twice. */
export function edgesAbove(edges: ReadonlyMap<string, FrameEdge>, root: string): FrameEdge[] {
  const chain: FrameEdge[] = [];
  for (let edge = edges.get(root); edge !== undefined; edge = edges.get(edge.parent)) {
    if (chain.includes(edge)) break;
    chain.push(edge);
  }
  return chain;
}

/**
 * The part of a chain that ends at the fixed frame: at `fixed`, or where that is null at the topmost of map and odom.
 * Empty where the chain does not reach it.
 */
export function chainTo(chain: readonly FrameEdge[], fixed: string | null): readonly FrameEdge[] {
  const wanted = fixed === null ? fixedFrames : [fixed];
  const end = chain.findLastIndex((edge) => wanted.includes(edge.parent));
  return chain.slice(0, end + 1);
}

/** Whether `frame` in `parent` would close a loop: then the frames of it. Only `counts` edges are followed. */
export function loopOf(
  edges: ReadonlyMap<string, FrameEdge>,
  frame: string,
  parent: string,
  counts: (edge: FrameEdge) => boolean,
): string[] | null {
  const way = [frame, parent];
  if (frame === parent) return way;
  for (let edge = edges.get(parent); edge !== undefined && counts(edge); edge = edges.get(edge.parent)) {
    way.push(edge.parent);
    if (edge.parent === frame) return way;
    if (way.length > edges.size + 2) return null;
  }
  return null;
}

/** Writes where the first frame of `chain` is in the parent of its last into `out`: x y z qx qy qz qw. */
export function placeByChain(chain: readonly FrameEdge[], out: Float64Array): void {
  out.fill(0);
  out[6] = 1;
  for (const { pose } of chain) multiplyPose(pose, out);
}
