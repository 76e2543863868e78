import { describe, expect, it } from "vitest";
import { SimulatedRobot } from "../../../src/sim/simulated-robot.ts";
import { weaknesses } from "../../../src/sim/weaknesses.ts";
import { modelOf } from "../robot/model-of.ts";

const arm = (effort: number, mass = 2): string =>
  `<robot name="r"><link name="a"/><link name="b"><inertial><origin xyz="0.5 0 0"/><mass value="${mass}"/><inertia ixx="0.1" iyy="0.1" izz="0.1" ixy="0" ixz="0" iyz="0"/></inertial></link>
   <joint name="j" type="revolute"><axis xyz="0 1 0"/><limit lower="-1" upper="1" velocity="1" effort="${effort}"/><parent link="a"/><child link="b"/></joint></robot>`;

describe("a robot too weak for its own weight", () => {
  it("is told before it sinks", () => {
    expect(weaknesses(modelOf(arm(5)))).toEqual([
      'joint "j" needs 9.81 N·m against gravity, more than its effort limit of 5 N·m: it will sink',
    ]);
    expect(weaknesses(modelOf(arm(20)))).toEqual([]);
    const robot = new SimulatedRobot({ model: modelOf(arm(5)), base: "fixed" });
    for (let i = 0; i <= 200; i += 1) robot.step(i * 0.01);
    expect(robot.position[0]).toBeGreaterThan(0.5);
  });
});

describe("a robot whose masses no body has", () => {
  it("goes on without them and says why", () => {
    const odd = arm(1e9).replace('iyy="0.1"', 'iyy="-0.5001"');
    const robot = new SimulatedRobot({ model: modelOf(odd), base: "fixed", plant: "dynamic" });
    for (let i = 0; i <= 50; i += 1) robot.step(i * 0.01);
    expect(robot.fault).toMatch(/cannot be simulated|run away/);
    expect(robot.dynamics).toBeNull();
    expect(Number.isFinite(robot.position[0])).toBe(true);
  });
});
