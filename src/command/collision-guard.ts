import type { CollisionModel } from "../robot/collision/collision-model.ts";
import type { Margins } from "../robot/collision/margins.ts";
import { MotionCollisionCheck } from "../robot/collision/motion-collision.ts";
import type { MotionOfJoints } from "../robot/collision/motion-of-joints.ts";
import { neutralConfiguration, setJointPositions } from "../robot/configuration.ts";
import { createMotionSample } from "../robot/trajectory/motion-profile.ts";
import { collisionObjection } from "./collision-objection.ts";
import type { CommandedRobot } from "./gate-output.ts";
import { durationOfAll, type JointPath } from "./joint-path.ts";
import type { LeastDistance } from "./plan-request.ts";
import type { PlannedMotion } from "./planned-motion.ts";
import type { Objection } from "./validate-motion.ts";

/** How near motions may come to collisions where nothing else is configured, m. */
export const usualMargins: Margins = Object.freeze({ self: 0, scene: 0.01 });

/** How much of a check runs in one cycle: about half a millisecond. */
const looksEachCycle = 300;
/** A check that takes longer is abandoned: the robot has moved away from the start of the motion. ms */
const longestMs = 2000;
const samplesEachCell = 4;

/** "pass": nothing collides; "wait": not known yet. */
export type Verdict = Objection | "pass" | "wait";

/**
 * Checks one motion for collision, of the robot with itself and its surroundings, before it is sent, a portion per cycle.
 * Times are server ms.
 */
export class CollisionGuard {
  private check: MotionCollisionCheck | null = null;
  private model: CollisionModel | null = null;

  constructor(
    readonly motion: PlannedMotion,
    /** Server ms. */
    readonly began: number,
    /** m: how exactly `least` is to be known, which takes longer. */
    private readonly leastWithin = Number.POSITIVE_INFINITY,
  ) {}

  /**
   * How near the motion comes to a collision, of what the check has looked at; null: nothing was near enough to be measured,
   * or nothing is checked.
   */
  least(): LeastDistance | null {
    const least = this.check?.least() ?? null;
    if (least === null) return null;
    return { metres: least.metres, between: [least.pair.link1, least.pair.link2], time: least.time };
  }

  /** Continues the check. `robot` is as it was at the start, except for what is known of its geometry. */
  advance(robot: CommandedRobot, now: number): Verdict {
    const { collisions } = robot;
    if (collisions.state === "none") return "pass";
    if (collisions.state === "unknown") return { code: "not_checked", message: collisions.reason };
    if (now - this.began > longestMs) {
      return {
        code: "not_checked",
        message:
          collisions.state === "reading"
            ? "the robot's collision geometry is still being read: try again in a moment"
            : `looking for collisions took more than ${longestMs / 1000} s: try a shorter motion`,
      };
    }
    if (collisions.state === "reading") return "wait";
    if (this.check === null || this.model !== collisions.model) {
      this.model = collisions.model;
      this.check = new MotionCollisionCheck(
        collisions.model,
        new PathsMotion(this.motion, robot, this.model),
        { margin: robot.margins ?? usualMargins, leastWithin: this.leastWithin },
      );
    }
    const found = this.check.advance(looksEachCycle);
    if (found === null) return "wait";
    if (found === "free") return "pass";
    return collisionObjection(found);
  }
}

/** A planned motion extended to the whole robot: joints it does not name stay where they are measured. */
export class PathsMotion implements MotionOfJoints {
  readonly duration: number;
  private readonly start: Float64Array;
  private readonly moved: { path: JointPath; qIndex: number; vIndex: number }[] = [];
  private readonly sample = createMotionSample();

  constructor({ joints, paths }: PlannedMotion, { measured }: CommandedRobot, { robot }: CollisionModel) {
    this.duration = durationOfAll(paths);
    this.start = neutralConfiguration(robot);
    setJointPositions(robot, this.start, (joint) => measured.position(joint));
    for (const [i, name] of joints.entries()) {
      const joint = robot.joints[robot.jointIndex.get(name) ?? -1];
      if (joint?.nq === 1) {
        const { qIndex, vIndex } = joint;
        this.moved.push({ path: paths[i] as JointPath, qIndex, vIndex });
      }
    }
  }

  configurationAt(time: number, q: Float64Array): void {
    q.set(this.start);
    for (const { path, qIndex } of this.moved) {
      path.sample(time, this.sample);
      q[qIndex] = this.sample.position;
    }
  }

  fastestWithin(from: number, until: number, out: Float64Array): void {
    out.fill(0);
    const step = (until - from) / samplesEachCell;
    for (const { path, vIndex } of this.moved) {
      let [speed, acceleration, jerk, before] = [0, 0, 0, Number.NaN];
      for (let i = 0; i <= samplesEachCell; i += 1) {
        path.sample(from + i * step, this.sample);
        speed = Math.max(speed, Math.abs(this.sample.velocity));
        acceleration = Math.max(acceleration, Math.abs(this.sample.acceleration));
        jerk = Math.max(jerk, Math.abs(this.sample.jerk));
        // Not every path knows its acceleration.
        if (i > 0 && step > 0) {
          acceleration = Math.max(acceleration, Math.abs(this.sample.velocity - before) / step);
        }
        before = this.sample.velocity;
      }
      // Between two samples the speed rises at most as far as the acceleration allows from the nearer sample.
      out[vIndex] = speed + (acceleration + jerk * step) * step;
    }
  }
}
