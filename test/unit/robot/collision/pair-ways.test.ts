import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { ownCapsule } from "../../../../src/robot/collision/bounding-capsule.ts";
import {
  type CollisionModel,
  createCollisionModel,
} from "../../../../src/robot/collision/collision-model.ts";
import { convexHull } from "../../../../src/robot/collision/convex-hull.ts";
import { gapOf } from "../../../../src/robot/collision/pair-gap.ts";
import { pairGroups } from "../../../../src/robot/collision/pair-groups.ts";
import { PairWays } from "../../../../src/robot/collision/pair-ways.ts";
import { placeShapes } from "../../../../src/robot/collision/place-shapes.ts";
import { type SceneObject, withScene } from "../../../../src/robot/collision/scene.ts";
import { measure, standingOf } from "../../../../src/robot/collision/self-collision.ts";
import { type CollisionShape, coreKind } from "../../../../src/robot/collision/shape.ts";
import { neutralConfiguration } from "../../../../src/robot/configuration.ts";
import { createData } from "../../../../src/robot/data.ts";
import { forwardKinematics } from "../../../../src/robot/forward-kinematics.ts";
import { createModel } from "../../../../src/robot/model.ts";
import { parseUrdf } from "../../../../src/robot/reading/urdf.ts";
import { randomFrom } from "../random-from.ts";

const draws = Number(process.env.PAIR_DRAWS ?? 6);
const any = Number.POSITIVE_INFINITY;

const posts: SceneObject[] = [0.3, -0.4].map((y, i) => ({
  id: `post ${i}`,
  role: "obstacle",
  geometry: { kind: "box", size: [0.1, 0.1, 0.8] },
  link: null,
  touching: [],
  pose: { position: [0.4, y, 0.4], quaternion: [0, 0, 0, 1] },
}));

function loadRover(): CollisionModel {
  const text = readFileSync(new URL("../../../../urdf/rover.urdf", import.meta.url), "utf8");
  const { description } = parseUrdf(text);
  if (description === null) throw new Error("no robot");
  const { model } = createCollisionModel(description, createModel(description), { verticesOf: () => null });
  return withScene(model, posts);
}

function drawer(model: CollisionModel, seed: number) {
  const random = randomFrom(seed);
  const draw = (): Float64Array => {
    const q = neutralConfiguration(model.robot);
    for (const { nq, qIndex, lower, upper } of model.robot.joints) {
      const [from, to] = [Math.max(lower, -Math.PI), Math.min(upper, Math.PI)];
      if (nq === 1) q[qIndex] = from + (to - from) * random.next();
    }
    return q;
  };
  return { random, draw };
}

describe("how far the shapes of a pair may move against each other", () => {
  it("bounds by how much they come nearer, near one configuration and anywhere", () => {
    const model = loadRover();
    const { robot } = model;
    const data = createData(robot);
    const ways = new PairWays(model, data);
    const { random, draw } = drawer(model, 3);
    const place = (q: Float64Array): void => {
      forwardKinematics(robot, data, q);
      placeShapes(model, data);
    };
    let [worst, tight] = [0, 0];
    for (let i = 0; i < draws; i += 1) {
      const q = draw();
      const moved = new Float64Array(robot.nv);
      for (const { nv, vIndex } of robot.joints) if (nv === 1) moved[vIndex] = 0.4 * random.next() ** 2;
      place(q);
      ways.placed();
      const before = [...model.pairA].map((_, pair) => {
        const anywhere = ways.wayAnywhere(pair, moved, 1);
        return { distance: measure(model, pair, any), way: ways.wayNear(pair, moved, 1, anywhere), anywhere };
      });
      for (const { way, anywhere } of before) {
        expect(way).toBeLessThanOrEqual(anywhere);
        if (way < 0.7 * anywhere) tight += 1;
      }
      for (let k = 0; k < 8; k += 1) {
        const other = q.slice();
        for (const { nv, qIndex, vIndex } of robot.joints) {
          // Mostly the ends, where the way is greatest.
          const share = random.next() < 0.7 ? Math.sign(random.next() - 0.5) : 2 * random.next() - 1;
          if (nv === 1) other[qIndex] = (q[qIndex] as number) + share * (moved[vIndex] as number);
        }
        place(other);
        for (const [pair, { distance, way }] of before.entries()) {
          if (distance <= way) continue;
          const nearer = distance - measure(model, pair, any);
          if (way > 0) worst = Math.max(worst, nearer / way);
          else expect(nearer).toBeLessThan(1e-9);
        }
      }
    }
    expect(worst).toBeLessThanOrEqual(1 + 1e-9);
    // Not so far from what is needed as to be useless.
    expect(worst).toBeGreaterThan(0.3);
    expect(tight).toBeGreaterThan(draws);
  });
});

