import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { createData } from "../../../src/robot/data.ts";
import { kineticEnergy } from "../../../src/robot/dynamics/momentum.ts";
import { potentialEnergy } from "../../../src/robot/dynamics/potential-energy.ts";
import type { RobotModel } from "../../../src/robot/model.ts";
import { Actuator } from "../../../src/sim/actuator.ts";
import { DynamicPlant, type DynamicPlantOptions } from "../../../src/sim/dynamic-plant.ts";
import { Encoder } from "../../../src/sim/encoder.ts";
import { createJointMotion, type JointMotion } from "../../../src/sim/sampled-trajectory.ts";
import { modelOf } from "../robot/model-of.ts";

type Joints = Record<string, number>;
type Falls = {
  file: string;
  falls: { q: Joints; v: Joints; states: { time: number; q: Joints; v: Joints }[] }[];
};

const text = (file: string): string => readFileSync(new URL(`../../../${file}`, import.meta.url), "utf8");
const truth: Falls = JSON.parse(text("test/truth/falls.json"));

/** Without stops and friction, as the oracle had it. */
function freeArm(): RobotModel {
  const free = text(`test/truth/${truth.file}`)
    .replaceAll('type="revolute"', 'type="continuous"')
    .replaceAll(/<(limit|dynamics|safety_controller)\b[^>]*\/>/g, "");
  return modelOf(free);
}

const arm = modelOf(text("urdf/arm.urdf"));
const joints = ["shoulder_pan", "shoulder_lift", "elbow", "wrist_1", "wrist_2", "wrist_3"];

function at(plant: DynamicPlant, names: readonly string[], name: string): number {
  return plant.position[names.indexOf(name)] ?? Number.NaN;
}

/** A servo'd arm that is asked to stand at `wanted`, for `seconds`. */
function hold(plant: DynamicPlant, wanted: readonly number[], seconds: number): void {
  const motion: JointMotion = createJointMotion(wanted.length);
  motion.positions.set(wanted);
  for (let i = 0; i < seconds * 500; i += 1) plant.step(0.002, motion);
}

/** Along a smooth half wave of each joint, from the start to `to`; the largest error on the way. */
function follow(plant: DynamicPlant, to: readonly number[], seconds: number): number {
  const motion = createJointMotion(to.length);
  const from = plant.position.slice();
  let worst = 0;
  for (let i = 1; i <= seconds * 500; i += 1) {
    const u = (i * 0.002) / seconds;
    const w = Math.PI / seconds;
    for (const [k, end] of to.entries()) {
      const way = (end - (from[k] ?? 0)) / 2;
      motion.positions[k] = (from[k] ?? 0) + way * (1 - Math.cos(Math.PI * u));
      motion.velocities[k] = way * w * Math.sin(Math.PI * u);
      motion.accelerations[k] = way * w * w * Math.cos(Math.PI * u);
    }
    plant.step(0.002, motion);
    for (const k of to.keys()) {
      worst = Math.max(worst, Math.abs((plant.position[k] ?? 0) - (motion.positions[k] ?? 0)));
    }
  }
  return worst;
}

function simulatedArm(options: DynamicPlantOptions = {}): DynamicPlant {
  return new DynamicPlant(arm, [...joints, "left_finger"], options);
}

describe("a passive arm without friction", () => {
  const model = freeArm();
  const names = model.joints.filter((joint) => joint.nv === 1).map((joint) => joint.name);
  const none = createJointMotion(names.length);
  const passive = (q: Joints, v: Joints): DynamicPlant => {
    const plant = new DynamicPlant(model, names, { control: { kind: "none" } });
    for (const joint of model.joints) {
      if (joint.nv !== 1) continue;
      plant.q[joint.qIndex] = q[joint.name] ?? Number.NaN;
      plant.v[joint.vIndex] = v[joint.name] ?? Number.NaN;
    }
    return plant;
  };

  it.each(truth.falls)("falls for a second as MuJoCo lets it fall, to 1e-6", (fall) => {
    const plant = passive(fall.q, fall.v);
    for (const state of fall.states) {
      for (let i = 0; i < 50; i += 1) plant.step(0.002, none);
      for (const joint of model.joints) {
        if (joint.nv !== 1) continue;
        expect(Math.abs((plant.q[joint.qIndex] ?? 0) - (state.q[joint.name] ?? 0))).toBeLessThan(1e-6);
        expect(Math.abs((plant.v[joint.vIndex] ?? 0) - (state.v[joint.name] ?? 0))).toBeLessThan(1e-5);
      }
    }
  });

  it.each(truth.falls)("keeps its energy over ten seconds, to 1e-6", (fall) => {
    const plant = passive(fall.q, fall.v);
    const data = createData(model);
    const energy = (): number =>
      kineticEnergy(model, data, plant.q, plant.v) + potentialEnergy(model, data, plant.q);
    const before = energy();
    const scale = Math.max(Math.abs(before), kineticEnergy(model, data, plant.q, plant.v));
    let drift = 0;
    for (let i = 0; i < 5000; i += 1) {
      plant.step(0.002, none);
      if (i % 100 === 99) drift = Math.max(drift, Math.abs(energy() - before) / scale);
    }
    expect(drift).toBeLessThan(1e-6);
  });
});

