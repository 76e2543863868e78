import type { ModelJoint } from "../model.ts";
import { writeQuaternion } from "../quaternion.ts";
import type { ChainRates } from "./chain-rates.ts";
import { brokenLimit, type CourseLimits } from "./course-limits.ts";
import type { PathKnot, TimedPath } from "./timed-path.ts";
import { type TwistAxes, TwistMotion } from "./twist-motion.ts";
import { type Twist, TwistProfile, turnTwist } from "./twist-profile.ts";

/** How hard a link is moved at most: m/s² and m/s³, rad/s² and rad/s³. */
const hardest = { linear: 1.5, linearJerk: 15, angular: 6, angularJerk: 60 };
/** Longest time between two steps of the walk, s. */
const walkStep = 0.03;
/**
 * Steps from one knot to the next. Between them a quintic is on the course within a thousandth of a millimetre; and a controller
 * that starts a goal from a measured state has that long to correct the difference.
 */
const stepsAKnot = 4;
/** The shortest change of a twist, and the longest way to rest, s. */
const [leastChange, longestBraking] = [0.05, 0.6];
/** Share of the joints' limits that changes of the twist are planned for: the joints do more on a course that bends. */
const planned = 0.75;
/** A smaller difference of twists (m/s, rad/s) or their rates is none. */
const steady = 1e-12;
/** How much of the twist the joints may leave out, and how far the link may be from its course, m and rad. */
const [leftOut, near] = [2e-3, 1e-5];
/** Of a finite difference along the joints' motion, s. */
const moment = 1e-4;

export type CourseTask = {
  rates: ChainRates;
  /** The configuration at the begin, and the chain's velocities and accelerations there. */
  q: Float64Array;
  velocities: readonly number[];
  accelerations: readonly number[];
  axes: TwistAxes;
  /** The link's twist at the begin and its rate, which are those of the joints; and the twist to come to. Along `axes`. */
  twist: Twist;
  change: Twist;
  wanted: Twist;
  /** For so long, s, the link goes on before it is brought to rest. */
  horizon: number;
  /** How many times as long as they need to changes of the twist take, at least 1. */
  gentleness: number;
  /** Of the chain's joints. */
  limits: readonly CourseLimits[];
};

/** Why there is no such course. `joint`: whose limit it would break; null: none is to blame alone. */
export type CourseFault = { why: "singular" | "range" | "rate"; joint: string | null };
export type TwistCourse =
  | { ok: true; path: TimedPath; profile: TwistProfile }
  | ({ ok: false } & CourseFault);

/**
 * The motion of a chain of joints that takes its link to the twist `wanted` (or as near to it as is reached within `horizon`),
 * holds it, and brings the link to rest, all of it on the course of that twist: on a straight line where nothing turns and the
 * link moves along it already. All joints keep their limits of position, velocity, acceleration and jerk; where they cannot,
 * there is no course.
 */
export function planTwistCourse(task: CourseTask): TwistCourse {
  const { rates, horizon, twist: begin, change } = task;
  const walk = new Walk(task);
  const towards = Float64Array.from(task.wanted, (value, k) => value - (begin[k] as number));
  const { share, length } = reached(task, towards, walk.jointRates(towards));
  const to = Float64Array.from(begin, (value, k) => value + share * (towards[k] as number));
  const goesOn = to.some((value) => Math.abs(value) > 1e-12);
  const leaves = goesOn ? Math.max(horizon, length) : length;
  let profile = new TwistProfile(begin, change, to, length, leaves, leaves);
  let fault = walk.through(profile, 0, length) ?? (goesOn ? walk.through(profile, length, leaves) : null);
  if (fault === null && goesOn) {
    const joints = walk.jointRates(to);
    const braking = lengthOf(to, joints, task);
    if (braking > longestBraking * task.gentleness) return { ok: false, ...slowest(joints, task) };
    profile = new TwistProfile(begin, change, to, length, leaves, leaves + braking);
    fault = walk.through(profile, leaves, leaves + braking);
  }
  if (fault !== null) return { ok: false, ...fault };
  const path = { joints: rates.chain.map(({ name }) => name), knots: walk.end() };
  const broken = brokenLimit(path, task.limits);
  return broken === null ? { ok: true, path, profile } : { ok: false, ...broken };
}

