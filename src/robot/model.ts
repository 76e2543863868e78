import { type BodyArrays, createBodies } from "./bodies.ts";
import type { JointDescription, JointType, RobotDescription } from "./description.ts";
import { orderTree, type TreeNode } from "./kinematic-tree.ts";
import { type ResolvedMimic, resolveMimic } from "./mimic.ts";
import { createModelArrays, type ModelArrays, writeInertial, writeJoint } from "./model-arrays.ts";

/**
 * A joint as the algorithms see it. Positions in rad or m, velocity per second, effort in N·m or N.
 *
 * Its own numbers in a configuration q are q[qIndex … qIndex + nq − 1]; likewise v[vIndex …] in a
 * velocity. A joint that follows another has nq = nv = 0, and its indices are those of its master; a
 * fixed joint's are −1.
 */
export type ModelJoint = {
  readonly name: string;
  readonly type: JointType;
  readonly parentLink: string;
  readonly childLink: string;
  /** Unit vector in the joint frame. */
  readonly axis: readonly [number, number, number];
  /** −Infinity when there is none: continuous, planar and floating joints. */
  readonly lower: number;
  readonly upper: number;
  /** Infinity when there is none. */
  readonly velocity: number;
  readonly effort: number;
  /** rad or m per s² and per s³; Infinity when there is none. */
  readonly acceleration: number;
  readonly jerk: number;
  /** Chains are resolved: `joint` follows nobody. position = multiplier · position(joint) + offset. */
  readonly mimic: ResolvedMimic | null;
  readonly qIndex: number;
  readonly vIndex: number;
  readonly nq: number;
  readonly nv: number;
};

/** `floating`: the root link itself moves freely; its seven numbers are first in q, its six first in v. */
export type ModelBase = "fixed" | "floating";

/**
 * A robot for computing with: constant after creation, to be shared freely (typed arrays cannot be
 * frozen, but nobody writes to them). Links are ordered parents first, and joint i moves link i + 1.
 *
 * q of a joint: revolute and continuous 1 (rad), prismatic 1 (m), planar 3 (x, y in the plane, m; yaw
 * about the axis, rad), floating 7 (x y z, then quaternion x y z w). v: 1, 1, 3, 6.
 */
export type RobotModel = ModelArrays & {
  readonly name: string;
  readonly base: ModelBase;
  readonly rootLink: string;
  readonly links: readonly string[];
  readonly linkIndex: ReadonlyMap<string, number>;
  readonly joints: readonly ModelJoint[];
  readonly jointIndex: ReadonlyMap<string, number>;
  readonly nq: number;
  readonly nv: number;
  /** m/s² in the root frame. */
  readonly gravity: readonly [number, number, number];
  /** What the dynamics compute with. */
  readonly bodies: BodyArrays;
};

/** Standing upright on Earth, as ROS programs have it: REP-103's z is up. */
const usualGravity = [0, 0, -9.81] as const;

const qSize = { revolute: 1, continuous: 1, prismatic: 1, fixed: 0, planar: 3, floating: 7 } as const;
const vSize = { revolute: 1, continuous: 1, prismatic: 1, fixed: 0, planar: 3, floating: 6 } as const;

/**
 * `gravity` is in m/s² in the root frame: for a robot that hangs from a ceiling [0, 0, 9.81]. Throws when the description
 * is no tree or a mimic cannot be resolved; `parseUrdf` gives none such.
 */
