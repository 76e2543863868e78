import { describe, expect, it } from "vitest";
import { faultsFault, type PlannedFault, readFault } from "../../../src/cli/sim-faults.ts";
import { createModel } from "../../../src/robot/model.ts";
import { parseUrdf } from "../../../src/robot/reading/urdf.ts";
import { SimulatedRobot } from "../../../src/sim/simulated-robot.ts";

describe("twin sim --fault", () => {
  it.each([
    ["elbow:stuck", { joint: "elbow", fault: { kind: "stuck" }, after: 0 }],
    ["elbow:torque=0.3@10", { joint: "elbow", fault: { kind: "torque", left: 0.3 }, after: 10 }],
    ["arm:elbow:friction=2", { joint: "arm:elbow", fault: { kind: "friction", added: 2 }, after: 0 }],
    ["w:encoderBias=-0.05@0.5", { joint: "w", fault: { kind: "encoderBias", bias: -0.05 }, after: 0.5 }],
    ["w:deadSensor@1", { joint: "w", fault: { kind: "deadSensor" }, after: 1 }],
  ])("reads %s", (text, value) => {
    expect(readFault(text)).toEqual({ ok: true, value });
  });

  it.each([
    ["elbow", /is not a fault; write JOINT:KIND/],
    ["elbow:melted", /no fault "melted"; there are friction/],
    ["elbow:stuck=3", /takes no number/],
    ["elbow:torque", /needs a number: the share/],
    ["elbow:torque=2", /from 0 to 1/],
    ["elbow:friction=-1", /0 or more/],
    ["elbow:friction=x", /needs a number/],
    ["elbow:stuck@later", /seconds from the start/],
    ["elbow:stuck@-1", /seconds from the start/],
  ])("refuses %s", (text, reason) => {
    const read = readFault(text);
    expect(read.ok ? "" : read.reason).toMatch(reason);
  });
});

describe("the faults of a simulated robot", () => {
  /** A robot with one driven joint, whose link has a mass or none. */
  const robotWith = (inertial: string, plant?: "kinematic") => {
    const { description } = parseUrdf(`<robot name="r"><link name="b"/><link name="l">${inertial}</link>
      <joint name="elbow" type="revolute"><parent link="b"/><child link="l"/><axis xyz="0 0 1"/>
      <limit lower="-1" upper="1" effort="1" velocity="1"/></joint></robot>`);
    if (description === null) throw new Error("no robot");
    const model = createModel(description);
    return new SimulatedRobot({ model, base: "fixed", ...(plant === undefined ? {} : { plant }) });
  };
  const mass = `<inertial><mass value="2"/><inertia ixx="1" iyy="1" izz="1" ixy="0" ixz="0" iyz="0"/></inertial>`;
  const stuck = (joint: string): PlannedFault => ({ joint, fault: { kind: "stuck" }, after: 0 });

  it("may be had by the joints that it drives", () => {
    expect(faultsFault(robotWith(mass), [stuck("elbow")])).toBeNull();
    expect(faultsFault(robotWith(mass), [stuck("elbow"), stuck("wrist")])).toBe(
      'no actuator drives "wrist"; there are elbow',
    );
  });

  it("need the dynamic plant, which no faults at all do not", () => {
    expect(faultsFault(robotWith(mass, "kinematic"), [stuck("elbow")])).toContain("simulated kinematically");
    expect(faultsFault(robotWith(mass, "kinematic"), [])).toBeNull();
  });
});
