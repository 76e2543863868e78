import { createData } from "../data.ts";
import { forwardKinematics, readLinkPose } from "../forward-kinematics.ts";
import { InverseKinematics } from "../inverse-kinematics/inverse-kinematics.ts";
import type { ModelJoint, RobotModel } from "../model.ts";
import { fastestRate } from "./fastest-rate.ts";
import { lineProfile, type Slopes } from "./line-rate.ts";
import { LineWay, linkPoseAt } from "./line-way.ts";
import { type NaturalSpline, naturalSpline, splineAt } from "./natural-spline.ts";
import type { PathLimits } from "./path-limits.ts";
import { lawOfProfile, type RateLaw } from "./rate-law.ts";
import { chainJoints, type PoseFault, type PoseTarget, solvePose } from "./solve-pose.ts";
import type { PathKnot, TimedPath } from "./timed-path.ts";
import { durationOfPath } from "./timed-path-sample.ts";
import { withinLimits } from "./within-limits.ts";

export type LineOptions = {
  /** Share of the velocity limits, 0 … 1. */
  speed?: number;
  /** What the link's origin may do at most, m/s, and its turning, rad/s. */
  toolLinear?: number;
  toolAngular?: number;
};

export type LineFault = Omit<PoseFault, "code"> & { code: PoseFault["code"] | "singular" };
export type PlannedLine = { ok: true; path: TimedPath } | ({ ok: false } & LineFault);

/** Samples are nearer than this, m and rad. */
const [spacing, turning] = [0.01, 0.05];
const [fewest, most] = [16, 2048];
/** A joint that turns more between two samples is near a singular place, rad or m. */
const longestStep = 0.25;
/** How far the link may be from the line, m and rad; the tests hold it to 0.5 mm. */
const [near, nearTurn] = [2e-4, 1e-3];
/** A joint that is nearer to its limit where a line ends is what ends it, rad or m. */
const atLimit = 1e-3;
/** Between two knots, s. */
const knotStep = 0.02;
/** Of a slow line the knots are farther apart: then it moves little between them. */
const mostKnots = 20_000;

/**
 * The motion of a link on a straight line from where it is at `start` to a pose (root frame), at rest at both ends, within the
 * limits of each joint between the root and the link. It starts in the branch that the arm is in and stays in it. The link is at
 * most 0.2 mm and 1 mrad from the line. A refusal says how far along the way it is met.
 */
export function planLine(
  model: RobotModel,
  start: Float64Array,
  target: PoseTarget,
  limitsOf: (joint: string) => PathLimits,
  options: LineOptions = {},
): PlannedLine {
  const {
    speed = 1,
    toolLinear = Number.POSITIVE_INFINITY,
    toolAngular = Number.POSITIVE_INFINITY,
  } = options;
  const chain = chainJoints(model, target.link);
  const way = new LineWay(linkPoseAt(model, start, target.link), [
    ...Array.from(target.position),
    ...Array.from(target.quaternion),
  ]);
  const joints = chain.map(({ name }) => name);
  if (way.length < 1e-9 && way.angle < 1e-9) {
    const positions = chain.map(({ qIndex }) => start[qIndex] as number);
    const still = positions.map(() => 0);
    const knot = { time: 0, positions, velocities: still, accelerations: still };
    return { ok: true, path: { joints, knots: [knot] } };
  }
  let count = Math.max(fewest, Math.ceil(way.length / spacing), Math.ceil(way.angle / turning));
  for (;;) {
    const samples = followLine(model, start, target.link, way, chain, count);
    if (!Array.isArray(samples)) {
      if (samples.code !== "singular" || 2 * count > most) return { ok: false, ...samples };
      count *= 2;
      continue;
    }
    const splines = chain.map((_, j) =>
      naturalSpline(
        samples.map((sample) => sample[j] as number),
        1 / count,
      ),
    );
    if (!isOnLine(model, start, target.link, way, chain, splines, count) && 2 * count <= most) {
      count *= 2;
      continue;
    }
    const limits = joints.map((name) => {
      const { velocity, acceleration, jerk } = limitsOf(name);
      return { velocity: speed * velocity, acceleration, jerk };
    });
    const fastest = Math.min(toolLinear / way.length, toolAngular / way.angle);
    return { ok: true, path: soonest(joints, splines, limits, count, fastest) };
  }
}

/** The motion along the splines with the fastest rate at each place, or with even limits where that takes less time. */
export function soonest(
  joints: string[],
  splines: readonly NaturalSpline[],
  limits: readonly PathLimits[],
  count: number,
  fastest: number,
): TimedPath {
  const even = lawOfProfile(lineProfile(slopesOf(splines, count), limits, fastest));
  const laws = [fastestRate(splines, limits, fastest), even].filter((law) => law !== null);
  const paths = laws.map((law) => withinLimits(knotsOf(joints, splines, law), limits));
  return paths.reduce((a, b) => (durationOfPath(b) < durationOfPath(a) ? b : a));
}