describe("a driven arm", () => {
  const there = [0.5, -1, 1, -0.5, 0.4, 0.3, 0.02];

  it("holds itself against its weight and follows a smooth motion within 5 mrad", () => {
    const plant = simulatedArm();
    hold(plant, plant.position.slice() as unknown as number[], 1);
    for (const name of joints) expect(Math.abs(at(plant, joints, name))).toBeLessThan(2e-3);
    expect(follow(plant, there, 2)).toBeLessThan(5e-3);
    hold(plant, there, 1);
    // Within what dry friction holds.
    for (const [k, end] of there.entries())
      expect(Math.abs((plant.position[k] ?? 0) - end)).toBeLessThan(2e-3);
  });

  it("under PID sags at first and comes back by its integral", () => {
    const gains = new Map([...joints, "left_finger"].map((name) => [name, { p: 400, i: 800, d: 40 }]));
    const plant = simulatedArm({ control: { kind: "pid", gains } });
    const start = [...plant.position];
    hold(plant, start, 0.1);
    const sagged = Math.abs((plant.position[2] ?? 0) - (start[2] ?? 0));
    expect(sagged).toBeGreaterThan(5e-3);
    hold(plant, start, 4);
    expect(Math.abs((plant.position[2] ?? 0) - (start[2] ?? 0))).toBeLessThan(2e-3);
  });

  it("falls when its actuators are too weak, and stops at the end of its range", () => {
    const weak = new Map(joints.map((name) => [name, { torqueLimit: 0.1 }]));
    const plant = simulatedArm({ actuators: weak });
    hold(plant, [...plant.position], 3);
    expect(Math.abs(at(plant, joints, "elbow"))).toBeGreaterThan(0.3);
    for (const [k, name] of joints.entries()) {
      const joint = arm.joints.find((one) => one.name === name);
      expect(plant.position[k]).toBeGreaterThanOrEqual(joint?.lower ?? 0);
      expect(plant.position[k]).toBeLessThanOrEqual(joint?.upper ?? 0);
    }
  });

  it("stays stable behind a slow drive and a late encoder, and follows worse", () => {
    const slow = simulatedArm({
      actuators: new Map(joints.map((name) => [name, { delay: 0.003, timeConstant: 0.002 }])),
      encoders: new Map(joints.map((name) => [name, { latency: 0.004 }])),
    });
    const worst = follow(slow, there, 2);
    expect(worst).toBeGreaterThan(follow(simulatedArm(), there, 2));
    expect(worst).toBeLessThan(0.02);
  });

  it("reads noise and counts, the same in every run", () => {
    const run = (): number[] => {
      const encoders = new Map([["elbow", { noise: 1e-3, resolution: 1e-4 }]]);
      const plant = simulatedArm({ encoders });
      const read: number[] = [];
      for (let i = 0; i < 200; i += 1) {
        hold(plant, new Array(7).fill(0), 0.002);
        read.push(at(plant, joints, "elbow"));
      }
      return read;
    };
    const read = run();
    expect(run()).toEqual(read);
    expect(new Set(read).size).toBeGreaterThan(20);
    for (const one of read) expect(Math.abs(one / 1e-4 - Math.round(one / 1e-4))).toBeLessThan(1e-6);
  });
});

