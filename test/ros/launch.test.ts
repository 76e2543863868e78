import { execFileSync } from "node:child_process";
import { describe, expect, it } from "vitest";
import { eventually } from "../support/eventually.ts";
import { freshDomain, hasRos, TestProcess, TestTwin } from "./support.ts";

function commandsOf(...args: string[]): string[][] {
  const script = ["test/ros/launch_commands.py", "launch/twin.launch.py", ...args];
  return JSON.parse(execFileSync("python3", script, { encoding: "utf8" })) as string[][];
}

describe.skipIf(!hasRos())("the launch file", () => {
  it("starts the twin alone beside a robot that runs already", () => {
    const [twin, ...rest] = commandsOf("port:=9000", "namespace:=r2", "robot_description:=/x/robot.urdf");
    expect(rest).toEqual([]);
    expect(twin?.slice(2)).toEqual(
      ["up", "--ros", "on", "--port", "9000"].concat(["--description", "/x/robot.urdf", "--namespace", "r2"]),
    );
  });

  it("leaves host and port to the configuration where they were not given", () => {
    const [twin] = commandsOf("config:=/x/twin.yaml");
    expect(twin?.slice(2)).toEqual(["up", "--ros", "on", "--config", "/x/twin.yaml"]);
  });

  it("starts a simulated robot with sim:=true, and its commands bring a twin up that mirrors it", async () => {
    const domain = freshDomain();
    const [up = [], sim = []] = commandsOf("sim:=true", "port:=0");
    const twin = new TestTwin(domain, up.slice(3));
    const robot = new TestProcess(process.execPath, sim.slice(1), { ROS_DOMAIN_ID: domain });
    try {
      await twin.ready();
      const joint = await eventually("its joints show", () => twin.reported("joint/elbow/position"), 30_000);
      expect(joint.quality).toBe("good");
    } finally {
      await twin.end();
      await robot.end();
    }
  });
});
