import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { neutralConfiguration, setJointConfiguration } from "../../../src/robot/configuration.ts";
import { createData, type RobotData } from "../../../src/robot/data.ts";
import { aba } from "../../../src/robot/dynamics/aba.ts";
import { centerOfMass, centerOfMassJacobian } from "../../../src/robot/dynamics/center-of-mass.ts";
import { crba } from "../../../src/robot/dynamics/crba.ts";
import { centroidalMomentum, kineticEnergy } from "../../../src/robot/dynamics/momentum.ts";
import { potentialEnergy } from "../../../src/robot/dynamics/potential-energy.ts";
import { biasForces, gravityEfforts, rnea } from "../../../src/robot/dynamics/rnea.ts";
import { forwardKinematics } from "../../../src/robot/forward-kinematics.ts";
import { frameJacobian } from "../../../src/robot/frame-jacobian.ts";
import { frameJacobianRate } from "../../../src/robot/frame-jacobian-rate.ts";
import { difference, integrate } from "../../../src/robot/integrate.ts";
import { linkAccelerations } from "../../../src/robot/link-motion.ts";
import type { ModelBase, RobotModel } from "../../../src/robot/model.ts";
import { modelOf } from "./model-of.ts";

type Joints = Record<string, number[]>;
type State = {
  at: { q: Joints; v: Joints; a: Joints; tau: Joints; base?: Record<"q" | "v" | "a" | "tau", number[]> };
  right: Record<string, number[] | null>;
};
type Truth = { cases: { file: string; base: ModelBase; states: State[] }[] };

const truth: Truth = JSON.parse(readFileSync(new URL("../../truth/dynamics.json", import.meta.url), "utf8"));

/** As max |a − b| / (1 + |b|). */
const tolerance: Record<string, number> = {
  fk: 1e-12,
  linkVelocity: 1e-11,
  linkAcceleration: 1e-11,
  jacobian: 1e-11,
  jacobianRate: 1e-11,
  rnea: 1e-10,
  bias: 1e-10,
  gravity: 1e-10,
  crba: 1e-10,
  aba: 1e-9,
  com: 1e-10,
  comJacobian: 1e-10,
  momentum: 1e-10,
  energy: 1e-10,
};

function read(file: string, base: ModelBase): RobotModel {
  return modelOf(readFileSync(new URL(`../../truth/${file}`, import.meta.url), "utf8"), base);
}

function ratesOf(model: RobotModel, joints: Joints, base: number[] | undefined): Float64Array {
  const out = new Float64Array(model.nv);
  if (base !== undefined) out.set(base);
  for (const joint of model.joints) if (joint.nv > 0) out.set(joints[joint.name] ?? [], joint.vIndex);
  return out;
}

function stateOf(model: RobotModel, { at }: State) {
  const q = neutralConfiguration(model);
  if (at.base !== undefined) q.set(at.base.q);
  for (const [joint, values] of Object.entries(at.q)) setJointConfiguration(model, q, joint, values);
  const [v, a, tau] = (["v", "a", "tau"] as const).map((kind) => ratesOf(model, at[kind], at.base?.[kind]));
  return { q, v: v as Float64Array, a: a as Float64Array, tau: tau as Float64Array };
}