describe("an actuator", () => {
  it("waits its dead time, rises by its time constant, and gives no more than its limit", () => {
    const actuator = new Actuator({ torqueLimit: 5, ratedSpeed: 2, timeConstant: 0.01, delay: 0.003 }, 1e-3);
    const given = Array.from({ length: 100 }, () => actuator.step(8, 0, 1e-3));
    expect(given.slice(0, 3)).toEqual([0, 0, 0]);
    expect(given[12]).toBeCloseTo(5 * (1 - Math.exp(-1)), 9);
    expect(given[99]).toBeCloseTo(5, 3);
  });

  it("loses its torque above its rated speed, but brakes with all of it", () => {
    const actuator = new Actuator({ torqueLimit: 5, ratedSpeed: 2, timeConstant: 0, delay: 0 }, 1e-3);
    expect(actuator.step(9, 2, 1e-3)).toBe(5);
    expect(actuator.step(9, 2.25, 1e-3)).toBeCloseTo(2.5, 12);
    expect(actuator.step(9, 3, 1e-3)).toBe(0);
    expect(actuator.step(-9, 3, 1e-3)).toBe(-5);
  });
});

describe("an encoder", () => {
  it("reads what was true its latency ago", () => {
    const encoder = new Encoder({ noise: 0, velocityNoise: 0, resolution: 0, latency: 0.002 }, 1e-3, 1);
    const read = [1, 2, 3, 4, 5].map((position) => {
      encoder.measure(position, 0);
      return encoder.position;
    });
    expect(read).toEqual([1, 1, 1, 2, 3]);
  });
});

describe("faults on demand", () => {
  const there = [0.5, -1, 1, -0.5, 0.4, 0.3, 0.02];

  it("stuck: the joint stays where it is, the others go on", () => {
    const plant = simulatedArm();
    expect(plant.inject("elbow", { kind: "stuck" })).toBe(true);
    follow(plant, there, 2);
    expect(Math.abs(at(plant, joints, "elbow"))).toBeLessThan(1e-4);
    expect(at(plant, joints, "shoulder_pan")).toBeCloseTo(0.5, 2);
    plant.repair("elbow");
    hold(plant, there, 2);
    expect(at(plant, joints, "elbow")).toBeCloseTo(1, 2);
  });

  it("stuck: more friction does not loosen it", () => {
    const plant = simulatedArm();
    plant.inject("elbow", { kind: "stuck" });
    plant.inject("elbow", { kind: "friction", added: 1 });
    follow(plant, there, 1);
    expect(Math.abs(at(plant, joints, "elbow"))).toBeLessThan(1e-4);
  });

  it("friction: the joint needs more effort for the same motion", () => {
    const [sound, rough] = [simulatedArm(), simulatedArm()];
    rough.inject("shoulder_pan", { kind: "friction", added: 5 });
    let [usual, more] = [0, 0];
    const motion = createJointMotion(7);
    for (let i = 0; i < 500; i += 1) {
      motion.positions[0] = 0.5 * i * 0.002;
      motion.velocities[0] = 0.5;
      sound.step(0.002, motion);
      rough.step(0.002, motion);
      [usual, more] = [sound.effort[0] ?? 0, rough.effort[0] ?? 0];
    }
    expect(more - usual).toBeCloseTo(5, 0);
  });

  it("torque: an arm that has lost its strength sinks", () => {
    const plant = simulatedArm();
    plant.inject("elbow", { kind: "torque", left: 0.05 });
    hold(plant, [...plant.position], 2);
    expect(at(plant, joints, "elbow")).toBeGreaterThan(0.1);
  });

  it("encoder bias: measured stays at the goal, the truth is off by the bias", () => {
    const plant = simulatedArm();
    plant.inject("shoulder_pan", { kind: "encoderBias", bias: 0.05 });
    hold(plant, [...plant.position], 0.1);
    hold(plant, new Array(7).fill(0), 2);
    expect(at(plant, joints, "shoulder_pan")).toBeCloseTo(0, 2);
    expect(plant.q[arm.joints.find((joint) => joint.name === "shoulder_pan")?.qIndex ?? 0]).toBeCloseTo(
      -0.05,
      2,
    );
  });

  it("dead sensor: the last value stays", () => {
    const plant = simulatedArm();
    plant.inject("wrist_1", { kind: "deadSensor" });
    follow(plant, [0, 0, 0, 0.01, 0, 0, 0], 0.5);
    expect(at(plant, joints, "wrist_1")).toBe(0);
  });

  it("knows no fault of a joint that is not driven", () => {
    expect(simulatedArm().inject("right_finger", { kind: "stuck" })).toBe(false);
    expect(() => new DynamicPlant(arm, ["gripper_joint"])).toThrow("gripper_joint");
  });
});
