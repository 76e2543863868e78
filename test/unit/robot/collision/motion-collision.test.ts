import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createCollisionModel } from "../../../../src/robot/collision/collision-model.ts";
import { MotionCollisionCheck } from "../../../../src/robot/collision/motion-collision.ts";
import type { MotionOfJoints } from "../../../../src/robot/collision/motion-of-joints.ts";
import { collides, selfCollision } from "../../../../src/robot/collision/self-collision.ts";
import { neutralConfiguration } from "../../../../src/robot/configuration.ts";
import { createData } from "../../../../src/robot/data.ts";
import { forwardKinematics } from "../../../../src/robot/forward-kinematics.ts";
import { createModel, type RobotModel } from "../../../../src/robot/model.ts";
import { parseUrdf } from "../../../../src/robot/reading/urdf.ts";
import { randomFrom } from "../random-from.ts";

const rover = readFileSync(new URL("../../../../urdf/rover.urdf", import.meta.url), "utf8");

function load(urdf: string) {
  const { description } = parseUrdf(urdf);
  if (description === null) throw new Error("no robot");
  const robot = createModel(description);
  return { robot, ...createCollisionModel(description, robot, { verticesOf: () => null }) };
}

/** From one configuration to another at constant speed, in 1 s unless told otherwise. */
function straight(from: Float64Array, to: Float64Array, robot: RobotModel, duration = 1): MotionOfJoints {
  return {
    duration,
    configurationAt: (time, q) => {
      for (let i = 0; i < q.length; i += 1)
        q[i] = (from[i] as number) + (time / duration) * ((to[i] as number) - (from[i] as number));
    },
    fastestWithin: (_from, _until, out) => {
      for (const { qIndex, vIndex, nv } of robot.joints) {
        if (nv === 1) out[vIndex] = Math.abs((to[qIndex] as number) - (from[qIndex] as number)) / duration;
      }
    },
  };
}

function run(check: MotionCollisionCheck, most = 100) {
  for (let portions = 1; ; portions += 1) {
    const found = check.advance(most);
    if (found !== null) return { found, portions };
  }
}

