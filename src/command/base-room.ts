import { MovedBase } from "../robot/collision/moved-base.ts";
import { neutralConfiguration, setJointPositions } from "../robot/configuration.ts";
import { createData, type RobotData } from "../robot/data.ts";
import { forwardKinematics } from "../robot/forward-kinematics.ts";
import { usualMargins } from "./collision-guard.ts";
import { collisionObjection } from "./collision-objection.ts";
import type { CommandedRobot, KnownCollisions } from "./gate-output.ts";
import type { TwistLimits } from "./robot-limits.ts";
import { approach, type PlanarTwist } from "./twist-stream.ts";

/** How often the way ahead is looked at, ms. */
const lookEachMs = 40;
/** For so long the base goes on before it brakes, s: the next look, the age of its pose, and the robot's answer. */
const goesOn = 0.3;
/** Between two places on the way that are looked at, s. */
const step = 0.04;
/** Further than this nobody looks, s: what would not have come to rest by then goes too fast. */
const farthest = 4;
/** Shares of the commanded speed that are tried. */
const shares = [1, 0.7, 0.5, 0.35, 0.2, 0.1, 0.04, 0];

/** How fast a base may go, so that it comes to rest before what stands around it. */
export class BaseRoom {
  private share = 1;
  private found: string | null = null;
  private lastLook = Number.NEGATIVE_INFINITY;
  private of: KnownCollisions | null = null;
  private moved: MovedBase | null = null;
  private data: RobotData | null = null;
  private q: Float64Array = new Float64Array(0);

  /** The share of the commanded speed, 0 … 1, at server ms `now`, for a base that moves by `current` and is to move by `wanted`. */
  shareOf(
    current: Readonly<PlanarTwist>,
    wanted: Readonly<PlanarTwist>,
    robot: CommandedRobot,
    now: number,
  ): number {
    if (now - this.lastLook < lookEachMs) return this.share;
    this.lastLook = now;
    const { collisions } = robot;
    this.found = null;
    this.share = 1;
    if (collisions.state === "none") return 1;
    if (collisions.state !== "ready") {
      this.share = 0;
      this.found =
        collisions.state === "unknown" ? collisions.reason : "the collision geometry is being read";
      return 0;
    }
    const moved = this.place(collisions, robot);
    if (moved === null) return 1;
    for (const share of shares) {
      this.share = share;
      if (this.isFree(moved, current, wanted, share, robot.limits.twist)) return share;
    }
    return this.share;
  }

  /** What the base is slowed down for; null: nothing. */
  obstacle(): string | null {
    return this.found;
  }

  /** The jog is over. */
  forget(): void {
    this.found = null;
    this.share = 1;
    this.lastLook = Number.NEGATIVE_INFINITY;
  }

  /** The robot where it is measured, among the objects that do not move with it; null: there are none. */
  private place(
    collisions: Extract<KnownCollisions, { state: "ready" }>,
    { measured, margins }: CommandedRobot,
  ): MovedBase | null {
    const { model, world } = collisions;
    if (world === undefined || world.size === 0) return null;
    const { robot } = model;
    if (this.of !== collisions || this.moved === null || this.data === null) {
      this.of = collisions;
      this.moved = new MovedBase(model, world);
      this.data = createData(robot);
      this.q = neutralConfiguration(robot);
    }
    if (this.moved.isAlone()) return null;
    setJointPositions(robot, this.q, (joint) => measured.position(joint));
    forwardKinematics(robot, this.data, this.q);
    this.moved.place(this.data, (margins ?? usualMargins).scene);
    return this.moved;
  }

  /** Whether the base comes to rest before it meets anything, where it goes on at `share` and then brakes. */
  private isFree(
    base: MovedBase,
    current: Readonly<PlanarTwist>,
    wanted: Readonly<PlanarTwist>,
    share: number,
    { linearAcceleration, angularAcceleration, turningRadius = 0 }: TwistLimits,
  ): boolean {
    const at = { ...current };
    let [x, y, yaw] = [0, 0, 0];
    for (let time = step; time < farthest; time += step) {
      const aim = time <= goesOn ? share : 0;
      at.x = approach(at.x, aim * wanted.x, linearAcceleration * step);
      at.y = approach(at.y, aim * wanted.y, linearAcceleration * step);
      at.yaw = approach(at.yaw, aim * wanted.yaw, angularAcceleration * step);
      // Steered wheels drive a wider curve where they are asked for a tighter one.
      const most = turningRadius > 0 ? Math.abs(at.x) / turningRadius : Number.POSITIVE_INFINITY;
      const turn = Math.max(-most, Math.min(most, at.yaw));
      // The middle of the turn of this step.
      const heading = yaw + (turn * step) / 2;
      x += step * (at.x * Math.cos(heading) - at.y * Math.sin(heading));
      y += step * (at.x * Math.sin(heading) + at.y * Math.cos(heading));
      yaw += step * turn;
      const pair = base.meets(x, y, yaw);
      if (pair !== null) {
        this.found = collisionObjection({ time, pair }).message;
        return false;
      }
      if (time > goesOn && at.x === 0 && at.y === 0 && at.yaw === 0) return true;
    }
    this.found = `it would need more than ${farthest} s to come to rest`;
    return false;
  }
}
