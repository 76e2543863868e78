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

/** a⁻¹ ∘ b. */
export function inverseTimes(a: ArrayLike<number>, b: ArrayLike<number>): number[] {
  const [x = 0, y = 0, z = 0, qx = 0, qy = 0, qz = 0, qw = 1] = Array.from(a);
  const [bx = 0, by = 0, bz = 0, ux = 0, uy = 0, uz = 0, uw = 1] = Array.from(b);
  const [dx, dy, dz] = [bx - x, by - y, bz - z];
  // The rotation by (−q, w): t = 2 (−q) × d; R d = d + w t + (−q) × t
  const tx = -2 * (qy * dz - qz * dy);
  const ty = -2 * (qz * dx - qx * dz);
  const tz = -2 * (qx * dy - qy * dx);
  return [
    dx + qw * tx - (qy * tz - qz * ty),
    dy + qw * ty - (qz * tx - qx * tz),
    dz + qw * tz - (qx * ty - qy * tx),
    qw * ux - qx * uw - qy * uz + qz * uy,
    qw * uy + qx * uz - qy * uw - qz * ux,
    qw * uz - qx * uy + qy * ux - qz * uw,
    qw * uw + qx * ux + qy * uy + qz * uz,
  ];
}
