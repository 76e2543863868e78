import { neutralConfiguration } from "../robot/configuration.ts";
import { createData } from "../robot/data.ts";
import { forwardKinematics } from "../robot/forward-kinematics.ts";
import type { RobotModel } from "../robot/model.ts";

/** A wheel by the base's frame (x ahead, y left), m. */
export type Wheel = {
  joint: string;
  /** The wheel's centre. */
  x: number;
  y: number;
  /** The unit direction in which it rolls when its joint turns positively. */
  rollX: number;
  rollY: number;
  radius: number;
  /** The joint that turns it about the vertical. */
  steering: string | null;
};

/** What the names cannot tell: set it where the robot's own differ from what is found. */
export type WheelOptions = {
  /** Joints that roll; without it: continuous joints named like wheels, casters left out. */
  joints?: readonly string[];
  /** m. Without it: the height of the wheel above a link named like `base_footprint`, else 0.1. */
  radius?: number;
};

const fallbackRadius = 0.1;

/** The driven wheels of a model, from its neutral pose. Passive casters are not among them. */
export function findWheels(model: RobotModel, options: WheelOptions = {}): Wheel[] {
  const data = createData(model);
  forwardKinematics(model, data, neutralConfiguration(model));
  const poses = data.rootFromLink;
  const footprint = model.links.findIndex((name) => name.endsWith("base_footprint"));
  const wheels: Wheel[] = [];
  for (const [index, joint] of model.joints.entries()) {
    const chosen = options.joints?.includes(joint.name) ?? looksLikeWheel(joint.name, joint.type);
    if (!chosen || joint.nq !== 1) continue;
    const at = 12 * (index + 1);
    const along = (row: number): number =>
      joint.axis.reduce((sum, part, column) => sum + part * (poses[at + 3 * row + column] ?? 0), 0);
    const [axisX, axisY] = [along(0), along(1)];
    const level = Math.hypot(axisX, axisY);
    // Rolling about an axis that stands upright moves nothing: that is a steering joint.
    if (level < 0.5) continue;
    const height = (poses[at + 11] ?? 0) - (poses[12 * footprint + 11] ?? 0);
    const found = footprint >= 0 && height > 1e-3 ? height : fallbackRadius;
    wheels.push({
      joint: joint.name,
      x: poses[at + 9] ?? 0,
      y: poses[at + 10] ?? 0,
      // A turn about the axis a carries the centre along a × z.
      rollX: axisY / level,
      rollY: -axisX / level,
      radius: options.radius ?? found,
      steering: steeringOf(model, joint.parentLink),
    });
  }
  return wheels;
}

/** Joints that go with the ground and take no commands. */
export function isCaster(name: string): boolean {
  return /caster|castor/i.test(name);
}

function looksLikeWheel(name: string, type: string): boolean {
  return type === "continuous" && /wheel/i.test(name) && !isCaster(name);
}

/** The nearest joint above the wheel whose name speaks of steering. */
function steeringOf(model: RobotModel, link: string): string | null {
  for (let at = model.linkIndex.get(link) ?? 0; at > 0; at = model.parent[at] ?? 0) {
    const joint = model.joints[at - 1];
    if (joint !== undefined && joint.nq === 1 && /steer/i.test(joint.name)) return joint.name;
  }
  return null;
}
