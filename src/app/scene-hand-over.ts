import { listedNames } from "../core/listed-names.ts";
import { inverseTimes } from "../core/pose-product.ts";
import { composePoses } from "../engine/robot/placed-pose.ts";
import type { RobotTwin } from "../engine/robot/robot-twin.ts";
import type { SceneTarget } from "../io/server/scene-routes.ts";
import type { SceneItem } from "../protocol/scene.ts";
import { neutralConfiguration, setJointPositions } from "../robot/configuration.ts";
import { createData } from "../robot/data.ts";
import { forwardKinematics } from "../robot/forward-kinematics.ts";
import type { RobotModel } from "../robot/model.ts";
import { chainJoints } from "../robot/path/solve-pose.ts";
import { writeQuaternion } from "../robot/quaternion.ts";
import { transformSize } from "../robot/rigid-transform.ts";

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
  const whole = { ...robot, model, name };
  const here = rootFromObject(robot, whole, item, now);
  if (typeof here === "string") return here;
  const { attach: _, frame: __, mass, ...rest } = item;
  if (target.attach !== undefined) {
    const rootFromLink = placeOfLink(robot, model, name, target.attach);
    if (typeof rootFromLink === "string") return rootFromLink;
    const heavy = target.mass ?? mass;
    return {
      ...rest,
      ...(heavy === undefined ? {} : { mass: heavy }),
      robot: name,
      attach: target.attach,
      pose: poseOf(inverseTimes(rootFromLink, numbersOf(here))),
    };
  }
  const { frame } = target;
  if (frame === undefined || frame === model.rootLink) return { ...rest, robot: name, pose: here };
  const rootFromFrame = model.linkIndex.has(frame)
    ? placeOfLink(robot, model, name, frame)
    : (robot.rootFrom(frame, now) ?? unknownFrame(frame, name));
  if (typeof rootFromFrame === "string") return rootFromFrame;
  const pose = poseOf(inverseTimes(rootFromFrame, numbersOf(here)));
  if (model.linkIndex.has(frame)) return { ...rest, robot: name, frame, pose };
  // In a frame of tf it is there for all robots.
  const { robot: ___, ...free } = rest;
  return { ...free, frame, pose };
}

/** Where the object is in the root link's frame. */
function rootFromObject(
  robot: SceneRobot,
  { model, name }: { model: RobotModel; name: string },
  { attach, frame, pose }: SceneItem,
  now: number,
): ItemPose | string {
  const at = attach ?? frame ?? model.rootLink;
  if (at === model.rootLink) return pose;
  const rootFrom = model.linkIndex.has(at)
    ? placeOfLink(robot, model, name, at)
    : (robot.rootFrom(at, now) ?? unknownFrame(at, name));
  if (typeof rootFrom === "string") return rootFrom;
  const { position, quaternion } = composePoses(rootFrom, pose);
  return { position: [...position], quaternion: [...quaternion] };
}

/** rootFromLink as x y z qx qy qz qw, by what the joints are measured at now. */
function placeOfLink(robot: SceneRobot, model: RobotModel, name: string, link: string): number[] | string {
  const index = model.linkIndex.get(link);
  if (index === undefined) return `${name} has no link "${link}"`;
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
  const quaternion = new Float64Array(4);
  const transform = data.rootFromLink.slice(transformSize * index, transformSize * (index + 1));
  writeQuaternion(transform, 0, quaternion, 0);
  return [...transform.slice(9), ...quaternion];
}

function unknownFrame(frame: string, robot: string): string {
  return `the frame "${frame}" is no link of ${robot}, and tf does not say now where it is`;
}

function numbersOf({ position, quaternion }: ItemPose): number[] {
  return [...position, ...quaternion];
}

function poseOf(numbers: readonly number[]): ItemPose {
  const [x = 0, y = 0, z = 0, qx = 0, qy = 0, qz = 0, qw = 1] = numbers;
  return { position: [x, y, z], quaternion: [qx, qy, qz, qw] };
}
