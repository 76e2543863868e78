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
  for (const { pose } of chain) into(pose, out);
}

/** out = a ∘ out: positions in the frame of `a`, rotations as unit quaternions. */
function into(a: Float64Array, out: Float64Array): void {
  const [x = 0, y = 0, z = 0, qx = 0, qy = 0, qz = 0, qw = 1] = a;
  const [bx = 0, by = 0, bz = 0, ux = 0, uy = 0, uz = 0, uw = 1] = out;
  // t = 2 q × b; R b = b + w t + q × t
  const tx = 2 * (qy * bz - qz * by);
  const ty = 2 * (qz * bx - qx * bz);
  const tz = 2 * (qx * by - qy * bx);
  out[0] = x + bx + qw * tx + (qy * tz - qz * ty);
  out[1] = y + by + qw * ty + (qz * tx - qx * tz);
  out[2] = z + bz + qw * tz + (qx * ty - qy * tx);
  const rx = qw * ux + qx * uw + qy * uz - qz * uy;
  const ry = qw * uy - qx * uz + qy * uw + qz * ux;
  const rz = qw * uz + qx * uy - qy * ux + qz * uw;
  const rw = qw * uw - qx * ux - qy * uy - qz * uz;
  const scale = 1 / Math.sqrt(rx * rx + ry * ry + rz * rz + rw * rw);
  out[3] = rx * scale;
  out[4] = ry * scale;
  out[5] = rz * scale;
  out[6] = rw * scale;
}
