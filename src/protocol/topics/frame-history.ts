import { multiplyPose } from "../../core/pose-product.ts";
import { type Stamp, stampToMs } from "../../core/stamp.ts";

/** Where a frame is in another: x y z qx qy qz qw. */
export type PlacedIn = { frame: string; pose: number[] };

/** Where the frame of a message was at its stamp. */
export type Placement = {
  /** In each frame above it, the nearest first; the frame itself is not among them. */
  above: PlacedIn[];
  /** How much older the transforms are than the message, ms; 0: they were measured around its stamp. */
  lateMs: number;
  /** Why the chain ends early, as a sentence; null: it ends at the root of the tree. */
  problem: string | null;
};

/** Where the frame of a message was, null: it has none; and those of its parts, where they have frames of their own. */
export type Places = { own: Placement | null; parts?: Record<string, Placement> };

type Edge = {
  parent: string;
  isStatic: boolean;
  /** Stamps in ms, rising, and the poses at them; of a static edge the newest one. */
  times: number[];
  poses: number[][];
};

/** How long transforms are kept, ms. */
const keptMs = 10_000;
/** Frames that are kept at most. */
const mostFrames = 10_000;
/** A transform this much older than the newest of its edge begins a new history: the clock was set back, ms. */
const setBackMs = 2000;

/** The transforms of /tf and /tf_static of the last ten seconds: where a frame was at a stamp, between two of them. */
export class FrameHistory {
  private readonly edges = new Map<string, Edge>();
  /** Changes when frames are connected in another way, or a static transform is another one. */
  shape = 0;

  /** `pose` is parentFromChild with a unit quaternion. */
  add(child: string, parent: string, stamp: Stamp, pose: readonly number[], isStatic: boolean): void {
    if (!this.edges.has(child) && this.edges.size >= mostFrames) return;
    let edge = this.edges.get(child);
    if (edge === undefined || edge.parent !== parent || edge.isStatic !== isStatic) {
      edge = { parent, isStatic, times: [], poses: [] };
      this.edges.set(child, edge);
      this.shape += 1;
    } else if (isStatic && edge.poses.at(-1)?.some((value, k) => value !== pose[k])) this.shape += 1;
    const time = stampToMs(stamp);
    const newest = edge.times.at(-1);
    if (isStatic || (newest !== undefined && time < newest - setBackMs)) {
      edge.times.length = 0;
      edge.poses.length = 0;
    } else if (newest !== undefined && time <= newest) return;
    edge.times.push(time);
    edge.poses.push([...pose]);
    while ((edge.times[0] ?? time) < time - keptMs) {
      edge.times.shift();
      edge.poses.shift();
    }
  }

  /** Where `frame` was at `stamp`; null: as the newest transforms have it. */
  place(frame: string, stamp: Stamp | null): Placement {
    const at = stamp === null ? Number.POSITIVE_INFINITY : stampToMs(stamp);
    const above: PlacedIn[] = [];
    let lateMs = 0;
    const pose = Float64Array.of(0, 0, 0, 0, 0, 0, 1);
    const seen = new Set([frame]);
    for (let edge = this.edges.get(frame); edge !== undefined; edge = this.edges.get(edge.parent)) {
      const first = edge.times[0] as number;
      if (!edge.isStatic && at < first && Number.isFinite(at)) {
        const problem = `the transform of ${above.at(-1)?.frame ?? frame} in ${edge.parent} is known from ${((first - at) / 1000).toFixed(2)} s after the message on`;
        return { above, lateMs, problem };
      }
      const newest = edge.times.at(-1) as number;
      if (!edge.isStatic && at > newest && Number.isFinite(at)) lateMs = Math.max(lateMs, at - newest);
      multiplyPose(poseAt(edge, at), pose);
      if (seen.has(edge.parent))
        return { above, lateMs, problem: `the frames around ${edge.parent} form a loop` };
      seen.add(edge.parent);
      above.push({ frame: edge.parent, pose: [...pose] });
    }
    return { above, lateMs, problem: null };
  }
}

/** The pose of an edge at a time, interpolated; before the first and after the last it stands. */
function poseAt({ times, poses, isStatic }: Edge, at: number): readonly number[] {
  const last = times.length - 1;
  if (isStatic || at >= (times[last] as number)) return poses[last] as number[];
  let [low, high] = [0, last];
  while (high - low > 1) {
    const middle = (low + high) >> 1;
    if ((times[middle] as number) <= at) low = middle;
    else high = middle;
  }
  const [from, to] = [times[low] as number, times[high] as number];
  return between(poses[low] as number[], poses[high] as number[], (at - from) / (to - from));
}

/** On the straight line, turned about one axis at an even rate (spherical linear interpolation). */
function between(a: readonly number[], b: readonly number[], share: number): number[] {
  const out = [0, 1, 2].map((k) => (a[k] as number) + share * ((b[k] as number) - (a[k] as number)));
  const dot = [3, 4, 5, 6].reduce((sum, k) => sum + (a[k] as number) * (b[k] as number), 0);
  const sign = dot < 0 ? -1 : 1;
  const angle = Math.acos(Math.min(1, Math.abs(dot)));
  const sine = Math.sin(angle);
  const [wa, wb] =
    sine < 1e-6 ? [1 - share, share] : [Math.sin((1 - share) * angle) / sine, Math.sin(share * angle) / sine];
  const q = [3, 4, 5, 6].map((k) => wa * (a[k] as number) + sign * wb * (b[k] as number));
  const length = Math.hypot(...q);
  return [...out, ...q.map((value) => value / length)];
}
