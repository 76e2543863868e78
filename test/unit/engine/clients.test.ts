import { describe, expect, it } from "vitest";
import type { ServerCommandMessage } from "../../../src/protocol/command-messages.ts";
import { EngineAtHand } from "./engine-at-hand.ts";
import { ViewerAtHand } from "./stream/viewer-at-hand.ts";

function driven(): { at: EngineAtHand; epoch: number } {
  const at = new EngineAtHand();
  at.describe();
  at.joints([0, 0]);
  at.cycle();
  return { at, epoch: at.acquire() };
}

function replies(at: EngineAtHand, session: string): ServerCommandMessage[] {
  return at.leaving
    .of("reply")
    .filter((entry) => entry[1] === session)
    .map((entry) => entry[2] as ServerCommandMessage);
}

describe("a command session", () => {
  it("gets the lease, or who holds it", () => {
    const { at } = driven();
    expect(replies(at, "s")[0]).toMatchObject({ op: "lease", id: "lease", robot: "robot", ttlMs: 3000 });
    at.client("t", { op: "acquire", id: 7, robot: "robot", holder: "Bob" });
    at.cycle();
    expect(replies(at, "t")).toEqual([
      { op: "error", id: 7, code: "lease_held", message: "s drives robot now", holder: "s" },
    ]);
  });

  it("keeps it by renewal, gives it back by release, and loses it without either", () => {
    const { at, epoch } = driven();
    for (let i = 0; i < 5; i++) {
      at.cycle(2000);
      at.client("s", { op: "renew", id: i, robot: "robot", epoch });
      at.cycle();
    }
    expect(replies(at, "s").filter((m) => m.op === "lease")).toHaveLength(6);
    at.client("s", { op: "release", id: "r", robot: "robot", epoch });
    at.cycle();
    expect(replies(at, "s").at(-1)).toEqual({ op: "released", id: "r", robot: "robot" });
    expect(at.events("lease.released")).toHaveLength(1);
    at.acquire("t");
    for (let i = 0; i < 320; i++) at.cycle();
    expect(at.events("lease.expired")).toHaveLength(1);
    at.client("s", { op: "renew", id: "late", robot: "robot", epoch });
    at.cycle();
    expect(replies(at, "s").at(-1)).toMatchObject({ op: "error", id: "late", code: "no_lease" });
  });

  it("that jogs is answered command by command, and stands once in the audit trail", () => {
    const { at, epoch } = driven();
    for (let id = 1; id <= 5; id++) {
      at.command(epoch, id, { kind: "twist", linear: { x: 0.1, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } });
      for (let i = 0; i < 5; i++) at.cycle();
      expect(at.leaving.answers("s", id)).toContain("accepted ok");
    }
    expect(at.events("command.accepted")).toHaveLength(1);
  });

  it("that is gone leaves a base that comes to rest by one zero", () => {
    const { at, epoch } = driven();
    at.command(epoch, 1, { kind: "twist", linear: { x: 0.4, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } });
    for (let i = 0; i < 8; i++) at.cycle();
    at.push("client:s", { kind: "clientGone", session: "s" });
    for (let i = 0; i < 100; i++) at.cycle();
    const twists = at.leaving.of("twist").map((entry) => entry[1] as { x: number });
    expect(Math.max(...twists.map((t) => t.x))).toBeGreaterThan(0.05);
    expect(twists.filter((t) => t.x === 0)).toHaveLength(1);
    expect(twists.at(-1)?.x).toBe(0);
    expect(at.events("lease.lost")).toEqual(["s is gone and no longer drives robot"]);
  });

  it("may ping", () => {
    const { at } = driven();
    at.client("s", { op: "ping", t: 42 });
    at.cycle();
    expect(replies(at, "s").at(-1)).toEqual({ op: "pong", t: 42, serverTime: at.now });
  });

  it("reads which robots there are when it asks for an unknown one", () => {
    const { at } = driven();
    for (const robot of ["other", "__proto__", "constructor"]) {
      at.client("s", { op: "acquire", id: 1, robot });
      at.client("s", { op: "stop", id: 2, robot });
      at.cycle();
      const error = { code: "unknown_robot", message: `there is no robot "${robot}"; known robots: robot` };
      expect(replies(at, "s").slice(-2)).toMatchObject([error, error]);
    }
    expect(at.engine.control.get("robot")?.gate.latch.current()).toBeNull();
  });
});

