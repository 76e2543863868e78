import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { alwaysTouching } from "../../../../src/robot/collision/always-touching.ts";
import { createCollisionModel } from "../../../../src/robot/collision/collision-model.ts";
import { type SceneObject, withScene } from "../../../../src/robot/collision/scene.ts";
import { collides, collidingPairs } from "../../../../src/robot/collision/self-collision.ts";
import { neutralConfiguration, setJointPosition } from "../../../../src/robot/configuration.ts";
import { createData } from "../../../../src/robot/data.ts";
import { forwardKinematics } from "../../../../src/robot/forward-kinematics.ts";
import { createModel } from "../../../../src/robot/model.ts";
import { parseUrdf } from "../../../../src/robot/reading/urdf.ts";

/** Made by scripts/truth/compare-scenes.py --write. */
type Truth = {
  scenes: {
    objects: SceneObject[];
    /** Of the hull. */
    points: number[];
    pairs: [string, string][];
    states: { positions: Record<string, number>; distances: number[] }[];
  }[];
};

const file = (path: string): string => readFileSync(new URL(`../../../../${path}`, import.meta.url), "utf8");

describe("a robot among objects", () => {
  it("is as far from each as coal says, for boxes, cylinders, capsules, spheres, hulls and the ground", () => {
    const { scenes }: Truth = JSON.parse(file("test/truth/scenes.json"));
    const { description } = parseUrdf(file("urdf/arm.urdf"));
    if (description === null) throw new Error("no robot");
    const robot = createModel(description);
    const first = createCollisionModel(description, robot, { verticesOf: () => null }).model;
    const disabledPairs = alwaysTouching(first);
    const own = createCollisionModel(description, robot, { verticesOf: () => null, disabledPairs }).model;
    const data = createData(robot);
    const seen = { apart: 0, touching: 0 };
    for (const { objects, points, pairs, states } of scenes) {
      const model = withScene(own, objects, { verticesOf: () => Float64Array.from(points) });
      for (const { positions, distances } of states) {
        const q = neutralConfiguration(robot);
        for (const [joint, position] of Object.entries(positions))
          setJointPosition(robot, q, joint, position);
        forwardKinematics(robot, data, q);
        const ours = collidingPairs(model, data, Number.POSITIVE_INFINITY);
        expect(ours.map(({ link1, link2 }) => [link1, link2])).toEqual(pairs);
        for (const [i, { distance }] of ours.entries()) {
          const theirs = distances[i] ?? Number.NaN;
          if (theirs > 1e-6) expect(Math.abs(distance - theirs)).toBeLessThan(1e-7);
          else expect(distance).toBeLessThanOrEqual(1e-6);
          seen[theirs > 1e-6 ? "apart" : "touching"] += 1;
        }
        expect(collides(model, data)).toBe(distances.some((distance) => distance <= 0));
      }
    }
    expect(seen.apart).toBeGreaterThan(1000);
    expect(seen.touching).toBeGreaterThan(20);
  });
});
