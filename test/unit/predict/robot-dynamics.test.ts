import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { RobotTwin } from "../../../src/engine/robot/robot-twin.ts";
import { horizonMs } from "../../../src/predict/look-ahead.ts";
import type { PlannedMotions } from "../../../src/predict/measured-state.ts";
import { neutralConfiguration } from "../../../src/robot/configuration.ts";
import { createData } from "../../../src/robot/data.ts";
import { gravityEfforts } from "../../../src/robot/dynamics/rnea.ts";
import type { MotionSample } from "../../../src/robot/trajectory/motion-profile.ts";
import { TwinGraph } from "../../../src/twin/graph.ts";
import { propertyView } from "../../../src/twin/graph-json.ts";
import { createSample } from "../../../src/twin/sample.ts";

const urdf = readFileSync(new URL("../../../urdf/arm.urdf", import.meta.url), "utf8");
const names = ["shoulder_pan", "shoulder_lift", "elbow", "wrist_1", "wrist_2", "wrist_3", "left_finger"];
const still = names.map(() => 0);

class Measured {
  readonly graph = new TwinGraph();
  readonly twin: RobotTwin;

  constructor(private readonly planned: PlannedMotions = new Map()) {
    this.twin = new RobotTwin(this.graph, "robot");
    expect(this.twin.takeDescription(urdf).fault).toBeNull();
  }

  /** A joint state arrives at server ms `now`, and the cycle computes. */
  measure(now: number, position: number[], velocity: number[]): void {
    const sample = createSample();
    sample.received = now;
    sample.source = this.graph.source("test").index;
    this.graph.beginRevision();
    const stamp = { sec: Math.floor(now / 1000), nanosec: 0 };
    this.twin.takeJointState({ stamp, name: names, position, velocity, effort: [] }, sample);
    this.twin.estimators?.update(now, this.planned);
  }

  value(path: string, facet: "estimated" | "predicted"): number | undefined {
    const property = this.graph.things.get("robot")?.properties.get(path);
    const view = property === undefined ? undefined : propertyView(this.graph, property)[facet];
    return view?.value as number | undefined;
  }
}

describe("what the model says of the present motion", () => {
  it("is the weight's efforts, and the same where nothing moves", () => {
    const robot = new Measured();
    const position = [0, -1, 1, 0.5, 0, 0, 0.01];
    robot.measure(1000, position, still);
    const model = robot.twin.model;
    if (model === null) throw new Error("no model");
    const q = neutralConfiguration(model);
    for (const [i, name] of names.entries()) {
      const joint = model.joints[model.jointIndex.get(name) ?? -1];
      if (joint !== undefined) q[joint.qIndex] = position[i] ?? 0;
    }
    const weight = new Float64Array(model.nv);
    gravityEfforts(model, createData(model), q, weight);
    for (const name of names) {
      const joint = model.joints[model.jointIndex.get(name) ?? -1];
      const expected = weight[joint?.vIndex ?? -1] ?? Number.NaN;
      expect(robot.value(`joint/${name}/gravity_effort`, "estimated")).toBeCloseTo(expected, 12);
      expect(robot.value(`joint/${name}/required_effort`, "estimated")).toBeCloseTo(expected, 12);
      const margin = 1 - Math.abs(expected) / (joint?.effort ?? Number.NaN);
      expect(robot.value(`joint/${name}/effort_margin`, "estimated")).toBeCloseTo(margin, 12);
    }
    expect(robot.value("link/gripper_tcp/manipulability", "estimated")).toBeGreaterThan(0);
  });

  it("asks for more where a joint speeds up, by the slope of its measured velocity", () => {
    const robot = new Measured();
    for (let k = 0; k <= 100; k += 1) {
      const t = k * 0.01;
      robot.measure(1000 + 10 * k, [t * t, 0, 0, 0, 0, 0, 0], [2 * t, 0, 0, 0, 0, 0, 0]);
    }
    const accelerated = robot.value("joint/shoulder_pan/required_effort", "estimated") ?? 0;
    const steady = new Measured();
    for (let k = 0; k <= 100; k += 1)
      steady.measure(1000 + 10 * k, [1 + 0.02 * k, 0, 0, 0, 0, 0, 0], [2, 0, 0, 0, 0, 0, 0]);
    const friction = steady.value("joint/shoulder_pan/required_effort", "estimated") ?? 0;
    // 2 rad/s² on an inertia of about 1 kg·m².
    expect(accelerated - friction).toBeGreaterThan(1);
    expect(friction).toBeGreaterThan(0);
  });

  it("speaks again of required efforts after a velocity that nothing can have", () => {
    const robot = new Measured();
    for (let k = 0; k < 200; k += 1)
      robot.measure(
        1000 + 10 * k,
        still,
        k === 20 ? [1e307, 0, 0, 0, 0, 0, 0] : [0.001 * k, 0, 0, 0, 0, 0, 0],
      );
    const one = robot.value("joint/shoulder_pan/required_effort", "estimated") ?? Number.NaN;
    robot.measure(3000, still, [-1, 0, 0, 0, 0, 0, 0]);
    expect(robot.value("joint/shoulder_pan/required_effort", "estimated")).toBeLessThan(one - 1);
  });

  it("says nothing of required efforts while a velocity is not known", () => {
    const robot = new Measured();
    robot.measure(1000, still, []);
    expect(robot.value("joint/elbow/gravity_effort", "estimated")).toBeDefined();
    expect(robot.value("joint/elbow/required_effort", "estimated")).toBeUndefined();
    expect(robot.value("joint/elbow/position", "predicted")).toBeUndefined();
  });
});

