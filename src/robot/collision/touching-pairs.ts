import { neutralConfiguration } from "../configuration.ts";
import { createData } from "../data.ts";
import { forwardKinematics } from "../forward-kinematics.ts";
import { type CollisionFinding, type CollisionModel, withoutLinkPairs } from "./collision-model.ts";
import { collidingPairs } from "./self-collision.ts";

/**
 * The same model without the pairs of links that are in collision in the configuration `q`, by default the neutral
 * one: for robots without SRDF, whose neighbours' shapes overlap on purpose. Each such pair is told.
 */
export function withoutTouchingPairs(
  model: CollisionModel,
  q: Float64Array = neutralConfiguration(model.robot),
): { model: CollisionModel; findings: CollisionFinding[] } {
  const data = createData(model.robot);
  forwardKinematics(model.robot, data, q);
  const touching = collidingPairs(model, data);
  const keys = new Set(touching.map(({ link1, link2 }) => JSON.stringify([link1, link2])));
  const findings = touching.map(
    ({ link1, link2, distance }): CollisionFinding => ({
      severity: "warning",
      element: `collision pair "${link1}" "${link2}"`,
      message: `in the reference configuration they are ${-distance} m deep in one another, so the pair is not checked`,
    }),
  );
  const kept = withoutLinkPairs(model, (link1, link2) => !keys.has(JSON.stringify([link1, link2])));
  return { model: kept, findings };
}