function answers(model: RobotModel, data: RobotData, state: State): Record<string, Float64Array | null> {
  const { q, v, a, tau } = stateOf(model, state);
  const nv = model.nv;
  const last = model.links.length - 1;
  const filled = (size: number, fill: (out: Float64Array) => unknown): Float64Array | null => {
    const out = new Float64Array(size);
    return fill(out) === false ? null : out;
  };
  forwardKinematics(model, data, q);
  linkAccelerations(model, data, v, a);
  return {
    fk: data.rootFromLink,
    linkVelocity: data.linkVelocity,
    linkAcceleration: data.linkAcceleration,
    jacobian: filled(6 * nv, (out) => frameJacobian(model, data, last, out)),
    jacobianRate: filled(6 * nv, (out) => frameJacobianRate(model, data, last, out)),
    rnea: filled(nv, (out) => rnea(model, data, q, v, a, out)),
    bias: filled(nv, (out) => biasForces(model, data, q, v, out)),
    gravity: filled(nv, (out) => gravityEfforts(model, data, q, out)),
    crba: filled(nv * nv, (out) => crba(model, data, q, out)),
    aba: filled(nv, (out) => aba(model, data, q, v, tau, out)),
    com: filled(3, (out) => centerOfMass(model, data, q, out)),
    comJacobian: filled(3 * nv, (out) => centerOfMassJacobian(model, data, q, out)),
    momentum: filled(6, (out) => centroidalMomentum(model, data, q, v, out)),
    energy: Float64Array.of(kineticEnergy(model, data, q, v), potentialEnergy(model, data, q)),
  };
}

function worstOf(ours: ArrayLike<number>, right: readonly number[]): number {
  expect(ours.length).toBe(right.length);
  let worst = 0;
  for (const [i, b] of right.entries()) {
    const wrong = Math.abs((ours[i] as number) - b) / (1 + Math.abs(b));
    worst = Number.isNaN(wrong) ? Number.POSITIVE_INFINITY : Math.max(worst, wrong);
  }
  return worst;
}

