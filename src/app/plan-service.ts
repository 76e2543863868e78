import { BasePlanWork, type GridAtHand } from "../command/base-plan-work.ts";
import type { ComputeRequest, PlanAnswer, PlanOutcome } from "../command/plan-request.ts";
import { type PlanContext, PlanWork } from "../command/plan-work.ts";
import type { CollisionGeometry } from "../engine/ports/collision-geometry.ts";
import { collisionsOf } from "../engine/robot/robot-collisions.ts";
import { loadDescription } from "../engine/robot/robot-description.ts";
import { withOwnWork } from "../robot/collision/collision-model.ts";
import type { MapSettings } from "./map-intake.ts";

/** What the thread must know of a robot before it computes for it. */
export type PlanRobot = {
  kind: "robot";
  robot: string;
  description: string;
  urdf: string;
  geometry: CollisionGeometry | null;
};
export type PlanMessage =
  | PlanRobot
  | { kind: "request"; request: ComputeRequest }
  /** Nobody waits for the answer any more. */
  | { kind: "drop"; id: string }
  /** Answered at once, so that whoever asks knows that the thread does not hang. */
  | { kind: "ping" }
  /** The map of a robot is on this topic; null: it has none any more. `rclnodejs`: its file. */
  | { kind: "listen"; robot: string; topic: string | null; settings: MapSettings; rclnodejs: string };

/** One motion may take this time to compute, ms. */
const longestMs = 5000;
/** A portion, before the thread looks for newer messages, ms. */
const portionMs = 20;

/** `spent`: time that it took so far, ms. `work` is made with the first portion. */
type Waiting = { request: ComputeRequest; work: { advance(): PlanOutcome | null } | null; spent: number };

/** What the thread does: takes messages, and computes motions, in turns. */
export class PlanService {
  private readonly robots = new Map<string, PlanContext & { description: string }>();
  /** The next one first. */
  private readonly waiting: Waiting[] = [];

  constructor(
    private readonly now: () => number,
    private readonly answer: (answer: PlanAnswer) => void,
    /** The map of a robot; null: there is none. */
    private readonly gridOf: (robot: string) => GridAtHand | null = () => null,
  ) {}

  take(message: Exclude<PlanMessage, { kind: "listen" | "ping" }>): void {
    if (message.kind === "robot") {
      const loaded = loadDescription(message.urdf);
      if ("fault" in loaded) return;
      const known = message.geometry === null ? null : collisionsOf(loaded, message.geometry).model;
      const collisions = known === null || known.shapes.length === 0 ? null : known;
      const { description } = message;
      this.robots.set(message.robot, { model: loaded.model, collisions, description });
      return;
    }
    if (message.kind === "drop") {
      const at = this.waiting.findIndex(({ request }) => request.id === message.id);
      if (at >= 0) this.waiting.splice(at, 1);
      return;
    }
    const { request } = message;
    const context = this.robots.get(request.robot);
    if (context?.description !== request.description) {
      this.object(request, "not_checked", "the robot's description is being read: try again");
      return;
    }
    this.waiting.push({ request, work: null, spent: 0 });
  }

  isIdle(): boolean {
    return this.waiting.length === 0;
  }

  /** Goes on with one request for a portion; then it is another's turn, so that a short one does not wait for a long one. */
  step(): void {
    const next = this.waiting.shift();
    if (next === undefined) return;
    const { request } = next;
    const began = this.now();
    try {
      next.work ??= this.begin(request);
      do {
        const outcome = next.work.advance();
        if (outcome === null) continue;
        this.answer({ id: request.id, robot: request.robot, outcome });
        return;
      } while (this.now() - began < portionMs);
    } catch (error) {
      this.fail(request, error);
      return;
    }
    next.spent += this.now() - began;
    if (next.spent < longestMs) {
      this.waiting.push(next);
      return;
    }
    const message = `no motion was found within ${longestMs / 1000} s: try a nearer goal`;
    this.object(request, "no_path", message);
  }

  private begin(request: ComputeRequest): { advance(): PlanOutcome | null } {
    const context = this.robots.get(request.robot);
    if (context?.description !== request.description) throw new Error("the robot's description has changed");
    const own = ownWorkspace(context);
    return "frameFromRoot" in request
      ? new BasePlanWork(request, own, this.gridOf(request.robot))
      : new PlanWork(request, own);
  }

  private fail(request: ComputeRequest, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.object(request, "not_checked", `computing the motion failed: ${reason}`);
  }

  private object({ id, robot }: ComputeRequest, code: string, message: string): void {
    this.answer({ id, robot, outcome: { found: "objection", objection: { code, message } } });
  }
}

/** The same with a workspace of its own, since works take turns. */
function ownWorkspace({ model, collisions }: PlanContext): PlanContext {
  return { model, collisions: collisions === null ? null : withOwnWork(collisions) };
}
