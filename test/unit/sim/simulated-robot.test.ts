import { describe, expect, it } from "vitest";
import { createModel, type RobotModel } from "../../../src/robot/model.ts";
import { parseUrdf } from "../../../src/robot/reading/urdf.ts";
import { type SimulatedBase, SimulatedRobot } from "../../../src/sim/simulated-robot.ts";
import { cpuMs } from "../../support/cpu-time.ts";

const body =
  '<inertial><mass value="1"/><inertia ixx="1" iyy="1" izz="1" ixy="0" ixz="0" iyz="0"/></inertial>';

function joint(name: string, type: string, parent: string, origin: string, axis: string, more = ""): string {
  const limit =
    type === "continuous"
      ? '<limit velocity="50" effort="5"/>'
      : '<limit lower="-1" upper="1.5" velocity="0.5" effort="5"/>';
  return `<link name="${name}_link">${body}</link><joint name="${name}" type="${type}"><parent link="${parent}"/>
    <child link="${name}_link"/><origin ${origin}/><axis xyz="${axis}"/>${limit}${more}</joint>`;
}

const cart = `<robot name="cart"><link name="base_footprint"/><link name="base_link">${body}</link>
  <joint name="base_joint" type="fixed"><parent link="base_footprint"/><child link="base_link"/>
    <origin xyz="0 0 0.1"/></joint>
  ${joint("left_wheel", "continuous", "base_link", 'xyz="0 0.2 0" rpy="-1.5707963267948966 0 0"', "0 0 1")}
  ${joint("right_wheel", "continuous", "base_link", 'xyz="0 -0.2 0"', "0 1 0")}
  ${joint("caster_wheel", "continuous", "base_link", 'xyz="-0.3 0 -0.05"', "0 1 0")}
  ${joint("shoulder", "revolute", "base_link", 'xyz="0 0 0.2"', "0 1 0", '<dynamics damping="2" friction="0.5"/>')}
  ${joint("finger", "prismatic", "shoulder_link", 'xyz="0 0 0.2"', "0 1 0", '<mimic joint="shoulder" multiplier="-0.1" offset="0.02"/>')}
</robot>`;

function modelOf(text: string): RobotModel {
  const { description, findings } = parseUrdf(text);
  if (description === null) throw new Error(JSON.stringify(findings));
  return createModel(description);
}

function simulated(base: SimulatedBase, text = cart): SimulatedRobot {
  return new SimulatedRobot({ model: modelOf(text), base });
}

function at(robot: SimulatedRobot, name: string): { position: number; velocity: number; effort: number } {
  const index = robot.jointNames.indexOf(name);
  const read = (from: Float64Array): number => from[index] ?? Number.NaN;
  return { position: read(robot.position), velocity: read(robot.velocity), effort: read(robot.effort) };
}

/** Runs from `from` to `to` seconds, calling `step` every `every` seconds. */
function run(
  robot: SimulatedRobot,
  from: number,
  to: number,
  every = 0.01,
  each: (now: number) => void = () => {},
): void {
  for (let i = 0; i <= Math.round((to - from) / every); i += 1) {
    const now = from + i * every;
    each(now);
    robot.step(now);
  }
}

