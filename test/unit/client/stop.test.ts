import { describe, expect, it } from "vitest";
import { clientCommandMessage } from "../../../src/protocol/command-messages.ts";
import { connected, leased, outcome } from "./connected.ts";

/** Undefined, or the code of the error. */
const codeOf = (promise: Promise<void>) => promise.catch(({ code }: { code: string }) => code);

describe("the stop", () => {
  it("goes out at once without a lease, and resolves when the server tells everybody", async () => {
    const { robot, command, platform } = await connected();
    const stopping = robot.stop("a person in the cell");
    expect(command.of("stop")).toMatchObject([
      { robot: "arm", holder: "Ada", reason: "a person in the cell" },
    ]);
    expect(clientCommandMessage.safeParse(command.of("stop")[0]).success).toBe(true);
    command.says({ op: "stopped", robot: "other", by: "Bob" });
    expect(await outcome(stopping)).toBe("open");
    command.says({ op: "stopped", robot: "arm", by: "Ada" });
    expect(await outcome(stopping)).toBeUndefined();
    platform.advance(1000);
    expect(platform.requests).toEqual([]);
  });

  it("of all robots needs no robot", async () => {
    const { twin, command } = await connected();
    const stopping = twin.stop();
    expect(command.of("stop")).toMatchObject([{ robot: "*" }]);
    command.says({ op: "stopped", robot: "*", by: "Ada" });
    await stopping;
  });

  it("is pressed by HTTP, too, when the server is silent for half a second", async () => {
    const { robot, platform } = await connected({ token: "t" });
    platform.http = () => ({ status: 200, body: '{"stopped":"arm"}' });
    const stopping = robot.stop();
    platform.advance(499);
    expect(platform.requests).toEqual([]);
    platform.advance(1);
    expect(platform.requests).toMatchObject([
      {
        url: "http://twin.test/api/stop",
        request: { method: "POST", body: '{"robot":"arm"}', keepalive: true },
      },
    ]);
    await stopping;
  });

  it("is pressed by HTTP at once when the socket is down, or goes down before the answer", async () => {
    for (const isDown of [true, false]) {
      const { robot, platform, command } = await connected();
      platform.http = () => ({ status: 200, body: "{}" });
      if (isDown) command.drop();
      const stopping = robot.stop();
      if (!isDown) command.drop();
      expect(platform.requests).toHaveLength(1);
      await stopping;
      platform.advance(600);
      expect(platform.requests).toHaveLength(1);
    }
  });

  it("rejects when neither way reached the server: nobody may believe that the robot stopped", async () => {
    const { robot, command } = await connected();
    command.drop();
    await expect(robot.stop()).rejects.toMatchObject({
      code: "not_connected",
      message: expect.stringContaining("the stop reached nobody"),
    });
  });

  it("still resolves by the socket's late answer where HTTP fails, and rejects when none comes in 2 s", async () => {
    for (const answers of [true, false]) {
      const { robot, command, platform } = await connected();
      const stopping = codeOf(robot.stop());
      platform.advance(500);
      expect(platform.requests).toHaveLength(1);
      await new Promise((resolve) => setImmediate(resolve));
      platform.advance(1000);
      if (answers) command.says({ op: "stopped", robot: "arm", by: "Ada" });
      platform.advance(500);
      expect(await stopping).toBe(answers ? undefined : "not_connected");
    }
  });

  it("rejects after 2 s where neither way answers at all", async () => {
    const { robot, platform } = await connected();
    platform.fetch = () => new Promise(() => undefined);
    const stopping = codeOf(robot.stop());
    platform.advance(1999);
    await new Promise((resolve) => setImmediate(resolve));
    platform.advance(1);
    expect(await stopping).toBe("no_response");
  });

  it("rejects when the server refuses it, with the server's reason", async () => {
    const { twin, command, platform } = await connected();
    const stopping = twin.robot("nobody").stop();
    const message = 'there is no robot "nobody"; known robots: arm';
    command.says({ op: "error", id: command.lastId("stop"), code: "unknown_robot", message });
    await expect(stopping).rejects.toMatchObject({ code: "unknown_robot", message });
    platform.http = () => ({ status: 401, body: '{"error":"the token is wrong"}' });
    command.drop();
    await expect(twin.robot("arm").stop()).rejects.toMatchObject({
      code: "unauthorized",
      message: expect.stringContaining("the token is wrong"),
    });
  });

  it("works after close, which only ends the sockets", async () => {
    const { twin, platform } = await connected();
    twin.close();
    platform.http = () => ({ status: 200, body: "{}" });
    await twin.stop();
    expect(platform.requests).toHaveLength(1);
  });
});

describe("a reset", () => {
  it("resolves with the server's answer", async () => {
    const { robot, command } = await connected();
    const resetting = robot.reset();
    expect(command.of("reset")).toMatchObject([{ robot: "arm", holder: "Ada" }]);
    command.says({ op: "reset", id: command.lastId("reset"), robot: "arm" });
    expect(await outcome(resetting)).toBeUndefined();
  });

  it("of another client, told to all under its own number, is no answer to a request of this one", async () => {
    const { robot, command } = await connected();
    const acquiring = robot.acquire();
    command.says({ op: "reset", id: command.lastId("acquire"), robot: "arm" });
    expect(await outcome(acquiring)).toBe("open");
  });

  it("rejects without an answer, without a robot and without a connection", async () => {
    const { robot, command, platform, twin } = await connected();
    const silent = outcome(robot.reset());
    platform.advance(5000);
    expect(await silent).toBe("no_response");
    const unknown = twin.robot("nobody").reset();
    command.says({ op: "error", id: command.lastId("reset"), code: "unknown_robot", message: "none" });
    expect(await outcome(unknown)).toBe("unknown_robot");
    const cut = outcome(robot.reset());
    command.drop();
    expect(await cut).toBe("connection_lost");
    expect(await outcome(robot.reset())).toBe("not_connected");
    expect(await outcome(robot.acquire())).toBe("not_connected");
  });
});

describe("a rehearsal", () => {
  it("gives what a move would come to, without the lease", async () => {
    const { robot, command } = await connected();
    const rehearsing = robot.rehearse({ elbow: 9 });
    const [sent] = command.of("rehearse");
    expect(clientCommandMessage.safeParse(sent).success).toBe(true);
    const id = command.lastId("rehearse");
    command.says({ op: "rehearsed", id, robot: "arm", code: "outside_limits", message: "no" });
    expect(await rehearsing).toEqual({ code: "outside_limits", message: "no", duration: null });
  });
});

describe("a command when the connection is down", () => {
  it("is not sent and not kept", async () => {
    const all = await leased();
    // The line is dead, but nobody noticed yet: the socket takes nothing.
    all.command.readyState = 3;
    expect(await outcome(all.lease.move({ elbow: 1 }))).toBe("not_connected");
    const jog = all.lease.jog({ elbow: 0.1 });
    expect(jog.active).toBe(false);
    expect(await jog.ended).toMatchObject({ code: "connection_lost" });
    all.command.readyState = 1;
    all.platform.advance(500);
    expect(all.command.of("command")).toEqual([]);
  });
});
