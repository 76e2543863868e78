import { readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { MotionCommand } from "../../../src/command/motion-command.ts";
import { robotLimits } from "../../../src/command/robot-limits.ts";
import { neutralConfiguration, setJointPositions } from "../../../src/robot/configuration.ts";
import { createModel } from "../../../src/robot/model.ts";
import { linkPoseAt } from "../../../src/robot/path/line-way.ts";
import { parseUrdf } from "../../../src/robot/reading/urdf.ts";
import { createMotionSample } from "../../../src/robot/trajectory/motion-profile.ts";
import { GateAtHand } from "./gate-at-hand.ts";

const { description } = parseUrdf(readFileSync(join(import.meta.dirname, "../../../urdf/arm.urdf"), "utf8"));
if (description === null) throw new Error("no robot");
const robot = createModel(description);
const link = robot.linkIndex.get("gripper_tcp") ?? 0;
const home = { shoulder_pan: 0.2, shoulder_lift: 0.1, elbow: 0.6, wrist_1: 0.5, wrist_2: 0.3, wrist_3: 0 };

/** Our arm, which follows its goals exactly. */
class Arm extends GateAtHand {
  private readonly sample = createMotionSample();
  private readonly q = neutralConfiguration(robot);

  constructor(start: Record<string, number> = home) {
    super();
    this.model = robot;
    this.limits = robotLimits(robot, {});
    for (const { name, nq, lower, upper } of robot.joints) {
      if (nq === 1) this.joints.positions.set(name, start[name] ?? Math.min(upper, Math.max(lower, 0)));
    }
    this.can = { trajectory: [{ name: "arm", joints: Object.keys(home) }], twist: false };
    this.acquire();
  }

  /** Holds a jog for `ms`, and lets go of it; the tool's poses each 10 ms. */
  hold(
    command: Omit<Extract<MotionCommand, { kind: "cartesianVelocity" }>, "kind">,
    ms: number,
  ): Float64Array[] {
    const poses = [this.tool()];
    for (let passed = 0; passed < ms + 1000; passed += 10) {
      if (passed < ms && passed % 40 === 0)
        this.send(`jog ${passed}`, { kind: "cartesianVelocity", ...command });
      for (const [joint, { path, since }] of this.gate.sent()) {
        path.sample((this.now + 10 - since) / 1000, this.sample);
        this.joints.positions.set(joint, this.sample.position);
      }
      this.run(10);
      this.accept();
      poses.push(this.tool());
    }
    return poses;
  }

  tool(): Float64Array {
    setJointPositions(robot, this.q, (joint) => this.joints.position(joint));
    return linkPoseAt(robot, this.q, link);
  }
}

const still = { x: 0, y: 0, z: 0 };

describe("a jog of the tool", () => {
  it("moves it along the base's axis, at its speed, without turning it", () => {
    const at = new Arm();
    const poses = at.hold({ linear: { x: 0, y: 0, z: 0.05 }, angular: still }, 2000);
    const [first, last] = [poses[0] as Float64Array, poses.at(-1) as Float64Array];
    const way = (last[2] as number) - (first[2] as number);
    expect(way).toBeGreaterThan(0.08);
    expect(way).toBeLessThan(0.12);
    let off = 0;
    for (const pose of poses) {
      off = Math.max(
        off,
        Math.hypot((pose[0] as number) - (first[0] as number), (pose[1] as number) - (first[1] as number)),
      );
    }
    console.info(`${(1000 * off).toFixed(2)} mm beside a way of ${(1000 * way).toFixed(0)} mm`);
    expect(off).toBeLessThan(0.02 * way);
    for (let k = 3; k < 7; k += 1) expect(last[k]).toBeCloseTo(first[k] as number, 2);
  });

  it("takes its own axes, and turns about them", () => {
    const at = new Arm();
    const poses = at.hold({ frame: "gripper_tcp", linear: still, angular: { x: 0, y: 0, z: 0.3 } }, 1000);
    const [first, last] = [poses[0] as Float64Array, poses.at(-1) as Float64Array];
    const moved = Math.hypot(...[0, 1, 2].map((k) => (last[k] as number) - (first[k] as number)));
    expect(moved).toBeLessThan(0.005);
    let dot = 0;
    for (let k = 3; k < 7; k += 1) dot += (first[k] as number) * (last[k] as number);
    const angle = 2 * Math.acos(Math.min(1, Math.abs(dot)));
    expect(angle).toBeGreaterThan(0.2);
    expect(angle).toBeLessThan(0.4);
  });

  it("stands before a joint's limit and before a singular configuration, and says which", () => {
    const at = new Arm();
    at.hold({ linear: { x: 0.2, y: 0, z: 0 }, angular: still }, 6000);
    const answer = at.out.results.findLast(({ code }) => code === "limited");
    expect(answer?.message).toMatch(/slowed down: .*(singular|near its limit|as fast as it may)/);
    for (const { name, lower, upper, nq } of robot.joints) {
      if (nq !== 1) continue;
      expect(at.joints.position(name)).toBeGreaterThanOrEqual(lower - 1e-9);
      expect(at.joints.position(name)).toBeLessThanOrEqual(upper + 1e-9);
    }
  });

  it("of nothing that there is is refused", () => {
    const at = new Arm();
    const linear = { x: 0.1, y: 0, z: 0 };
    expect(at.send(1, { kind: "cartesianVelocity", link: "hook", linear, angular: still })).toEqual([
      "refused unknown_link",
    ]);
    expect(at.send(2, { kind: "cartesianVelocity", frame: "moon", linear, angular: still })).toEqual([
      "refused unknown_frame",
    ]);
    at.model = null;
    expect(at.send(3, { kind: "cartesianVelocity", linear, angular: still })).toEqual([
      "refused not_checked",
    ]);
    expect(at.out.motions()).toBe(0);
  });

  it("ends as every jog does when its commands stop", () => {
    const at = new Arm();
    at.hold({ linear: { x: 0, y: 0, z: -0.05 }, angular: still }, 500);
    expect(at.out.results.at(-1)).toMatchObject({ stage: "done", message: "at rest" });
  });
});