describe("the simulated robot", () => {
  it("publishes every joint with a position and commands those that are neither wheel, caster nor follower", () => {
    const onWheels = simulated("diff_drive");
    expect(onWheels.jointNames).toEqual(["left_wheel", "right_wheel", "caster_wheel", "shoulder", "finger"]);
    expect(onWheels.trajectory.jointNames).toEqual(["shoulder"]);
    const bolted = simulated("fixed");
    expect(bolted.trajectory.jointNames).toEqual(["left_wheel", "right_wheel", "caster_wheel", "shoulder"]);
    expect(bolted.base).toBeNull();
  });

  it("moves a joint to its goal, no faster than its limit, with its follower", () => {
    const robot = new SimulatedRobot({ model: modelOf(cart), base: "diff_drive", plant: "kinematic" });
    run(robot, 0, 0.1);
    robot.trajectory.accept(
      {
        id: "g",
        jointNames: ["shoulder"],
        points: [{ timeFromStart: 0.5, positions: [1] }],
        goalTimeTolerance: 0,
      },
      0.1,
    );
    let fastest = 0;
    let effort = 0;
    run(robot, 0.1, 3, 0.01, () => {
      fastest = Math.max(fastest, at(robot, "shoulder").velocity);
      effort = Math.max(effort, at(robot, "shoulder").effort);
      const { position, velocity } = at(robot, "shoulder");
      expect(at(robot, "finger").position).toBeCloseTo(-0.1 * position + 0.02, 14);
      expect(at(robot, "finger").velocity).toBeCloseTo(-0.1 * velocity, 14);
    });
    expect(fastest).toBeCloseTo(0.5, 9);
    // Damping 2 at 0.5 rad/s and friction 0.5.
    expect(effort).toBeCloseTo(1.5, 6);
    expect(at(robot, "shoulder").position).toBeCloseTo(1, 6);
    expect(robot.trajectory.takeResults()).toMatchObject([{ id: "g", status: "succeeded" }]);
  });

  it("stops at the end of a joint's range", () => {
    const robot = simulated("fixed");
    run(robot, 0, 0.1);
    robot.trajectory.accept(
      {
        id: "g",
        jointNames: ["shoulder"],
        points: [{ timeFromStart: 1, positions: [9] }],
        goalTimeTolerance: 0,
      },
      0.1,
    );
    run(robot, 0.1, 6);
    expect(at(robot, "shoulder").position).toBeCloseTo(1.5, 9);
    expect(at(robot, "shoulder").position).toBeLessThanOrEqual(1.5);
    expect(at(robot, "shoulder").velocity).toBeCloseTo(0, 9);
  });

  it("gives the same numbers whoever calls it how often", () => {
    const [often, seldom] = [simulated("diff_drive"), simulated("diff_drive")];
    for (const robot of [often, seldom]) {
      robot.step(0);
      robot.base?.setTwist(0.4, 0, 0.7, 0);
      robot.trajectory.accept(
        {
          id: "g",
          jointNames: ["shoulder"],
          points: [{ timeFromStart: 1, positions: [0.4] }],
          goalTimeTolerance: 0,
        },
        0,
      );
    }
    run(often, 0, 1, 0.001);
    run(seldom, 0, 1, 0.05);
    expect([...often.position]).toEqual([...seldom.position]);
    expect({ ...often.odometry }).toEqual({ ...seldom.odometry });
  });

  it("does not catch up a long pause, and takes a clock that stands still", () => {
    const robot = simulated("diff_drive");
    robot.step(0);
    robot.base?.setTwist(1, 0, 0, 1e6);
    const began = cpuMs();
    robot.step(1e6);
    expect(cpuMs() - began).toBeLessThan(200);
    expect(robot.odometry.x).toBeLessThan(0.25);
    const { x } = robot.odometry;
    robot.step(1e6);
    robot.step(1e6 - 5);
    expect(robot.odometry.x).toBe(x);
  });
});

