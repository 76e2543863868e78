import { describe, expect, it } from "vitest";
import {
  type CollisionModel,
  createCollisionModel,
} from "../../../../src/robot/collision/collision-model.ts";
import { MotionCollisionCheck } from "../../../../src/robot/collision/motion-collision.ts";
import type { MotionOfJoints } from "../../../../src/robot/collision/motion-of-joints.ts";
import { type SceneObject, sceneFault, withScene } from "../../../../src/robot/collision/scene.ts";
import { collides, collidingPairs, selfCollision } from "../../../../src/robot/collision/self-collision.ts";
import { withoutTouchingPairs } from "../../../../src/robot/collision/touching-pairs.ts";
import { createData } from "../../../../src/robot/data.ts";
import { forwardKinematics } from "../../../../src/robot/forward-kinematics.ts";
import { createModel } from "../../../../src/robot/model.ts";
import { parseUrdf } from "../../../../src/robot/reading/urdf.ts";
import { randomFrom } from "../random-from.ts";

const ball = (name: string): string =>
  `<link name="${name}"><collision><geometry><sphere radius="0.1"/></geometry></collision></link>`;
const joint = (type: string, parent: string, child: string, xyz: string, axis = "0 1 0"): string =>
  `<joint name="${child}" type="${type}"><parent link="${parent}"/><child link="${child}"/>
   <origin xyz="${xyz}"/><axis xyz="${axis}"/><limit lower="-3" upper="3" effort="1" velocity="1"/></joint>`;

/** Balls of radius 0.1: base and foot are one body; a slides along x above them, b turns on it, tip is fixed on b. */
const slider = `<robot name="slider">${ball("base")}${ball("foot")}${ball("a")}${ball("b")}${ball("tip")}
  ${joint("fixed", "base", "foot", "0 0 -0.3")}${joint("prismatic", "base", "a", "0 0 1", "1 0 0")}
  ${joint("revolute", "a", "b", "0.5 0 0")}${joint("fixed", "b", "tip", "0.5 0 0")}</robot>`;

const here = { position: [0, 0, 0], quaternion: [0, 0, 0, 1] } as const;
const at = (x: number, y: number, z: number): SceneObject["pose"] => ({ ...here, position: [x, y, z] });
const object = (id: string, more: Partial<SceneObject>): SceneObject => ({
  id,
  role: "obstacle",
  geometry: { kind: "box", size: [0.2, 0.2, 0.2] },
  link: null,
  touching: [],
  pose: here,
  ...more,
});

function load(urdf: string, objects: SceneObject[]) {
  const { description } = parseUrdf(urdf);
  if (description === null) throw new Error("no robot");
  const robot = createModel(description);
  const own = createCollisionModel(description, robot, { verticesOf: () => null }).model;
  return { robot, own, model: withScene(own, objects), data: createData(robot) };
}

function pairsOf({ shapes, pairA, pairB, robot }: CollisionModel): string[] {
  const name = (i: number | undefined): string => {
    const shape = shapes[i ?? -1];
    return shape?.role === null ? (robot.links[shape.link] ?? "?") : (shape?.label ?? "?");
  };
  return [...pairA].map((a, i) => `${name(a)} ${name(pairB[i])}`);
}

/** At constant speed for 1 s. */
const straight = (from: readonly number[], to: readonly number[]): MotionOfJoints => ({
  duration: 1,
  configurationAt: (time, q) => {
    for (const [i, value] of from.entries()) q[i] = value + time * ((to[i] ?? 0) - value);
  },
  fastestWithin: (_from, _until, out) => {
    for (const [i, value] of from.entries()) out[i] = Math.abs((to[i] ?? 0) - value);
  },
});

function run(check: MotionCollisionCheck) {
  for (;;) {
    const found = check.advance(100);
    if (found !== null) return found;
  }
}

