/*
 * What a URDF says, as plain data with URDF's own words. Lengths in m, rotations in rad, masses in
 * kg, SI throughout. Nothing here is resolved: links and joints are in document order.
 */

/** Where a child frame is in its parent frame: metres, then fixed-axis roll, pitch, yaw in rad. */
export type Origin = { xyz: Vector3; rpy: Vector3 };

export type Vector3 = readonly [number, number, number];

export const identityOrigin: Origin = Object.freeze({ xyz: [0, 0, 0], rpy: [0, 0, 0] } as const);

export type RobotDescription = {
  name: string;
  links: LinkDescription[];
  joints: JointDescription[];
  /** The materials named at the robot's level; a visual carries its own, already looked up. */
  materials: MaterialDescription[];
  transmissions: TransmissionDescription[];
};

export type LinkDescription = {
  name: string;
  inertial: Inertial | null;
  visuals: VisualDescription[];
  collisions: CollisionDescription[];
};

/** Mass in kg; inertia in kg·m² about the centre of mass, in the axes of `origin`. */
export type Inertial = {
  origin: Origin;
  mass: number;
  inertia: { ixx: number; ixy: number; ixz: number; iyy: number; iyz: number; izz: number };
};

export type VisualDescription = CollisionDescription & { material: MaterialDescription | null };

export type CollisionDescription = { name: string; origin: Origin; geometry: Geometry };

/** Sizes in m. Cylinders and capsules lie along z, centred; a capsule's length leaves out its caps. */
export type Geometry =
  | { kind: "box"; size: Vector3 }
  | { kind: "cylinder"; radius: number; length: number }
  | { kind: "capsule"; radius: number; length: number }
  | { kind: "sphere"; radius: number }
  | { kind: "mesh"; filename: string; scale: Vector3 };

/** Colour as red, green, blue, alpha, each 0 … 1. */
export type MaterialDescription = {
  name: string;
  color: readonly [number, number, number, number] | null;
  texture: string | null;
};

export type JointType = "revolute" | "continuous" | "prismatic" | "fixed" | "floating" | "planar";

export type JointDescription = {
  name: string;
  type: JointType;
  parent: string;
  child: string;
  /** Of the joint frame (and of the child link at position 0) in the parent link's frame. */
  origin: Origin;
  /** Unit vector in the joint frame; URDF's default is x. Without meaning for fixed and floating joints. */
  axis: Vector3;
  limit: JointLimit | null;
  dynamics: JointDynamics | null;
  mimic: MimicDescription | null;
  safetyController: SafetyController | null;
  calibration: JointCalibration | null;
};

/** rad or m, per second, N·m or N, per s², per s³. Each is null when the file does not say it. */
export type JointLimit = {
  lower: number | null;
  upper: number | null;
  velocity: number | null;
  effort: number | null;
  acceleration: number | null;
  jerk: number | null;
};

/**
 * Viscous damping (N·m·s/rad or N·s/m), Coulomb friction (N·m or N) and armature: the inertia of rotor
 * and gear as the joint feels it (kg·m² or kg), rotor inertia · gear ratio².
 */
export type JointDynamics = { damping: number; friction: number; armature: number };

/** position = multiplier · position(joint) + offset. */
export type MimicDescription = { joint: string; multiplier: number; offset: number };

export type SafetyController = {
  softLowerLimit: number;
  softUpperLimit: number;
  kPosition: number;
  kVelocity: number;
};

export type JointCalibration = { rising: number | null; falling: number | null; reference: number | null };

/** How actuators drive joints, as ROS 1's <transmission> or one inside <ros2_control> says it. */
export type TransmissionDescription = {
  name: string;
  /** As `transmission_interface/SimpleTransmission`; empty when the file does not say it. */
  type: string;
  joints: TransmissionEnd[];
  actuators: TransmissionEnd[];
};

/** One joint or actuator of a transmission; what the file does not say is null or empty. */
export type TransmissionEnd = {
  name: string;
  role: string;
  /** Actuator position / joint position, without unit. */
  mechanicalReduction: number | null;
  /** rad or m. */
  offset: number | null;
  hardwareInterfaces: string[];
};
