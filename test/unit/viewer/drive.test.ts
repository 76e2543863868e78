import { describe, expect, it } from "vitest";
import { backoffMs } from "../../../src/client/backoff.ts";
import { readCommandAnswer } from "../../../src/client/command-answers.ts";
import { CommandSequence } from "../../../src/client/command-sequence.ts";
import { clientCommandMessage } from "../../../src/protocol/command-messages.ts";
import { ActivityLog } from "../../../src/viewer/drive/activity.ts";
import { keysTwist, padTwist } from "../../../src/viewer/drive/pad-twist.ts";

const speed = { linear: 0.5, angular: 1 };

describe("command sequence", () => {
  it("rises strictly through every lease, and each message passes the server's own schema", () => {
    const sequence = new CommandSequence();
    const move = { kind: "jointPosition" as const, positions: { elbow: 1 } };
    const messages = [3, 3, 4].map((epoch) =>
      sequence.next({ robot: "arm", epoch, ttlMs: 3000 }, move, 1_700_000_000_000.25, 2000),
    );
    expect(messages.map((message) => message.seq)).toEqual([1, 2, 3]);
    for (const message of messages) expect(clientCommandMessage.safeParse(message).success).toBe(true);
  });
});

describe("drive pad", () => {
  it("drives forward when pushed up, and turns left (positive) when pushed left", () => {
    const up = padTwist(0, 1, 0, speed);
    const left = padTwist(-1, 0, 0, speed);
    expect(up).toMatchObject({ linear: { x: 0.5 }, angular: { z: -0 } });
    expect(left).toMatchObject({ linear: { x: 0 }, angular: { z: 1 } });
  });

  it("rests in its middle", () => {
    expect(padTwist(0.05, 0.05, 0, speed)).toMatchObject({ linear: { x: 0 }, angular: { z: -0 } });
  });

  it("never asks for more than full speed", () => {
    const corner = padTwist(Math.SQRT1_2, Math.SQRT1_2, 0, speed);
    if (corner.kind !== "twist") throw new Error("not a twist");
    expect(Math.hypot(corner.linear.x / 0.5, corner.angular.z)).toBeLessThanOrEqual(1 + 1e-12);
  });

  it("adds keys up, and lets opposite ones cancel", () => {
    expect(keysTwist(new Set(["KeyW", "ArrowLeft"]), speed)).toMatchObject({
      linear: { x: 0.5 },
      angular: { z: 1 },
    });
    expect(keysTwist(new Set(["KeyW", "KeyS"]), speed)).toMatchObject({ linear: { x: 0 } });
    expect(keysTwist(new Set(["KeyX"]), speed)).toBeNull();
  });
});

describe("activity", () => {
  const result = (id: number, stage: "accepted" | "refused" | "done", message = "") => ({
    id,
    stage,
    code: "ok",
    message,
  });

  it("follows a move through its stages", () => {
    const log = new ActivityLog();
    log.begin(7, "Move elbow");
    log.advance({ id: 7, stage: "executing", code: "ok", message: "", progress: 0.4 });
    expect(log.moves.get()[0]).toMatchObject({ stage: "executing", progress: 0.4 });
    log.advance(result(7, "done"));
    expect(log.moves.get()[0]).toMatchObject({ stage: "done", progress: null });
  });

  it("shows a jog's refusal until a later jog command is accepted", () => {
    const log = new ActivityLog();
    log.jogged(1);
    log.advance(result(1, "refused", "at its limit"));
    expect(log.jogRefusal.get()).toBe("at its limit");
    log.jogged(2);
    log.advance(result(2, "accepted"));
    expect(log.jogRefusal.get()).toBeNull();
  });

  it("passes over answers to commands it never sent", () => {
    const log = new ActivityLog();
    log.advance(result(99, "refused", "not mine"));
    expect(log.jogRefusal.get()).toBeNull();
    expect(log.moves.get()).toEqual([]);
  });
});

describe("answers of the command socket", () => {
  it("are read when whole", () => {
    const text = '{"op":"lease","id":"r1","robot":"arm","epoch":4,"ttlMs":3000,"serverTime":12.5}';
    expect(readCommandAnswer(text)).toEqual(JSON.parse(text));
  });

  it.each([
    "",
    "null",
    "[]",
    '{"op":"lease","id":"r1","robot":"arm","epoch":"4","ttlMs":3000,"serverTime":1}',
    '{"op":"lease","id":"r1","robot":"arm","epoch":4,"ttlMs":3000}',
    '{"op":"result","id":1,"stage":"flying","code":"","message":""}',
    '{"id":1}',
  ])("are refused when broken: %s", (text) => {
    expect(readCommandAnswer(text)).toBeNull();
  });
});

describe("answers of a newer server", () => {
  it("are told from broken ones", () => {
    expect(readCommandAnswer('{"op":"surprise"}')).toBe("unknown");
  });
});

describe("reconnection", () => {
  it("waits 0.5 s at first and 5 s at most, a third less by chance", () => {
    expect(backoffMs(0, 0)).toBe(500);
    expect(backoffMs(1, 0)).toBe(1000);
    expect(backoffMs(60, 0)).toBe(5000);
    expect(backoffMs(60, 0.999)).toBeGreaterThan(3300);
  });
});
