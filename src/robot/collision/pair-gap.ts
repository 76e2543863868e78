import type { CollisionModel } from "./collision-model.ts";
import type { CollisionWork } from "./collision-work.ts";
import { type CollisionShape, coreKind } from "./shape.ts";

/**
 * m: what the placed shapes of a pair are apart at least, by boxes and capsules around them, along the direction in which they were
 * last found apart: seldom exact, but soon told. −Infinity before any, and for planes.
 */
export function gapOf({ work, shapes, pairA, pairB }: CollisionModel, pair: number): number {
  const { axes } = work;
  const x = axes[3 * pair] as number;
  const y = axes[3 * pair + 1] as number;
  const z = axes[3 * pair + 2] as number;
  if (x === 0 && y === 0 && z === 0) return Number.NEGATIVE_INFINITY;
  const [a, b] = [pairA[pair] as number, pairB[pair] as number];
  // The axis leads from b towards a.
  return (
    -reachAlong(work, shapes[a] as CollisionShape, a, -x, -y, -z) -
    reachAlong(work, shapes[b] as CollisionShape, b, x, y, z)
  );
}

/** How far shape `i` reaches along a unit direction of the root frame at most, m from its origin. */
function reachAlong(
  { poses, capsules }: CollisionWork,
  shape: CollisionShape,
  i: number,
  x: number,
  y: number,
  z: number,
): number {
  const at = 12 * i;
  // The direction in the shape's own frame.
  const u = (poses[at] as number) * x + (poses[at + 3] as number) * y + (poses[at + 6] as number) * z;
  const v = (poses[at + 1] as number) * x + (poses[at + 4] as number) * y + (poses[at + 7] as number) * z;
  const w = (poses[at + 2] as number) * x + (poses[at + 5] as number) * y + (poses[at + 8] as number) * z;
  const origin =
    (poses[at + 9] as number) * x + (poses[at + 10] as number) * y + (poses[at + 11] as number) * z;
  if (shape.kind === coreKind.box) {
    return (
      origin +
      Math.abs(u) * shape.halfX +
      Math.abs(v) * shape.halfY +
      Math.abs(w) * shape.halfZ +
      shape.margin
    );
  }
  const c = 7 * i;
  const one = u * (capsules[c] as number) + v * (capsules[c + 1] as number) + w * (capsules[c + 2] as number);
  const two =
    u * (capsules[c + 3] as number) + v * (capsules[c + 4] as number) + w * (capsules[c + 5] as number);
  return origin + Math.max(one, two) + (capsules[c + 6] as number);
}
