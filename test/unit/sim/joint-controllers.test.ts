import { describe, expect, it } from "vitest";
import { ComputedTorque } from "../../../src/sim/joint-controllers.ts";
import { modelOf } from "../robot/model-of.ts";
import { randomFrom } from "../robot/random-from.ts";

/** N·m */
const friction = 3;
const dt = 1e-3;
const urdf = `<robot name="one"><link name="base"/>
  <link name="arm"><inertial><mass value="1e-3"/><inertia ixx="1e-4" ixy="0" ixz="0" iyy="1e-4" iyz="0" izz="1e-4"/></inertial></link>
  <joint name="j" type="revolute"><parent link="base"/><child link="arm"/><axis xyz="0 0 1"/>
    <limit lower="-3" upper="3" effort="10" velocity="1"/></joint></robot>`;

/** The efforts of a second with the errors `error` gives, while the joint is wanted to rest. */
function efforts(error: () => number): number[] {
  const servo = new ComputedTorque(modelOf(urdf), new Float64Array([0]), new Float64Array([friction]));
  const none = () => new Float64Array(1);
  const state = {
    ...{ q: none(), v: none(), wantedPosition: none(), wantedVelocity: none(), wantedAcceleration: none() },
    qOf: new Int32Array([0]),
  };
  return Array.from({ length: 1000 }, () => {
    state.q[0] = -error();
    const tau = none();
    servo.step(state, new Uint8Array(1), dt, tau);
    return tau[0] as number;
  });
}

describe("computed torque, with a joint at rest that friction holds", () => {
  it("gives what it takes to leave an error that lasts", () => {
    for (const error of [4e-4, -4e-4]) {
      const last = efforts(() => error).at(-1) as number;
      expect(Math.sign(error) * last).toBeGreaterThan(0.99 * friction);
    }
  });

  it("does not push to and fro for an encoder's noise", () => {
    const random = randomFrom(3);
    const given = efforts(() => 1e-4 * (2 * random.next() - 1));
    expect(Math.max(...given.map(Math.abs))).toBeLessThan(0.4 * friction);
    const flips = given.filter((tau, i) => i > 0 && tau * (given[i - 1] as number) < 0).length;
    expect(flips).toBeLessThan(200);
  });
});
