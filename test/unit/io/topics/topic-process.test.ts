import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { afterEach, beforeEach, describe, expect, it, vi } from "vitest";
import { FrameCutter, messageFrame, reportFrame } from "../../../../src/io/topics/topic-orders.ts";
import { type TopicChild, TopicProcess } from "../../../../src/io/topics/topic-process.ts";
import { randomFrom } from "../../robot/random-from.ts";

class FakeChild extends EventEmitter {
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  hangs = false;
  killed = 0;
  kill(): boolean {
    this.killed += 1;
    return true;
  }
  orders(): unknown[] {
    const text = String(this.stdin.read() ?? "");
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line) as unknown);
  }
}

let now = 0;
let children: FakeChild[];
let failures: string[];
let made: TopicProcess;
const open = { op: "open", feed: 3, topic: "/scan", levels: [1] } as const;

beforeEach(() => {
  vi.useFakeTimers({ toFake: ["setTimeout", "clearTimeout", "setInterval", "clearInterval"] });
  now = 10_000;
  children = [];
  failures = [];
  made = new TopicProcess(
    () => now,
    () => {
      const child = new FakeChild();
      children.push(child);
      return child as unknown as TopicChild;
    },
    { report: () => undefined, message: () => undefined, failed: (text) => failures.push(text) },
  );
});
afterEach(() => vi.useRealTimers());

function pass(ms: number): void {
  for (let left = ms; left > 0; left -= 500) {
    now += Math.min(left, 500);
    vi.advanceTimersByTime(Math.min(left, 500));
    for (const child of children) if (!child.hangs) child.stdout.emit("data", reportFrame({ op: "alive" }));
  }
}

describe("the process for topics", () => {
  it("starts with the first question, and is told once", () => {
    expect(children).toHaveLength(0);
    made.order(open);
    made.order({ op: "list" });
    expect(children).toHaveLength(1);
    expect(children[0]?.orders()).toEqual([open, { op: "list" }]);
  });

  it("that ended is started again also soon after it was idle", () => {
    made.order({ op: "list" });
    made.order(open);
    children[0]?.emit("exit", null, "SIGKILL");
    pass(3000);
    expect(children).toHaveLength(2);
    expect(children[1]?.orders()).toEqual([open]);
  });

  it("that ended is started again after a while, and knows what is open", () => {
    made.order(open);
    children[0]?.emit("exit", null, "SIGABRT");
    expect(failures).toEqual([expect.stringMatching(/ended with SIGABRT; it is started again/)]);
    expect(children).toHaveLength(1);
    pass(3000);
    expect(children).toHaveLength(2);
    expect(children[1]?.orders()).toEqual([open]);
  });

  it("that ended is told the numbers that are recorded again", () => {
    const numbers = { op: "numbers", feed: 100_000, topic: "/imu", fields: ["a.x"] } as const;
    made.order(numbers);
    made.order({ ...numbers, fields: ["a.x", "a.y"] });
    children[0]?.emit("exit", null, "SIGABRT");
    pass(3000);
    expect(children[1]?.orders()).toEqual([{ ...numbers, fields: ["a.x", "a.y"] }]);
    expect(made.isWanted()).toBe(true);
  });

  it("is asked what came while it could not be started again, and stays while it is asked", () => {
    const ask = { op: "ask", id: 1, question: { ask: "graph" } } as const;
    made.order(open);
    children[0]?.emit("exit", null, "SIGABRT");
    made.order({ op: "close", feed: 3 });
    made.order(ask);
    expect(children).toHaveLength(1);
    pass(3000);
    expect(children).toHaveLength(2);
    expect(children[1]?.orders()).toEqual([ask]);
    for (let i = 0; i < 30; i += 1) {
      made.order(ask);
      pass(3000);
    }
    expect(children).toHaveLength(2);
    expect(children[1]?.stdin.writableEnded).toBe(false);
  });

  it("that hangs is ended, and started again", () => {
    made.order(open);
    pass(60_000);
    expect(failures).toEqual([]);
    const [first] = children as [FakeChild];
    first.hangs = true;
    pass(14_000);
    expect(first.killed).toBe(0);
    pass(2000);
    expect(first.killed).toBe(1);
    expect(failures).toEqual([expect.stringMatching(/said nothing for 15 s/)]);
    first.emit("exit", null, "SIGKILL");
    pass(3000);
    expect(children).toHaveLength(2);
    expect(failures).toHaveLength(1);
  });

  it("ends when nobody has watched for a while", () => {
    made.order(open);
    made.order({ op: "close", feed: 3 });
    pass(20_000);
    expect(children[0]?.stdin.writableEnded).toBe(false);
    pass(60_000);
    expect(children[0]?.stdin.writableEnded).toBe(true);
    made.order(open);
    expect(children).toHaveLength(2);
  });

  it("is not started again once the twin ends", () => {
    made.order(open);
    made.stop();
    children[0]?.emit("exit", 0, null);
    made.order(open);
    pass(10_000);
    expect(children).toHaveLength(1);
    expect(failures).toEqual([]);
  });
});

describe("what comes out of its pipe", () => {
  it("is put together however it was cut", () => {
    const random = randomFrom(5);
    const bytes = Uint8Array.from({ length: 5000 }, (_, i) => i % 256);
    const report = { op: "rejected", topic: "/a", count: 2, reason: "ä" } as const;
    const whole = Buffer.concat([
      reportFrame(report),
      ...messageFrame({ feed: 7, level: 2, received: 123.5, bytes }),
      reportFrame(report),
    ]);
    for (let trial = 0; trial < 100; trial += 1) {
      const reports: unknown[] = [];
      const messages: unknown[] = [];
      const cutter = new FrameCutter(
        (one) => reports.push(one),
        ({ feed, level, received, bytes: own }) =>
          messages.push([feed, level, received, Buffer.from(own).equals(bytes)]),
      );
      for (let at = 0; at < whole.length; ) {
        const size = 1 + Math.floor(random.next() * 900);
        cutter.take(whole.subarray(at, at + size));
        at += size;
      }
      expect(reports).toEqual([report, report]);
      expect(messages).toEqual([[7, 2, 123.5, true]]);
    }
  });
});
