import { EventEmitter } from "node:events";
import type { Worker } from "node:worker_threads";
import { describe, expect, it } from "vitest";
import { CollisionReader } from "../../../src/app/collision-reader.ts";
import type { CollisionRequest } from "../../../src/app/read-collisions.ts";
import type { Engine } from "../../../src/engine/engine.ts";

/** The thread's side of the reader: keeps what it was asked. */
class Thread extends EventEmitter {
  readonly asked: CollisionRequest[] = [];
  postMessage = (request: CollisionRequest) => this.asked.push(request);
  unref = () => undefined;
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

describe("the collision geometry of a robot", () => {
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