/** The share of a change of the twist that is carried out within the horizon, and how long that takes, s. */
function reached(task: CourseTask, towards: Twist, joints: Float64Array): { share: number; length: number } {
  const { horizon, change } = task;
  // Steady: the first point lies as far ahead as it can.
  if (Math.hypot(...towards) < steady && Math.hypot(...change) < steady) return { share: 1, length: 0 };
  const [byRate, byJerk] = lengths(towards, joints, task);
  const share = Math.min(1, horizon / Math.max(byRate, 1e-9), (horizon / Math.max(byJerk, 1e-9)) ** 2);
  let length = Math.max(leastChange, share * byRate, Math.sqrt(share) * byJerk);
  // Longer, it would carry beyond the twist that is wanted.
  let [along, square] = [0, 0];
  for (const [k, value] of change.entries()) {
    along += value * share * (towards[k] as number);
    square += value * value;
  }
  if (along > 0) length = Math.min(length, (3 * along) / square);
  return { share, length };
}

function lengthOf(change: Twist, joints: Float64Array, task: CourseTask): number {
  return Math.max(leastChange, ...lengths(change, joints, task));
}

/** The joint that takes longest to come to rest. */
function slowest(joints: Float64Array, { limits, rates }: CourseTask): CourseFault {
  const times = limits.map(({ acceleration }, i) => Math.abs(joints[i] as number) / acceleration);
  return { why: "rate", joint: rates.chain[times.indexOf(Math.max(...times))]?.name ?? null };
}

/**
 * How long a change of the twist takes, s, by what limits accelerations and by what limits jerks. The change follows a cubic: its
 * acceleration is at most 1.5, its jerk 6 times that of an even one. `joints`: the change of the joints' velocities.
 */
function lengths(change: Twist, joints: Float64Array, { limits, gentleness }: CourseTask): [number, number] {
  const linear = Math.hypot(change[0] as number, change[1] as number, change[2] as number);
  const angular = Math.hypot(change[3] as number, change[4] as number, change[5] as number);
  let byRate = Math.max(linear / hardest.linear, angular / hardest.angular);
  let byJerk = Math.max(linear / hardest.linearJerk, angular / hardest.angularJerk);
  for (const [i, { acceleration, jerk }] of limits.entries()) {
    const rate = Math.abs(joints[i] as number) / planned;
    byRate = Math.max(byRate, rate / acceleration);
    byJerk = Math.max(byJerk, rate / jerk);
  }
  return [gentleness * 1.5 * byRate, gentleness * Math.sqrt(6 * byJerk)];
}

/** Goes along a course, from knot to knot. */
class Walk {
  private readonly knots: PathKnot[] = [];
  private readonly motion: TwistMotion;
  private readonly q: Float64Array;
  private readonly aside: Float64Array;
  private readonly rate: Float64Array;
  private readonly change: Float64Array;
  private readonly other: Float64Array;
  /** Where the link should be: looks at the pose of `motion`. */
  private readonly target: { link: number; position: Float64Array; quaternion: Float64Array };
  private readonly six = [0, 1, 2, 3].map(() => new Float64Array(6)) as [Twist, Twist, Twist, Twist];

  constructor(private readonly task: CourseTask) {
    const { q, rates, velocities, accelerations, axes } = task;
    const { chain } = rates;
    this.q = q.slice();
    this.aside = q.slice();
    [this.rate, this.change, this.other] = [0, 1, 2].map(() => new Float64Array(chain.length)) as [
      Float64Array,
      Float64Array,
      Float64Array,
    ];
    this.rate.set(velocities);
    this.change.set(accelerations);
    this.motion = new TwistMotion(axes);
    const position = this.motion.pose.subarray(9);
    this.target = { link: rates.link, position, quaternion: new Float64Array(4) };
    rates.place(q);
    rates.pose(rates.link, this.motion.pose);
    this.keep(0);
  }

  /** The chain's velocities that a twist asks for here. */
  jointRates(twist: Twist): Float64Array {
    const out = new Float64Array(this.rate.length);
    const [, , , root] = this.six;
    this.task.rates.place(this.q);
    this.inRoot(twist, root);
    this.task.rates.rates(root, out);
    return out;
  }

