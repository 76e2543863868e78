import type { PlannedMessage } from "../../protocol/planned-message.ts";

type Points = PlannedMessage["points"];

/**
 * Where a plan has `joint` at `time` s: on the straight line between its two neighbouring points, at the ends beyond
 * them; null for a joint that the plan does not move.
 */
export function samplePlan(points: Points, time: number, joint: string): number | null {
  let before = 0;
  let after = points.length - 1;
  while (after - before > 1) {
    const middle = (before + after) >> 1;
    if ((points[middle]?.time ?? 0) <= time) before = middle;
    else after = middle;
  }
  const from = points[before];
  const to = points[after];
  if (from === undefined || to === undefined) return null;
  if (!Object.hasOwn(from.positions, joint) || !Object.hasOwn(to.positions, joint)) return null;
  const [a, b] = [from.positions[joint] as number, to.positions[joint] as number];
  const span = to.time - from.time;
  const share = span > 0 ? Math.min(1, Math.max(0, (time - from.time) / span)) : Number(time >= to.time);
  return a + share * (b - a);
}

/** The times at which a line through the plan is drawn: its points, thinned to `most`, both ends among them. */
export function drawnTimes(points: Points, most: number): number[] {
  const last = points.length - 1;
  if (last < most) return points.map(({ time }) => time);
  return Array.from({ length: most }, (_, k) => points[Math.round((k * last) / (most - 1))]?.time ?? 0);
}

/** The joint whose effort comes nearest to its limit; null where none is known. */
export function hardestJoint(
  shares: Readonly<Record<string, number>>,
): { joint: string; share: number } | null {
  let worst: { joint: string; share: number } | null = null;
  for (const [joint, share] of Object.entries(shares)) {
    if (worst === null || share > worst.share) worst = { joint, share };
  }
  return worst;
}