describe("dynamics", () => {
  it("has a truth for five robots on both bases", () => {
    expect(truth.cases.length).toBeGreaterThanOrEqual(10);
    for (const one of truth.cases) expect(one.states.length).toBeGreaterThanOrEqual(4);
  });

  it.each(truth.cases)("of $file with a $base base are what pinocchio says", (one) => {
    const model = read(one.file, one.base);
    const data = createData(model);
    const compared = new Set<string>();
    for (const state of one.states) {
      for (const [name, ours] of Object.entries(answers(model, data, state))) {
        const right = state.right[name];
        if (right === null || right === undefined) {
          expect(ours, name).toBeNull();
          continue;
        }
        compared.add(name);
        expect(worstOf(ours ?? [], right), name).toBeLessThanOrEqual(tolerance[name] ?? 0);
      }
    }
    expect(compared.size).toBeGreaterThanOrEqual(13);
  });

  it.each(truth.cases)("of $file with a $base base undo one another: rnea(aba(τ)) = τ", (one) => {
    const model = read(one.file, one.base);
    const data = createData(model);
    for (const state of one.states) {
      const { q, v, tau } = stateOf(model, state);
      const a = new Float64Array(model.nv);
      const back = new Float64Array(model.nv);
      if (!aba(model, data, q, v, tau, a)) continue;
      rnea(model, data, q, v, a, back);
      expect(worstOf(back, [...tau])).toBeLessThan(1e-9);
    }
  });

  it.each(truth.cases)("of $file with a $base base: J and its rate are the slopes of the motion", (one) => {
    const model = read(one.file, one.base);
    const data = createData(model);
    const link = model.links.length - 1;
    const step = 1e-6;
    const state = one.states[0] as State;
    const { q, v } = stateOf(model, state);
    const jacobianAt = (time: number): Float64Array => {
      const there = new Float64Array(model.nq);
      integrate(model, q, v, time, there);
      forwardKinematics(model, data, there);
      const out = new Float64Array(6 * model.nv);
      frameJacobian(model, data, link, out);
      return out;
    };
    const [before, after] = [jacobianAt(-step), jacobianAt(step)];
    const slope = after.map((value, i) => (value - (before[i] as number)) / (2 * step));
    forwardKinematics(model, data, q);
    linkAccelerations(model, data, v, new Float64Array(model.nv));
    const rate = new Float64Array(6 * model.nv);
    frameJacobianRate(model, data, link, rate);
    expect(worstOf(rate, [...slope])).toBeLessThan(1e-6);
  });

  it("says so when a joint moves nothing with a mass", () => {
    const model = modelOf(
      `<robot name="r"><link name="a"/><link name="b"/><joint name="j" type="continuous"><parent link="a"/><child link="b"/></joint></robot>`,
    );
    const data = createData(model);
    const one = new Float64Array(1);
    expect(aba(model, data, one, one, one, new Float64Array(1))).toBe(false);
    expect(centerOfMass(model, data, one, new Float64Array(3))).toBe(false);
  });

  it("counts the armature in rnea, crba, aba and the energy", () => {
    const urdf = (armature: number) =>
      `<robot name="r"><link name="a"/><link name="b"><inertial><origin xyz="0.1 0 0"/><mass value="2"/><inertia ixx="0.1" iyy="0.1" izz="0.1" ixy="0" ixz="0" iyz="0"/></inertial></link><joint name="j" type="continuous"><axis xyz="0 0 1"/><parent link="a"/><child link="b"/><dynamics armature="${armature}"/></joint></robot>`;
    const model = modelOf(urdf(0.5));
    const data = createData(model);
    const [q, v, a, out] = [[0], [3], [2], [0]].map((one) => Float64Array.from(one)) as [
      Float64Array,
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    const inertia = 0.1 + 2 * 0.01 + 0.5;
    crba(model, data, q, out);
    expect(out[0]).toBeCloseTo(inertia, 14);
    rnea(model, data, q, v, a, out);
    expect(out[0]).toBeCloseTo(2 * inertia, 14);
    expect(aba(model, data, q, v, Float64Array.of(1), out)).toBe(true);
    expect(out[0]).toBeCloseTo(1 / inertia, 14);
    expect(kineticEnergy(model, data, q, v)).toBeCloseTo((inertia * 9) / 2, 13);
  });

  it("refuses arrays that are too short, with the numbers", () => {
    const model = read("urdf/arm-seven.urdf", "fixed");
    const data = createData(model);
    const [short, right] = [new Float64Array(6), new Float64Array(7)];
    expect(() => rnea(model, data, short, right, right, right)).toThrow("needs 7");
    expect(() => aba(model, data, right, short, right, right)).toThrow("needs 7");
    expect(() => crba(model, data, right, new Float64Array(48))).toThrow("needs 49");
    forwardKinematics(model, data, right);
    expect(() => frameJacobian(model, data, 99, new Float64Array(42))).toThrow("no link 99");
  });
});

describe("integrate and difference", () => {
  it("are each other's inverse on every kind of joint", () => {
    const model = read("urdf/every-joint.urdf", "floating");
    const file = truth.cases.find((one) => one.file === "urdf/every-joint.urdf" && one.base === "floating");
    for (const state of file?.states ?? []) {
      const { q, v } = stateOf(model, state);
      const there = new Float64Array(model.nq);
      const back = new Float64Array(model.nv);
      for (const time of [1e-7, 1e-3, 0.5]) {
        integrate(model, q, v, time, there);
        difference(model, q, there, back);
        expect(
          worstOf(
            back.map((one) => one / time),
            [...v],
          ),
        ).toBeLessThan(time < 1e-6 ? 1e-8 : 1e-10);
      }
    }
  });

  it("moves a planar joint along the arc of its own axes", () => {
    const model = modelOf(
      `<robot name="r"><link name="a"/><link name="b"/><joint name="j" type="planar"><axis xyz="0 0 1"/><parent link="a"/><child link="b"/></joint></robot>`,
    );
    const out = new Float64Array(3);
    // Half a turn at radius 1, starting towards +y.
    integrate(model, Float64Array.of(1, 2, Math.PI / 2), Float64Array.of(1, 0, 1), Math.PI, out);
    expect(out[0]).toBeCloseTo(-1, 14);
    expect(out[1]).toBeCloseTo(2, 14);
    expect(out[2]).toBeCloseTo(1.5 * Math.PI, 14);
  });
});
