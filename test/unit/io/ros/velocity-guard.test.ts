import { EventEmitter } from "node:events";
import { PassThrough } from "node:stream";
import { beforeEach, describe, expect, it } from "vitest";
import { GuardedTopics } from "../../../../src/io/ros/guarded-topics.ts";
import { type GuardProcess, VelocityGuard } from "../../../../src/io/ros/velocity-guard.ts";
import { settled } from "./fake-ros.ts";

const topic = "/group/commands";

class FakeProcess extends EventEmitter {
  readonly stdin = new PassThrough();
  readonly stdout = new PassThrough();
  readonly pid = 1;

  orders(): unknown[] {
    const text = String(this.stdin.read() ?? "");
    return text
      .split("\n")
      .filter((line) => line !== "")
      .map((line) => JSON.parse(line));
  }

  async says(line: string): Promise<void> {
    this.stdout.write(`${line}\n`);
    await settled();
  }
}

let now: number;

describe("the guard beside the program", () => {
  let started: FakeProcess[];
  let warnings: string[];
  let guard: VelocityGuard;
  const child = () => started.at(-1) as FakeProcess;

  beforeEach(() => {
    now = 10_000;
    started = [];
    warnings = [];
    guard = new VelocityGuard(
      () => now,
      () => {
        started.push(new FakeProcess());
        return child() as unknown as GuardProcess;
      },
      (text) => warnings.push(text),
    );
  });

  it("is started with the first topic, and armed once it says so", async () => {
    expect(started).toEqual([]);
    guard.watch(topic, 4);
    guard.watch(topic, 4);
    expect(started).toHaveLength(1);
    expect(child().orders()).toEqual([{ watch: topic, size: 4 }]);
    expect(guard.isArmed(topic)).toBe(false);
    await child().says("[INFO] a line of a library");
    await child().says(JSON.stringify({ armed: [topic] }));
    expect(guard.isArmed(topic)).toBe(true);
    await child().says(JSON.stringify({ armed: [] }));
    expect(guard.isArmed(topic)).toBe(false);
  });

  it("is told at once what begins and ends to move, and every 40 ms what goes on", () => {
    guard.watch(topic, 4);
    child().orders();
    guard.beat(topic, true);
    expect(child().orders()).toEqual([{ moving: [topic] }]);
    for (let i = 0; i < 20; i++) {
      now += 5;
      guard.beat(topic, true);
    }
    expect(child().orders()).toHaveLength(2);
    guard.beat(topic, false);
    expect(child().orders()).toEqual([{ moving: [] }]);
    now += 1000;
    guard.beat(topic, false);
    expect(child().orders()).toEqual([]);
    guard.beat(topic, true);
    guard.unwatch(topic);
    expect(child().orders()).toEqual([{ moving: [topic] }, { unwatch: topic }]);
  });

  it("that ends is told, arms nothing, and is started again five seconds later with its topics", async () => {
    guard.watch(topic, 4);
    await child().says(JSON.stringify({ armed: [topic] }));
    child().emit("exit", null, "SIGKILL");
    expect(guard.isArmed(topic)).toBe(false);
    expect(warnings).toEqual([expect.stringContaining("SIGKILL")]);
    now += 4000;
    guard.watch(topic, 4);
    expect(started).toHaveLength(1);
    now += 1100;
    guard.watch(topic, 4);
    expect(started).toHaveLength(2);
    expect(child().orders()).toEqual([{ watch: topic, size: 4 }]);
    started[0]?.emit("error", new Error("late"));
    expect(warnings).toHaveLength(1);
  });

  it("is left at the end of the program, without a warning", () => {
    guard.watch(topic, 4);
    guard.stop();
    expect(child().stdin.writableEnded).toBe(true);
    child().emit("exit", 0, null);
    expect(warnings).toEqual([]);
    guard.watch("/other", 1);
    expect(started).toHaveLength(1);
  });
});

describe("the topics of the guard", () => {
  let sent: string[];
  let matched: boolean;
  let topics: GuardedTopics;

  beforeEach(() => {
    now = 0;
    sent = [];
    matched = true;
    topics = new GuardedTopics((name) => ({
      send: (size) => sent.push(`${name} ${size}`),
      isMatched: () => matched,
      end: () => sent.push(`end ${name}`),
    }));
    topics.take({ watch: topic, size: 4 }, now);
    topics.take({ watch: "/still/commands", size: 1 }, now);
  });

  const run = (ms: number, isGone = false): boolean => {
    let owes = false;
    for (const end = now + ms; now < end; ) {
      now += 20;
      owes = topics.step(now, isGone);
    }
    return owes;
  };

  it("get zeros 200 ms after the last word of what moves, for a while, and only what moved", () => {
    topics.take({ moving: [topic] }, now);
    run(200);
    expect(sent).toEqual([]);
    run(40);
    expect(new Set(sent)).toEqual(new Set([`${topic} 4`]));
    run(1000);
    expect(sent.length).toBeGreaterThan(10);
    expect(sent.length).toBeLessThan(30);
  });

  it("get none while the program speaks, nor once nothing moves; who speaks again goes on alone", () => {
    for (let i = 0; i < 50; i++) {
      topics.take({ moving: [topic] }, now);
      run(100);
    }
    topics.take({ moving: [] }, now);
    run(2000);
    expect(sent).toEqual([]);
    topics.take({ moving: [topic] }, now);
    run(260);
    const before = sent.length;
    expect(before).toBeGreaterThan(0);
    topics.take({ moving: [topic] }, now);
    run(100);
    expect(sent).toHaveLength(before);
  });

  it("get zeros at once where the program has ended, and then owe nothing", () => {
    topics.take({ moving: [topic] }, now);
    expect(run(20, true)).toBe(true);
    expect(sent).toEqual([`${topic} 4`]);
    expect(run(1000, true)).toBe(false);
  });

  it("are armed while somebody is connected, and are left when nobody asks for them any more", () => {
    expect(topics.armed()).toEqual([topic, "/still/commands"]);
    topics.take({ unwatch: topic }, now);
    expect(topics.armed()).toEqual(["/still/commands"]);
    expect(sent).toEqual([`end ${topic}`]);
    matched = false;
    expect(topics.armed()).toEqual([]);
    topics.take({ moving: [topic] }, now);
    run(1000);
    expect(sent).toEqual([`end ${topic}`]);
  });
});
