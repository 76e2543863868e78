import { describe, expect, it } from "vitest";
import { robotLimits } from "../../../src/command/robot-limits.ts";
import { type CollisionModel, createCollisionModel } from "../../../src/robot/collision/collision-model.ts";
import { type SceneObject, withScene } from "../../../src/robot/collision/scene.ts";
import { selfCollision } from "../../../src/robot/collision/self-collision.ts";
import { neutralConfiguration, setJointPositions } from "../../../src/robot/configuration.ts";
import { createData } from "../../../src/robot/data.ts";
import { forwardKinematics } from "../../../src/robot/forward-kinematics.ts";
import { createModel } from "../../../src/robot/model.ts";
import { parseUrdf } from "../../../src/robot/reading/urdf.ts";
import { createMotionSample } from "../../../src/robot/trajectory/motion-profile.ts";
import { randomFrom } from "../robot/random-from.ts";
import { GateAtHand } from "./gate-at-hand.ts";

/** Streams of jogs; each lasts 3 s. */
const streams = Number(process.env.JOG_STREAMS ?? 40);
const box = `<collision><origin xyz="0.25 0 0"/><geometry><box size="0.5 0.06 0.06"/></geometry></collision>`;
const urdf = `<robot name="two"><link name="base"/><link name="upper">${box}</link><link name="fore">${box}</link>
  <joint name="a" type="revolute"><parent link="base"/><child link="upper"/><axis xyz="0 0 1"/>
    <limit lower="-2.5" upper="2.5" velocity="2" effort="10"/></joint>
  <joint name="b" type="revolute"><parent link="upper"/><child link="fore"/><origin xyz="0.55 0 0"/><axis xyz="0 0 1"/>
    <limit lower="-2.6" upper="2.6" velocity="2" effort="10"/></joint></robot>`;
const { description } = parseUrdf(urdf);
if (description === null) throw new Error("no robot");
const robot = createModel(description);
const alone = createCollisionModel(description, robot, { verticesOf: () => null }).model;
const wall: SceneObject = {
  id: "wall",
  role: "obstacle",
  geometry: { kind: "box", size: [0.4, 0.1, 0.5] },
  link: null,
  touching: [],
  pose: { position: [0.8, 0.6, 0], quaternion: [0, 0, 0, 1] },
};
const model: CollisionModel = withScene(alone, [wall], {});

/** A robot that follows its goals exactly. */
class Following extends GateAtHand {
  private readonly sample = createMotionSample();
  private readonly data = createData(robot);
  private readonly q = neutralConfiguration(robot);

  constructor(collisions: GateAtHand["collisions"]) {
    super();
    this.collisions = collisions;
    this.limits = robotLimits(robot, {});
    this.acquire();
  }

  /** A cycle of 10 ms; the least distance in it, and how far beyond its limits a joint was at most, looked at each millisecond. */
  step(): { distance: number; beyond: number } {
    let [distance, beyond] = [Number.POSITIVE_INFINITY, 0];
    for (let ms = 1; ms <= 10; ms += 1) {
      for (const [joint, { path, since }] of this.gate.sent()) {
        path.sample((this.now + ms - since) / 1000, this.sample);
        const { position, velocity, acceleration } = this.sample;
        this.joints.positions.set(joint, position);
        const limit = this.limits.joints.get(joint);
        if (limit === undefined) throw new Error(joint);
        beyond = Math.max(
          beyond,
          position - limit.upper,
          limit.lower - position,
          Math.abs(velocity) - limit.velocity,
          Math.abs(acceleration) - limit.acceleration,
        );
      }
      distance = Math.min(distance, this.distance());
    }
    this.run(10);
    this.accept();
    return { distance, beyond };
  }

  distance(): number {
    setJointPositions(robot, this.q, (joint) => this.joints.position(joint));
    forwardKinematics(robot, this.data, this.q);
    return selfCollision(model, this.data)?.distance ?? Number.POSITIVE_INFINITY;
  }
}