export function createModel(
  description: RobotDescription,
  base: ModelBase = "fixed",
  gravity: readonly [number, number, number] = usualGravity,
): RobotModel {
  const tree = orderTree(description.links, description.joints);
  if (tree.fault !== null) throw new Error(`robot "${description.name}" is no tree: ${tree.fault.message}`);
  const nodes = tree.nodes;
  const ordered = nodes.slice(1).map((node) => jointOf(description, node));
  const { joints, nq, nv } = createJoints(description, ordered, base);
  const links = nodes.map((node) => description.links[node.link]?.name ?? "");
  const linkIndex = new Map(links.map((name, index) => [name, index]));
  const arrays = createModelArrays(links.length);
  for (const [index, node] of nodes.entries()) {
    writeInertial(arrays, index, description.links[node.link]?.inertial ?? null);
    const joint = joints[index - 1];
    const said = ordered[index - 1];
    if (joint !== undefined && said !== undefined) {
      writeJoint(arrays, index, linkIndex.get(joint.parentLink) ?? -1, said.origin, joint);
      arrays.damping[index] = said.dynamics?.damping ?? 0;
      arrays.friction[index] = said.dynamics?.friction ?? 0;
    }
  }
  const armatureOf = (link: number): number => ordered[link - 1]?.dynamics?.armature ?? 0;
  return Object.freeze({
    ...arrays,
    gravity,
    bodies: createBodies(arrays, base === "floating", nv, armatureOf),
    name: description.name,
    base,
    rootLink: links[0] ?? "",
    links: Object.freeze(links),
    linkIndex,
    joints: Object.freeze(joints),
    jointIndex: new Map(joints.map((joint, index) => [joint.name, index])),
    nq,
    nv,
  });
}

function jointOf(description: RobotDescription, node: TreeNode): JointDescription {
  const joint = description.joints[node.joint];
  if (joint === undefined) throw new Error(`robot "${description.name}" has no joint ${node.joint}`);
  return joint;
}

function createJoints(
  description: RobotDescription,
  ordered: readonly JointDescription[],
  base: ModelBase,
): { joints: ModelJoint[]; nq: number; nv: number } {
  const named = new Map(ordered.map((joint) => [joint.name, joint]));
  if (named.size < ordered.length) throw new Error(`robot "${description.name}" has two joints of one name`);
  let nq = base === "floating" ? qSize.floating : 0;
  let nv = base === "floating" ? vSize.floating : 0;
  const places = new Map<string, { qIndex: number; vIndex: number }>();
  for (const joint of ordered) {
    if (joint.mimic !== null || joint.type === "fixed") continue;
    places.set(joint.name, { qIndex: nq, vIndex: nv });
    nq += qSize[joint.type];
    nv += vSize[joint.type];
  }
  const joints = ordered.map((joint): ModelJoint => {
    const { mimic, fault } = resolveMimic(joint, named);
    if (fault !== null) throw new Error(`mimic of joint "${joint.name}": ${fault.message}`);
    const follows = joint.mimic !== null;
    const place = places.get(mimic.joint) ?? { qIndex: -1, vIndex: -1 };
    return Object.freeze({
      name: joint.name,
      type: joint.type,
      parentLink: joint.parent,
      childLink: joint.child,
      axis: joint.axis,
      ...rangeOf(joint),
      velocity: joint.limit?.velocity ?? Number.POSITIVE_INFINITY,
      effort: joint.limit?.effort ?? Number.POSITIVE_INFINITY,
      acceleration: joint.limit?.acceleration ?? Number.POSITIVE_INFINITY,
      jerk: joint.limit?.jerk ?? Number.POSITIVE_INFINITY,
      mimic: follows ? Object.freeze(mimic) : null,
      ...place,
      nq: follows ? 0 : qSize[joint.type],
      nv: follows ? 0 : vSize[joint.type],
    });
  });
  return { joints, nq, nv };
}

/** URDF: an end that is left out is 0; only revolute and prismatic joints have ends. */
function rangeOf(joint: JointDescription): { lower: number; upper: number } {
  const bounded = joint.type === "revolute" || joint.type === "prismatic";
  if (!bounded || joint.limit === null) {
    return { lower: Number.NEGATIVE_INFINITY, upper: Number.POSITIVE_INFINITY };
  }
  return { lower: joint.limit.lower ?? 0, upper: joint.limit.upper ?? 0 };
}