describe("the simulated base", () => {
  it("drives, turning its wheels as the ground does, whichever way their axes are mounted", () => {
    const robot = simulated("diff_drive");
    run(robot, 0, 5, 0.01, (now) => robot.base?.setTwist(0.3, 9, 0.5, now));
    const before = { left: at(robot, "left_wheel").position, right: at(robot, "right_wheel").position };
    run(robot, 5, 7, 0.01, (now) => robot.base?.setTwist(0.3, 9, 0.5, now));
    expect(robot.odometry).toMatchObject({ linearX: 0.3, linearY: 0, angularZ: 0.5 });
    // v ∓ ω · 0.4 / 2 over a radius of 0.1, for 2 s.
    expect(at(robot, "left_wheel").velocity).toBeCloseTo(2, 12);
    expect(at(robot, "right_wheel").velocity).toBeCloseTo(4, 12);
    expect(at(robot, "left_wheel").position - before.left).toBeCloseTo(4, 9);
    expect(at(robot, "right_wheel").position - before.right).toBeCloseTo(8, 9);
    expect(at(robot, "caster_wheel").position).toBe(0);
  });

  it("brakes to a stop half a second after its last command", () => {
    const robot = simulated("diff_drive");
    run(robot, 0, 2, 0.01, (now) => robot.base?.setTwist(0.5, 0, 0, now));
    run(robot, 2, 2.48);
    expect(robot.odometry.linearX).toBe(0.5);
    run(robot, 2.48, 2.6);
    expect(robot.odometry.linearX).toBeLessThan(0.5);
    run(robot, 2.6, 2.8);
    expect(robot.odometry.linearX).toBe(0);
  });

  it("keeps its limits of velocity and acceleration, and refuses what is not finite", () => {
    const robot = simulated("diff_drive");
    robot.step(0);
    let last = 0;
    run(robot, 0, 2, 0.002, (now) => {
      expect(robot.base?.setTwist(99, 0, 0, now)).toBe(true);
      expect(robot.base?.setTwist(Number.NaN, 0, 0, now)).toBe(false);
      expect(robot.odometry.linearX - last).toBeLessThanOrEqual(2 * 0.002 + 1e-12);
      last = robot.odometry.linearX;
    });
    expect(last).toBe(1);
  });

  it("goes sideways only when it is omnidirectional", () => {
    const robot = simulated("omni");
    run(robot, 0, 3, 0.01, (now) => robot.base?.setTwist(0, 0.5, 0, now));
    expect(robot.odometry.y).toBeGreaterThan(1);
    expect(robot.odometry.x).toBe(0);
  });

  it("goes sideways on mecanum wheels, whose diagonals turn against each other", () => {
    const corner = (name: string, x: number, y: number): string =>
      joint(`${name}_wheel`, "continuous", "base_footprint", `xyz="${x} ${y} 0.1"`, "0 1 0");
    const text = `<robot name="mecanum"><link name="base_footprint">${body}</link>
      ${corner("fl", 0.3, 0.2)}${corner("fr", 0.3, -0.2)}${corner("rl", -0.3, 0.2)}${corner("rr", -0.3, -0.2)}</robot>`;
    const robot = simulated("mecanum", text);
    run(robot, 0, 2, 0.01, (now) => robot.base?.setTwist(0, 0.5, 0, now));
    expect(robot.odometry).toMatchObject({ linearX: 0, linearY: 0.5 });
    const speeds = ["fl", "fr", "rl", "rr"].map((name) => at(robot, `${name}_wheel`).velocity);
    expect(speeds).toEqual([-5, 5, 5, -5].map((speed) => expect.closeTo(speed, 12)));
  });

  it("slows down to what its wheels can do, along the same circle", () => {
    const slow = cart.replaceAll('velocity="50"', 'velocity="5"');
    const slowed = simulated("diff_drive", slow);
    run(slowed, 0, 3, 0.01, (now) => slowed.base?.setTwist(0.8, 0, 1, now));
    expect(at(slowed, "right_wheel").velocity).toBeCloseTo(5, 12);
    expect(slowed.odometry.linearX / slowed.odometry.angularZ).toBeCloseTo(0.8, 12);
    // 0.8 + 1 · 0.2 m/s over 0.1 m would be twice as fast.
    expect(slowed.odometry.linearX).toBeCloseTo(0.4, 12);
  });

  it("moves a steered base about its fixed axle, wherever its frame is", () => {
    const wheel = (name: string, parent: string, xyz: string): string =>
      joint(name, "continuous", parent, `xyz="${xyz}"`, "0 1 0");
    const text = `<robot name="car"><link name="base_footprint">${body}</link>
      ${wheel("left_wheel", "base_footprint", "-0.25 0.2 0.1")}${wheel("right_wheel", "base_footprint", "-0.25 -0.2 0.1")}
      ${joint("front_steer", "revolute", "base_footprint", 'xyz="0.25 0 0.1"', "0 0 1")}
      ${wheel("front_wheel", "front_steer_link", "0 0 0")}</robot>`;
    const car = simulated("ackermann", text);
    run(car, 0, 3, 0.01, (now) => car.base?.setTwist(0.8, 0, 0.4, now));
    expect(car.odometry.linearY).toBeCloseTo(0.4 * 0.25, 12);
    expect(at(car, "front_steer").position).toBeCloseTo(Math.atan((0.5 * 0.4) / 0.8), 9);
    expect(at(car, "left_wheel").velocity).toBeCloseTo((0.8 - 0.4 * 0.2) / 0.1, 9);
  });

  it("turns a steered base only while it drives and no tighter than it steers", () => {
    const wheel = (name: string, parent: string, x: number): string =>
      joint(name, "continuous", parent, `xyz="${x} 0 0"`, "0 1 0");
    const text = `<robot name="car"><link name="base_footprint">${body}</link>
      ${wheel("rear_wheel", "base_footprint", 0).replace('xyz="0 0 0"', 'xyz="0 0 0.1"')}
      ${joint("front_steer", "revolute", "base_footprint", 'xyz="0.5 0 0.1"', "0 0 1")}
      ${wheel("front_wheel", "front_steer_link", 0)}</robot>`;
    const robot = simulated("ackermann", text);
    expect(robot.trajectory.jointNames).toEqual([]);
    run(robot, 0, 1, 0.01, (now) => robot.base?.setTwist(0, 0, 1, now));
    expect(robot.odometry.yaw).toBe(0);
    run(robot, 1, 3, 0.01, (now) => robot.base?.setTwist(0.8, 0, 0.4, now));
    // Bicycle: tan(steering) = wheelbase · ω / v.
    expect(at(robot, "front_steer").position).toBeCloseTo(Math.atan((0.5 * 0.4) / 0.8), 9);
    expect(at(robot, "rear_wheel").velocity).toBeCloseTo(8, 9);
    expect(at(robot, "front_wheel").velocity).toBeCloseTo(Math.hypot(0.8, 0.2) / 0.1, 9);
    run(robot, 3, 5, 0.01, (now) => robot.base?.setTwist(0.2, 0, 2, now));
    expect(robot.odometry.angularZ).toBeCloseTo((0.2 * Math.tan(0.6)) / 0.5, 9);
  });
});
