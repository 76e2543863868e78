import type { RobotModel } from "./model.ts";

/**
 * All positions 0 and all quaternions the identity: URDF's zero pose. It may lie outside the limits of
 * a joint whose range leaves 0 out.
 */
export function neutralConfiguration(model: RobotModel): Float64Array {
  const q = new Float64Array(model.nq);
  if (model.base === "floating") q[6] = 1;
  for (const joint of model.joints) if (joint.type === "floating") q[joint.qIndex + 6] = 1;
  return q;
}

/** The zero pose, with each single-axis joint that cannot be at 0 at its nearest limit: where a robot starts. */
export function startConfiguration(model: RobotModel): Float64Array {
  const q = neutralConfiguration(model);
  for (const joint of model.joints) {
    if (joint.nq === 1) q[joint.qIndex] = Math.min(joint.upper, Math.max(joint.lower, 0));
  }
  return q;
}

/**
 * Sets the position (rad or m) of a joint that has one of its own. False, and nothing changed, when
 * there is no such joint, when it follows another, or when it is fixed, planar or floating.
 */
export function setJointPosition(
  model: RobotModel,
  q: Float64Array,
  jointName: string,
  value: number,
): boolean {
  const joint = model.joints[model.jointIndex.get(jointName) ?? -1];
  if (joint === undefined || joint.nq !== 1) return false;
  q[joint.qIndex] = value;
  return true;
}

/**
 * Sets all numbers of one joint: 1, planar 3 or floating 7 (their meaning: RobotModel). False, and
 * nothing changed, when there is no such joint or the count is not the joint's own.
 */
export function setJointConfiguration(
  model: RobotModel,
  q: Float64Array,
  jointName: string,
  values: ArrayLike<number>,
): boolean {
  const joint = model.joints[model.jointIndex.get(jointName) ?? -1];
  if (joint === undefined || joint.nq === 0 || joint.nq !== values.length) return false;
  for (let i = 0; i < joint.nq; i += 1) q[joint.qIndex + i] = values[i] as number;
  return true;
}

/**
 * Asks `positionOf` for each joint with one position of its own, in the model's order, and writes what
 * it answers; a joint it answers `undefined` for keeps its number. Allocates nothing.
 */
export function setJointPositions(
  model: RobotModel,
  q: Float64Array,
  positionOf: (jointName: string) => number | undefined,
): void {
  for (let i = 0; i < model.joints.length; i += 1) {
    const joint = model.joints[i];
    if (joint === undefined || joint.nq !== 1) continue;
    const value = positionOf(joint.name);
    if (value !== undefined) q[joint.qIndex] = value;
  }
}

/** The position of a joint with a single one, followers included; `undefined` for every other joint. */
export function jointPosition(model: RobotModel, q: Float64Array, jointName: string): number | undefined {
  const joint = model.joints[model.jointIndex.get(jointName) ?? -1];
  if (joint === undefined || joint.type === "fixed" || joint.nq > 1) return undefined;
  const own = q[joint.qIndex];
  if (own === undefined || joint.mimic === null) return own;
  return joint.mimic.multiplier * own + joint.mimic.offset;
}

/** Why `q` is no configuration of this model, in one sentence; null when it is one. Limits are not judged. */
export function configurationFault(model: RobotModel, q: Float64Array): string | null {
  if (q.length !== model.nq) return `q has ${q.length} numbers; ${model.name} needs ${model.nq}`;
  const bad = q.findIndex((value) => !Number.isFinite(value));
  if (bad !== -1) return `q[${bad}] is ${q[bad]}, which is not finite`;
  if (model.base === "floating" && !isUnitQuaternion(q, 3))
    return "the base's quaternion does not have length 1";
  for (const joint of model.joints) {
    if (joint.type === "floating" && !isUnitQuaternion(q, joint.qIndex + 3)) {
      return `the quaternion of joint "${joint.name}" does not have length 1`;
    }
  }
  return null;
}

/** To 1e-6, as much as single precision and JSON of six digits keep. */
function isUnitQuaternion(q: Float64Array, at: number): boolean {
  let square = 0;
  for (let i = 0; i < 4; i += 1) square += (q[at + i] as number) ** 2;
  return Math.abs(square - 1) < 2e-6;
}
