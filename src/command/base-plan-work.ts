import { yawOf } from "../core/yaw.ts";
import type { CollisionModel } from "../robot/collision/collision-model.ts";
import { MovedBase } from "../robot/collision/moved-base.ts";
import { withScene } from "../robot/collision/scene.ts";
import type { LinkDistance } from "../robot/collision/self-collision.ts";
import { neutralConfiguration, setJointPositions } from "../robot/configuration.ts";
import { createData, type RobotData } from "../robot/data.ts";
import { BaseWay } from "../robot/footprint/base-way.ts";
import { type Footprint, footprintOf, givenFootprint, reachOf } from "../robot/footprint/footprint.ts";
import type { GroundPose, NearCell, OccupiedCells } from "../robot/footprint/occupied-cells.ts";
import { withPrism } from "../robot/footprint/prism.ts";
import { straightWay } from "../robot/footprint/straight-way.ts";
import { forwardKinematics } from "../robot/forward-kinematics.ts";
import type { BaseRequest } from "./base-request.ts";
import { collisionObjection } from "./collision-objection.ts";
import type { NavigateCommand } from "./motion-command.ts";
import type { PlanOutcome } from "./plan-request.ts";
import type { PlanContext } from "./plan-work.ts";
import { twistWay } from "./twist-way.ts";
import type { Objection } from "./validate-motion.ts";
import { type BaseAround, type Near, WayCheck, type WayVerdict } from "./way-check.ts";

/** Poses of a way that are told. */
const mostPoses = 200;
/** s */
const longestWay = 3600;

/** The map as the thread has it, with the frame that it is in. */
export type GridAtHand = { frame: string; cells: OccupiedCells };

const noFootprint = {
  code: "not_checked",
  message:
    "nobody knows what the base covers: its description has no collision geometry. Set robots[].footprint, or robots[].map.topic to off",
};

/** Judges one way of a base, or the poses that it is sent to, in portions. */
export class BasePlanWork implements BaseAround {
  private readonly footprint: Footprint | null;
  private readonly reach: number;
  private readonly moved: MovedBase | null = null;
  private readonly data: RobotData;
  private readonly start: GroundPose;
  private readonly gridOrigin: GroundPose | null;
  private readonly cells: OccupiedCells | null;
  private readonly check: WayCheck | null = null;
  private readonly way: BaseWay | null = null;
  private outcome: PlanOutcome | null = null;

  constructor(
    private readonly request: BaseRequest,
    { model, collisions }: PlanContext,
    grid: GridAtHand | null,
  ) {
    const { start, scene, sceneHulls, world, margins, purpose } = request;
    const q = neutralConfiguration(model);
    setJointPositions(model, q, (joint) => start[joint]);
    this.data = createData(model);
    forwardKinematics(model, this.data, q);
    const carried = scene.filter(({ link }) => link !== null);
    const own = collisions === null ? null : withScene(collisions, carried, { hulls: sceneHulls });
    this.footprint =
      request.footprint === null
        ? own && footprintOf(own, this.data, () => true)
        : givenFootprint(request.footprint);
    this.reach = this.footprint === null ? 0 : reachOf(this.footprint);
    this.start = onGround(request.frameFromRoot);
    this.gridOrigin = request.grid === null ? null : onGround(request.grid.frameFromGrid);
    this.cells = request.grid === null ? null : (grid?.cells ?? null);
    const isOld = request.grid !== null && grid?.frame !== request.grid.frame;
    const body =
      request.footprint !== null && this.footprint !== null
        ? withPrism(model, collisions, this.data, this.footprint)
        : collisions;
    if (body !== null && world.length > 0)
      this.moved = this.among(body, purpose === "goal" ? 0 : margins.scene);
    if (isOld) {
      this.refuse({ code: "not_checked", message: "the map has just changed: try again" });
    } else if (purpose === "goal") this.judgeGoals();
    else if (request.grid !== null && this.footprint === null) this.refuse(noFootprint);
    else {
      const made = this.makeWay();
      if ("code" in made) this.refuse(made);
      else if (made.duration > longestWay) {
        this.refuse({ code: "too_slow", message: "the way would take more than an hour" });
      } else {
        this.way = made;
        const floor = this.moved?.leastFloor() ?? margins.scene;
        this.check = new WayCheck(made, this, margins.scene, floor);
      }
    }
  }

  /** Goes on by one portion of a few ms; null: not done yet. */
  advance(): PlanOutcome | null {
    if (this.outcome !== null || this.check === null) return this.outcome;
    const verdict = this.check.advance();
    if (verdict === null) return null;
    if (verdict.met !== null) this.refuse(this.objectionTo(verdict.met));
    else if (this.way !== null) this.outcome = { found: "way", way: this.found(this.way, verdict) };
    return this.outcome;
  }

  object(place: GroundPose, most: number): { pair: LinkDistance; isMet: boolean } | null {
    const { x, y, yaw } = from(this.start, place);
    return this.moved?.nearest(x, y, yaw, most) ?? null;
  }

  cell(place: GroundPose, most: number): NearCell | null {
    if (this.cells === null || this.gridOrigin === null || this.footprint === null) return null;
    const { x, y, yaw } = from(this.gridOrigin, place);
    return this.cells.nearest(this.footprint, x, y, yaw, most);
  }

  inside(): number | null {
    return this.cells === null || this.footprint === null ? null : this.cells.inside();
  }

