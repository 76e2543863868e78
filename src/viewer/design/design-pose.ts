import { jointPosition, neutralConfiguration, startConfiguration } from "../../robot/configuration.ts";
import { createData, type RobotData } from "../../robot/data.ts";
import { centerOfMass, totalMass } from "../../robot/dynamics/center-of-mass.ts";
import { gravityEfforts } from "../../robot/dynamics/rnea.ts";
import { forwardKinematics, readLinkPose } from "../../robot/forward-kinematics.ts";
import { frameJacobian } from "../../robot/frame-jacobian.ts";
import { manipulability } from "../../robot/manipulability.ts";
import type { ModelJoint, RobotModel } from "../../robot/model.ts";
import { writeQuaternion } from "../../robot/quaternion.ts";
import { writeOrigin } from "../../robot/rigid-transform.ts";

/** A pose that a person gives to a model, and what the model says of it. Positions in rad and m. */
export class DesignPose {
  readonly data: RobotData;
  readonly q: Float64Array;
  /** kg. */
  readonly mass: number;
  /** m in the root frame; zeros while nothing has a mass. */
  readonly centerOfMass = new Float64Array(3);
  hasMass = false;
  /** nv: what the joints must give to stand still, N·m or N. */
  readonly gravityEfforts: Float64Array;
  private readonly jacobian: Float64Array;

  constructor(readonly model: RobotModel) {
    this.data = createData(model);
    this.q = neutralConfiguration(model);
    this.mass = totalMass(model);
    this.gravityEfforts = new Float64Array(model.nv);
    this.jacobian = new Float64Array(6 * model.nv);
    this.toStart();
  }

  /** The numbers of a joint as the model has them (RobotModel); followers give their one; none for fixed ones. */
  numbersOf(joint: ModelJoint): number[] {
    if (joint.type === "fixed") return [];
    if (joint.mimic !== null) return [jointPosition(this.model, this.q, joint.name) ?? 0];
    return [...this.q.subarray(joint.qIndex, joint.qIndex + joint.nq)];
  }

  /** Writes a joint's own numbers. False, and nothing changed, when they are not as many, or not finite. */
  set(joint: ModelJoint, numbers: readonly number[]): boolean {
    if (joint.nq === 0 || numbers.length !== joint.nq || !numbers.every(Number.isFinite)) return false;
    this.q.set(numbers, joint.qIndex);
    this.compute();
    return true;
  }

  /** Takes over what a pose of an earlier model of the robot has, joint by joint of the same name and type. */
  takeFrom(earlier: DesignPose): void {
    for (const joint of this.model.joints) {
      const before = earlier.model.joints[earlier.model.jointIndex.get(joint.name) ?? -1];
      if (before?.type !== joint.type || before.nq !== joint.nq || joint.nq === 0) continue;
      this.q.set(earlier.numbersOf(before), joint.qIndex);
    }
    this.compute();
  }

  /** URDF's zero pose, be it within the limits or not. */
  toZero(): void {
    this.q.set(neutralConfiguration(this.model));
    this.compute();
  }

  /** The zero pose, with each joint that cannot be at 0 at its nearest limit. */
  toStart(): void {
    this.q.set(startConfiguration(this.model));
    this.compute();
  }

  /** Each joint anywhere within its limits; `chance` gives numbers from 0 to 1. */
  toRandom(chance: () => number): void {
    for (const joint of this.model.joints) {
      if (joint.nq > 0) this.q.set(randomNumbers(joint, chance), joint.qIndex);
    }
    this.compute();
  }

  /** Pose of a link in the root frame: position in m, quaternion x y z w. */
  linkPose(link: number): { position: number[]; quaternion: number[] } {
    const pose = new Float64Array(7);
    readLinkPose(this.data, link, pose);
    return { position: [...pose.subarray(0, 3)], quaternion: [...pose.subarray(3)] };
  }

  /** √det(J Jᵀ) of a link; 0 where some direction is lost, and for fewer than six moving joints. */
  manipulability(link: number): number {
    frameJacobian(this.model, this.data, link, this.jacobian);
    return manipulability(this.jacobian, this.model.nv);
  }

  private compute(): void {
    const { model, data, q } = this;
    forwardKinematics(model, data, q);
    this.hasMass = centerOfMass(model, data, q, this.centerOfMass);
    gravityEfforts(model, data, q, this.gravityEfforts);
  }
}

/** A joint without limits goes anywhere within these: m and rad each way. */
const freeReach = 0.5;

function randomNumbers(joint: ModelJoint, chance: () => number): number[] {
  const between = (lower: number, upper: number): number => lower + (upper - lower) * chance();
  const place = (): number => between(-freeReach, freeReach);
  const turn = (): number => between(-Math.PI, Math.PI);
  switch (joint.type) {
    case "planar":
      return [place(), place(), turn()];
    case "floating":
      return [place(), place(), place(), ...quaternionOf(turn(), turn() / 2, turn())];
    case "continuous":
      return [turn()];
    default:
      return [between(joint.lower, joint.upper)];
  }
}

/** The quaternion x y z w of URDF's roll, pitch, yaw in rad. */
export function quaternionOf(roll: number, pitch: number, yaw: number): number[] {
  const transform = new Float64Array(12);
  writeOrigin({ xyz: [0, 0, 0], rpy: [roll, pitch, yaw] }, transform, 0);
  const out = new Float64Array(4);
  writeQuaternion(transform, 0, out, 0);
  return [...out];
}

/** The link that most joints lie before; of several the first: where a tool usually is. */
export function farthestLink(model: RobotModel): number {
  const depth = new Int32Array(model.links.length);
  let farthest = 0;
  for (let link = 1; link < depth.length; link += 1) {
    depth[link] = (depth[model.parent[link] as number] as number) + 1;
    if ((depth[link] as number) > (depth[farthest] as number)) farthest = link;
  }
  return farthest;
}
