import { neutralConfiguration } from "./configuration.ts";
import { createData } from "./data.ts";
import { aba } from "./dynamics/aba.ts";
import { crba } from "./dynamics/crba.ts";
import { rnea } from "./dynamics/rnea.ts";
import { forwardKinematics } from "./forward-kinematics.ts";
import { frameJacobian } from "./frame-jacobian.ts";
import { integrate } from "./integrate.ts";
import type { RobotModel } from "./model.ts";

/** One call of an algorithm for one of a few different states; `state` counts on from call to call. */
export type Timed = (state: number) => void;

const states = 32;

/**
 * The calls that `twin model bench` times: forward kinematics of all links; the Jacobian of the last link, forward
 * kinematics included; inverse dynamics; mass matrix; forward dynamics. States are spread over ± 1 rad, m or
 * per second by a fixed rule, so that every run times the same.
 */
export function timedCalls(model: RobotModel): Record<"fk" | "jacobian" | "rnea" | "crba" | "aba", Timed> {
  const data = createData(model);
  const nv = model.nv;
  const neutral = neutralConfiguration(model);
  const spread = (seed: number): Float64Array =>
    new Float64Array(nv).map((_, i) => Math.sin(12.9898 * (i + 1) + 78.233 * (seed + 1)));
  const q = Array.from({ length: states }, (_, k) => {
    const out = new Float64Array(model.nq);
    integrate(model, neutral, spread(k), 1, out);
    return out;
  });
  const v = Array.from({ length: states }, (_, k) => spread(100 + k));
  const at = (of: Float64Array[], state: number): Float64Array => of[state % states] as Float64Array;
  const [effort, acceleration] = [new Float64Array(nv), new Float64Array(nv)];
  const [jacobian, mass] = [new Float64Array(6 * nv), new Float64Array(nv * nv)];
  const last = model.links.length - 1;
  return {
    fk: (k) => forwardKinematics(model, data, at(q, k)),
    jacobian: (k) => {
      forwardKinematics(model, data, at(q, k));
      frameJacobian(model, data, last, jacobian);
    },
    rnea: (k) => rnea(model, data, at(q, k), at(v, k), at(v, k + 1), effort),
    crba: (k) => crba(model, data, at(q, k), mass),
    aba: (k) => {
      aba(model, data, at(q, k), at(v, k), at(v, k + 1), acceleration);
    },
  };
}