describe("the stop", () => {
  it("works for anyone, is told to all, kept over a restart, and ends only by a reset that sends nothing", () => {
    const { at, epoch } = driven();
    const viewer = new ViewerAtHand();
    at.open("v", viewer);
    at.command(epoch, "m", { kind: "jointPosition", positions: { a: 1 } });
    at.cycle();
    at.client("stranger", { op: "stop", robot: "*", reason: "smoke" });
    at.cycle();
    expect(at.leaving.of("broadcast").at(-1)).toEqual([
      "broadcast",
      { op: "stopped", robot: "*", by: "stranger" },
    ]);
    expect(viewer.all("stopped")).toEqual([{ op: "stopped", robot: "*", by: "stranger" }]);
    expect(at.leaving.of("stopped")).toEqual([["stopped", true]]);
    expect(at.leaving.of("remember").at(-1)).toMatchObject([
      "remember",
      "robot",
      { by: "stranger", reason: "smoke" },
    ]);
    expect(at.leaving.answers("s", "m").at(-1)).toBe("aborted stopped");
    expect(at.leaving.of("cancel")).toHaveLength(1);

    const before = at.leaving.goals().length + at.leaving.of("twist").length;
    const next = at.acquire("s");
    at.command(next, "n", { kind: "jointPosition", positions: { a: 0.5 } });
    at.cycle();
    expect(at.leaving.answers("s", "n")).toEqual(["refused stopped"]);
    at.client("stranger", { op: "reset", robot: "robot" });
    for (let i = 0; i < 50; i++) at.cycle();
    expect(at.leaving.of("remember").at(-1)).toEqual(["remember", "robot", null]);
    expect(at.leaving.goals().length + at.leaving.of("twist").length).toBe(before);
    at.command(epoch, "old", { kind: "jointPosition", positions: { a: 0.5 } });
    at.cycle();
    expect(at.leaving.answers("s", "old")).toEqual(["refused no_lease"]);
  });

  it("that was pressed again is remembered once, and still told to all", () => {
    const { at } = driven();
    at.client("x", { op: "stop", robot: "*" });
    at.client("y", { op: "stop", robot: "*" });
    at.cycle();
    expect(at.leaving.of("remember")).toHaveLength(1);
    expect(at.leaving.of("broadcast")).toHaveLength(2);
  });

  it("holds from the start when it was remembered", () => {
    const held = new EngineAtHand({
      robots: [{ id: "robot", limits: {}, stop: { by: "Ann", at: 1, reason: "" } }],
    });
    held.describe();
    held.joints([0, 0]);
    const epoch = held.acquire();
    held.command(epoch, 1, { kind: "jointPosition", positions: { a: 1 } });
    held.cycle();
    expect(held.leaving.answers("s", 1)).toEqual(["refused stopped"]);
  });
});

describe("an answer", () => {
  it("that refuses a held jog again and again is one event, and every command is answered", () => {
    const { at, epoch } = driven();
    for (let i = 0; i < 20; i++) {
      at.command(epoch, i, { kind: "jointVelocity", velocities: { nobody: 1 } });
      at.cycle(40);
    }
    expect(at.leaving.answers("s", 19)).toEqual(["refused unknown_joint"]);
    expect(at.events("command.refused")).toHaveLength(1);
    expect(at.events("command.refused")[0]).toContain("joint/nobody of robot, asked by s: ");
    at.cycle(300);
    at.command(epoch, 20, { kind: "jointVelocity", velocities: { nobody: 1 } });
    at.cycle();
    expect(at.events("command.refused")).toHaveLength(2);
  });

  it("stands in the audit trail with who asked, and is counted by stage", () => {
    const { at, epoch } = driven();
    at.command(epoch, 1, { kind: "jointPosition", positions: { a: 9 } });
    at.cycle();
    const event = at.engine.events.all().find((e) => e.kind === "command.refused");
    expect(event).toMatchObject({
      severity: "warning",
      robot: "robot",
      data: { session: "s", id: 1, code: "outside_limits", target: "joint/a" },
    });
    expect(at.engine.counters.commands.get("refused")).toBe(1);
  });

  it("has what was asked and what is allowed as numbers, beside a message with its unit", () => {
    const { at, epoch } = driven();
    at.command(epoch, 1, { kind: "jointPosition", positions: { a: 3.4906 } });
    at.cycle();
    expect(at.leaving.of("reply").at(-1)?.[2]).toEqual({
      op: "result",
      id: 1,
      stage: "refused",
      code: "outside_limits",
      message: "a: 3.491 rad is outside -2 … 2 rad",
      breach: { joint: "a", value: 3.4906, lower: -2, upper: 2, unit: "rad" },
    });
  });

  it("is not lost in an endless trail: the newest 2000 events are kept, and who drove before them", () => {
    const { at } = driven();
    for (let i = 0; i < 3000; i++)
      at.push("x", { kind: "status", status: { name: "n", state: i % 2 ? "ok" : "lost", detail: "" } });
    at.cycle();
    const all = at.engine.events.all();
    expect(all.slice(0, -2000).map((event) => event.kind)).toEqual(["lease.granted"]);
    const events = all.slice(-2000);
    expect(events).toHaveLength(2000);
    expect(events.at(-1)?.id).toBe((events[0]?.id ?? 0) + 1999);
  });
});

describe("the end of the program", () => {
  it("cancels goals and sends the zero, without a stop to be remembered", () => {
    const { at, epoch } = driven();
    at.command(epoch, "m", { kind: "jointPosition", positions: { a: 1 } });
    at.command(epoch, "d", { kind: "twist", linear: { x: 0.4, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } });
    for (let i = 0; i < 5; i++) at.cycle();
    at.engine.shutdown();
    expect(at.leaving.of("cancel")).toHaveLength(1);
    expect(at.leaving.of("twist").at(-1)?.[1]).toEqual({ x: 0, y: 0, yaw: 0 });
    expect(at.leaving.of("remember")).toEqual([]);
  });
});

describe("the lease of a stopped robot", () => {
  it("is given with a warning, and takes no renewal from before the stop", () => {
    const { at, epoch } = driven();
    at.client("other", { op: "stop", robot: "robot", holder: "Ada" });
    at.client("s", { op: "renew", id: "late", robot: "robot", epoch });
    at.cycle();
    expect(at.leaving.of("reply").at(-1)?.[2]).toEqual({
      op: "error",
      id: "late",
      code: "no_lease",
      message: "the stop by Ada ended your lease of robot: reset it, then acquire the lease again",
    });
    at.client("s", { op: "acquire", id: "again", robot: "robot", holder: "my script" });
    at.cycle();
    expect(at.leaving.of("reply").at(-1)?.[2]).toMatchObject({
      op: "lease",
      id: "again",
      stopped: { by: "Ada" },
    });
    const granted = at.engine.events.all().findLast(({ kind }) => kind === "lease.granted");
    expect(granted).toMatchObject({
      severity: "warning",
      message: "my script holds the lease, but robot is stopped by Ada: nothing moves before a reset",
    });
  });
});
