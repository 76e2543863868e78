import type { RobotData } from "../data.ts";
import type { CollisionModel } from "./collision-model.ts";
import { takePair } from "./collision-work.ts";
import { coreDepth } from "./epa.ts";
import { findCoreDistance, overlapping } from "./gjk.ts";
import { type Margins, marginOf } from "./margins.ts";
import { gapOf } from "./pair-gap.ts";
import { ballsApart, centresApart, placeShapes } from "./place-shapes.ts";
import { hasPlane, planeDistance } from "./plane-distance.ts";
import type { CollisionShape, SceneRole } from "./shape.ts";
import { vertexSize } from "./simplex.ts";

/**
 * How two links, or a link and an object of the surroundings, stand to one another, by their two shapes that are nearest
 * or deepest in each other.
 */
export type LinkDistance = {
  /** The link's name; an object's id where `role1` is there. */
  link1: string;
  link2: string;
  /** Only of objects of the surroundings. */
  role1?: SceneRole;
  role2?: SceneRole;
  /** The collision element's name, else its number in the link, from 1. */
  shape1: string;
  shape2: string;
  /** m; below 0 it is the depth: the shortest move that parts the two shapes. */
  distance: number;
  /** In the root frame, m: the nearest points of the surfaces, in penetration the two that are deepest in the other. */
  point1: readonly [number, number, number];
  point2: readonly [number, number, number];
  /** distance ≤ 0. */
  inCollision: boolean;
};

/**
 * The nearest (in collision: the deepest) pair of links; null when no pair is to be checked. `forwardKinematics`
 * must have run on `data`. Exact to 1e-9 m for what is apart; for depth see docs/robot-model.md.
 */
export function selfCollision(model: CollisionModel, data: RobotData): LinkDistance | null {
  placeShapes(model, data);
  const { work, pairA } = model;
  const count = pairA.length;
  if (count === 0) return null;
  const first = work.nearestPair;
  let best = measure(model, first, Number.POSITIVE_INFINITY);
  let nearest = first;
  let answer = answerOf(model, first, best);
  for (let pair = 0; pair < count; pair += 1) {
    if (pair === first || ballsApart(model, pair) >= best) continue;
    const distance = measure(model, pair, best);
    if (distance >= best) continue;
    best = distance;
    nearest = pair;
    answer = answerOf(model, pair, distance);
  }
  work.nearestPair = nearest;
  return answer;
}

/** Whether any pair is in collision or, with a margin, at most `margin` m apart. Stops at the first. */
export function collides(model: CollisionModel, data: RobotData, margin: number | Margins = 0): boolean {
  placeShapes(model, data);
  for (let pair = 0; pair < model.pairA.length; pair += 1) {
    if (isNear(model, pair, margin)) return true;
  }
  return false;
}

/** Whether the pair, its shapes placed, is at most its margin apart. */
function isNear(model: CollisionModel, pair: number, margins: number | Margins): boolean {
  const { work, shapes, pairA, pairB } = model;
  const margin = marginOf(model, pair, margins);
  if (ballsApart(model, pair) > margin) return false;
  const taken = takePair(work, shapes, pairA[pair] as number, pairB[pair] as number);
  if (hasPlane(taken.a, taken.b)) return planeDistance(taken, work.point1, work.point2) <= margin;
  const most = margin + taken.a.margin + taken.b.margin;
  takeAxis(model, pair);
  work.gjk.bounds[0] = most;
  work.gjk.bounds[1] = most;
  work.gjk.bounds[2] = Number.POSITIVE_INFINITY;
  findCoreDistance(taken, work.gjk);
  const apart = work.gjk.found[0] as number;
  keepAxis(model, pair);
  return apart <= most && (margin >= 0 || measure(model, pair, margin) <= margin);
}

/** All pairs of links, and of links and objects, at most their margin apart, each with its nearest shapes, in the model's order. */
export function collidingPairs(
  model: CollisionModel,
  data: RobotData,
  margins: number | Margins = 0,
): LinkDistance[] {
  placeShapes(model, data);
  const { shapes, pairA, pairB } = model;
  const found: LinkDistance[] = [];
  let [owner1, owner2] = [-1, -1];
  let best = Number.POSITIVE_INFINITY;
  for (let pair = 0; pair < pairA.length; pair += 1) {
    const { owner: first } = shapes[pairA[pair] as number] as CollisionShape;
    const { owner: second } = shapes[pairB[pair] as number] as CollisionShape;
    const margin = marginOf(model, pair, margins);
    if (first !== owner1 || second !== owner2) best = Number.POSITIVE_INFINITY;
    if (ballsApart(model, pair) > Math.min(best, margin)) continue;
    const distance = measure(model, pair, Math.min(best, margin));
    if (distance > margin || distance >= best) continue;
    // The shapes of two links follow one another, so a nearer one replaces the last.
    if (best < Number.POSITIVE_INFINITY) found.pop();
    found.push(answerOf(model, pair, distance));
    best = distance;
    [owner1, owner2] = [first, second];
  }
  return found;
}