describe("the fork that runs ahead", () => {
  it("predicts that a robot at rest stays, and one in motion goes on as far as its limits", () => {
    const robot = new Measured();
    robot.measure(1000, still, still);
    for (const name of names)
      expect(Math.abs(robot.value(`joint/${name}/position`, "predicted") ?? 9)).toBeLessThan(5e-3);
    robot.measure(1200, still, [0.4, 0, 0, 0, 0, 0, 0.1]);
    const ahead = (0.4 * horizonMs) / 1000;
    expect(Math.abs((robot.value("joint/shoulder_pan/position", "predicted") ?? 9) - ahead)).toBeLessThan(
      0.01,
    );
    expect(Math.abs((robot.value("joint/left_finger/position", "predicted") ?? 9) - 0.04)).toBeLessThan(2e-3);
  });

  it("follows the move that was sent", () => {
    const asked: number[] = [];
    const path = {
      duration: 5,
      sample: (t: number, out: MotionSample): void => {
        asked.push(t);
        out.position = 0.5 * t * t;
        out.velocity = t;
        out.acceleration = 1;
      },
    };
    const robot = new Measured(new Map([["elbow", { since: 1000, path }]]));
    robot.measure(1000, still, still);
    const t = horizonMs / 1000;
    expect(Math.abs((robot.value("joint/elbow/position", "predicted") ?? 9) - 0.5 * t * t)).toBeLessThan(
      0.01,
    );
    expect(Math.max(...asked)).toBe(horizonMs / 1000);
  });

  it("is at work again after a velocity that nothing can have", () => {
    const weak = [0, 1.5, 0, 0, 0, 0, 0];
    const moving = [0, 0, 2, 0, 0, 0, 0];
    const [sound, disturbed] = [new Measured(), new Measured()];
    disturbed.measure(1000, weak, [0, 0, 1e5, 0, 0, 0, 0]);
    // The wanted motion stands in: the joint at its limit.
    expect(disturbed.value("joint/elbow/position", "predicted")).toBe(2.4);
    for (const robot of [sound, disturbed]) robot.measure(1200, weak, moving);
    const expected = sound.value("joint/elbow/position", "predicted");
    expect(expected).not.toBe(1);
    expect(disturbed.value("joint/elbow/position", "predicted")).toBe(expected);
  });

  it("does not outrun ten looks a second", () => {
    const robot = new Measured();
    robot.measure(1000, still, still);
    robot.measure(
      1050,
      still.map(() => 0.001),
      [0.5, 0, 0, 0, 0, 0, 0],
    );
    expect(Math.abs(robot.value("joint/shoulder_pan/position", "predicted") ?? 9)).toBeLessThan(5e-3);
  });
});
