import type { KnownCollisions } from "../../command/gate-output.ts";
import { listedNames } from "../../core/listed-names.ts";
import type { SceneItem } from "../../protocol/scene.ts";
import type { CollisionModel } from "../../robot/collision/collision-model.ts";
import type { ConvexHull } from "../../robot/collision/convex-hull.ts";
import { type SceneObject, sceneFault, withScene } from "../../robot/collision/scene.ts";
import type { UncheckedLinks } from "../ports/engine-robot.ts";
import type { TellEvent } from "../ports/event-log.ts";
import { composePoses, isNearPose } from "./placed-pose.ts";
import type { RobotTwin } from "./robot-twin.ts";
import { objectOf } from "./scene-objects.ts";

/** The scene as one robot's gate needs it. */
export interface SceneOfRobots {
  /** Grows with each change. */
  readonly revision: number;
  /** Why it is not all known; null: it is. */
  readonly fault: string | null;
  readonly hulls: ReadonlyMap<string, ConvexHull | null>;
  /** The objects that are there for a robot. */
  itemsOf(robot: string): readonly SceneItem[];
}

const noHulls: ReadonlyMap<string, ConvexHull | null> = new Map();

/** `world`: ids of those that do not move with the base, as tf places them. */
type Placed = { objects: readonly SceneObject[]; world: ReadonlySet<string> } | { fault: string };

/**
 * What a robot's motions are checked against: itself and the objects around it, placed in its root link's frame. Objects in
 * a frame of tf are placed by where that frame is measured now; where that is not known no motion passes.
 */
export class RobotSurroundings {
  private known: KnownCollisions = { state: "none" };
  private base: CollisionModel | null = null;
  private revision = -1;
  /** rootFromFrame of each frame of tf that is in use, as the model has it. */
  private frames = new Map<string, readonly number[]>();
  private placed: readonly SceneObject[] = [];
  private toldOf = -1;

  constructor(
    private readonly scene: SceneOfRobots,
    private readonly twin: RobotTwin,
    private readonly tell: TellEvent,
    private readonly uncheckedLinks: UncheckedLinks = "auto",
  ) {}

  /** Itself and its surroundings at server ms `now`. The model stays the same object as long as nothing moved. */
  collisions(now: number): KnownCollisions {
    const known = this.readable(now);
    if (this.twin.uncheckedLinks.length === 0 || known.state === "unknown") return known;
    const hasObjects = !this.isEmpty();
    if (!this.refusesUnchecked(hasObjects)) return known;
    const reason = this.whyUnchecked(hasObjects);
    return { state: "unknown", reason, ...(known.state === "ready" ? { partial: known.model } : {}) };
  }

  /** The same with what can be checked alone. */
  private readable(now: number): KnownCollisions {
    const { twin, scene } = this;
    const items = scene.itemsOf(twin.id);
    if (scene.fault !== null && (twin.collisionModel !== null || twin.collisions.state !== "none")) {
      this.revision = -1;
      return { state: "unknown", reason: scene.fault };
    }
    if (items.length === 0) {
      this.placed = [];
      return twin.collisions;
    }
    const base = twin.collisionModel;
    if (base === null) {
      if (twin.collisions.state === "none") this.tellUnchecked();
      return twin.collisions;
    }
    if (base === this.base && scene.revision === this.revision && this.framesStand(now)) return this.known;
    this.base = base;
    this.revision = scene.revision;
    const placed = this.place(items, base, now);
    if ("fault" in placed) {
      this.revision = -1;
      this.placed = [];
      this.known = { state: "unknown", reason: placed.fault };
    } else {
      this.placed = placed.objects;
      const model = withScene(base, placed.objects, { hulls: scene.hulls });
      const { world } = placed;
      const isAlone = model.pairA.length === 0 && world.size === 0;
      this.known = isAlone ? { state: "none" } : { state: "ready", model, world };
    }
    return this.known;
  }

  /** Whether no object is there for this robot. */
  isEmpty(): boolean {
    return this.scene.fault === null && this.scene.itemsOf(this.twin.id).length === 0;
  }

  /** The objects as `collisions` placed them last, in the root link's frame or attached to a link. */
  objects(): readonly SceneObject[] {
    return this.placed;
  }

  /** The hulls of their meshes, by `hullKey`. */
  hulls(): ReadonlyMap<string, ConvexHull | null> {
    return this.placed.some(({ geometry }) => geometry.kind === "mesh") ? this.scene.hulls : noHulls;
  }

  /** Whether the frames of tf are where the model has them. */
  private framesStand(now: number): boolean {
    for (const [frame, pose] of this.frames) {
      const measured = this.twin.rootFrom(frame, now);
      if (measured === null || !isNearPose(measured, pose)) return false;
    }
    return true;
  }

  private place(items: readonly SceneItem[], { robot }: CollisionModel, now: number): Placed {
    this.frames = new Map();
    const objects: SceneObject[] = [];
    const world = new Set<string>();
    for (const item of items) {
      const { id, attach, frame = robot.rootLink, pose } = item;
      const link = attach ?? (robot.linkIndex.has(frame) ? frame : null);
      const isOfRoot = link === robot.rootLink && attach === undefined;
      if (link !== null) objects.push(objectOf(item, isOfRoot ? null : link, pose));
      else {
        const rootFromFrame = this.frames.get(frame) ?? this.twin.rootFrom(frame, now);
        if (rootFromFrame === null) {
          return {
            fault: `object "${id}" of the scene is in the frame "${frame}", which is no link of ${this.twin.id}, and tf does not say now where it is: motions are refused until it does`,
          };
        }
        this.frames.set(frame, rootFromFrame);
        objects.push(objectOf(item, null, composePoses(rootFromFrame, pose)));
        world.add(id);
      }
      const fault = sceneFault(robot, objects.at(-1) as SceneObject, { hulls: this.scene.hulls });
      if (fault !== null)
        return { fault: `${fault}: motions of ${this.twin.id} are refused until the scene is mended` };
    }
    return { objects, world };
  }

  private refusesUnchecked(hasObjects: boolean): boolean {
    return this.uncheckedLinks === "refuse" || (this.uncheckedLinks === "auto" && hasObjects);
  }

  private whyUnchecked(hasObjects: boolean): string {
    const { id, uncheckedLinks } = this.twin;
    const among = hasObjects ? "among the objects of the scene " : "";
    return `${listedNames(uncheckedLinks)} of ${id} cannot be checked for collisions, since meshes cannot be read, so motions ${among}are refused: make the meshes readable (twin doctor names them), or set robots[].uncheckedLinks to allow`;
  }

  private tellUnchecked(): void {
    const { twin } = this;
    if (twin.description === null || this.toldOf === twin.descriptionCount) return;
    this.toldOf = twin.descriptionCount;
    const why = twin.isGeometryRead
      ? "its description has no collision geometry"
      : "robots[].selfCollision is off";
    const text = `motions of ${twin.id} are not checked against the scene: ${why}`;
    this.tell("warning", "scene.unchecked", text);
  }
}