describe("quick answers about a pair", () => {
  it("agree with its distance", () => {
    const model = loadRover();
    const data = createData(model.robot);
    const { random, draw } = drawer(model, 5);
    const seen = { near: 0, between: 0, far: 0, gaps: 0 };
    for (let i = 0; i < draws; i += 1) {
      forwardKinematics(model.robot, data, draw());
      placeShapes(model, data);
      for (let pair = 0; pair < model.pairA.length; pair += 1) {
        const near = 0.02 * random.next();
        const far = near + 0.5 * random.next();
        const standing = standingOf(model, pair, near, far);
        const gap = gapOf(model, pair);
        const distance = measure(model, pair, any);
        seen[standing] += 1;
        if (gap > 0) seen.gaps += 1;
        if (distance > 0) expect(gap).toBeLessThanOrEqual(distance + 1e-9);
        if (standing === "near") expect(distance).toBeLessThanOrEqual(near + 1e-9);
        else expect(distance).toBeGreaterThan(standing === "far" ? far - 1e-9 : near - 1e-9);
      }
    }
    for (const count of Object.values(seen)) expect(count).toBeGreaterThan(0);
  });

  it("about links of several shapes: the boxes around them are not farther apart than the nearest shapes", () => {
    const model = loadRover();
    const { model: all, own, heads, headOf, begin, end } = pairGroups(model);
    expect(begin.length).toBeGreaterThan(10);
    expect([...all.pairA.subarray(0, own)]).toEqual([...model.pairA]);
    // Each pair is in one group.
    const within = [...heads].flatMap((head) =>
      head < own
        ? [head]
        : Array.from(
            { length: (end[head - own] ?? 0) - (begin[head - own] ?? 0) },
            (_, k) => (begin[head - own] ?? 0) + k,
          ),
    );
    expect(within).toEqual([...model.pairA.keys()]);
    const data = createData(model.robot);
    const { draw } = drawer(model, 8);
    for (let i = 0; i < draws; i += 1) {
      forwardKinematics(model.robot, data, draw());
      placeShapes(all, data);
      const apart = [...all.pairA.keys()].map((pair) => measure(all, pair, any));
      for (let pair = 0; pair < own; pair += 1) {
        const head = headOf[pair] as number;
        const least = apart[pair] as number;
        if (least > 0) expect(apart[head]).toBeLessThanOrEqual(least + 1e-9);
      }
    }
  });
});

describe("a capsule around a shape", () => {
  it("has all corners of a hull inside, and is narrow around a long one", () => {
    const random = randomFrom(2);
    for (let i = 0; i < 4 * draws; i += 1) {
      const long = 0.1 + 2 * random.next();
      const points = Float64Array.from(
        { length: 3 * (4 + i) },
        (_, k) => (random.next() - 0.5) * (k % 3 === 1 ? long : 0.1),
      );
      const hull = convexHull(points);
      const shape = { kind: coreKind.hull, hull, margin: 0 } as CollisionShape;
      const [x0 = 0, y0 = 0, z0 = 0, x1 = 0, y1 = 0, z1 = 0, radius = 0] = ownCapsule(shape);
      const [ux, uy, uz] = [x1 - x0, y1 - y0, z1 - z0];
      const square = ux * ux + uy * uy + uz * uz;
      for (let k = 0; k < hull.vertices.length; k += 3) {
        const [x, y, z] = [0, 1, 2].map((c) => hull.vertices[k + c] as number) as [number, number, number];
        const along = (x - x0) * ux + (y - y0) * uy + (z - z0) * uz;
        const share = square > 0 ? Math.min(1, Math.max(0, along / square)) : 0;
        const distance = Math.hypot(x - x0 - share * ux, y - y0 - share * uy, z - z0 - share * uz);
        expect(distance).toBeLessThanOrEqual(radius);
      }
      expect(radius).toBeLessThan(0.1);
    }
  });
});