  private among(body: CollisionModel, margin: number): MovedBase | null {
    const { scene, sceneHulls, world } = this.request;
    const moved = new MovedBase(withScene(body, scene, { hulls: sceneHulls }), new Set(world));
    if (moved.isAlone()) return null;
    moved.place(this.data, margin);
    return moved;
  }

  private makeWay(): BaseWay | Objection {
    const { command, limits } = this.request;
    if (command.kind === "twist") return new BaseWay(this.start, twistWay(command, limits), this.reach);
    if ((limits.turningRadius ?? 0) > 0) {
      const message =
        "a base with steered wheels cannot turn on the spot, so it cannot drive the straight way: send the goal to its navigator, or plan a twist";
      return { code: "no_path", message };
    }
    return new BaseWay(this.start, straightWay(this.start, posesOf(command), limits), this.reach);
  }

  private judgeGoals(): void {
    const { command, frame } = this.request;
    const poses = command.kind === "navigate" ? posesOf(command) : [];
    this.outcome = { found: "free" };
    for (const [i, pose] of poses.entries()) {
      const named = poses.length === 1 ? "the goal" : `pose ${i + 1} of ${poses.length}`;
      const at = `${named}, (${pose.x.toFixed(2)}, ${pose.y.toFixed(2)}) in ${frame}`;
      const met = this.object(pose, 0);
      const cell = this.cell(pose, 0);
      let what = "";
      if (met?.isMet === true) {
        const { pair } = met;
        const isArea = pair.role1 === "keepout" || pair.role2 === "keepout";
        const id = pair.role1 === undefined ? pair.link2 : pair.link1;
        what = `is in ${isArea ? "the keep-out area " : ""}${id}`;
      } else if (cell !== null) {
        const [x, y] = this.middleOf(cell);
        const { topic } = this.request.grid ?? { topic: "the map" };
        what = `is in cell (${cell.column}, ${cell.row}) of ${topic}, at (${x.toFixed(2)}, ${y.toFixed(2)}) in ${frame}, which is not free`;
      }
      if (what === "") continue;
      const message = `the robot's footprint at ${at}, ${what}: choose another goal, or set robots[].checkGoals to false`;
      this.refuse({ code: "goal_not_free", message });
      return;
    }
  }

  private objectionTo(met: Near): Objection {
    if (met.kind === "object") return collisionObjection({ time: met.place.time, pair: met.pair });
    const { cell, metres, place } = met;
    const { frame, grid } = this.request;
    const [x, y] = this.middleOf(cell);
    const name = `cell (${cell.column}, ${cell.row}) of ${grid?.topic ?? "the map"}`;
    const when = place.time === 0 ? "at the start" : `after ${place.time.toFixed(2)} s`;
    const how = metres === 0 ? "stand in" : `come within ${(1000 * metres).toPrecision(2)} mm of`;
    const message = `the footprint would ${how} ${name} ${when}, at (${x.toFixed(2)}, ${y.toFixed(2)}) in ${frame}, which is not free: choose another way`;
    const at = from(this.start, { x, y, yaw: 0 });
    return {
      code: "collision",
      message,
      collision: { link1: "footprint", link2: name, time: place.time, point: [at.x, at.y, 0] },
    };
  }

  private refuse(objection: Objection): void {
    this.outcome = { found: "objection", objection };
  }

  private found(way: BaseWay, { nearest, leavesMap }: WayVerdict) {
    const { command, frame, grid } = this.request;
    const path = command.kind === "twist" ? ("twist" as const) : ("straight" as const);
    const { duration } = way;
    const poses = way.places(mostPoses);
    const { footprint } = this;
    let leastDistance = null;
    if (nearest !== null) {
      const { metres, place } = nearest;
      const between: [string, string] =
        nearest.kind === "object"
          ? [nearest.pair.link1, nearest.pair.link2]
          : [
              "footprint",
              `cell (${nearest.cell.column}, ${nearest.cell.row}) of ${grid?.topic ?? "the map"}`,
            ];
      const point: [number, number] = [place.x, place.y];
      leastDistance = { metres, between, time: place.time, point };
    }
    return { path, duration, frame, poses, leastDistance, footprint, leavesMap };
  }

  /** In the frame of the poses, m. */
  private middleOf(cell: NearCell): [number, number] {
    const [x, y] = (this.cells as OccupiedCells).middleOf(cell);
    const origin = this.gridOrigin as GroundPose;
    const [c, s] = [Math.cos(origin.yaw), Math.sin(origin.yaw)];
    return [origin.x + c * x - s * y, origin.y + s * x + c * y];
  }
}

function posesOf({ position, yaw, via = [] }: NavigateCommand): GroundPose[] {
  return [...via, { position, yaw }].map(({ position: [x = 0, y = 0], yaw: heading }) => {
    return { x, y, yaw: heading };
  });
}

/** A pose in the axes of another, both in one frame. */
function from(origin: GroundPose, { x, y, yaw }: GroundPose): GroundPose {
  const [c, s] = [Math.cos(origin.yaw), Math.sin(origin.yaw)];
  const [dx, dy] = [x - origin.x, y - origin.y];
  return { x: c * dx + s * dy, y: c * dy - s * dx, yaw: yaw - origin.yaw };
}

/** What of a pose (x y z, quaternion x y z w) lies in the plane. */
function onGround([x = 0, y = 0, , qx = 0, qy = 0, qz = 0, qw = 1]: readonly number[]): GroundPose {
  return { x, y, yaw: yawOf(qx, qy, qz, qw) };
}