  /** On to the time `until` of a profile, from `from`, where it is; or why not. */
  through(profile: TwistProfile, from: number, until: number): CourseFault | null {
    if (until <= from) return null;
    const knots = Math.max(1, Math.ceil((until - from) / walkStep / stepsAKnot));
    const steps = stepsAKnot * knots;
    const h = (until - from) / steps;
    for (let i = 1; i <= steps; i += 1) {
      const [before, time] = [from + (i - 1) * h, i === steps ? until : from + i * h];
      this.motion.advance(profile, before, time);
      const fault = this.follow(profile, time, h);
      if (fault !== null) return fault;
      if (i % stepsAKnot === 0) this.keep(time);
    }
    return null;
  }

  /** The knots, the last one at rest. */
  end(): PathKnot[] {
    const last = this.knots.pop() as PathKnot;
    const still = last.positions.map(() => 0);
    this.knots.push({ ...last, velocities: still, accelerations: still });
    return this.knots;
  }

  /** The joints at the link's new place. */
  private follow(profile: TwistProfile, time: number, h: number): CourseFault | null {
    const { q, rate, change, aside, other, task } = this;
    const { rates } = task;
    const [twist, twistRate, error, root] = this.six;
    for (const [i, { qIndex }] of rates.chain.entries()) {
      q[qIndex] = (q[qIndex] as number) + h * ((rate[i] as number) + (h / 2) * (change[i] as number));
    }
    rates.place(q);
    this.errorTo(error);
    rates.rates(error, other);
    for (const [i, { qIndex }] of rates.chain.entries())
      q[qIndex] = (q[qIndex] as number) + (other[i] as number);
    rates.place(q);
    this.errorTo(error);
    if (!(Math.hypot(...error) < near)) return { why: "singular", joint: null };
    profile.sample(time, twist, twistRate);
    this.inRoot(twist, root);
    const missing = rates.rates(root, rate);
    if (missing > leftOut && Math.hypot(...root) > 1e-6) return { why: "singular", joint: null };
    // The rates for the twist's own change, and for the change of what the twist asks of the joints as they move.
    this.rootChange(twist, twistRate, error);
    rates.rates(error, change);
    for (const side of [1, -1]) {
      for (const [i, { qIndex }] of rates.chain.entries()) {
        aside[qIndex] = (q[qIndex] as number) + side * moment * (rate[i] as number);
      }
      rates.place(aside);
      rates.rates(root, other);
      for (let i = 0; i < change.length; i += 1) {
        change[i] = (change[i] as number) + (side * (other[i] as number)) / (2 * moment);
      }
    }
    return null;
  }

  private keep(time: number): void {
    const { chain } = this.task.rates;
    const positions = chain.map(({ qIndex }: ModelJoint) => this.q[qIndex] as number);
    this.knots.push({ time, positions, velocities: [...this.rate], accelerations: [...this.change] });
  }

  /** From where the joints have the link to where it should be: m, and rad about the root's axes. */
  private errorTo(out: Twist): void {
    const { pose } = this.motion;
    writeQuaternion(pose, 0, this.target.quaternion, 0);
    this.task.rates.errorTo(this.target, out);
  }

  /** A twist along the root's axes. */
  private inRoot(twist: Twist, out: Twist): void {
    if (this.task.axes === "root") out.set(twist);
    else turnTwist(this.motion.pose, 0, twist, out);
  }

  /** The rate of a twist along the root's axes: its own, and for the link's axes that of their turning. */
  private rootChange(twist: Twist, rate: Twist, out: Twist): void {
    const own = Float64Array.from(rate);
    if (this.task.axes === "link") {
      const [vx, vy, vz] = [twist[0] as number, twist[1] as number, twist[2] as number];
      const [wx, wy, wz] = [twist[3] as number, twist[4] as number, twist[5] as number];
      own[0] = (own[0] as number) + wy * vz - wz * vy;
      own[1] = (own[1] as number) + wz * vx - wx * vz;
      own[2] = (own[2] as number) + wx * vy - wy * vx;
    }
    this.inRoot(own, out);
  }
}
