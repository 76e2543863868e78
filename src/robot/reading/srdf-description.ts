/*
 * What an SRDF says beside the URDF (https://wiki.ros.org/srdf), as plain data with SRDF's own words. Names that are
 * in the lists are known to the description.
 */

export type SemanticDescription = {
  name: string;
  groups: GroupDescription[];
  states: GroupState[];
  endEffectors: EndEffector[];
  virtualJoints: VirtualJoint[];
  passiveJoints: string[];
  disabledCollisions: CollisionPair[];
  /** Pairs that count in spite of `disableDefaultCollisions`. */
  enabledCollisions: CollisionPair[];
  /** Links that collide with nothing but what `enabledCollisions` names. */
  disableDefaultCollisions: string[];
};

/** As the file lists it; `resolveGroups` gives the joints and links that this comes to. */
export type GroupDescription = {
  name: string;
  links: string[];
  joints: string[];
  /** All from the link `base`, which is not moved, to the link `tip` below it. */
  chains: { base: string; tip: string }[];
  subgroups: string[];
};

/**
 * Positions by joint, as many numbers as its type has: rad or m; planar x, y, yaw; floating x y z, quaternion x y z w.
 * Without a group it is of the whole robot.
 */
export type GroupState = { name: string; group: string | null; positions: Map<string, number[]> };

/** A group that is mounted on `parentLink`, of the arm `parentGroup` where that is said. */
export type EndEffector = { name: string; group: string; parentLink: string; parentGroup: string | null };

/** How the root is in the world, which is no part of the robot. */
export type VirtualJoint = {
  name: string;
  type: "fixed" | "planar" | "floating";
  parentFrame: string;
  childLink: string;
};

export type CollisionPair = { link1: string; link2: string; reason: string };
