import { EventEmitter } from "node:events";
import { beforeEach, describe, expect, it, vi } from "vitest";
import { CollisionReader } from "../../../src/cli/collision-reader.ts";
import type { CollisionRequest } from "../../../src/cli/read-collisions.ts";
import type { Engine } from "../../../src/engine/engine.ts";

const asked = vi.hoisted(() => [] as unknown[]);
vi.mock("node:worker_threads", () => ({
  Worker: class extends EventEmitter {
    postMessage = (request: unknown) => asked.push(request);
    unref = () => undefined;
    terminate = async () => 0;
  },
}));

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
  beforeEach(() => asked.splice(0));

  it("is read once for each description and SRDF, also for an SRDF as long as the one before", () => {
    const twin = robot();
    const engine = { robots: new Map([["r", twin]]) } as unknown as Engine;
    const roots = { packages: {}, models: [], prefixes: [], besides: null };
    const reader = new CollisionReader(
      engine,
      () => 0,
      () => roots as never,
      () => undefined,
    );
    const srdfs = (): (string | null)[] => (asked as CollisionRequest[]).map(({ srdf }) => srdf);
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
