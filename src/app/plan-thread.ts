import { Worker } from "node:worker_threads";
import type { PlanAnswer, PlanRequest } from "../command/plan-request.ts";
import type { Engine } from "../engine/engine.ts";
import type { CollisionGeometry } from "../engine/ports/collision-geometry.ts";
import { workerFile } from "../io/worker-file.ts";
import type { PlanMessage } from "./plan-service.ts";

/** Hands requests for motions to a thread, and its answers to the engine. The thread is started with the first. */
export class PlanThread {
  private worker: Worker | null = null;
  /** What the thread has of each robot. */
  private readonly sent = new Map<string, { hash: string; geometry: CollisionGeometry | null }>();
  private readonly open = new Map<string, PlanRequest>();

  constructor(
    private readonly engine: () => Engine,
    private readonly now: () => number,
    private readonly warn: (line: string) => void,
    private readonly openThread: () => Worker = openPlanThread,
  ) {}

  compute(request: PlanRequest): void {
    const thread = this.thread();
    const twin = this.engine().robots.get(request.robot);
    const description = twin?.description;
    if (twin === undefined || description === null || description === undefined) return;
    const { geometry } = twin;
    const { hash, text: urdf } = description;
    const known = this.sent.get(request.robot);
    if (known?.hash !== hash || known.geometry !== geometry) {
      this.sent.set(request.robot, { hash, geometry });
      const message = { kind: "robot", robot: request.robot, description: hash, urdf, geometry } as const;
      thread.postMessage(message satisfies PlanMessage);
    }
    this.open.set(request.id, request);
    thread.postMessage({ kind: "request", request } satisfies PlanMessage);
  }

  async stop(): Promise<void> {
    await this.worker?.terminate();
    this.worker = null;
  }

  private thread(): Worker {
    if (this.worker !== null) return this.worker;
    const worker = this.openThread();
    worker.on("message", (answer: PlanAnswer) => this.push(answer));
    worker.on("error", (error) => {
      this.worker = null;
      this.sent.clear();
      this.warn(`computing a motion failed: ${error.message}. The next request starts anew.`);
      const objection = { code: "not_checked", message: `computing the motion failed: ${error.message}` };
      for (const { id, robot } of [...this.open.values()]) {
        this.push({ id, robot, outcome: { found: "objection", objection } });
      }
    });
    worker.unref();
    this.worker = worker;
    return worker;
  }

  private push(answer: PlanAnswer): void {
    this.open.delete(answer.id);
    this.engine().inbox.push(`plan:${answer.robot}`, this.now(), { kind: "planAnswer", answer });
  }
}

function openPlanThread(): Worker {
  return new Worker(workerFile("app/plan-worker.js"));
}
