import { Worker } from "node:worker_threads";
import type { Engine } from "../engine/engine.ts";
import type { MeshRoots } from "../io/files/mesh-files.ts";
import { workerFile } from "../io/worker-file.ts";
import type { ConvexHull } from "../robot/collision/convex-hull.ts";
import type { CollisionAnswer, CollisionRequest } from "./read-collisions.ts";
import type { HullAnswer, HullRequest } from "./read-hull.ts";

type Hull = { hull: ConvexHull } | { fault: string };

/** Which description it was, by its number, and the SRDF beside it. */
type Asked = { count: number; semantics: string | null };

/**
 * Follows the descriptions and SRDFs of an engine's robots, has their collision geometry read in its own thread, and
 * hands what comes of it to the engine.
 */
export class CollisionReader {
  private worker: Worker | null = null;
  /** Those who wait for hulls, in the order in which they asked. */
  private readonly waiting: ((hull: Hull) => void)[] = [];
  /** What of each robot was asked for last. */
  private readonly asked = new Map<string, Asked>();

  constructor(
    private readonly engine: Engine,
    private readonly now: () => number,
    private readonly meshRoots: (robot: string) => MeshRoots,
    private readonly warn: (line: string) => void,
    private readonly openThread: () => Worker = openCollisionThread,
  ) {}

  /** Looks for what is new; cheap where nothing is. */
  follow(): void {
    for (const [robot, twin] of this.engine.robots) {
      const { description, semantics, collisions } = twin;
      if (description === null || collisions.state === "none") continue;
      const count = twin.descriptionCount;
      const last = this.asked.get(robot);
      if (last !== undefined && last.count === count && last.semantics === semantics) continue;
      this.asked.set(robot, { count, semantics });
      const { hash, text: urdf } = description;
      const request: CollisionRequest = { robot, hash, urdf, srdf: semantics, roots: this.meshRoots(robot) };
      this.thread().postMessage(request);
    }
  }

  /** The hull of a mesh, read in the same thread. */
  hullOf(request: HullRequest): Promise<Hull> {
    return new Promise((resolve) => {
      const worker = this.thread();
      this.waiting.push(resolve);
      worker.postMessage(request);
    });
  }

  async stop(): Promise<void> {
    await this.worker?.terminate();
    this.worker = null;
  }

  private thread(): Worker {
    if (this.worker !== null) return this.worker;
    const worker = this.openThread();
    worker.on("message", (answer: CollisionAnswer | HullAnswer) => {
      if ("hullOf" in answer) {
        this.waiting.shift()?.(answer);
        return;
      }
      const { robot, hash, geometry } = answer;
      const input = { kind: "collisionGeometry", robot, hash, geometry } as const;
      this.engine.inbox.push(`geometry:${robot}`, this.now(), input);
    });
    worker.on("error", (error) => {
      this.worker = null;
      for (const answer of this.waiting.splice(0))
        answer({ fault: `a mesh cannot be read: ${error.message}` });
      this.warn(
        `reading collision geometry failed: ${error.message}. Joint moves are refused until the description is sent again.`,
      );
    });
    worker.unref();
    this.worker = worker;
    return worker;
  }
}

function openCollisionThread(): Worker {
  return new Worker(workerFile("app/collision-worker.js"));
}
