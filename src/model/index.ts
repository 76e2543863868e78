/**
 * `twinbridge/model`: reading a robot's description, and computing with its model, in Node and in browsers. The functions are
 * described in docs/robot-model.md, docs/dynamics.md and docs/trajectories.md. This list is the entry point; what is not in it
 * may change without notice.
 */
export type { Result } from "../core/result.ts";
export {
  type CollisionFinding,
  type CollisionModel,
  type CollisionOptions,
  createCollisionModel,
} from "../robot/collision/collision-model.ts";
export type { Plane, VerticesOf } from "../robot/collision/make-shape.ts";
export type { Margins } from "../robot/collision/margins.ts";
export { readMeshVertices } from "../robot/collision/mesh-vertices.ts";
export {
  type LeastDistance,
  type MotionCheckOptions,
  type MotionCollision,
  MotionCollisionCheck,
} from "../robot/collision/motion-collision.ts";
export type { MotionOfJoints } from "../robot/collision/motion-of-joints.ts";
export {
  type SceneObject,
  type SceneOptions,
  type ScenePose,
  sceneFault,
  withScene,
} from "../robot/collision/scene.ts";
export {
  collides,
  collidingPairs,
  type LinkDistance,
  selfCollision,
} from "../robot/collision/self-collision.ts";
export type { SceneRole } from "../robot/collision/shape.ts";
export { withoutTouchingPairs } from "../robot/collision/touching-pairs.ts";
export {
  configurationFault,
  jointPosition,
  neutralConfiguration,
  setJointConfiguration,
  setJointPosition,
  setJointPositions,
  startConfiguration,
} from "../robot/configuration.ts";
export { createData, type RobotData } from "../robot/data.ts";
export type {
  CollisionDescription,
  Geometry,
  Inertial,
  JointDescription,
  JointDynamics,
  JointLimit,
  JointType,
  LinkDescription,
  MaterialDescription,
  MimicDescription,
  Origin,
  RobotDescription,
  SafetyController,
  TransmissionDescription,
  TransmissionEnd,
  Vector3,
  VisualDescription,
} from "../robot/description.ts";
export { aba } from "../robot/dynamics/aba.ts";
export { centerOfMass, centerOfMassJacobian, totalMass } from "../robot/dynamics/center-of-mass.ts";
export { crba } from "../robot/dynamics/crba.ts";
export { centroidalMomentum, kineticEnergy } from "../robot/dynamics/momentum.ts";
export { potentialEnergy } from "../robot/dynamics/potential-energy.ts";
export { biasForces, gravityEfforts, rnea } from "../robot/dynamics/rnea.ts";
export { forwardKinematics, readLinkPose } from "../robot/forward-kinematics.ts";
export { frameJacobian } from "../robot/frame-jacobian.ts";
export { frameJacobianRate } from "../robot/frame-jacobian-rate.ts";
export { difference, integrate } from "../robot/integrate.ts";
export {
  InverseKinematics,
  type InverseKinematicsAnswer,
  type InverseKinematicsOptions,
  type InverseKinematicsOutcome,
} from "../robot/inverse-kinematics/inverse-kinematics.ts";
export type { LinkTarget } from "../robot/inverse-kinematics/target.ts";
export { addJointFriction } from "../robot/joint-friction.ts";
export { linkAccelerations, linkVelocities } from "../robot/link-motion.ts";
export { manipulability } from "../robot/manipulability.ts";
export {
  type BaseLimits,
  type BaseTwist,
  boundTwist,
  createBaseTwist,
} from "../robot/mobile-base/base-twist.ts";
export { advanceOdometry, createOdometry, type Odometry } from "../robot/mobile-base/odometry.ts";
export {
  createRollingBase,
  differentialBase,
  mecanumBase,
  omniBase,
  type RollingBase,
  type RollingWheel,
  twistOfWheels,
  wheelSpeeds,
} from "../robot/mobile-base/rolling-base.ts";
export {
  createSteeredBase,
  type SteerableWheel,
  type SteeredBase,
  steeredWheels,
  twistOfSteeredWheels,
} from "../robot/mobile-base/steered-base.ts";
export { createModel, type ModelBase, type ModelJoint, type RobotModel } from "../robot/model.ts";
export { applyJointLimits, type JointLimitsReading } from "../robot/reading/joint-limits.ts";
export { parseSrdf, type SrdfReading } from "../robot/reading/srdf.ts";
export type {
  CollisionPair,
  EndEffector,
  GroupDescription,
  GroupState,
  SemanticDescription,
  VirtualJoint,
} from "../robot/reading/srdf-description.ts";
export { type ResolvedGroup, resolveGroups } from "../robot/reading/srdf-groups.ts";
export { parseUrdf, type UrdfReading } from "../robot/reading/urdf.ts";
export type { UrdfFinding } from "../robot/reading/urdf-findings.ts";
export { parseXacro, type XacroReading } from "../robot/reading/xacro/parse-xacro.ts";
export { noFiles, type XacroFiles } from "../robot/reading/xacro/xacro-files.ts";
export { readRelativePose } from "../robot/relative-pose.ts";
export {
  feasibleDurations,
  jerkLimitedProfile,
  type SynchronisedMotion,
  stoppingPosition,
  synchronisedProfiles,
} from "../robot/trajectory/jerk-limited.ts";
export {
  createMotionSample,
  durationOf,
  extremaOf,
  type MotionExtrema,
  type MotionProfile,
  type MotionSample,
  sampleAt,
} from "../robot/trajectory/motion-profile.ts";
export { type MotionLimits, type MotionState, motionFault } from "../robot/trajectory/motion-state.ts";
export {
  createPointSpline,
  fitPointSpline,
  type PointSpline,
  type SplineOrder,
  type SplineSample,
  samplePointSpline,
} from "../robot/trajectory/point-spline.ts";
export { loadRobot, type ReadOptions, type ReadRobot, readRobot } from "./read-robot.ts";
