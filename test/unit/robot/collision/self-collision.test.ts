import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  type CollisionModel,
  type CollisionOptions,
  createCollisionModel,
} from "../../../../src/robot/collision/collision-model.ts";
import { collides, collidingPairs, selfCollision } from "../../../../src/robot/collision/self-collision.ts";
import { withoutTouchingPairs } from "../../../../src/robot/collision/touching-pairs.ts";
import { setJointPosition } from "../../../../src/robot/configuration.ts";
import { createData, type RobotData } from "../../../../src/robot/data.ts";
import { forwardKinematics } from "../../../../src/robot/forward-kinematics.ts";
import { createModel } from "../../../../src/robot/model.ts";
import { parseUrdf } from "../../../../src/robot/reading/urdf.ts";
import { randomFrom } from "../random-from.ts";

type Setup = { model: CollisionModel; data: RobotData; findings: string[]; q: Float64Array };

function setUp(urdf: string, options: Partial<CollisionOptions> = {}): Setup {
  const { description, findings: faults } = parseUrdf(urdf);
  if (description === null) throw new Error(JSON.stringify(faults));
  const robot = createModel(description);
  const { model, findings } = createCollisionModel(description, robot, {
    verticesOf: () => null,
    ...options,
  });
  const told = findings.map(({ element, message }) => `${element}: ${message}`);
  return { model, data: createData(robot), findings: told, q: new Float64Array(robot.nq) };
}

function pairsOf({ shapes, pairA, pairB, robot }: CollisionModel): string[] {
  const name = (shape: number | undefined): string => robot.links[shapes[shape ?? -1]?.link ?? -1] ?? "?";
  return [...new Set([...pairA].map((a, i) => `${name(a)} ${name(pairB[i])}`))];
}

const link = (name: string, geometry: string, more = ""): string =>
  `<link name="${name}"><collision><geometry>${geometry}</geometry></collision>${more}</link>`;
const joint = (type: string, parent: string, child: string, xyz: string): string =>
  `<joint name="${parent}_${child}" type="${type}"><parent link="${parent}"/><child link="${child}"/>
   <origin xyz="${xyz}"/><axis xyz="0 1 0"/><limit lower="-3" upper="3" effort="1" velocity="1"/></joint>`;
const sphere = '<sphere radius="0.1"/>';

/** A chain of balls of radius 0.1, 0.3, 0.3 and 0.35 m apart: base – a – b – c, with a cap fixed on a. */
const chain = `<robot name="chain">
  ${link("base", sphere)}${link("a", sphere)}${link("cap", sphere)}${link("b", sphere)}${link("c", sphere)}
  ${joint("revolute", "base", "a", "0.3 0 0")}${joint("fixed", "a", "cap", "0 0 0.2")}
  ${joint("revolute", "a", "b", "0.3 0 0")}${joint("revolute", "b", "c", "0.35 0 0")}</robot>`;

describe("the pairs that are checked", () => {
  it("leave out one body's links and joined bodies, through fixed joints, too", () => {
    expect(pairsOf(setUp(chain).model)).toEqual(["base b", "base c", "a c", "cap c"]);
  });

  it("leave out what is disabled, in either order, and what is disabled by default but for enabled pairs", () => {
    const disabledPairs = [{ link1: "c", link2: "base" }];
    expect(pairsOf(setUp(chain, { disabledPairs }).model)).toEqual(["base b", "a c", "cap c"]);
    const enabledPairs = [{ link1: "c", link2: "a" }];
    const some = setUp(chain, { disabledLinks: ["c"], enabledPairs });
    expect(pairsOf(some.model)).toEqual(["base b", "a c"]);
  });

  it("tell of names that the robot does not have", () => {
    const { findings } = setUp(chain, { disabledPairs: [{ link1: "base", link2: "lid" }] });
    expect(findings).toEqual([expect.stringContaining('"lid": the robot has no link of this name')]);
  });

  it("can leave out what touches in the neutral configuration, and tell it", () => {
    const near = chain.replace(
      '<link name="c"><collision>',
      '<link name="c"><collision><origin xyz="-0.65 0 0.1"/>',
    );
    const { model } = setUp(near);
    const { model: kept, findings } = withoutTouchingPairs(model);
    expect(pairsOf(kept)).toEqual(["base b", "base c"]);
    expect(findings.map(({ element }) => element)).toEqual([
      'collision pair "a" "c"',
      'collision pair "cap" "c"',
    ]);
    expect(findings[0]?.message).toContain("0.1");
  });
});