describe("a robot in its surroundings", () => {
  it("is checked against the world's objects, but for what is fixed to the root link", () => {
    const { own, model } = load(slider, [object("table", {}), object("zone", { role: "keepout" })]);
    expect(pairsOf(own)).toEqual(["base b", "base tip", "foot b", "foot tip"]);
    expect(pairsOf(model).slice(4)).toEqual([
      "a table",
      "b table",
      "tip table",
      "a zone",
      "b zone",
      "tip zone",
    ]);
  });

  it("does not check what may touch, and carries what is attached", () => {
    const { model } = load(slider, [
      object("table", { touching: ["a"] }),
      object("tool", { link: "tip", touching: ["base"] }),
      object("lid", { link: "a", touching: ["table"] }),
      object("shelf", { link: "foot" }),
    ]);
    expect(pairsOf(model).slice(4)).toEqual([
      "b table",
      "tip table",
      "foot tool",
      "table tool",
      "tool lid",
      "a shelf",
      "b shelf",
      "tip shelf",
      "tool shelf",
      "lid shelf",
    ]);
  });

  it("tells which side is an object, and of which role", () => {
    const { model, data, robot } = load(slider, [
      object("zone", { role: "keepout", pose: at(0.5, 0, 1.25) }),
      object("tool", { link: "tip", pose: at(0.3, 0, 0) }),
    ]);
    forwardKinematics(robot, data, new Float64Array(2));
    const nearest = selfCollision(model, data);
    expect(nearest).toMatchObject({ link1: "b", link2: "zone", role2: "keepout", shape2: "zone" });
    expect(nearest).not.toHaveProperty("role1");
    expect(nearest?.distance).toBeCloseTo(0.05, 9);
    const [tool] = collidingPairs(model, data, 10).filter(({ link2 }) => link2 === "tool");
    expect(tool).toMatchObject({ link1: "base" });
    const both = collidingPairs(model, data, 10).find(({ link1 }) => link1 === "zone");
    expect(both).toMatchObject({ link2: "tool", role1: "keepout", role2: "obstacle" });
  });

  it("has a margin for its surroundings and another for itself", () => {
    const { model, data, robot } = load(slider, [object("post", { pose: at(0.5, 0, 1.25) })]);
    forwardKinematics(robot, data, new Float64Array(2));
    expect(collides(model, data, 0.04)).toBe(false);
    expect(collides(model, data, 0.06)).toBe(true);
    expect(collides(model, data, { self: 0.06, scene: 0.04 })).toBe(false);
    expect(collides(model, data, { self: 0, scene: 0.06 })).toBe(true);
    expect(collidingPairs(model, data, { self: 0, scene: 0.06 }).map(({ link2 }) => link2)).toEqual(["post"]);
  });

  it("keeps its surroundings when pairs of links are left out", () => {
    const { model } = load(slider, [object("table", {})]);
    expect(pairsOf(withoutTouchingPairs(model, new Float64Array(2)).model)).toEqual(pairsOf(model));
  });

  it("refuses objects that it cannot use, with the reason", () => {
    const { robot, own } = load(slider, []);
    const bad = (more: Partial<SceneObject>): string | null => sceneFault(robot, object("x", more));
    expect(bad({})).toBeNull();
    expect(bad({ link: "nose" })).toBe('object "x": the robot "slider" has no link "nose"');
    expect(bad({ link: "tip", geometry: { kind: "plane" } })).toContain("cannot be attached");
    expect(bad({ pose: { position: [0, 0, 0], quaternion: [0, 0, 0, 2] } })).toContain("quaternion");
    expect(bad({ pose: at(Number.NaN, 0, 0) })).toContain("not finite");
    expect(bad({ mass: -1 })).toContain("-1 kg");
    const mesh = { kind: "mesh", filename: "package://p/cup.stl", scale: [1, 1, 1] } as const;
    expect(bad({ geometry: mesh })).toContain("cup.stl");
    expect(() => withScene(own, [object("x", { geometry: mesh })])).toThrow("cup.stl");
    const corners = Float64Array.from([0, 0, 0, 1, 0, 0, 0, 1, 0, 0, 0, 1]);
    const model = withScene(own, [object("x", { geometry: mesh })], { verticesOf: () => corners });
    expect(model.shapes.at(-1)?.hull?.vertices).toHaveLength(12);
  });
});

describe("a plane", () => {
  it("is as far as the lowest point above it, exactly, however it lies", () => {
    const random = randomFrom(5);
    const draw = (): number => 2 * random.next() - 1;
    for (let i = 0; i < 200; i += 1) {
      const raw = [draw(), draw(), draw(), draw()] as const;
      const length = Math.hypot(...raw);
      const [x, y, z, w] = raw.map((value) => value / length) as [number, number, number, number];
      const normal = [2 * (x * z + y * w), 2 * (y * z - x * w), 1 - 2 * (x * x + y * y)] as const;
      const position = [draw(), draw(), draw()] as const;
      const floor = object("floor", {
        geometry: { kind: "plane" },
        pose: { position, quaternion: [x, y, z, w] },
      });
      const { model, data, robot } = load(slider, [floor]);
      forwardKinematics(robot, data, Float64Array.of(draw(), 3 * draw()));
      const pairs = collidingPairs(model, data, 10).filter(({ link2 }) => link2 === "floor");
      expect(pairs.map(({ link1 }) => link1)).toEqual(["a", "b", "tip"]);
      for (const { link1, distance, point1, point2 } of pairs) {
        const origin = 12 * (robot.linkIndex.get(link1) ?? 0) + 9;
        const height = normal.reduce(
          (sum, n, k) => sum + n * ((data.rootFromLink[origin + k] ?? 0) - (position[k] ?? 0)),
          0,
        );
        expect(Math.abs(distance - (height - 0.1))).toBeLessThan(1e-12);
        const between = Math.hypot(point1[0] - point2[0], point1[1] - point2[1], point1[2] - point2[2]);
        expect(Math.abs(between - Math.abs(distance))).toBeLessThan(1e-12);
      }
      const least = Math.min(...pairs.map(({ distance }) => distance));
      expect(collides(withScene(load(slider, []).own, [floor]), data, least - 1e-9)).toBe(
        collides(load(slider, []).own, data, least - 1e-9),
      );
      expect(collides(model, data, least + 1e-9)).toBe(true);
    }
  });
});

