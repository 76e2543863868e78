import { neutralConfiguration } from "../configuration.ts";
import { createData } from "../data.ts";
import { forwardKinematics } from "../forward-kinematics.ts";
import type { RobotModel } from "../model.ts";
import type { LinkNames } from "./allowed-pairs.ts";
import type { CollisionModel } from "./collision-model.ts";
import { collidingPairs } from "./self-collision.ts";

const draws = 100;
/** rad: how far joints without an end are drawn. */
const turn = Math.PI;

/**
 * The pairs of links that collide in the zero pose, or wherever the joints stand: for robots without SRDF, whose
 * neighbours' shapes overlap on purpose. The draws are the same each time.
 */
export function alwaysTouching(model: CollisionModel): LinkNames[] {
  const { robot } = model;
  const data = createData(robot);
  const q = neutralConfiguration(robot);
  forwardKinematics(robot, data, q);
  const touching = collidingPairs(model, data);
  const counts = new Map<string, { pair: LinkNames; count: number }>();
  for (let i = 0; i < draws; i += 1) {
    draw(robot, q, i);
    forwardKinematics(robot, data, q);
    for (const { link1, link2 } of collidingPairs(model, data)) {
      const key = JSON.stringify([link1, link2]);
      const known = counts.get(key) ?? { pair: { link1, link2 }, count: 0 };
      known.count += 1;
      counts.set(key, known);
    }
  }
  const neutral = new Set(touching.map(({ link1, link2 }) => JSON.stringify([link1, link2])));
  const always = [...counts].filter(([key, { count }]) => count === draws && !neutral.has(key));
  return [...touching.map(({ link1, link2 }) => ({ link1, link2 })), ...always.map(([, { pair }]) => pair)];
}

/** Additive recurrences with irrational steps: evenly spread over the joints' ranges, without chance. */
function draw(robot: RobotModel, q: Float64Array, i: number): void {
  for (const [j, joint] of robot.joints.entries()) {
    if (joint.nq !== 1) continue;
    const fraction = ((i + 1) * Math.sqrt(2 + j)) % 1;
    const [lower, upper] = [Math.max(joint.lower, -turn), Math.min(joint.upper, turn)];
    q[joint.qIndex] = lower + fraction * (upper - lower);
  }
}