describe("a jog near something", () => {
  it("slows down, says for what, and stands before the margin; away from it it goes on", () => {
    const at = new Following({ state: "ready", model });
    let least = Number.POSITIVE_INFINITY;
    for (let ms = 0; ms < 5000; ms += 10) {
      if (ms % 50 === 0) at.send(`jog ${ms}`, { kind: "jointVelocity", velocities: { a: 1 } });
      at.step();
      least = Math.min(least, at.distance());
    }
    expect(least).toBeGreaterThanOrEqual(0.01 - 1e-6);
    expect(least).toBeLessThan(0.03);
    const last = at.out.results.at(-1);
    expect(last).toMatchObject({ stage: "accepted", code: "limited" });
    expect(last?.message).toMatch(/slowed down: fore would .* wall/);
    const stood = at.joints.position("a") as number;
    for (let ms = 0; ms < 1000; ms += 10) {
      if (ms % 50 === 0) at.send(`back ${ms}`, { kind: "jointVelocity", velocities: { a: -1 } });
      at.step();
    }
    expect(at.joints.position("a")).toBeLessThan(stood - 0.5);
  });

  it("moves nothing where the surroundings are not known", () => {
    const at = new Following({ state: "unknown", reason: "the base is not placed" });
    for (let ms = 0; ms < 1000; ms += 10) {
      if (ms % 50 === 0) at.send(`jog ${ms}`, { kind: "jointVelocity", velocities: { a: 1 } });
      at.step();
    }
    expect(at.joints.position("a")).toBe(0);
    expect(at.out.results.at(-1)?.message).toContain("the base is not placed");
  });

  it(`never comes nearer than its margin when ${streams} people take over from a move`, () => {
    let [tried, worst] = [0, Number.POSITIVE_INFINITY];
    for (let seed = 1; seed <= streams; seed += 1) {
      const { next } = randomFrom(seed);
      const at = new Following({ state: "ready", model });
      for (const joint of ["a", "b"]) at.joints.positions.set(joint, 5 * next() - 2.5);
      if (at.distance() < 0.0101) continue;
      at.send("move", { kind: "jointPosition", positions: { a: 5 * next() - 2.5, b: 5.2 * next() - 2.6 } });
      if (at.out.answers("move").includes("refused collision")) continue;
      tried += 1;
      const press = 50 + 10 * Math.floor(next() * 60);
      const velocities = { a: 4 * next() - 2, b: 4 * next() - 2 };
      for (let ms = 0; ms < 2500; ms += 10) {
        if (ms >= press && ms < press + 200 && ms % 40 === 0)
          at.send(`jog ${ms}`, { kind: "jointVelocity", velocities });
        const { distance, beyond } = at.step();
        worst = Math.min(worst, distance);
        if (distance < 0.01 - 1e-6 || beyond > 1e-9) expect({ seed, ms, distance, beyond }).toBe(null);
      }
    }
    console.info(`${tried} takeovers, at least ${(1000 * worst).toFixed(2)} mm from everything`);
    expect(tried).toBeGreaterThan(streams / 4);
  });

  it(`never comes nearer than its margin, whatever ${streams} people press`, () => {
    for (let seed = 1; seed <= streams; seed += 1) {
      const { next } = randomFrom(seed);
      const at = new Following({ state: "ready", model });
      let velocities: Record<string, number> = {};
      let least = Number.POSITIVE_INFINITY;
      for (let ms = 0; ms < 3000; ms += 10) {
        if (ms % 300 === 0)
          velocities = { a: 4 * next() - 2, ...(next() < 0.7 ? { b: 4 * next() - 2 } : {}) };
        // Some commands are lost.
        if (ms % 40 === 0 && next() < 0.9) at.send(`jog ${ms}`, { kind: "jointVelocity", velocities });
        const { distance, beyond } = at.step();
        least = Math.min(least, distance);
        if (beyond > 1e-9) expect(beyond, `seed ${seed}, ${ms} ms`).toBeLessThanOrEqual(1e-9);
      }
      expect(least, `seed ${seed}`).toBeGreaterThanOrEqual(0.01 - 1e-6);
    }
  });
});