describe("a motion among objects", () => {
  const post = object("post", { pose: at(1, 0, 1) });

  it("collides with a thin object between two looks, and tells where it is", () => {
    const sheet = object("sheet", {
      geometry: { kind: "box", size: [1e-4, 1, 1] },
      pose: at(2, 0, 1),
    });
    const { model } = load(slider, [sheet]);
    const found = run(new MotionCollisionCheck(model, straight([0, 0], [3, 0])));
    expect(found).toMatchObject({ pair: { link1: "tip", link2: "sheet", role2: "obstacle" } });
    if (found === "free") throw new Error("free");
    // The tip's front begins at x = 1.1 and goes 3 m/s.
    expect(found.time).toBeCloseTo((2 - 5e-5 - 1.1) / 3, 4);
    expect(found.pair.point2[0]).toBeCloseTo(2 - 5e-5, 6);
  });

  it("stays a margin away", () => {
    const { model } = load(slider, [post]);
    // Turned up by 90°, only a is in the way: its front is 0.1 ahead of it, the post begins at 0.9.
    const go = (x: number, margin: number) =>
      run(new MotionCollisionCheck(model, straight([0, -Math.PI / 2], [x, -Math.PI / 2]), { margin }));
    const up = (x: number, margin: number): string | number => {
      const found = go(x, margin);
      return found === "free" ? found : found.time * x;
    };
    expect(up(0.29, 0)).toBe("free");
    expect(up(0.29, 0.02)).toBeCloseTo(0.28, 3);
    expect(up(0.27, 0.02)).toBe("free");
  });

  it("may leave a margin that it began in, or stay, but not come nearer", () => {
    const { model } = load(slider, [post]);
    const go = (from: number, to: number) =>
      run(
        new MotionCollisionCheck(model, straight([from, -Math.PI / 2], [to, -Math.PI / 2]), { margin: 0.05 }),
      );
    expect(go(0.27, 0.27)).toBe("free");
    expect(go(0.27, 0)).toBe("free");
    expect(go(0.27, 0.28)).toMatchObject({ pair: { link1: "b", link2: "post" } });
    // Through the post and out on its other side.
    const found = go(0.299, 1.8);
    if (found === "free") throw new Error("free");
    expect(found.pair.distance).toBeGreaterThan(-0.02);
  });

  it("does not miss contact of a pair that began in the margin", () => {
    const { model } = load(slider, [
      object("sheet", { geometry: { kind: "box", size: [1e-4, 1, 1] }, pose: at(1.11, 0, 1) }),
    ]);
    const found = run(new MotionCollisionCheck(model, straight([0, 0], [3, 0]), { margin: 0.05 }));
    if (found === "free") throw new Error("free");
    expect(found.time).toBeLessThan(0.0035);
  });

  it("tells its least distance, to the exactness that is asked for", () => {
    const random = randomFrom(11);
    let free = 0;
    for (let i = 0; i < 20; i += 1) {
      const objects = [0, 1, 2].map((k) =>
        object(`box ${k}`, { pose: at(3 * random.next() - 1, 0.6 * random.next() + 0.3, 2 * random.next()) }),
      );
      const { model, data, robot } = load(slider, objects);
      const motion = straight([random.next(), random.next()], [2 * random.next() - 1, 4 * random.next() - 2]);
      const check = new MotionCollisionCheck(model, motion, { leastWithin: 1e-3 });
      if (run(check) !== "free") continue;
      const least = check.least();
      const q = new Float64Array(2);
      free += 1;
      let truth = Number.POSITIVE_INFINITY;
      for (let k = 0; k <= 1000; k += 1) {
        motion.configurationAt(k / 1000, q);
        forwardKinematics(robot, data, q);
        truth = Math.min(truth, selfCollision(model, data)?.distance ?? truth);
      }
      expect(least?.metres).toBeLessThan(truth + 1e-3);
      expect(least?.metres).toBeGreaterThan(truth - 1e-3);
      motion.configurationAt(least?.time ?? 0, q);
      forwardKinematics(robot, data, q);
      expect(selfCollision(model, data)?.distance).toBeCloseTo(least?.metres ?? 0, 9);
      expect(least?.pair.distance).toBe(least?.metres);
    }
    expect(free).toBeGreaterThan(5);
  });
});
