import { listedNames } from "../core/listed-names.ts";
import { inverseTimes, multiplyPose } from "../core/pose-product.ts";
import { unknownFrame } from "../engine/robot/frame-lookup.ts";
import type { RobotTwin } from "../engine/robot/robot-twin.ts";
import type { SceneTarget } from "../io/server/scene-routes.ts";
import type { SceneItem } from "../protocol/scene.ts";
import { neutralConfiguration, setJointPositions } from "../robot/configuration.ts";
import { createData } from "../robot/data.ts";
import { forwardKinematics, readLinkPose } from "../robot/forward-kinematics.ts";
import type { RobotModel } from "../robot/model.ts";
import { chainJoints } from "../robot/path/solve-pose.ts";

type ItemPose = SceneItem["pose"];

/** What of a robot is looked at here. */
export type SceneRobot = Pick<RobotTwin, "model" | "position" | "isFresh" | "rootFrom">;

/**
 * The object attached to a link, or standing free in a frame, where it is now: it does not move by that. Or why not, as a sentence.
 * `now` is server ms.
 */
export function handedOver(
  robots: ReadonlyMap<string, SceneRobot>,
  item: SceneItem,
  target: SceneTarget,
  now: number,
): SceneItem | string {
  if (item.robot !== undefined && target.robot !== undefined && item.robot !== target.robot) {
    return `object "${item.id}" is there for ${item.robot} alone: detach it into a frame of tf first`;
  }
  const name = target.robot ?? item.robot ?? (robots.size === 1 ? [...robots.keys()][0] : undefined);
  if (name === undefined) return `name the robot: there are ${listedNames([...robots.keys()])}`;
  const robot = robots.get(name);
  const model = robot?.model ?? null;
  if (robot === undefined || model === null) return `there is no robot "${name}" whose description is known`;
  /** rootFromFrame of a link, or of a frame of tf. */
  const rootFrom = (frame: string): ArrayLike<number> | string =>
    model.linkIndex.has(frame)
      ? placeOfLink(robot, model, name, frame)
      : (robot.rootFrom(frame, now) ?? unknownFrame(frame, name));
  const { attach, frame = model.rootLink, mass, pose, ...rest } = item;
  const from = rootFrom(attach ?? frame);
  if (typeof from === "string") return from;
  const here = Float64Array.of(...pose.position, ...pose.quaternion);
  multiplyPose(from, here);
  if (target.attach !== undefined && !model.linkIndex.has(target.attach))
    return `${name} has no link "${target.attach}"`;
  const into = target.attach ?? target.frame ?? model.rootLink;
  const to = rootFrom(into);
  if (typeof to === "string") return to;
  const moved = { ...rest, pose: poseOf(inverseTimes(to, here)) };
  if (target.attach !== undefined) {
    const heavy = target.mass ?? mass;
    return { ...moved, ...(heavy === undefined ? {} : { mass: heavy }), robot: name, attach: into };
  }
  if (into === model.rootLink) return { ...moved, robot: name };
  if (model.linkIndex.has(into)) return { ...moved, robot: name, frame: into };
  // In a frame of tf it is there for all robots.
  const { robot: _, ...free } = moved;
  return { ...free, frame: into };
}

/** rootFromLink as x y z qx qy qz qw, by what the joints are measured at now. */
function placeOfLink(
  robot: SceneRobot,
  model: RobotModel,
  name: string,
  link: string,
): ArrayLike<number> | string {
  const index = model.linkIndex.get(link) as number;
  const unseen = chainJoints(model, index).find(
    (joint) => robot.position(joint.name) === undefined || !robot.isFresh(joint.name),
  );
  if (unseen !== undefined) {
    return `joint "${unseen.name}" of ${name} is not measured now, so nobody knows where the link is`;
  }
  const q = neutralConfiguration(model);
  setJointPositions(model, q, (joint) => robot.position(joint));
  const data = createData(model);
  forwardKinematics(model, data, q);
  const pose = new Float64Array(7);
  readLinkPose(data, index, pose);
  return pose;
}

function poseOf(numbers: readonly number[]): ItemPose {
  const [x = 0, y = 0, z = 0, qx = 0, qy = 0, qz = 0, qw = 1] = numbers;
  return { position: [x, y, z], quaternion: [qx, qy, qz, qw] };
}
