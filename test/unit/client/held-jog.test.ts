import { describe, expect, it } from "vitest";
import { clientCommandMessage } from "../../../src/protocol/command-messages.ts";
import { leased, offsetMs, outcome, result } from "./connected.ts";
import type { FakeSocket } from "./fake-platform.ts";

const commands = (socket: FakeSocket) => socket.of("command").map((message) => message.command);
const forward = { kind: "twist", linear: { x: 0.2, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } };
const still = { kind: "twist", linear: { x: 0, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } };

describe("a jog of the library", () => {
  it("is sent again every 40 ms, fresh each time and valid for less than a quarter of a second", async () => {
    const { platform, command, lease } = await leased();
    const jog = lease.twist({ linear: { x: 0.2 } });
    const firstMs = platform.nowMs;
    platform.advance(400);
    expect(jog.active).toBe(true);
    const sent = command.of("command").map((message) => clientCommandMessage.parse(message));
    expect(sent).toHaveLength(11);
    expect(sent[10]).toMatchObject({
      issued: firstMs + 400 + offsetMs,
      ttlMs: 200,
      seq: 11,
      command: forward,
    });
  });

  it("ends with one zero, and resolves when the server has the robot at rest", async () => {
    const { platform, command, lease } = await leased();
    const jog = lease.twist({ linear: { x: 0.2 } });
    platform.advance(40);
    const ended = jog.end();
    platform.advance(1000);
    expect(commands(command)).toEqual([forward, forward, still]);
    expect(jog.active).toBe(false);
    expect(await outcome(ended)).toBe("open");
    result(command, command.lastId("command"), "done", "ok");
    expect(await ended).toEqual({ code: "ok", message: "done ok" });
    expect(await jog.ended).toEqual({ code: "ok", message: "done ok" });
    expect(jog.update({ linear: { x: 1 } })).toBe(false);
    expect(commands(command)).toHaveLength(3);
  });

  it("resolves all the same when the server does not report the rest", async () => {
    const { platform, command, lease } = await leased();
    const jog = lease.jog({ elbow: 0.1 });
    const ended = jog.end();
    // The lease is renewed meanwhile.
    for (let i = 0; i < 5; i++) {
      platform.advance(1000);
      const id = command.lastId("renew");
      command.says({ op: "lease", id, robot: "arm", epoch: 3, ttlMs: 3000, serverTime: 1 });
    }
    expect(await outcome(ended)).toMatchObject({ code: "no_response" });
  });

  it("changes its motion with the next command", async () => {
    const { platform, command, lease } = await leased();
    const jog = lease.jog({ elbow: 0.1 });
    expect(jog.update({ elbow: -0.1 })).toBe(true);
    platform.advance(40);
    expect(commands(command)).toEqual([
      { kind: "jointVelocity", velocities: { elbow: 0.1 } },
      { kind: "jointVelocity", velocities: { elbow: -0.1 } },
    ]);
  });

  it("is over with the connection, and does not begin again on the next one", async () => {
    const { platform, command, lease } = await leased();
    const jog = lease.jog({ elbow: 0.1 });
    command.drop();
    expect(jog.active).toBe(false);
    expect(await jog.ended).toMatchObject({ code: "connection_lost" });
    platform.advance(500);
    const next = platform.socket("ws/command");
    next.open();
    platform.advance(1000);
    expect(next.of("command")).toEqual([]);
    expect(await jog.end()).toMatchObject({ code: "connection_lost" });
  });

  it("is over with the lease, without a zero that would only be refused", async () => {
    const { platform, command, lease } = await leased();
    const jog = lease.jog({ elbow: 0.1 });
    command.says({ op: "stopped", robot: "arm", by: "Bob" });
    platform.advance(500);
    expect(await jog.ended).toMatchObject({ code: "stopped" });
    expect(command.of("command")).toHaveLength(1);
  });

  it("sends one command after a short block of the event loop, not those that it missed", async () => {
    const { platform, command, lease } = await leased();
    const jog = lease.jog({ elbow: 0.1 });
    platform.block(200);
    expect(command.of("command")).toHaveLength(2);
    expect(jog.active).toBe(true);
  });

  it("is over after a long block: the robot has stopped, and must not move again by itself", async () => {
    const { platform, command, lease } = await leased();
    const jog = lease.jog({ elbow: 0.1 });
    platform.block(400);
    platform.advance(500);
    expect(command.of("command")).toHaveLength(1);
    expect(await jog.ended).toMatchObject({
      code: "interrupted",
      message: expect.stringContaining("400 ms"),
    });
  });

  it("leaves commands out while the line is stuck, and still sends the zero", async () => {
    const { platform, command, lease } = await leased();
    const jog = lease.jog({ elbow: 0.1 });
    command.bufferedAmount = 100_000;
    platform.advance(400);
    expect(command.of("command")).toHaveLength(1);
    void jog.end();
    expect(commands(command).at(-1)).toEqual({ kind: "jointVelocity", velocities: { elbow: 0 } });
  });

  it("is over when nothing answers for half a second, so that it does not go on when a stuck line goes on", async () => {
    const { platform, command, lease } = await leased();
    const jog = lease.jog({ elbow: 0.1 });
    platform.advance(400);
    result(command, command.lastId("command"), "accepted");
    platform.advance(480);
    expect(jog.active).toBe(true);
    platform.advance(90);
    expect(await jog.ended).toMatchObject({
      code: "interrupted",
      message: expect.stringContaining("not answer"),
    });
  });

  it("is over when the server refuses it, but not by one command that came late", async () => {
    const { platform, command, lease } = await leased();
    const jog = lease.jog({ elbow: 0.1 });
    result(command, command.lastId("command"), "refused", "expired");
    platform.advance(40);
    expect(jog.active).toBe(true);
    // A lapse: the server brought the robot to rest, and the next command began anew.
    result(command, command.lastId("command"), "done", "ok");
    platform.advance(40);
    expect(jog.active).toBe(true);
    result(command, command.lastId("command"), "aborted", "not_following");
    expect(jog.active).toBe(false);
    expect(await jog.ended).toMatchObject({ code: "not_following" });
    const before = command.of("command").length;
    platform.advance(500);
    expect(command.of("command")).toHaveLength(before);
  });

  it("gives way to a newer jog or move of the joints; the base drives on beside them", async () => {
    const { platform, command, lease } = await leased();
    const base = lease.twist({ linear: { x: 0.2 } });
    const first = lease.jog({ elbow: 0.1 });
    const second = lease.jog({ elbow: 0.2 });
    expect(await first.ended).toMatchObject({ code: "replaced" });
    void outcome(lease.move({ elbow: 1 }));
    expect(await second.ended).toMatchObject({ code: "replaced" });
    const before = command.of("command").length;
    platform.advance(40);
    expect(commands(command).slice(before)).toEqual([forward]);
    expect(base.active).toBe(true);
    const other = lease.twist({ angular: { z: 1 } });
    expect(await base.ended).toMatchObject({ code: "replaced" });
    expect(other.active).toBe(true);
  });

  it("sends nothing more once this client presses the stop, even before the server answers", async () => {
    const { platform, command, robot, lease } = await leased();
    const jog = lease.jog({ elbow: 0.1 });
    const stopping = robot.stop();
    platform.advance(200);
    expect(command.of("command")).toHaveLength(1);
    expect(await jog.ended).toMatchObject({ code: "stopped" });
    command.says({ op: "stopped", robot: "arm", by: "Ada" });
    await stopping;
  });

  it("keeps no more than a few of its commands in memory, however long it lasts", async () => {
    const { platform, command, lease } = await leased();
    const jog = lease.jog({ elbow: 0.1 });
    for (let i = 0; i < 200; i++) {
      platform.advance(400);
      result(command, command.lastId("command"), "accepted");
      const id = command.lastId("renew");
      if (id !== undefined)
        command.says({ op: "lease", id, robot: "arm", epoch: 3, ttlMs: 3000, serverTime: 1 });
    }
    expect(jog.active).toBe(true);
    expect(command.of("command").length).toBeGreaterThan(1900);
    // An answer to an old command is of nobody's interest; the newest one's counts.
    result(command, 1, "aborted", "not_following");
    expect(jog.active).toBe(true);
    result(command, command.lastId("command"), "aborted", "not_following");
    expect(jog.active).toBe(false);
  });
});
