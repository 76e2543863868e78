import { readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import type { MotionCommand } from "../../../src/command/motion-command.ts";
import type { PlanarTwist } from "../../../src/command/twist-stream.ts";
import type { DeviceMessage } from "../../../src/protocol/device-profile.ts";
import { randomFrom } from "../robot/random-from.ts";
import { EngineAtHand } from "./engine-at-hand.ts";

const source = join(import.meta.dirname, "..", "..", "..", "src");

/** Every line of the source that matches, as `folder/file.ts`. */
function filesWith(pattern: RegExp): string[] {
  return readdirSync(source, { recursive: true, encoding: "utf8" })
    .filter((name) => name.endsWith(".ts") && pattern.test(readFileSync(join(source, name), "utf8")))
    .sort();
}

describe("what moves a robot or a device", () => {
  it("leaves by the gate's output alone: nobody else calls a robot's sink", () => {
    expect(filesWith(/\.(sendTrajectory|sendTwist|sendTask)\(/)).toEqual([
      // The switch between ROS and the simulated robot, and the sinks themselves.
      "app/outlets.ts",
      "app/robot-switch.ts",
      // The gate.
      "command/jog-runner.ts",
      "command/motion-sender.ts",
      "command/speed-override.ts",
      "command/task-runner.ts",
      "command/twist-runner.ts",
      // The sink of a robot on ROS, which hands what it gets to its outputs.
      "io/ros/ros-robot.ts",
    ]);
    // The gate's output.
    expect(filesWith(/kind: "(?:trajectory|twist|task)", robot/)).toEqual(["engine/robot/robot-control.ts"]);
    expect(filesWith(/\bdrives\.get\(.*\)\.send\(/)).toEqual(["engine/robot/robot-control.ts"]);
  });

  it("reaches a device only by the gate's output, or by a goal that it sent", () => {
    expect(filesWith(/kind: "device", device, command/)).toEqual(["engine/devices/device-twin.ts"]);
    expect(filesWith(/\bdevice\.(send|command)\(/)).toEqual([
      // A simulated device takes a command.
      "app/demo-devices.ts",
      // Set-points of a goal.
      "engine/devices/device-drive.ts",
      // `sendDevice` of the gate's output.
      "engine/devices/device-fleet.ts",
      // A simulated device's own messages.
      "io/mqtt/device-client.ts",
    ]);
    expect(filesWith(/\b(drive\.begin|devices\.command|drive\.send)\(/)).toEqual([
      "engine/devices/device-fleet.ts",
      "engine/robot/robot-control.ts",
    ]);
  });

  it("is nothing at all while the stop is latched, whatever comes in", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = randomFrom(seed);
      const at = new EngineAtHand();
      at.describe();
      at.joints([0, 0]);
      const takesTasks = () =>
        at.push("ros", {
          kind: "capabilities",
          robot: "robot",
          capabilities: {
            trajectory: [{ name: "arm", joints: ["a", "b"] }],
            twist: true,
            grippers: [{ name: "/gripper", joints: null }],
            navigators: {
              toPose: random.pick(["/navigate_to_pose", null]),
              throughPoses: "/navigate_through_poses",
              goalTopic: "/goal_pose",
              initialTopic: "/initialpose",
            },
            services: [{ name: "/home", takesData: false }],
          },
        });
      takesTasks();
      const epoch = at.acquire();
      const device = (message: DeviceMessage) =>
        at.push("mqtt:servo", { kind: "device", profile: "native", message, retained: random.next() < 0.2 });
      const birth = () =>
        device({
          kind: "birth",
          device: "servo",
          birth: {
            firmware: "1",
            boot: random.pick([1, 2]),
            joint: "b",
            signals: {
              position: { unit: "rad", type: "number", property: "position", writable: false },
              target: { unit: "rad", type: "number", property: "position", writable: true },
              lamp: { unit: "", type: "boolean", writable: true },
            },
          },
        });
      const commands: MotionCommand[] = [
        { kind: "jointPosition", positions: { a: 0.5 } },
        { kind: "jointPosition", positions: { b: 0.5 } },
        { kind: "jointVelocity", velocities: { a: 0.5, b: -0.2 } },
        { kind: "jointTrajectory", points: [{ time: 3, positions: { a: 0.4, b: 0.1 } }] },
        { kind: "twist", linear: { x: 0.3, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } },
        { kind: "device", device: "servo", signal: "target", value: 0.3 },
        { kind: "device", device: "servo", signal: "lamp", value: true },
        { kind: "gripper", position: 0.02 },
        { kind: "navigate", frame: "map", position: [1, 2], yaw: 0.5 },
        { kind: "navigate", frame: "map", position: [1, 2], yaw: 0.5, via: [{ position: [0, 1], yaw: 0 }] },
        { kind: "navigate", frame: "map", position: [1, 2], yaw: 0.5, as: "initial" },
        { kind: "service", service: "/home" },
      ];
      let n = 0;
      const anything = [
        () => at.joints([random.next(), random.next()]),
        birth,
        () => device({ kind: "status", device: "servo", life: random.pick(["online", "offline"] as const) }),
        () =>
          device({
            kind: "telemetry",
            device: "servo",
            telemetry: { boot: 1, n: n++, stamp: null, signals: { position: random.next() } },
          }),
        () =>
          at.command(
            random.pick([epoch, epoch + 1, epoch + 2]),
            n++,
            random.pick(commands),
            random.pick(["s", "t"]),
          ),
        () =>
          at.client(random.pick(["s", "t"]), {
            op: "acquire",
            id: n++,
            robot: "robot",
            yields: random.next() < 0.5,
          }),
        () => at.client("s", { op: "renew", id: n++, robot: "robot", epoch }),
        () => at.client("s", { op: "release", id: n++, robot: "robot", epoch }),
        () => at.client("t", { op: "stop", robot: "*" }),
        () => at.push("client:s", { kind: "clientGone", session: "s" }),
        () => {
          at.describe();
          takesTasks();
        },
        () =>
          at.push("ros", {
            kind: "goal",
            robot: "robot",
            goalId: random.pick([`run-robot-${n % 8}`, `run-robot-task-${n % 40}`]),
            stage: random.pick(["accepted", "executing", "done", "aborted"] as const),
            code: "ok",
            message: "",
          }),
      ];
      const act = () => {
        for (let i = 0; i < 4; i++) random.pick(anything.filter((_, k) => k !== 8))();
        at.cycle();
      };
      for (let i = 0; i < 60; i++) act();
      // A test that sends no task before the stop would prove nothing of tasks.
      takesTasks();
      at.client("u", { op: "acquire", id: "u", robot: "robot", force: true });
      at.cycle();
      const last = at.engine.control.get("robot")?.gate.lease.current()?.epoch ?? -1;
      at.command(last, "u1", { kind: "gripper", position: 0.02 }, "u");
      at.cycle();
      expect(at.leaving.answers("u", "u1")).toContain("sent ok");
      at.client("t", { op: "stop", robot: "*" });
      at.cycle();
      const before = at.leaving.log.length;
      for (let i = 0; i < 200; i++) {
        for (let k = 0; k < 4; k++) random.pick(anything)();
        at.cycle(random.pick([10, 10, 40, 400]));
      }
      const after = at.leaving.log.slice(before) as unknown[][];
      expect(at.leaving.of("cancelTask").length).toBeGreaterThan(0);
      const moves = after.filter(
        ([kind, what]) =>
          kind === "goal" ||
          kind === "device" ||
          kind === "task" ||
          (kind === "twist" && Object.values(what as PlanarTwist).some((value) => value !== 0)),
      );
      expect(moves, `seed ${seed}`).toEqual([]);
    }
  });
});
