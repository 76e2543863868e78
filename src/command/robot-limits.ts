import type { RobotModel } from "../robot/model.ts";

/** The limits of one joint: rad or m, per second, per second squared, per second cubed. */
export type JointLimits = {
  /** Of `lower` and `upper`. */
  unit: "rad" | "m";
  lower: number;
  upper: number;
  velocity: number;
  acceleration: number;
  jerk: number;
  /** N·m or N; Infinity when there is none. */
  effort: number;
  /** How far the measured effort may be from the computed one, as a share of `effort`; absent: see `EffortWatch`. */
  effortTolerance?: number;
  /** The deceleration of a controlled stop; absent: see `stopDecelerationOf`. */
  stopDeceleration?: number;
  /** Whether the limit of acceleration comes from the robot or the configuration, not from our default. */
  isAccelerationKnown: boolean;
  /** How far the measurement may be from the command along the path, and at the end. */
  pathTolerance: number;
  goalTolerance: number;
  /** A continuous joint: positions that differ by whole turns are equivalent. */
  isCircular: boolean;
  /** A mimic follower accepts no commands: position = multiplier · position(joint) + offset; `joint` is no follower. */
  follows: { joint: string; multiplier: number; offset: number } | null;
};

/** The limits of a mobile base: m/s, rad/s and their rates. */
export type TwistLimits = {
  linear: number;
  angular: number;
  linearAcceleration: number;
  angularAcceleration: number;
  /** The tightest curve that it drives, m; absent: it turns on the spot. */
  turningRadius?: number;
  /** The decelerations of a controlled stop; absent: `usualStopRatio` times the accelerations. */
  linearStopDeceleration?: number;
  angularStopDeceleration?: number;
};

/** How far and how fast one robot may be moved through the twin. */
export type RobotLimits = { joints: ReadonlyMap<string, JointLimits>; twist: TwistLimits };

/** The configuration's `limits`; an absent value keeps the default. */
export type LimitSettings = {
  linear?: number | undefined;
  angular?: number | undefined;
  linearAcceleration?: number | undefined;
  angularAcceleration?: number | undefined;
  jointVelocity?: number | undefined;
  jointAcceleration?: number | undefined;
  /** Decelerations of a controlled stop: of joints, and of the base. */
  stopDeceleration?: number | undefined;
  linearStopDeceleration?: number | undefined;
  angularStopDeceleration?: number | undefined;
  pathTolerance?: number | undefined;
  goalTolerance?: number | undefined;
  /** Of a base with steered wheels, m. */
  turningRadius?: number | undefined;
  /** As a share of each joint's effort limit. */
  effortTolerance?: number | undefined;
};

/** For a URDF without a velocity limit: slow enough to watch. */
const unknownVelocity = { angle: 1.0, length: 0.25 };
const usualAcceleration = { angle: 3.0, length: 0.5 };
/** Of jerk to acceleration, per second: full acceleration after a tenth of a second. */
const usualJerkRatio = 10;
/** A controlled stop brakes harder than a motion accelerates, by this factor. */
const usualStopRatio = 3;
const usualPathTolerance = { angle: 0.3, length: 0.05 };
const usualGoalTolerance = { angle: 0.02, length: 0.005 };

/**
 * The limits of every movable one-axis joint: the URDF's, tightened by `settings`, never widened by them. A joint is no faster than its
 * followers may be.
 */
export function robotLimits(model: RobotModel | null, settings: LimitSettings): RobotLimits {
  const joints = new Map<string, JointLimits>();
  for (const joint of model?.joints ?? []) {
    if (joint.type === "fixed" || joint.type === "floating" || joint.type === "planar") continue;
    const measure = joint.type === "prismatic" ? "length" : "angle";
    const known = joint.velocity > 0 && Number.isFinite(joint.velocity);
    const stated = Math.min(positive(joint.acceleration), settings.jointAcceleration ?? Infinity);
    const acceleration = Number.isFinite(stated) ? stated : usualAcceleration[measure];
    joints.set(joint.name, {
      unit: measure === "length" ? "m" : "rad",
      lower: joint.lower,
      upper: joint.upper,
      velocity: Math.min(
        known ? joint.velocity : unknownVelocity[measure],
        settings.jointVelocity ?? Infinity,
      ),
      acceleration,
      stopDeceleration: Math.max(acceleration, settings.stopDeceleration ?? usualStopRatio * acceleration),
      jerk: joint.jerk > 0 && Number.isFinite(joint.jerk) ? joint.jerk : usualJerkRatio * acceleration,
      effort: positive(joint.effort),
      ...(settings.effortTolerance === undefined ? {} : { effortTolerance: settings.effortTolerance }),
      isAccelerationKnown: Number.isFinite(stated),
      pathTolerance: settings.pathTolerance ?? usualPathTolerance[measure],
      goalTolerance: settings.goalTolerance ?? usualGoalTolerance[measure],
      isCircular: joint.type === "continuous",
      follows: joint.mimic,
    });
  }
  for (const { name, velocity: stated } of model?.joints ?? []) {
    const { follows = null, velocity = 0 } = joints.get(name) ?? {};
    const master = follows === null ? undefined : joints.get(follows.joint);
    // A guess of ours slows nobody down.
    if (follows === null || master === undefined || !(stated > 0 && Number.isFinite(stated))) continue;
    const fastest = velocity / Math.abs(follows.multiplier);
    if (fastest < master.velocity) joints.set(follows.joint, { ...master, velocity: fastest });
  }
  const linearAcceleration = settings.linearAcceleration ?? 1.0;
  const angularAcceleration = settings.angularAcceleration ?? 3.0;
  return {
    joints,
    twist: {
      linear: settings.linear ?? 0.5,
      angular: settings.angular ?? 1.5,
      linearAcceleration,
      angularAcceleration,
      ...(settings.turningRadius === undefined ? {} : { turningRadius: settings.turningRadius }),
      linearStopDeceleration: Math.max(
        linearAcceleration,
        settings.linearStopDeceleration ?? usualStopRatio * linearAcceleration,
      ),
      angularStopDeceleration: Math.max(
        angularAcceleration,
        settings.angularStopDeceleration ?? usualStopRatio * angularAcceleration,
      ),
    },
  };
}

/** The deceleration of a controlled stop, rad/s² or m/s²: never less than the acceleration. */
export function stopDecelerationOf({ acceleration, stopDeceleration }: JointLimits): number {
  return stopDeceleration ?? usualStopRatio * acceleration;
}

/** The base's decelerations of a controlled stop, m/s² and rad/s². */
export function baseStopDecelerations(limits: TwistLimits): { linear: number; angular: number } {
  return {
    linear: limits.linearStopDeceleration ?? usualStopRatio * limits.linearAcceleration,
    angular: limits.angularStopDeceleration ?? usualStopRatio * limits.angularAcceleration,
  };
}

/** The same limits with narrower position limits for some joints, whose actuators reach less far. rad or m. */
export function tightened(
  limits: RobotLimits,
  ranges: ReadonlyMap<string, { lower: number; upper: number }>,
): RobotLimits {
  const joints = new Map(limits.joints);
  for (const [joint, { lower, upper }] of ranges) {
    const known = joints.get(joint);
    if (known === undefined) continue;
    joints.set(joint, {
      ...known,
      lower: Math.max(known.lower, lower),
      upper: Math.min(known.upper, upper),
    });
  }
  return { ...limits, joints };
}

/** A limit of 0 counts as absent: nothing could move within it. */
function positive(limit: number): number {
  return limit > 0 ? limit : Number.POSITIVE_INFINITY;
}