describe("self-collision", () => {
  it("names the nearest pair with its distance and points", () => {
    const { model, data, q } = setUp(chain);
    forwardKinematics(model.robot, data, q);
    const nearest = selfCollision(model, data);
    expect(nearest).toMatchObject({
      link1: "base",
      link2: "b",
      shape1: "1",
      shape2: "1",
      inCollision: false,
    });
    expect(nearest?.distance).toBeCloseTo(0.4, 12);
    expect(nearest?.point1[0]).toBeCloseTo(0.1, 12);
    expect(nearest?.point2[0]).toBeCloseTo(0.5, 12);
    expect(collides(model, data)).toBe(false);
    expect(collides(model, data, 0.41)).toBe(true);
    expect(collidingPairs(model, data, 0.46).map(({ link1, link2 }) => [link1, link2])).toEqual([
      ["base", "b"],
      ["a", "c"],
    ]);
  });

  it("names the deepest pair when the robot folds into itself", () => {
    const { model, data, q } = setUp(chain);
    // Upwards at a, and back over: c comes to rest on the cap.
    setJointPosition(model.robot, q, "a_b", -2.6);
    setJointPosition(model.robot, q, "b_c", 2.9);
    forwardKinematics(model.robot, data, q);
    const all = collidingPairs(model, data, 10);
    const least = Math.min(...all.map(({ distance }) => distance));
    const nearest = selfCollision(model, data);
    expect(nearest?.distance).toBe(least);
    expect(nearest?.inCollision).toBe(least <= 0);
    expect(all).toHaveLength(4);
  });

  it("asks for the margin on both sides of contact", () => {
    const { model, data, q } = setUp(chain);
    setJointPosition(model.robot, q, "a_b", 3);
    forwardKinematics(model.robot, data, q);
    const depth = -(selfCollision(model, data)?.distance ?? Number.NaN);
    expect(depth).toBeGreaterThan(0.1);
    expect(collides(model, data)).toBe(true);
    expect(collides(model, data, -depth + 1e-6)).toBe(true);
    expect(collides(model, data, -depth - 1e-6)).toBe(false);
    expect(collidingPairs(model, data, -depth - 1e-6)).toEqual([]);
  });

  it("is null without pairs, and throws for another robot's data", () => {
    const { model, data } = setUp(`<robot name="one">${link("base", sphere)}</robot>`);
    expect(selfCollision(model, data)).toBeNull();
    expect(collides(model, data)).toBe(false);
    expect(() => selfCollision(setUp(chain).model, data)).toThrow("data of 1 links for a model of 5");
  });

  it("gives the same answers after other queries as afresh, for our arm over random states", () => {
    const urdf = readFileSync(new URL("../../../../urdf/arm.urdf", import.meta.url), "utf8");
    const used = setUp(urdf);
    const random = randomFrom(3);
    let inCollision = 0;
    for (let run = 0; run < 200; run += 1) {
      const fresh = setUp(urdf);
      for (const { qIndex, nq } of fresh.model.robot.joints) {
        if (nq === 1) used.q[qIndex] = fresh.q[qIndex] = random.next() * 5 - 2.5;
      }
      forwardKinematics(fresh.model.robot, fresh.data, fresh.q);
      forwardKinematics(used.model.robot, used.data, used.q);
      const [one, other] = [selfCollision(used.model, used.data), selfCollision(fresh.model, fresh.data)];
      expect(Math.abs((one?.distance ?? 0) - (other?.distance ?? 1))).toBeLessThan(2e-9);
      expect(collides(used.model, used.data)).toBe(other?.inCollision);
      if (other?.inCollision) inCollision += 1;
    }
    expect(inCollision).toBeGreaterThan(20);
    expect(inCollision).toBeLessThan(180);
  });
});

describe("meshes in collision geometry", () => {
  const mesh = '<mesh filename="package://p/a.stl" scale="2 1 1"/>';
  const urdf = chain
    .replace(link("base", sphere), link("base", mesh))
    .replace(link("c", sphere), link("c", mesh));
  const corners = [-0.1, 0.1].flatMap((x) =>
    [-0.1, 0.1].flatMap((y) => [-0.1, 0.1].flatMap((z) => [x, y, z])),
  );

  it("count by their hulls, scaled", () => {
    const { model, data, q, findings } = setUp(urdf, { verticesOf: () => Float64Array.from(corners) });
    expect(findings).toEqual([]);
    forwardKinematics(model.robot, data, q);
    const pairs = collidingPairs(model, data, 10);
    expect(pairs.find(({ link2 }) => link2 === "b")?.distance).toBeCloseTo(0.3, 9);
    expect(pairs.find(({ link1, link2 }) => link1 === "base" && link2 === "c")?.distance).toBeCloseTo(
      0.55,
      9,
    );
  });

  it("that are missing, empty or far out are left out, and each use is told", () => {
    const missing = setUp(urdf);
    expect(pairsOf(missing.model)).toEqual([]);
    expect(missing.findings).toEqual([
      'link "base" > collision 1: mesh "package://p/a.stl" cannot be had, so the shape is left out of collision checking',
      'link "c" > collision 1: mesh "package://p/a.stl" is missing here, too',
    ]);
    expect(setUp(urdf, { verticesOf: () => new Float64Array(4) }).findings[0]).toContain("gives 4 numbers");
    const nan = setUp(urdf, { verticesOf: () => Float64Array.from([0, 0, 0, 0, Number.NaN, 0]) });
    expect(nan.findings[0]).toContain("vertex 1 lies at NaN m");
    const far = setUp(urdf, { verticesOf: () => Float64Array.from([0, 0, 1e200]) });
    expect(far.findings[0]).toContain("vertex 0 lies at 1e+200 m");
  });
});
