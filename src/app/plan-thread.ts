import { Worker } from "node:worker_threads";
import type { ComputeRequest, PlanAnswer } from "../command/plan-request.ts";
import type { Engine } from "../engine/engine.ts";
import type { CollisionGeometry } from "../engine/ports/collision-geometry.ts";
import { workerFile } from "../io/worker-file.ts";
import type { MapReport, MapSettings } from "./map-intake.ts";
import type { PlanMessage } from "./plan-service.ts";

/** How the maps of robots come to the thread. */
export type MapSource = {
  /** File of rclnodejs. */
  rclnodejs: string;
  settingsOf(robot: string): MapSettings;
};

/** How often a thread that computes is asked whether it is there, ms. */
const pingEveryMs = 1000;
/** A thread that does not answer for so long is ended, ms. */
const hangsAfterMs = 8000;
/** A thread that needs more is ended, MiB: it must not take the memory of the whole program. */
const mostMemory = 1024;

/** Hands requests for motions to a thread, and its answers to the engine. The thread is started with the first. */
export class PlanThread {
  private worker: Worker | null = null;
  /** What the thread has of each robot. */
  private readonly sent = new Map<string, { hash: string; geometry: CollisionGeometry | null }>();
  private readonly open = new Map<string, ComputeRequest>();
  /** When the thread was heard last, server ms. */
  private heard = 0;
  /** Something was posted since, and nothing came. */
  private isAwaited = false;
  private watch: ReturnType<typeof setInterval> | null = null;
  /** The topics of maps, by robot. */
  private readonly maps = new Map<string, string>();

  constructor(
    private readonly engine: () => Engine,
    private readonly now: () => number,
    private readonly warn: (line: string) => void,
    /** Null: without ROS there are no maps. */
    private readonly source: MapSource | null = null,
    private readonly openThread: () => Worker = openPlanThread,
  ) {}

  /** The map of a robot is on this topic. */
  listen(robot: string, topic: string): void {
    if (this.source === null) return;
    const thread = this.thread();
    for (const known of this.maps.keys()) {
      if (this.engine().robots.has(known)) continue;
      this.maps.delete(known);
      thread.postMessage(this.order(this.source, known, null));
    }
    this.maps.set(robot, topic);
    thread.postMessage(this.order(this.source, robot, topic));
  }

  private order({ rclnodejs, settingsOf }: MapSource, robot: string, topic: string | null): PlanMessage {
    return { kind: "listen", robot, topic, settings: settingsOf(robot), rclnodejs };
  }

  compute(request: ComputeRequest): void {
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
    // Silence counts from the first message that has no answer: who gives up and asks again does not begin it anew.
    if (!this.isAwaited) this.heard = this.now();
    this.isAwaited = true;
    this.open.set(request.id, request);
    thread.postMessage({ kind: "request", request } satisfies PlanMessage);
    this.watch ??= setInterval(() => this.look(), pingEveryMs).unref();
  }

  /** Nobody waits for the answer to this request any more. */
  drop(id: string): void {
    if (!this.open.delete(id)) return;
    this.worker?.postMessage({ kind: "drop", id } satisfies PlanMessage);
  }

  /** Whether the thread still answers while it has work. */
  private look(): void {
    const { worker } = this;
    if (worker === null || (this.open.size === 0 && !this.isAwaited)) {
      this.unwatch();
      return;
    }
    const silent = this.now() - this.heard;
    if (silent > hangsAfterMs) {
      void worker.terminate();
      this.fail(`it took more than ${hangsAfterMs / 1000} s for one step`);
    } else {
      this.isAwaited = true;
      worker.postMessage({ kind: "ping" } satisfies PlanMessage);
    }
  }

  private fail(reason: string): void {
    this.worker = null;
    this.isAwaited = false;
    this.sent.clear();
    this.warn(`computing a motion failed: ${reason}. The next request starts anew.`);
    const objection = { code: "not_checked", message: `computing the motion failed: ${reason}` };
    for (const { id, robot } of [...this.open.values()]) {
      this.push({ id, robot, outcome: { found: "objection", objection } });
    }
  }

  private unwatch(): void {
    if (this.watch !== null) clearInterval(this.watch);
    this.watch = null;
  }

  async stop(): Promise<void> {
    this.unwatch();
    await this.worker?.terminate();
    this.worker = null;
  }

  private thread(): Worker {
    if (this.worker !== null) return this.worker;
    const worker = this.openThread();
    worker.on("message", (message: PlanAnswer | MapReport | { kind: "pong" }) => {
      if (worker !== this.worker) return;
      this.heard = this.now();
      this.isAwaited = false;
      if ("outcome" in message) this.push(message);
      else if (message.kind !== "pong") this.tell(message);
    });
    worker.on("error", (error) => {
      if (worker === this.worker) this.fail(error.message);
    });
    worker.unref();
    this.worker = worker;
    if (this.source !== null) {
      for (const [robot, topic] of this.maps) worker.postMessage(this.order(this.source, robot, topic));
    }
    return worker;
  }

  private tell(report: MapReport): void {
    const { topic } = report;
    const source = `ros:${topic}`;
    const { inbox } = this.engine();
    if (report.kind === "map") {
      const { robot, frame } = report;
      inbox.push(source, this.now(), { kind: "map", robot, map: { topic, frame } });
    } else {
      const { reason, count } = report;
      inbox.push(source, this.now(), { kind: "rejected", reason, once: true, count });
    }
  }

  private push(answer: PlanAnswer): void {
    if (!this.open.delete(answer.id)) return;
    this.engine().inbox.push(`plan:${answer.robot}`, this.now(), { kind: "planAnswer", answer });
  }
}

function openPlanThread(): Worker {
  return new Worker(workerFile("app/plan-worker.js"), {
    resourceLimits: { maxOldGenerationSizeMb: mostMemory },
  });
}
