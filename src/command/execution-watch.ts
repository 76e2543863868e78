import { nearestTurn } from "../core/circle.ts";
import { createMotionSample } from "../robot/trajectory/motion-profile.ts";
import { EffortWatch } from "./effort-watch.ts";
import type { CommandedRobot } from "./gate-output.ts";
import type { JointPath } from "./joint-path.ts";
import type { PresentMotion } from "./present-motion.ts";
import type { JointLimits } from "./robot-limits.ts";
import type { Objection } from "./validate-motion.ts";

/** Beyond its bounds for this time, ms, a joint does not follow: one late message is no fault. */
const patienceMs = 200;
/** A robot that gets no further on its path for this time, ms, stands. */
const standsAfterMs = 2000;
/** Of the effort limit: gears and sensors are not exact. */
const effortSlack = 1.1;
/** Of the velocity limit: a joint that begins to move. */
const slow = 0.05;
/** How finely the path is searched for the place where the robot is, s. */
const step = 0.01;
const mostSteps = 100;

/** One motion as it is watched. Times are server ms (`movedAt`: the robot's own, where it has one), `along` is s on its path. */
type Watched = {
  along: number;
  movedAt: number;
  offSince: number;
  strainedSince: number;
  deviatesSince: number;
  /** When the paths were sent that it is on. */
  sentAt: number;
};

type Axis = { joint: string; limit: JointLimits; path: JointPath; since: number };

/**
 * Compares the measured joints with the motion under way. The robot may be late on its path, since some controllers scale
 * its speed, but it must be on it, get on, and stay within its limits of effort. Otherwise the motion is to end.
 */
export class ExecutionWatch {
  private readonly watched = new WeakMap<object, Watched>();
  /** Whether a joint's effort was above its limit when it last stood. */
  private readonly strainedAtRest = new Map<string, boolean>();
  private readonly sample = createMotionSample();
  private readonly efforts = new EffortWatch();

  constructor(private readonly present: PresentMotion) {}

  /** Why the motion of these joints must end; null: it need not. The same motion has the same array. */
  objection(joints: readonly string[], robot: CommandedRobot, now: number): Objection | null {
    const axes = this.axes(joints, robot, now);
    // A simulation that is paused stands, and follows all the same.
    const isPaused = robot.isTimeStanding === true;
    let state = this.watched.get(joints);
    if (state === undefined) {
      const never = Number.NaN;
      state = {
        along: 0,
        movedAt: now,
        offSince: never,
        strainedSince: never,
        deviatesSince: never,
        sentAt: never,
      };
      this.watched.set(joints, state);
    }
    const sentAt = axes[0]?.since ?? Number.NaN;
    if (sentAt !== state.sentAt) {
      // At another speed it goes on by other paths, which begin where it was.
      state.sentAt = sentAt;
      state.along = 0;
      state.movedAt = robot.robotTime ?? now;
    }
    return (
      this.objectToEffort(axes, state, robot, now) ??
      (!isPaused && axes.length === joints.length
        ? (this.objectToPath(axes, state, robot, now) ??
          this.objectToDeviation(joints, axes, state, robot, now))
        : null)
    );
  }

  /** The joints that are measured and on a path of ours; a joint that is not measured is another watchdog's. */
  private axes(joints: readonly string[], { limits, measured }: CommandedRobot, now: number): Axis[] {
    const axes: Axis[] = [];
    for (const joint of joints) {
      const limit = limits.joints.get(joint);
      const sent = this.present.sent().get(joint);
      if (limit === undefined || sent === undefined || sent.since > now || !measured.isFresh(joint)) continue;
      axes.push({ joint, limit, ...sent });
    }
    return axes;
  }

  private objectToPath(
    axes: readonly Axis[],
    state: Watched,
    robot: CommandedRobot,
    now: number,
  ): Objection | null {
    // A slow simulation has its own time, which may begin anew.
    const clock = robot.robotTime ?? now;
    state.movedAt = Math.min(state.movedAt, clock);
    const [first] = axes;
    if (first === undefined) return null;
    const latest = Math.min(first.path.duration, (now - first.since) / 1000);
    const worst = this.advance(axes, state, latest, robot, clock);
    const { axis, off } = worst;
    const where = `${axis.joint} is ${off.toFixed(3)} ${axis.limit.unit} from the path of its motion`;
    if (worst.share > 1) {
      if (Number.isNaN(state.offSince)) state.offSince = now;
      if (now - state.offSince < patienceMs) return null;
      return { code: "not_following", message: `${where}: it does not follow` };
    }
    state.offSince = Number.NaN;
    const isLate = this.errorAt(axes, latest, robot).share > 1;
    if (!isLate || clock - state.movedAt < standsAfterMs) {
      if (!isLate) state.movedAt = clock;
      return null;
    }
    const message = `${axis.joint} stands though its motion goes on: it does not follow`;
    return { code: "not_following", message };
  }

