import { describe, expect, it } from "vitest";
import {
  columns,
  frameBytes,
  grant,
  leased,
  offsetMs,
  result,
  statusOf,
  things,
  welcome,
} from "./connected.ts";
import { spoilt } from "./spoilt.ts";

const register = { value: 1, received: 5, quality: "good", source: "x" };
const event = { id: 1, time: 1, revision: 1, severity: "info", kind: "x", robot: "arm", message: "m" };

/** One of each kind that a server sends. */
const stateMessages = [
  { op: "hello", session: "s", serverTime: 1, version: "0" },
  statusOf({
    lease: { holder: "Bob", epoch: 2 },
    stopped: { by: "Bob", at: 1, reason: "" },
  }),
  { op: "snapshot", revision: 1, twin: { revision: 1, time: 1, things } },
  { op: "things", revision: 1, time: 1, changed: { arm: things.arm }, removed: ["device/gone"] },
  { op: "layout", layout: 1, columns },
  {
    op: "properties",
    revision: 1,
    time: 1,
    things: { arm: { "battery/percentage": { unit: "", reported: register } } },
  },
  { op: "description", robot: "arm", name: "arm", hash: "h" },
  { op: "event", event },
  { op: "stopped", robot: "arm", by: "Bob" },
  { op: "pong", t: 1, serverTime: 1 },
  { op: "lagging", dropped: 3 },
  { op: "error", code: "x", message: "m" },
];
const commandMessages = [
  { op: "hello", session: "s", serverTime: 1, version: "0" },
  { op: "lease", id: "r1", robot: "arm", epoch: 3, ttlMs: 3000, serverTime: 1 },
  { op: "released", id: "r1", robot: "arm" },
  { op: "result", id: 1, stage: "executing", code: "ok", message: "", progress: 0.1, error: 0 },
  { op: "rehearsed", id: "r1", robot: "arm", code: "ok", message: "" },
  { op: "error", id: "r1", code: "lease_held", message: "m", holder: "Bob" },
  { op: "stopped", robot: "other", by: "Bob" },
  { op: "reset", id: "r1", robot: "arm" },
  { op: "pong", t: 1, serverTime: 1 },
];

/** Everything that a program can read. */
function readAll({ twin, robot }: Awaited<ReturnType<typeof leased>>): void {
  const values = robot.joints().flatMap((name) => Object.values(robot.joint(name)));
  const { pose, twist } = robot.base();
  for (const reading of [...values, pose, twist, robot.property("battery/percentage")]) {
    if (reading !== null) expect(reading.ageMs).toBeGreaterThanOrEqual(0);
  }
  for (const id of twin.devices()) for (const name of twin.device(id).signals()) twin.device(id).signal(name);
  expect(Array.isArray(twin.robots())).toBe(true);
  expect(robot.control === null || typeof robot.control.can.twist === "boolean").toBe(true);
}

describe("a server that sends nonsense", () => {
  it("ends neither the connection nor what reads it, whatever part of a message is wrong", async () => {
    const all = await leased();
    let fed = 0;
    for (const spoil of [undefined, null, -1, 1e308, "text", [], {}, true]) {
      for (const message of stateMessages) {
        for (const broken of spoilt(message, spoil)) {
          all.state.says(JSON.stringify(broken) ?? "");
          readAll(all);
          fed++;
        }
      }
      for (const message of commandMessages) {
        for (const broken of spoilt(message, spoil)) {
          all.command.says(JSON.stringify(broken) ?? "");
          fed++;
        }
      }
    }
    expect(fed).toBeGreaterThan(1500);
    expect(all.twin.connection).toBe("open");
    // It still works as before.
    all.state.drop();
    all.command.drop();
    all.platform.advance(500);
    welcome(all.platform);
    const command = all.platform.socket("ws/command");
    const state = all.platform.socket("ws/state");
    state.says(frameBytes(all.platform.nowMs + offsetMs, { values: [2], ages: [0] }));
    expect(all.robot.joint("elbow").position).toMatchObject({ value: 2, ageMs: 0, quality: "good" });
    const acquiring = all.robot.acquire();
    grant({ ...all, command }, 8);
    const moving = (await acquiring).move({ elbow: 1 });
    result(command, command.lastId("command"), "done");
    expect(await moving).toMatchObject({ code: "ok" });
  });

  it("is not believed where a frame is cut short, too long or of another kind", async () => {
    const all = await leased();
    const errors: string[] = [];
    all.twin.on("error", ({ code }) => errors.push(code));
    const whole = frameBytes(all.platform.nowMs + offsetMs, { values: [2], ages: [0] });
    for (const length of [0, 1, 23, 24, whole.byteLength - 1]) all.state.says(whole.slice(0, length));
    all.state.says(new ArrayBuffer(whole.byteLength + 1));
    const other = whole.slice(0);
    new DataView(other).setUint8(0, 9);
    all.state.says(other);
    all.command.says(whole);
    expect(errors).toEqual(new Array(8).fill("bad_message"));
    expect(all.robot.joint("elbow").position?.value).toBe(0.1);
  });
});
