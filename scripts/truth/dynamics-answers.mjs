// What our algorithms say about one state of one model, as plain arrays. Runs in Node and in a browser.

import { neutralConfiguration, setJointConfiguration } from "../../dist/robot/configuration.js";
import { createData } from "../../dist/robot/data.js";
import { aba } from "../../dist/robot/dynamics/aba.js";
import { centerOfMass, centerOfMassJacobian } from "../../dist/robot/dynamics/center-of-mass.js";
import { crba } from "../../dist/robot/dynamics/crba.js";
import { centroidalMomentum, kineticEnergy } from "../../dist/robot/dynamics/momentum.js";
import { potentialEnergy } from "../../dist/robot/dynamics/potential-energy.js";
import { biasForces, gravityEfforts, rnea } from "../../dist/robot/dynamics/rnea.js";
import { forwardKinematics } from "../../dist/robot/forward-kinematics.js";
import { frameJacobian } from "../../dist/robot/frame-jacobian.js";
import { frameJacobianRate } from "../../dist/robot/frame-jacobian-rate.js";
import { difference, integrate } from "../../dist/robot/integrate.js";
import { linkAccelerations } from "../../dist/robot/link-motion.js";

/** Names and places, so that the oracle's order can be matched. */
export function namesOf(model) {
  return {
    links: model.links,
    joints: model.joints.map(({ name, type, mimic, qIndex, vIndex, nq, nv }) => ({
      name,
      type,
      mimic,
      qIndex,
      vIndex,
      nq,
      nv,
    })),
    nq: model.nq,
    nv: model.nv,
    lastLink: model.links.at(-1),
  };
}

function rates(model, values, base) {
  const out = new Float64Array(model.nv);
  if (model.base === "floating") out.set(base, 0);
  for (const joint of model.joints) if (joint.nv > 0) out.set(values[joint.name], joint.vIndex);
  return out;
}

export function answersOf(model, state) {
  const data = createData(model);
  const { nv } = model;
  const q = neutralConfiguration(model);
  if (model.base === "floating") q.set(state.base.q, 0);
  for (const [joint, values] of Object.entries(state.q)) setJointConfiguration(model, q, joint, values);
  const v = rates(model, state.v, state.base?.v);
  const a = rates(model, state.a, state.base?.a);
  const tau = rates(model, state.tau, state.base?.tau);
  const vector = (size, fill) => {
    const out = new Float64Array(size);
    const said = fill(out);
    return said === false ? null : [...out];
  };
  const last = model.links.length - 1;
  forwardKinematics(model, data, q);
  linkAccelerations(model, data, v, a);
  return {
    q: [...q],
    fk: [...data.rootFromLink],
    linkVelocity: [...data.linkVelocity],
    linkAcceleration: [...data.linkAcceleration],
    jacobian: vector(6 * nv, (out) => frameJacobian(model, data, last, out)),
    jacobianRate: vector(6 * nv, (out) => frameJacobianRate(model, data, last, out)),
    rnea: vector(nv, (out) => rnea(model, data, q, v, a, out)),
    bias: vector(nv, (out) => biasForces(model, data, q, v, out)),
    gravity: vector(nv, (out) => gravityEfforts(model, data, q, out)),
    crba: vector(nv * nv, (out) => crba(model, data, q, out)),
    aba: vector(nv, (out) => aba(model, data, q, v, tau, out)),
    com: vector(3, (out) => centerOfMass(model, data, q, out)),
    comJacobian: vector(3 * nv, (out) => centerOfMassJacobian(model, data, q, out)),
    momentum: vector(6, (out) => centroidalMomentum(model, data, q, v, out)),
    energy: [kineticEnergy(model, data, q, v), potentialEnergy(model, data, q)],
    integrated: vector(model.nq, (out) => integrate(model, q, v, 0.1, out)),
    difference: vector(nv, (out) => {
      const there = new Float64Array(model.nq);
      integrate(model, q, v, 0.1, there);
      difference(model, q, there, out);
    }),
  };
}
