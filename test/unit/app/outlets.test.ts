import { describe, expect, it } from "vitest";
import { carryOut, carryToRobot, type Outside } from "../../../src/app/outlets.ts";
import type { Output } from "../../../src/engine/ports/outputs.ts";
import { FakeRosRobot } from "./fake-ros.ts";

/** Where outputs go, each place noting what it gets. */
function outsideAtHand() {
  const log: unknown[][] = [];
  const robot = new FakeRosRobot();
  const note =
    (what: string) =>
    (...of: unknown[]): void =>
      void log.push([what, ...of]);
  const devices: { objection: ReturnType<Outside["devices"]["send"]> } = { objection: null };
  const outside = {
    robots: { get: (id: string) => (id === "arm" ? robot : undefined) },
    devices: {
      send: (device: string, { id }: { id: string }) => {
        log.push(["device", device, id]);
        return devices.objection;
      },
    },
    replies: { reply: note("reply"), broadcast: note("broadcast") },
    viewers: { sendText: note("text"), sendFrame: note("frame"), close: note("close") },
    stopMemory: { remember: note("remember") },
    onEvent: note("event"),
    onUnsent: note("unsent"),
  } as unknown as Outside;
  return { outside, log, robot, devices };
}

const goal = { id: "g1" } as never;
const twist = { x: 0.5, y: 0, yaw: 0 };
const stop = { by: "Ann", at: 1, reason: "" };
const message = { op: "stopped", robot: "*", by: "Ann" } as const;
const bytes = new Uint8Array([1, 2]);
const event = { id: 1, kind: "stop.latched" } as never;

describe("an output of the engine", () => {
  it.each<[Output, string]>([
    [{ kind: "trajectory", robot: "arm", goal }, "trajectory"],
    [{ kind: "cancel", robot: "arm", goalId: "g1" }, "cancel g1"],
    [{ kind: "twist", robot: "arm", twist }, "twist 0.5"],
    [{ kind: "stopped", robot: "arm", stopped: true }, "stopped"],
    [{ kind: "stopped", robot: "arm", stopped: false }, "reset"],
  ])("for a robot reaches that robot: %o", (output, told) => {
    const { outside, robot, log } = outsideAtHand();
    carryOut(output, outside);
    expect(robot.told).toEqual([told]);
    expect(log).toEqual([]);
  });

  it("for a robot that has no way is dropped", () => {
    const { outside, robot, log } = outsideAtHand();
    carryOut({ kind: "twist", robot: "ghost", twist }, outside);
    expect([robot.told, log]).toEqual([[], []]);
  });

  it.each<[Output, unknown[]]>([
    [{ kind: "reply", session: "s1", message }, ["reply", "s1", message]],
    [{ kind: "broadcast", message }, ["broadcast", message]],
    [{ kind: "stopMemory", robots: ["arm"], stop }, ["remember", ["arm"], stop]],
    [{ kind: "stopMemory", robots: ["arm"], stop: null }, ["remember", ["arm"], null]],
    [{ kind: "event", event }, ["event", event]],
    [{ kind: "viewerText", viewer: "v1", text: "{}" }, ["text", "v1", "{}"]],
    [{ kind: "viewerFrame", viewer: "v1", bytes }, ["frame", "v1", bytes]],
    [{ kind: "viewerClose", viewer: "v1", code: 1013, reason: "slow" }, ["close", "v1", 1013, "slow"]],
  ])("of another kind reaches its place: %o", (output, noted) => {
    const { outside, robot, log } = outsideAtHand();
    carryOut(output, outside);
    expect(log).toEqual([noted]);
    expect(robot.told).toEqual([]);
  });

  it("for a device is sent once, and what is in the way comes back under the command's id", () => {
    const { outside, log, devices } = outsideAtHand();
    const output: Output = {
      kind: "device",
      device: "lamp",
      command: { id: "c7", seq: 1, ref: 0, ttl_ms: 100, signals: {} },
    };
    carryOut(output, outside);
    expect(log).toEqual([["device", "lamp", "c7"]]);
    devices.objection = { code: "no_broker", message: "the broker is not connected" };
    carryOut(output, outside);
    expect(log.slice(1)).toEqual([
      ["device", "lamp", "c7"],
      ["unsent", "lamp", "c7", devices.objection],
    ]);
  });

  it("that is for no robot moves none", () => {
    const robot = new FakeRosRobot();
    carryToRobot({ kind: "broadcast", message }, robot);
    carryToRobot({ kind: "stopMemory", robots: ["arm"], stop }, robot);
    expect(robot.told).toEqual([]);
  });
});
