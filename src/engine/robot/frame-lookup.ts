import { inverseTimes } from "../../core/pose-product.ts";
import { edgesAbove, type FrameEdge, placeByChain } from "./frame-chain.ts";

/** Where a frame is in the root link's: x y z in m, then a unit quaternion x y z w. */
export type FramePose = readonly number[];

/**
 * Where `frame` is in the frame `root`, by the tree of tf; null where the two are not connected, or `counts` refuses an edge
 * between them. rootFromFrame = topFromRoot⁻¹ ∘ topFromFrame, with the nearest frame above both as top.
 */
export function rootFromFrame(
  edges: ReadonlyMap<string, FrameEdge>,
  root: string,
  frame: string,
  counts: (edge: FrameEdge) => boolean,
): FramePose | null {
  const above = edgesAbove(edges, root);
  const others = edgesAbove(edges, frame);
  const parents = [root, ...above.map(({ parent }) => parent)];
  const names = [frame, ...others.map(({ parent }) => parent)];
  const up = names.findIndex((name) => parents.includes(name));
  if (up < 0) return null;
  const top = names[up] as string;
  const fromRoot = above.slice(0, parents.indexOf(top));
  const fromFrame = others.slice(0, up);
  if (![...fromRoot, ...fromFrame].every(counts)) return null;
  const topFromRoot = new Float64Array(7);
  const topFromFrame = new Float64Array(7);
  placeByChain(fromRoot, topFromRoot);
  placeByChain(fromFrame, topFromFrame);
  return inverseTimes(topFromRoot, topFromFrame);
}

/** Why a frame that somebody names cannot be used, as a sentence. */
export function unknownFrame(frame: string, robot: string): string {
  return `the frame "${frame}" is no link of ${robot}, and tf does not say now where it is. On a shared tf topic a robot has the frames with its own prefix: name them without it`;
}
