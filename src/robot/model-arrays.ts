import type { Inertial, JointType, Origin } from "./description.ts";
import type { ResolvedMimic } from "./mimic.ts";
import { transformSize, writeIdentity, writeOrigin } from "./rigid-transform.ts";

/** How a joint moves, as a small number for a `switch`; the axis-aligned ones save most of the products. */
export const jointKind = {
  fixed: 0,
  revoluteX: 1,
  revoluteY: 2,
  revoluteZ: 3,
  revolute: 4,
  prismatic: 5,
  planar: 6,
  floating: 7,
} as const;

/**
 * The model as the algorithms read it: one entry a link, in the model's order, each about the joint
 * that carries the link. Link 0 is the root; its joint is fixed here (with a floating base, the
 * algorithms place it from q).
 */
export type ModelArrays = {
  /** The parent link's index; −1 for the root. */
  readonly parent: Int32Array;
  /** A value of `jointKind`. */
  readonly kind: Uint8Array;
  /** Where the joint's numbers begin in q and v (a follower's are its master's); −1 when it has none. */
  readonly qIndex: Int32Array;
  readonly vIndex: Int32Array;
  /** position = multiplier · q + offset: a follower's law; 1 and 0 for all others. */
  readonly positionMultiplier: Float64Array;
  readonly positionOffset: Float64Array;
  /** 3 a link: unit axis in the joint frame. */
  readonly axis: Float64Array;
  /** 3 a link: the x direction of a planar joint's plane in the joint frame; y is axis × x. */
  readonly planeX: Float64Array;
  /** The joint's viscous damping (N·m·s/rad or N·s/m) and Coulomb friction (N·m or N). */
  readonly damping: Float64Array;
  readonly friction: Float64Array;
  /** 12 a link: the joint frame in the parent link's frame. */
  readonly parentFromJoint: Float64Array;
  /** kg. */
  readonly mass: Float64Array;
  /** 3 a link: centre of mass in the link's frame, m. */
  readonly centerOfMass: Float64Array;
  /** 6 a link: xx xy xz yy yz zz about the centre of mass, in the link's axes, kg·m². */
  readonly inertia: Float64Array;
};

export function createModelArrays(links: number): ModelArrays {
  const arrays: ModelArrays = {
    parent: new Int32Array(links).fill(-1),
    kind: new Uint8Array(links),
    qIndex: new Int32Array(links).fill(-1),
    vIndex: new Int32Array(links).fill(-1),
    positionMultiplier: new Float64Array(links).fill(1),
    positionOffset: new Float64Array(links),
    axis: new Float64Array(3 * links),
    planeX: new Float64Array(3 * links),
    damping: new Float64Array(links),
    friction: new Float64Array(links),
    parentFromJoint: new Float64Array(transformSize * links),
    mass: new Float64Array(links),
    centerOfMass: new Float64Array(3 * links),
    inertia: new Float64Array(6 * links),
  };
  for (let link = 0; link < links; link += 1) writeIdentity(arrays.parentFromJoint, transformSize * link);
  return arrays;
}

type PlacedJoint = {
  readonly type: JointType;
  readonly axis: readonly [number, number, number];
  readonly mimic: ResolvedMimic | null;
  readonly qIndex: number;
  readonly vIndex: number;
};

export function writeJoint(
  arrays: ModelArrays,
  link: number,
  parent: number,
  origin: Origin,
  joint: PlacedJoint,
): void {
  arrays.parent[link] = parent;
  arrays.kind[link] = kindOf(joint);
  arrays.qIndex[link] = joint.qIndex;
  arrays.vIndex[link] = joint.vIndex;
  arrays.positionMultiplier[link] = joint.mimic?.multiplier ?? 1;
  arrays.positionOffset[link] = joint.mimic?.offset ?? 0;
  arrays.axis.set(joint.axis, 3 * link);
  if (joint.type === "planar") arrays.planeX.set(planeXOf(joint.axis), 3 * link);
  writeOrigin(origin, arrays.parentFromJoint, transformSize * link);
}

function kindOf(joint: PlacedJoint): number {
  switch (joint.type) {
    case "fixed":
      return jointKind.fixed;
    case "revolute":
    case "continuous":
      // The axis may point either way along x, y or z: the sine takes its sign.
      if (Math.abs(joint.axis[0]) === 1) return jointKind.revoluteX;
      if (Math.abs(joint.axis[1]) === 1) return jointKind.revoluteY;
      if (Math.abs(joint.axis[2]) === 1) return jointKind.revoluteZ;
      return jointKind.revolute;
    case "prismatic":
      return jointKind.prismatic;
    case "planar":
      return jointKind.planar;
    case "floating":
      return jointKind.floating;
  }
}

/**
 * URDF leaves open where x and y lie in a planar joint's plane. Here they are the joint frame's x and y
 * turned by the smallest rotation that takes z to the axis (by half a turn about x for an axis of −z).
 */
function planeXOf([a, b, c]: readonly [number, number, number]): [number, number, number] {
  if (c < -1 + 1e-12) return [1, 0, 0];
  return [1 - (a * a) / (1 + c), (-a * b) / (1 + c), -a];
}

/** Turns the inertia from the inertial frame's axes into the link's: I = R I′ Rᵀ. */
export function writeInertial(arrays: ModelArrays, link: number, inertial: Inertial | null): void {
  if (inertial === null) return;
  arrays.mass[link] = inertial.mass;
  arrays.centerOfMass.set(inertial.origin.xyz, 3 * link);
  const linkFromInertial = new Float64Array(transformSize);
  writeOrigin(inertial.origin, linkFromInertial, 0);
  const r = (row: number, column: number): number => linkFromInertial[3 * row + column] ?? 0;
  const { ixx, ixy, ixz, iyy, iyz, izz } = inertial.inertia;
  const own = [
    [ixx, ixy, ixz],
    [ixy, iyy, iyz],
    [ixz, iyz, izz],
  ];
  const turned = (row: number, column: number): number => {
    let sum = 0;
    for (const [i, entries] of own.entries()) {
      for (const [j, entry] of entries.entries()) sum += r(row, i) * entry * r(column, j);
    }
    return sum;
  };
  arrays.inertia.set(
    [turned(0, 0), turned(0, 1), turned(0, 2), turned(1, 1), turned(1, 2), turned(2, 2)],
    6 * link,
  );
}