describe("a check for self-collision along a motion", () => {
  it("agrees with looking every half millisecond, on the rover's arm", () => {
    const { robot, model } = load(rover);
    const data = createData(robot);
    const q = neutralConfiguration(robot);
    const at = (motion: MotionOfJoints, time: number) => {
      motion.configurationAt(time, q);
      forwardKinematics(robot, data, q);
    };
    const random = randomFrom(7);
    const draw = () => {
      const drawn = neutralConfiguration(robot);
      for (const { nq, qIndex, lower, upper } of robot.joints) {
        const [low, high] = [Math.max(lower, -2), Math.min(upper, 2)];
        if (nq === 1) drawn[qIndex] = low + (high - low) * random.next();
      }
      return drawn;
    };
    const seen = { free: 0, hit: 0 };
    for (let i = 0; i < 150; i += 1) {
      const motion = straight(draw(), draw(), robot);
      at(motion, 0);
      if (collides(model, data)) continue;
      const { found } = run(new MotionCollisionCheck(model, motion));
      let first = Number.POSITIVE_INFINITY;
      for (let k = 0; k <= 2000 && first > 1; k += 1) {
        at(motion, k / 2000);
        if (collides(model, data)) first = k / 2000;
      }
      if (found === "free") {
        seen.free += 1;
        expect(first, `motion ${i}`).toBe(Number.POSITIVE_INFINITY);
        continue;
      }
      seen.hit += 1;
      // Not later than the first look that finds it, and truly in collision then.
      expect(found.time).toBeLessThanOrEqual(first + 1e-4);
      at(motion, found.time);
      expect(selfCollision(model, data)?.distance).toBeLessThanOrEqual(0);
    }
    expect(Math.min(seen.free, seen.hit)).toBeGreaterThan(20);
  });

  it("finds a thin wall that a fast rod passes between two looks", () => {
    const urdf = `<robot name="r"><link name="base"><collision><origin xyz="1 0 0"/><geometry><box size="0.2 0.0001 1"/></geometry></collision></link>
      <link name="hub"/><link name="rod"><collision><origin xyz="1 0 0"/><geometry><sphere radius="0.00005"/></geometry></collision></link>
      <joint name="a" type="fixed"><parent link="base"/><child link="hub"/></joint>
      <joint name="z" type="revolute"><parent link="hub"/><child link="mid"/><axis xyz="0 0 1"/><limit lower="-2" upper="2" velocity="9" effort="1"/></joint>
      <link name="mid"/><joint name="f" type="revolute"><parent link="mid"/><child link="rod"/><axis xyz="0 0 1"/><limit lower="-2" upper="2" velocity="9" effort="1"/></joint></robot>`;
    const { robot, model } = load(urdf);
    const { found } = run(
      new MotionCollisionCheck(model, straight(Float64Array.of(-1, 0), Float64Array.of(1.3, 0), robot)),
    );
    expect(found).toMatchObject({ pair: { link1: "base", link2: "rod" } });
    expect((found as { time: number }).time).toBeCloseTo(1 / 2.3, 3);
  });

  it("lets a pair that began in collision part, and not go deeper", () => {
    const urdf = `<robot name="r"><link name="base"><collision><geometry><sphere radius="0.1"/></geometry></collision></link>
      <link name="mid"/><link name="ball"><collision><geometry><sphere radius="0.1"/></geometry></collision></link>
      <joint name="x" type="prismatic"><parent link="base"/><child link="mid"/><axis xyz="1 0 0"/><limit lower="-2" upper="2" velocity="9" effort="1"/></joint>
      <joint name="y" type="prismatic"><parent link="mid"/><child link="ball"/><axis xyz="0 1 0"/><limit lower="-2" upper="2" velocity="9" effort="1"/></joint></robot>`;
    const { robot, model } = load(urdf);
    const go = (x: number) =>
      run(new MotionCollisionCheck(model, straight(Float64Array.of(0.15, 0), Float64Array.of(x, 0), robot)))
        .found;
    expect(go(0.5)).toBe("free");
    expect(go(0.05)).toMatchObject({ pair: { link1: "base", link2: "ball" } });
    // Out, and in again on the other way round is a collision like any other.
    expect(go(-0.5)).toMatchObject({ pair: { link1: "base", link2: "ball" } });
  });

  it("looks no more often at a slow motion near its margin, and still finds what comes nearer", () => {
    const urdf = `<robot name="r"><link name="base"><collision><geometry><sphere radius="0.1"/></geometry></collision></link>
      <link name="mid"/><link name="ball"><collision><geometry><sphere radius="0.1"/></geometry></collision></link>
      <joint name="x" type="prismatic"><parent link="base"/><child link="mid"/><axis xyz="1 0 0"/><limit lower="-2" upper="2" velocity="9" effort="1"/></joint>
      <joint name="y" type="prismatic"><parent link="mid"/><child link="ball"/><axis xyz="0 1 0"/><limit lower="-2" upper="2" velocity="9" effort="1"/></joint></robot>`;
    const { robot, model } = load(urdf);
    const hour = 3600;
    for (const from of [0.15, 0.205]) {
      const go = (x: number) => {
        const motion = straight(Float64Array.of(from, 0), Float64Array.of(x, 0), robot, hour);
        return run(new MotionCollisionCheck(model, motion, { margin: 0.01 }), 3);
      };
      const away = go(from + 0.004);
      expect(away.found).toBe("free");
      expect(away.portions).toBeLessThan(500);
      const nearer = go(from - 0.004);
      expect(nearer.found).toMatchObject({ pair: { link1: "base", link2: "ball" } });
      // 0.1 mm of 4 mm in an hour.
      expect((nearer.found as { time: number }).time).toBeCloseTo(90, 0);
    }
  });

  it("takes no account of joints that stand still, and does its work in bounded portions", () => {
    const { robot, model } = load(rover);
    const still = neutralConfiguration(robot);
    expect(run(new MotionCollisionCheck(model, straight(still, still, robot)), 1e9)).toEqual({
      found: "free",
      portions: 1,
    });
    const to = neutralConfiguration(robot);
    for (const { name, qIndex } of robot.joints) if (/elbow|wrist/.test(name)) to[qIndex] = 0.8;
    expect(run(new MotionCollisionCheck(model, straight(still, to, robot)), 5).portions).toBeGreaterThan(3);
  });
});
