import { describe, expect, it } from "vitest";
import { RobotSwitch } from "../../../src/app/robot-switch.ts";
import { FakeRosRobot } from "./fake-ros.ts";

const goal = { id: "g" } as never;

describe("the switch of a robot's commands", () => {
  it("leads to the one who is connected, for every kind of command", () => {
    const way = new RobotSwitch();
    const robot = new FakeRosRobot();
    way.connect(robot);
    way.sendTrajectory(goal);
    way.cancelTrajectory("g");
    way.sendTwist({ x: 0.5, y: 0, yaw: 0 });
    way.setStopped(true);
    expect(robot.told).toEqual(["trajectory", "cancel g", "twist 0.5", "stopped"]);
  });

  it("leads nowhere before somebody is connected, and after that was taken away", () => {
    const way = new RobotSwitch();
    const robot = new FakeRosRobot();
    expect(() => way.sendTwist({ x: 1, y: 0, yaw: 0 })).not.toThrow();
    way.connect(robot);
    way.connect(null);
    way.sendTwist({ x: 1, y: 0, yaw: 0 });
    way.setStopped(true);
    expect(robot.told).toEqual([]);
  });

  it("leads to one robot only: a newer one takes the place of the older", () => {
    const way = new RobotSwitch();
    const [older, newer] = [new FakeRosRobot(), new FakeRosRobot()];
    way.connect(older);
    way.connect(newer);
    way.sendTwist({ x: 1, y: 0, yaw: 0 });
    expect([older.told, newer.told]).toEqual([[], ["twist 1"]]);
  });
});