/** The chain's positions at equal steps of the way, each from the one before; or what is in the way. */
function followLine(
  model: RobotModel,
  start: Float64Array,
  link: number,
  way: LineWay,
  chain: readonly ModelJoint[],
  count: number,
): number[][] | LineFault {
  const pose = new Float64Array(7);
  const target = { link, position: pose.subarray(0, 3), quaternion: pose.subarray(3) };
  const solver = new InverseKinematics(model, [target]);
  const q = start.slice();
  const rows = [chain.map(({ qIndex }) => q[qIndex] as number)];
  for (let i = 1; i <= count; i += 1) {
    way.at(i / count, pose);
    const answer = solver.solve(q, [target], { attempts: 1, tolerance: 1e-8 });
    const along = `after ${Math.round((100 * (i - 1)) / count)} % of the line`;
    if (answer.outcome !== "converged") return faultAt(model, q, target, along);
    const row = chain.map(({ qIndex }) => answer.q[qIndex] as number);
    const before = rows[i - 1] as number[];
    const fast = row.findIndex((value, j) => Math.abs(value - (before[j] as number)) > longestStep);
    if (fast >= 0) {
      const message = `${along} ${chain[fast]?.name} would have to turn very fast: the arm is near a singular configuration there. Take a way beside it, or move in joint space`;
      return { code: "singular", message };
    }
    for (const [j, { qIndex }] of chain.entries()) q[qIndex] = row[j] as number;
    rows.push(row);
  }
  return rows;
}

/** Why the next place on a line is not met from `q`. */
function faultAt(model: RobotModel, q: Float64Array, target: PoseTarget, along: string): LineFault {
  const solved = solvePose(model, q, target);
  if (!solved.ok) {
    const { message, code, breach } = solved;
    return { code, message: `${along}: ${message}`, ...(breach === undefined ? {} : { breach }) };
  }
  const limited = chainJoints(model, target.link).find(
    ({ qIndex, lower, upper }) =>
      Math.min((q[qIndex] as number) - lower, upper - (q[qIndex] as number)) < atLimit,
  );
  if (limited !== undefined) {
    const { name, lower, upper, qIndex, type } = limited;
    const unit = type === "prismatic" ? ("m" as const) : ("rad" as const);
    const breach = { joint: name, value: q[qIndex] as number, lower, upper, unit };
    const message = `${along} ${name} is at its limit: the rest of the line needs another posture of the arm. Start from another one, or move in joint space`;
    return { code: "outside_limits", message, breach };
  }
  const message = `${along} the arm is near a singular configuration: take a way beside it, or move in joint space`;
  return { code: "singular", message };
}

/** Whether the link stays near the line between the samples, too. */
function isOnLine(
  model: RobotModel,
  start: Float64Array,
  link: number,
  way: LineWay,
  chain: readonly ModelJoint[],
  splines: readonly NaturalSpline[],
  count: number,
): boolean {
  const data = createData(model);
  const q = start.slice();
  const [found, wanted, at] = [new Float64Array(7), new Float64Array(7), new Float64Array(4)];
  for (let i = 0; i < count; i += 1) {
    const s = (i + 0.5) / count;
    for (const [j, { qIndex }] of chain.entries()) {
      splineAt(splines[j] as NaturalSpline, s, at);
      q[qIndex] = at[0] as number;
    }
    forwardKinematics(model, data, q);
    readLinkPose(data, link, found);
    way.at(s, wanted);
    const { position, orientation } = LineWay.apart(found, wanted);
    if (position > near / 2 || orientation > nearTurn / 2) return false;
  }
  return true;
}

/** The greatest slopes of each joint in each step: of a cubic they are at its ends, or where the next slope is 0. */
function slopesOf(splines: readonly NaturalSpline[], count: number): Slopes[][] {
  const at = new Float64Array(4);
  return Array.from({ length: count }, (_, i) =>
    splines.map((spline) => {
      const slopes = { first: 0, second: 0, third: 0 };
      for (const share of [0, 0.25, 0.5, 0.75, 1 - 1e-9]) {
        splineAt(spline, (i + share) / count, at);
        slopes.first = Math.max(slopes.first, Math.abs(at[1] as number));
        slopes.second = Math.max(slopes.second, Math.abs(at[2] as number));
        slopes.third = Math.max(slopes.third, Math.abs(at[3] as number));
      }
      return slopes;
    }),
  );
}

/** The joints over time: knots often enough that the quintics between them are on the line. */
function knotsOf(joints: string[], splines: readonly NaturalSpline[], law: RateLaw): TimedPath {
  const { duration } = law;
  const steps = Math.min(mostKnots, Math.max(8, Math.ceil(duration / knotStep)));
  const at = new Float64Array(4);
  const knots: PathKnot[] = [];
  for (let i = 0; i <= steps; i += 1) {
    const time = (duration * i) / steps;
    const sample = law.at(time);
    const isEnd = i === 0 || i === steps;
    const [rate, change] = isEnd ? [0, 0] : [sample.velocity, sample.acceleration];
    const positions: number[] = [];
    const velocities: number[] = [];
    const accelerations: number[] = [];
    for (const spline of splines) {
      splineAt(spline, Math.min(1, Math.max(0, sample.position)), at);
      positions.push(at[0] as number);
      velocities.push((at[1] as number) * rate);
      accelerations.push((at[2] as number) * rate * rate + (at[1] as number) * change);
    }
    knots.push({ time, positions, velocities, accelerations });
  }
  return { joints, knots };
}
