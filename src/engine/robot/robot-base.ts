import type { KnownGrid } from "../../command/base-request.ts";
import type { Capabilities } from "../../command/gate-output.ts";
import type { GroundPoint } from "../../robot/footprint/footprint.ts";
import type { EngineRobot } from "../ports/engine-robot.ts";
import type { Outbox } from "../ports/outputs.ts";
import type { RobotSurroundings } from "./robot-surroundings.ts";

/** What ways and goals of one robot's base are checked with: its footprint, and the map that the thread has. */
export class RobotBase {
  /** The map that has come last; null: none. One whose publisher is gone still counts. */
  grid: KnownGrid | null = null;
  private topic = "";
  private framePrefix = "";

  constructor(
    private readonly robot: EngineRobot,
    private readonly surroundings: RobotSurroundings,
    private readonly out: Outbox,
  ) {}

  /** Corners or a radius, m; null: what the collision geometry covers. */
  footprint(): readonly GroundPoint[] | number | null {
    return this.robot.footprint ?? null;
  }

  /** Where its map is; the last one stays where there is none now. */
  follow({ map }: Capabilities): void {
    if (map === undefined) return;
    this.framePrefix = map.framePrefix;
    if (map.topic === this.topic) return;
    this.topic = map.topic;
    this.out.push({ kind: "map", robot: this.robot.id, topic: map.topic });
  }

  take({ topic, frame }: KnownGrid): void {
    const { framePrefix } = this;
    const isOwn = framePrefix !== "" && frame.startsWith(framePrefix);
    this.grid = { topic, frame: isOwn ? frame.slice(framePrefix.length) : frame };
  }

  /** Whether there is something that goals are to be checked against, at server ms `now`. */
  checksGoals(now: number): boolean {
    if (this.robot.checkGoals === false) return false;
    if (this.grid !== null) return true;
    if (this.surroundings.isEmpty()) return false;
    const collisions = this.surroundings.collisions(now);
    return collisions.state === "ready" ? (collisions.world?.size ?? 0) > 0 : collisions.state !== "none";
  }
}
