import { BasePlanWork, type GridAtHand } from "../command/base-plan-work.ts";
import type { ComputeRequest, PlanAnswer, PlanOutcome } from "../command/plan-request.ts";
import { type PlanContext, PlanWork } from "../command/plan-work.ts";
import type { CollisionGeometry } from "../engine/ports/collision-geometry.ts";
import { collisionsOf } from "../engine/robot/robot-collisions.ts";
import { loadDescription } from "../engine/robot/robot-description.ts";
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
  /** The map of a robot is on this topic; null: it has none any more. `rclnodejs`: its file. */
  | { kind: "listen"; robot: string; topic: string | null; settings: MapSettings; rclnodejs: string };

/** One motion may take this time to compute, ms. */
const longestMs = 5000;
/** A portion, before the thread looks for newer messages, ms. */
const portionMs = 20;

type Work = { request: ComputeRequest; work: { advance(): PlanOutcome | null }; began: number };

/** What the thread does: takes messages, and computes one motion after the other. */
export class PlanService {
  private readonly robots = new Map<string, PlanContext & { description: string }>();
  private waiting: Work[] = [];

  constructor(
    private readonly now: () => number,
    private readonly answer: (answer: PlanAnswer) => void,
    /** The map of a robot; null: there is none. */
    private readonly gridOf: (robot: string) => GridAtHand | null = () => null,
  ) {}

  take(message: Exclude<PlanMessage, { kind: "listen" }>): void {
    if (message.kind === "robot") {
      const loaded = loadDescription(message.urdf);
      if ("fault" in loaded) return;
      const known = message.geometry === null ? null : collisionsOf(loaded, message.geometry).model;
      const collisions = known === null || known.shapes.length === 0 ? null : known;
      const { description } = message;
      this.robots.set(message.robot, { model: loaded.model, collisions, description });
      return;
    }
    const { request } = message;
    const context = this.robots.get(request.robot);
    if (context?.description !== request.description) {
      this.object(request, "not_checked", "the robot's description is being read: try again");
      return;
    }
    try {
      const work =
        "frameFromRoot" in request
          ? new BasePlanWork(request, context, this.gridOf(request.robot))
          : new PlanWork(request, context);
      this.waiting.push({ request, work, began: Number.NaN });
    } catch (error) {
      this.fail(request, error);
    }
  }

  isIdle(): boolean {
    return this.waiting.length === 0;
  }

  /** Goes on with the oldest request for one portion. */
  step(): void {
    const [first] = this.waiting;
    if (first === undefined) return;
    const { request, work } = first;
    const now = this.now();
    if (Number.isNaN(first.began)) first.began = now;
    try {
      do {
        const outcome = work.advance();
        if (outcome === null) continue;
        this.waiting.shift();
        this.answer({ id: request.id, robot: request.robot, outcome });
        return;
      } while (this.now() - now < portionMs);
    } catch (error) {
      this.waiting.shift();
      this.fail(request, error);
      return;
    }
    if (this.now() - first.began < longestMs) return;
    this.waiting.shift();
    const message = `no motion was found within ${longestMs / 1000} s: try a nearer goal`;
    this.object(request, "no_path", message);
  }

  private fail(request: ComputeRequest, error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.object(request, "not_checked", `computing the motion failed: ${reason}`);
  }

  private object({ id, robot }: ComputeRequest, code: string, message: string): void {
    this.answer({ id, robot, outcome: { found: "objection", objection: { code, message } } });
  }
}
