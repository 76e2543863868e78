import { describe, expect, it } from "vitest";
import { clientCommandMessage, clientStateMessage } from "../../../src/protocol/command-messages.ts";

const envelope = { op: "command", id: 1, robot: "r", epoch: 1, seq: 0, issued: 5, ttlMs: 200 };

function takes(message: unknown): boolean {
  return clientCommandMessage.safeParse(message).success;
}
function takesCommand(command: unknown, more: object = {}): boolean {
  return takes({ ...envelope, command, ...more });
}

describe("what a client may say on /ws/command", () => {
  it("is every message of the contract", () => {
    const commands = [
      { kind: "jointPosition", positions: { a: 1 } },
      { kind: "jointTrajectory", points: [{ time: 1, positions: { a: 1 } }] },
      { kind: "jointVelocity", velocities: { a: 1 } },
      { kind: "twist", linear: { x: 1, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 1 } },
      { kind: "pose", frame: "tool", position: [0, 0, 0], quaternion: [0, 0, 0, 1] },
      { kind: "device", device: "d", signal: "s", value: true },
      { kind: "plan", planId: "p", stateHash: "h" },
    ];
    for (const command of commands) expect(takesCommand(command), command.kind).toBe(true);
    for (const message of [
      { op: "acquire", id: "a", robot: "r" },
      { op: "renew", id: 1, robot: "r", epoch: 1 },
      { op: "release", id: 1, robot: "r", epoch: 1 },
      { op: "stop", robot: "*" },
      { op: "stop" },
      { op: "reset", robot: "r" },
      { op: "ping", t: 1 },
    ]) {
      expect(takes(message), message.op).toBe(true);
    }
  });

  it("never loses a joint by its name: what a record drops is refused", () => {
    const positions = JSON.parse('{"a":1,"__proto__":0.5}');
    for (const command of [
      { kind: "jointPosition", positions },
      { kind: "jointTrajectory", points: [{ time: 1, positions }] },
      { kind: "jointVelocity", velocities: positions },
    ]) {
      const parsed = clientCommandMessage.safeParse({ ...envelope, command });
      expect(parsed.error?.issues[0]?.message, command.kind).toBe('a joint cannot be named "__proto__" here');
    }
    const asked = { op: "rehearse", id: 1, robot: "r", command: { kind: "jointPosition", positions } };
    expect(takes(asked)).toBe(false);
  });

  it("may leave out parts of a twist that are zero", () => {
    const parsed = clientCommandMessage.parse({
      ...envelope,
      command: { kind: "twist", linear: { x: 0.1 } },
    });
    expect(parsed.op === "command" ? parsed.command : null).toEqual({
      kind: "twist",
      linear: { x: 0.1, y: 0, z: 0 },
      angular: { x: 0, y: 0, z: 0 },
    });
  });

  it("has no misspelt, missing or surplus field", () => {
    expect(takesCommand({ kind: "jointPosition", position: { a: 1 } })).toBe(false);
    expect(takesCommand({ kind: "jointPosition", positions: { a: 1 }, fast: true })).toBe(false);
    expect(takesCommand({ kind: "jointPosition", positions: {} })).toBe(false);
    expect(takesCommand({ kind: "jointPosition", positions: { a: "1" } })).toBe(false);
    expect(takesCommand({ kind: "jointPosition", positions: { a: null } })).toBe(false);
    expect(takesCommand({ kind: "jointPosition", positions: { a: 1 }, speed: 0 })).toBe(false);
    expect(takesCommand({ kind: "jointPosition", positions: { a: 1 }, speed: 1.1 })).toBe(false);
    expect(takesCommand({ kind: "wave" })).toBe(false);
    for (const field of Object.keys(envelope)) {
      const { [field as keyof typeof envelope]: _, ...rest } = envelope;
      expect(takes({ ...rest, command: { kind: "twist" } }), field).toBe(false);
    }
  });

  it("has numbers that are finite and in range", () => {
    const twist = { kind: "twist" };
    expect(takesCommand(twist)).toBe(true);
    for (const wrong of [
      { seq: -1 },
      { seq: 1.5 },
      { epoch: -1 },
      { ttlMs: 0 },
      { ttlMs: 10_001 },
      { issued: Number.NaN },
      { issued: Number.POSITIVE_INFINITY },
      { id: "" },
      { id: "x".repeat(129) },
      { id: -1 },
      { robot: "" },
      { robot: "x".repeat(257) },
    ]) {
      expect(takesCommand(twist, wrong), JSON.stringify(wrong)).toBe(false);
    }
    expect(takesCommand({ kind: "jointVelocity", velocities: { a: Number.NaN } })).toBe(false);
    expect(takesCommand({ kind: "twist", linear: { x: Number.NEGATIVE_INFINITY } })).toBe(false);
    expect(takesCommand({ kind: "jointTrajectory", points: [] })).toBe(false);
    expect(takesCommand({ kind: "jointTrajectory", points: [{ time: -1, positions: { a: 1 } }] })).toBe(
      false,
    );
  });

  it("names 512 joints at most, and none by way of __proto__", () => {
    const many = (n: number) => Object.fromEntries(Array.from({ length: n }, (_, i) => [`j${i}`, 0]));
    expect(takesCommand({ kind: "jointPosition", positions: many(512) })).toBe(true);
    expect(takesCommand({ kind: "jointPosition", positions: many(513) })).toBe(false);
    expect(takesCommand(JSON.parse('{"kind":"jointPosition","positions":{"__proto__":1}}'))).toBe(false);
  });
});

describe("what a client may say on /ws/state", () => {
  it("is a subscription with an encoding and a rate, or a ping", () => {
    expect(clientStateMessage.parse({ op: "subscribe" })).toEqual({
      op: "subscribe",
      encoding: "json",
      rate: 60,
      changes: false,
    });
    for (const wrong of [{ rate: 0 }, { rate: 1001 }, { encoding: "xml" }, { topics: [] }]) {
      expect(clientStateMessage.safeParse({ op: "subscribe", ...wrong }).success).toBe(false);
    }
    expect(clientStateMessage.safeParse({ op: "ping" }).success).toBe(false);
  });

  it("moves it through time: to a moment, to the present, and on at a speed within limits", () => {
    const takesState = (message: unknown) => clientStateMessage.safeParse(message).success;
    expect(takesState({ op: "seek", time: 1_700_000_000_000 })).toBe(true);
    expect(takesState({ op: "seek", time: "live" })).toBe(true);
    expect(takesState({ op: "pause" })).toBe(true);
    expect(clientStateMessage.parse({ op: "play" })).toEqual({ op: "play", speed: 1 });
    for (const speed of [0.1, 100]) expect(takesState({ op: "play", speed })).toBe(true);
    for (const speed of [0, 0.09, 101, -1, Number.NaN]) expect(takesState({ op: "play", speed })).toBe(false);
    for (const time of [-1, "now", null, 9e15, Number.NaN])
      expect(takesState({ op: "seek", time })).toBe(false);
    expect(takesState({ op: "seek" })).toBe(false);
  });
});
