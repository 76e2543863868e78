import { neutralConfiguration, setJointConfiguration } from "../../src/robot/configuration.ts";
import { createData } from "../../src/robot/data.ts";
import { aba } from "../../src/robot/dynamics/aba.ts";
import { centerOfMass, centerOfMassJacobian } from "../../src/robot/dynamics/center-of-mass.ts";
import { crba } from "../../src/robot/dynamics/crba.ts";
import { centroidalMomentum, kineticEnergy } from "../../src/robot/dynamics/momentum.ts";
import { potentialEnergy } from "../../src/robot/dynamics/potential-energy.ts";
import { biasForces, gravityEfforts, rnea } from "../../src/robot/dynamics/rnea.ts";
import { forwardKinematics } from "../../src/robot/forward-kinematics.ts";
import { frameJacobian } from "../../src/robot/frame-jacobian.ts";
import { frameJacobianRate } from "../../src/robot/frame-jacobian-rate.ts";
import { difference, integrate } from "../../src/robot/integrate.ts";
import { linkAccelerations } from "../../src/robot/link-motion.ts";
import { createModel, type ModelBase, type RobotModel } from "../../src/robot/model.ts";
import { parseUrdf } from "../../src/robot/reading/urdf.ts";

type Rates = Record<string, number[]>;

/** One state of test/truth/dynamics.json. */
export type AskedState = {
  q: Rates;
  v: Rates;
  a: Rates;
  tau: Rates;
  base?: Record<"q" | "v" | "a" | "tau", number[]>;
};

export type AskedCase = { urdf: string; base: ModelBase; states: AskedState[] };

/** All bits of each number, as hexadecimal text: a difference in the last one is a difference, −0 is not 0. */
export type Bits = Record<string, string>;

/** The numbers behind the text; none for what an algorithm refused. */
export function numbersOf(bits: string): Float64Array {
  if (bits === "none") return new Float64Array(0);
  const whole = BigUint64Array.from(bits.split(" ").map((one) => BigInt(`0x${one}`)));
  return new Float64Array(whole.buffer);
}

/** What the algorithms say of each state. The same file runs in Node and, bundled, in the browser. */
export function modelAnswers({ urdf, base, states }: AskedCase): Bits[] {
  const { description } = parseUrdf(urdf);
  if (description === null) throw new Error("the case has no robot");
  const model = createModel(description, base);
  return states.map((state) => answersOf(model, state));
}

function answersOf(model: RobotModel, state: AskedState): Bits {
  const data = createData(model);
  const { nv } = model;
  const q = neutralConfiguration(model);
  if (state.base !== undefined) q.set(state.base.q);
  for (const [joint, values] of Object.entries(state.q)) setJointConfiguration(model, q, joint, values);
  const [v, a, tau] = [
    ratesOf(model, state.v, state.base?.v),
    ratesOf(model, state.a, state.base?.a),
    ratesOf(model, state.tau, state.base?.tau),
  ];
  const filled = (size: number, fill: (out: Float64Array) => unknown): string => {
    const out = new Float64Array(size);
    return fill(out) === false ? "none" : bitsOf(out);
  };
  const last = model.links.length - 1;
  forwardKinematics(model, data, q);
  linkAccelerations(model, data, v, a);
  return {
    fk: bitsOf(data.rootFromLink),
    linkVelocity: bitsOf(data.linkVelocity),
    linkAcceleration: bitsOf(data.linkAcceleration),
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
    energy: bitsOf(Float64Array.of(kineticEnergy(model, data, q, v), potentialEnergy(model, data, q))),
    integrated: filled(model.nq, (out) => integrate(model, q, v, 0.1, out)),
    difference: filled(nv, (out) => {
      const there = new Float64Array(model.nq);
      integrate(model, q, v, 0.1, there);
      difference(model, q, there, out);
    }),
  };
}

function ratesOf(model: RobotModel, joints: Rates, base: number[] | undefined): Float64Array {
  const out = new Float64Array(model.nv);
  if (base !== undefined) out.set(base);
  for (const joint of model.joints) if (joint.nv > 0) out.set(joints[joint.name] ?? [], joint.vIndex);
  return out;
}

function bitsOf(numbers: Float64Array): string {
  return [...new BigUint64Array(numbers.slice().buffer)].map((bits) => bits.toString(16)).join(" ");
}