/** Where the pair's search ended the last time, at first from centre to centre. */
function takeAxis(model: CollisionModel, pair: number): void {
  const { work, pairA, pairB } = model;
  const { axes, centres } = work;
  const { axis } = work.gjk;
  const at = 3 * pair;
  axis[0] = axes[at] as number;
  axis[1] = axes[at + 1] as number;
  axis[2] = axes[at + 2] as number;
  if (axis[0] !== 0 || axis[1] !== 0 || axis[2] !== 0) return;
  const a = 3 * (pairA[pair] as number);
  const b = 3 * (pairB[pair] as number);
  for (let k = 0; k < 3; k += 1) axis[k] = (centres[a + k] as number) - (centres[b + k] as number);
}

function keepAxis({ work }: CollisionModel, pair: number): void {
  const { axes, gjk } = work;
  axes[3 * pair] = gjk.axis[0] as number;
  axes[3 * pair + 1] = gjk.axis[1] as number;
  axes[3 * pair + 2] = gjk.axis[2] as number;
}

/** Signed distance of one pair in m, its points in the workspace; Infinity when it is surely above `most`. */
export function measure(model: CollisionModel, pair: number, most: number): number {
  const { work, shapes, pairA, pairB } = model;
  if (gapOf(model, pair) > most) return Number.POSITIVE_INFINITY;
  const taken = takePair(work, shapes, pairA[pair] as number, pairB[pair] as number);
  if (hasPlane(taken.a, taken.b)) return planeDistance(taken, work.point1, work.point2);
  const first = taken.a.margin;
  const second = taken.b.margin;
  takeAxis(model, pair);
  work.gjk.bounds[0] = most + first + second;
  work.gjk.bounds[1] = -1;
  work.gjk.bounds[2] = Number.POSITIVE_INFINITY;
  findCoreDistance(taken, work.gjk);
  const apart = work.gjk.found[0] as number;
  keepAxis(model, pair);
  const { point1, point2, polytope, gjk } = work;
  if (apart === overlapping) {
    const depth = coreDepth(taken, gjk.simplex, polytope);
    for (let k = 0; k < 3; k += 1) {
      const outwards = polytope.normal[k] as number;
      point1[k] = (polytope.onA[k] as number) + first * outwards;
      point2[k] = (polytope.onB[k] as number) - second * outwards;
    }
    return -depth - first - second;
  }
  if (apart > most + first + second) return Number.POSITIVE_INFINITY;
  const { simplex } = gjk;
  for (let k = 0; k < 3; k += 1) {
    let a = 0;
    let b = 0;
    for (let i = 0; i < simplex.size; i += 1) {
      a += (simplex.weights[i] as number) * (simplex.vertices[vertexSize * i + 3 + k] as number);
      b += (simplex.weights[i] as number) * (simplex.vertices[vertexSize * i + 6 + k] as number);
    }
    const away = gjk.axis[k] as number;
    point1[k] = a - first * away;
    point2[k] = b + second * away;
  }
  return apart - first - second;
}

/** At most `near` apart; farther than `far`; or farther than `near`, and perhaps than `far`. */
export type Standing = "near" | "between" | "far";

/** How the shapes of a pair, placed, stand to one another: told sooner than how far they are apart. 0 ≤ near ≤ far, m. */
export function standingOf(model: CollisionModel, pair: number, near: number, far: number): Standing {
  const { work, shapes, pairA, pairB } = model;
  const gap = gapOf(model, pair);
  if (gap > far) return "far";
  // Not to search for what is mostly known: from centre to centre it is about as far as they are apart, or farther.
  if (gap > near && centresApart(model, pair) <= far) return "between";
  const taken = takePair(work, shapes, pairA[pair] as number, pairB[pair] as number);
  let distance = 0;
  if (hasPlane(taken.a, taken.b)) distance = planeDistance(taken, work.point1, work.point2);
  else {
    const margins = taken.a.margin + taken.b.margin;
    takeAxis(model, pair);
    work.gjk.bounds[0] = far + margins;
    work.gjk.bounds[1] = near + margins;
    work.gjk.bounds[2] = near + margins;
    findCoreDistance(taken, work.gjk);
    keepAxis(model, pair);
    distance = (work.gjk.found[0] as number) - margins;
  }
  if (distance > far) return "far";
  return distance <= near ? "near" : "between";
}

/** A pair that was measured last, for people. */
export function answerOf(model: CollisionModel, pair: number, distance: number): LinkDistance {
  const { robot, shapes, pairA, pairB, work } = model;
  const a = shapes[pairA[pair] as number] as CollisionShape;
  const b = shapes[pairB[pair] as number] as CollisionShape;
  const triple = (p: Float64Array): readonly [number, number, number] => [p[0] ?? 0, p[1] ?? 0, p[2] ?? 0];
  return {
    link1: a.role === null ? (robot.links[a.link] ?? "") : a.label,
    link2: b.role === null ? (robot.links[b.link] ?? "") : b.label,
    ...(a.role !== null && { role1: a.role }),
    ...(b.role !== null && { role2: b.role }),
    shape1: a.label,
    shape2: b.label,
    distance,
    point1: triple(work.point1),
    point2: triple(work.point2),
    inCollision: distance <= 0,
  };
}
