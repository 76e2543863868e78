import {
  ArrowHelper,
  AxesHelper,
  BoxGeometry,
  EdgesGeometry,
  Group,
  LineBasicMaterial,
  LineSegments,
  Matrix4,
  Mesh,
  MeshBasicMaterial,
  type Object3D,
  SphereGeometry,
  Vector3,
} from "three";
import type { RobotModel } from "../../robot/model.ts";
import { inertiaBox } from "./inertia-box.ts";

/** Drawn over the robot: what they mark lies inside of it. */
const overRobot = { transparent: true, depthTest: false, depthWrite: false } as const;

const colors = {
  centerOfMass: 0xe64980,
  linkCenter: 0xf783ac,
  inertia: 0x7950f2,
  impossible: 0xf08c00,
  turn: 0x9c36b5,
  slide: 0x0c8599,
} as const;

/** The whole robot's centre of mass: a ball of radius `size` in m. */
export function centerMark(size: number): Mesh {
  return ball(size, colors.centerOfMass, 0.9);
}

/** A small ball at the link's own centre of mass; null for a link without mass. */
export function linkCenterMark(model: RobotModel, link: number, size: number): Object3D | null {
  if (!((model.mass[link] as number) > 0)) return null;
  const mark = ball(size, colors.linkCenter, 0.75);
  mark.position.fromArray(model.centerOfMass, 3 * link);
  return mark;
}

/**
 * The solid box with the link's mass and inertia, about its centre of mass and along its principal axes; amber
 * where no body has such an inertia. Null for a link without.
 */
export function inertiaMark(model: RobotModel, link: number): Object3D | null {
  const box = inertiaBox(model.mass[link] as number, model.inertia.subarray(6 * link, 6 * link + 6));
  if (box === null) return null;
  const [r00, r01, r02, r10, r11, r12, r20, r21, r22] = box.rotation as [
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
    number,
  ];
  const mark = new Group();
  const turned = new Matrix4().set(r00, r01, r02, 0, r10, r11, r12, 0, r20, r21, r22, 0, 0, 0, 0, 1);
  mark.quaternion.setFromRotationMatrix(turned);
  mark.position.fromArray(model.centerOfMass, 3 * link);
  const color = box.isPossible ? colors.inertia : colors.impossible;
  const geometry = new BoxGeometry(...box.size);
  const edges = new LineSegments(
    new EdgesGeometry(geometry),
    new LineBasicMaterial({ color, ...overRobot, opacity: 0.8 }),
  );
  const body = new Mesh(geometry, new MeshBasicMaterial({ color, ...overRobot, opacity: 0.22 }));
  edges.renderOrder = 3;
  body.renderOrder = 3;
  return mark.add(body, edges);
}

/** An arrow of `length` m along the axis of the joint that moves `link`; null where there is none. */
export function axisMark(model: RobotModel, link: number, length: number): Object3D | null {
  const joint = model.joints[link - 1];
  if (joint === undefined || joint.type === "fixed" || joint.type === "floating") return null;
  // A joint does not move its own axis, so the axis has the same numbers in the link's frame.
  const color = joint.type === "prismatic" ? colors.slide : colors.turn;
  const direction = new Vector3(...joint.axis);
  const from = direction.clone().multiplyScalar(-length / 2);
  const mark = new ArrowHelper(direction, from, length, color, length * 0.22, length * 0.11);
  for (const part of [mark.line, mark.cone]) {
    part.renderOrder = 4;
    Object.assign(part.material, overRobot);
  }
  return mark;
}

/** The link's frame, x red, y green, z blue, `length` m each. */
export function frameMark(length: number): Object3D {
  const mark = new AxesHelper(length);
  mark.renderOrder = 4;
  Object.assign(mark.material, overRobot);
  return mark;
}

/** Frees what the graphics card holds for a mark. */
export function disposeMark(mark: Object3D): void {
  mark.removeFromParent();
  mark.traverse((part) => {
    if (!(part instanceof Mesh || part instanceof LineSegments)) return;
    part.geometry.dispose();
    part.material.dispose();
  });
}

function ball(radius: number, color: number, opacity: number): Mesh {
  const mark = new Mesh(
    new SphereGeometry(radius, 20, 14),
    new MeshBasicMaterial({ color, ...overRobot, opacity }),
  );
  mark.renderOrder = 5;
  return mark;
}
