import { EventEmitter } from "node:events";
import type { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { CollisionReader } from "../../../src/app/collision-reader.ts";
import type { CollisionRequest } from "../../../src/app/read-collisions.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { Inbox } from "../../../src/engine/ports/inbox.ts";
import type { Arrival } from "../../../src/engine/ports/inputs.ts";

/** The thread's side of the reader: keeps what it was asked. */
class Thread extends EventEmitter {
  readonly asked: CollisionRequest[] = [];
  postMessage = (request: CollisionRequest) => this.asked.push(request);
  isEnded = false;
  unref = () => undefined;
  terminate = async () => {
    this.isEnded = true;
  };
}

/** A robot as the reader sees it. */
function robot() {
  return {
    description: { hash: "h", text: "<robot/>" },
    semantics: null as string | null,
    collisions: { state: "reading" },
    descriptionCount: 1,
  };
}

/** A reader over one robot, with the threads that it opened and what it pushed to the engine. */
function readerOver(twin: ReturnType<typeof robot>) {
  const arrivals: Arrival[] = [];
  const inbox = new Inbox(undefined, (arrival) => arrivals.push(arrival));
  const engine = { robots: new Map([["r", twin]]), inbox } as unknown as Engine;
  const threads: Thread[] = [];
  const warnings: string[] = [];
  const reader = new CollisionReader(
    engine,
    () => 42,
    () => ({ packages: {}, models: [], prefixes: [], besides: null }),
    (line) => warnings.push(line),
    () => {
      threads.push(new Thread());
      return threads.at(-1) as unknown as Worker;
    },
  );
  return { reader, threads, arrivals, warnings };
}

describe("the collision geometry of a robot", () => {
  it("is not read where there is no description, or where it is not checked", () => {
    const nothing = { ...robot(), description: null as never };
    const unchecked = { ...robot(), collisions: { state: "none" } };
    for (const twin of [nothing, unchecked]) {
      const { reader, threads } = readerOver(twin);
      reader.follow();
      expect(threads).toEqual([]);
    }
  });

  it("goes to the engine when the thread has read it", () => {
    const { reader, threads, arrivals } = readerOver(robot());
    reader.follow();
    threads[0]?.emit("message", { robot: "r", hash: "h", geometry: { findings: [] } });
    expect(arrivals).toEqual([
      {
        source: "geometry:r",
        received: 42,
        input: { kind: "collisionGeometry", robot: "r", hash: "h", geometry: { findings: [] } },
      },
    ]);
  });

  it("is read in a new thread after one has failed, once the description is sent again", () => {
    const twin = robot();
    const { reader, threads, warnings } = readerOver(twin);
    reader.follow();
    threads[0]?.emit("error", new Error("out of memory"));
    expect(warnings).toEqual([
      "reading collision geometry failed: out of memory. Joint moves are refused until the description is sent again.",
    ]);
    reader.follow();
    expect(threads).toHaveLength(1);
    twin.descriptionCount = 2;
    reader.follow();
    expect(threads.map(({ asked }) => asked.length)).toEqual([1, 1]);
  });

  it("ends with its thread, and needs none to end", async () => {
    const { reader, threads } = readerOver(robot());
    await reader.stop();
    reader.follow();
    await reader.stop();
    expect(threads.map(({ isEnded }) => isEnded)).toEqual([true]);
  });

  it("is read once for each description and SRDF, also for an SRDF as long as the one before", () => {
    const twin = robot();
    const engine = { robots: new Map([["r", twin]]) } as unknown as Engine;
    const roots = { packages: {}, models: [], prefixes: [], besides: null };
    const thread = new Thread();
    const reader = new CollisionReader(
      engine,
      () => 0,
      () => roots as never,
      () => undefined,
      () => thread as unknown as Worker,
    );
    const srdfs = (): (string | null)[] => thread.asked.map(({ srdf }) => srdf);
    reader.follow();
    reader.follow();
    expect(srdfs()).toEqual([null]);
    twin.semantics = "<robot name='a'/>";
    reader.follow();
    twin.semantics = "<robot name='b'/>";
    reader.follow();
    reader.follow();
    expect(srdfs()).toEqual([null, "<robot name='a'/>", "<robot name='b'/>"]);
    twin.descriptionCount = 2;
    reader.follow();
    expect(srdfs()).toHaveLength(4);
  });
});