  /** Finds where on the rest of its path the robot is, and how far from it. A path may come back on itself. */
  private advance(
    axes: readonly Axis[],
    state: Watched,
    latest: number,
    robot: CommandedRobot,
    clock: number,
  ): { axis: Axis; share: number; off: number } {
    const begin = state.along;
    let nearest = this.errorAt(axes, begin, robot);
    const by = Math.max(step, (latest - begin) / mostSteps);
    for (let along = begin + by; along < latest + by; along += by) {
      const error = this.errorAt(axes, Math.min(along, latest), robot);
      if (error.share > nearest.share) continue;
      nearest = error;
      state.along = Math.min(along, latest);
      state.movedAt = clock;
    }
    return nearest;
  }

  /** The joint that is farthest from the path at `along` s, as a share of its tolerance, and how far, rad or m. */
  private errorAt(
    axes: readonly Axis[],
    along: number,
    { measured }: CommandedRobot,
  ): { axis: Axis; share: number; off: number } {
    let [axis, share, off] = [axes[0] as Axis, 0, 0];
    for (const one of axes) {
      one.path.sample(along, this.sample);
      const found = measured.position(one.joint) as number;
      const { isCircular, pathTolerance } = one.limit;
      const planned = isCircular ? nearestTurn(this.sample.position, found) : this.sample.position;
      const error = Math.abs(found - planned);
      if (!(error / pathTolerance > share)) continue;
      [axis, share, off] = [one, error / pathTolerance, error];
    }
    return { axis, share, off };
  }

  private objectToDeviation(
    motion: object,
    axes: readonly Axis[],
    state: Watched,
    robot: CommandedRobot,
    now: number,
  ): Objection | null {
    const worst = this.efforts.deviation(motion, axes, state.along, robot);
    if (worst === null || worst.share <= 1) {
      state.deviatesSince = Number.NaN;
      return null;
    }
    if (Number.isNaN(state.deviatesSince)) state.deviatesSince = now;
    if (now - state.deviatesSince < patienceMs) return null;
    const { joint, found, expected } = worst;
    const of = axes.find((axis) => axis.joint === joint)?.limit.unit === "m" ? "N" : "N·m";
    return {
      code: "effort_deviation",
      message: `${joint} exerts ${found.toFixed(1)} ${of}, and ${expected.toFixed(1)} ${of} were expected: something is in the way, or the model does not fit (limits.effortTolerance)`,
    };
  }

  private objectToEffort(
    axes: readonly Axis[],
    state: Watched,
    { measured }: CommandedRobot,
    now: number,
  ): Objection | null {
    let strained: { joint: string; force: number; limit: JointLimits } | null = null;
    for (const { joint, limit, path, since } of axes) {
      const force = measured.effort?.(joint);
      if (force === undefined) continue;
      const isStrained = Math.abs(force) > effortSlack * limit.effort;
      path.sample((now - since) / 1000, this.sample);
      // A limit that is exceeded at rest already is none: many URDFs have a number that nobody measured.
      if (Math.abs(this.sample.velocity) < slow * limit.velocity) this.strainedAtRest.set(joint, isStrained);
      if (isStrained && this.strainedAtRest.get(joint) !== true) strained = { joint, force, limit };
    }
    if (strained === null) {
      state.strainedSince = Number.NaN;
      return null;
    }
    if (Number.isNaN(state.strainedSince)) state.strainedSince = now;
    if (now - state.strainedSince < patienceMs) return null;
    const { joint, force, limit } = strained;
    const of = limit.unit === "rad" ? "N·m" : "N";
    return {
      code: "effort_limit",
      message: `${joint} exerts ${force.toFixed(1)} ${of}, more than its limit of ${limit.effort} ${of}: something is in the way, or it carries too much`,
    };
  }
}
