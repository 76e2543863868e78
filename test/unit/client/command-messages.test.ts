import { describe, expect, it } from "vitest";
import { backoffMs } from "../../../src/client/backoff.ts";
import { readCommandAnswer } from "../../../src/client/command-answers.ts";
import { CommandSequence } from "../../../src/client/command-sequence.ts";
import { clientCommandMessage } from "../../../src/protocol/command-messages.ts";

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
    '{"op":"lease","id":"r1","robot":"arm","epoch":4,"ttlMs":0,"serverTime":1}',
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
