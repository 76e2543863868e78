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

/** Hands requests for motions to a thread, and its answers to the engine. The thread is started with the first. */
export class PlanThread {
  private worker: Worker | null = null;
  /** What the thread has of each robot. */
  private readonly sent = new Map<string, { hash: string; geometry: CollisionGeometry | null }>();
  private readonly open = new Map<string, ComputeRequest>();
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
    worker.on("message", (message: PlanAnswer | MapReport) => {
      if ("outcome" in message) this.push(message);
      else this.tell(message);
    });
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
    this.open.delete(answer.id);
    this.engine().inbox.push(`plan:${answer.robot}`, this.now(), { kind: "planAnswer", answer });
  }
}

function openPlanThread(): Worker {
  return new Worker(workerFile("app/plan-worker.js"));
}
