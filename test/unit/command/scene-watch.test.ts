import { describe, expect, it } from "vitest";
import { robotLimits } from "../../../src/command/robot-limits.ts";
import { createCollisionModel } from "../../../src/robot/collision/collision-model.ts";
import { type SceneObject, withScene } from "../../../src/robot/collision/scene.ts";
import { createModel } from "../../../src/robot/model.ts";
import { parseUrdf } from "../../../src/robot/reading/urdf.ts";
import { createMotionSample } from "../../../src/robot/trajectory/motion-profile.ts";
import { GateAtHand } from "./gate-at-hand.ts";

const urdf = `<robot name="one"><link name="base"/><link name="arm"><collision><origin xyz="0.3 0 0"/>
  <geometry><box size="0.5 0.05 0.05"/></geometry></collision></link>
  <joint name="a" type="revolute"><parent link="base"/><child link="arm"/><axis xyz="0 0 1"/>
    <limit lower="-2.5" upper="2.5" velocity="2" effort="10"/></joint></robot>`;
const { description } = parseUrdf(urdf);
if (description === null) throw new Error("no robot");
const robot = createModel(description);
const alone = createCollisionModel(description, robot, { verticesOf: () => null }).model;
const post = (angle: number): SceneObject => ({
  id: "post",
  role: "obstacle",
  geometry: { kind: "cylinder", radius: 0.05, length: 0.5 },
  link: null,
  touching: [],
  pose: { position: [0.4 * Math.cos(angle), 0.4 * Math.sin(angle), 0], quaternion: [0, 0, 0, 1] },
});

class Following extends GateAtHand {
  private readonly sample = createMotionSample();
  constructor() {
    super();
    this.limits = robotLimits(robot, {});
    this.can = { trajectory: [{ name: "arm", joints: ["a"] }], twist: false };
    this.collisions = { state: "ready", model: withScene(alone, [post(-2)], {}) };
    this.acquire();
  }
  follow(ms: number): void {
    for (let passed = 0; passed < ms; passed += 10) {
      for (const [joint, { path, since }] of this.gate.sent()) {
        path.sample((this.now + 10 - since) / 1000, this.sample);
        this.joints.positions.set(joint, this.sample.position);
      }
      this.run(10);
      this.accept();
    }
  }
}

describe("a change of the surroundings", () => {
  it("in the way of a motion under way brakes it, before what is there now, and says why", () => {
    const at = new Following();
    at.send("m", { kind: "jointPosition", positions: { a: 2 } });
    at.follow(500);
    expect(at.joints.position("a")).toBeGreaterThan(0.05);
    at.collisions = { state: "ready", model: withScene(alone, [post(1.5)], {}) };
    at.follow(2000);
    const answer = at.out.results.findLast(({ id }) => id === "m");
    expect(answer).toMatchObject({ stage: "aborted", code: "collision" });
    expect(answer?.message).toMatch(
      /^the surroundings changed: arm would (collide with|come within .* of) post/,
    );
    // Before the post: 0.05 m of it, 0.025 m of the arm, and the margin, at 0.4 m.
    expect(at.joints.position("a")).toBeLessThan(1.5 - 0.085 / 0.4);
    const { length } = at.out.goals;
    at.follow(500);
    expect(at.out.goals).toHaveLength(length);
  });

  it("while it is paused ends it when it goes on", () => {
    const at = new Following();
    at.send("m", { kind: "jointPosition", positions: { a: 2 } });
    at.follow(400);
    at.gate.setOverride("s", 0, at.now);
    at.follow(1500);
    const paused = at.joints.position("a") as number;
    at.collisions = { state: "ready", model: withScene(alone, [post(1.5)], {}) };
    at.follow(100);
    at.gate.setOverride("s", 100, at.now);
    at.follow(3000);
    expect(at.out.answers("m")).toContain("aborted collision");
    expect(at.joints.position("a")).toBeGreaterThan(paused);
    expect(at.joints.position("a")).toBeLessThan(1.5 - 0.085 / 0.4);
  });

  it("elsewhere lets it go on", () => {
    const at = new Following();
    at.send("m", { kind: "jointPosition", positions: { a: 1 } });
    at.follow(300);
    for (let i = 0; i < 10; i += 1) {
      at.collisions = { state: "ready", model: withScene(alone, [post(-2 - 0.01 * i)], {}) };
      at.follow(30);
    }
    at.follow(1500);
    expect(at.joints.position("a")).toBeCloseTo(1, 6);
    expect(at.out.answers("m")).not.toContain("aborted collision");
  });
});
