import type { CollisionModel } from "../robot/collision/collision-model.ts";
import type { Margins } from "../robot/collision/margins.ts";
import { MotionCollisionCheck } from "../robot/collision/motion-collision.ts";
import { PathsMotion, usualMargins } from "./collision-guard.ts";
import { collisionObjection } from "./collision-objection.ts";
import type { CommandedRobot, KnownCollisions } from "./gate-output.ts";
import type { JointPath } from "./joint-path.ts";
import type { PresentMotion } from "./present-motion.ts";
import type { Objection } from "./validate-motion.ts";

/** How much of a check runs in one cycle: about half a millisecond. */
const looksEachCycle = 300;
/** The joints beside a motion are measured anew: what was just far enough away must not end it for that, m. */
const noise = 1e-3;

function lessened({ self, scene }: Margins): Margins {
  return { self: Math.max(0, self - noise), scene: Math.max(0, scene - noise) };
}

/** What can be checked: of a robot whose links cannot all be, the others. */
function knownModel(collisions: KnownCollisions): CollisionModel | null {
  if (collisions.state === "ready") return collisions.model;
  return collisions.state === "unknown" ? (collisions.partial ?? null) : null;
}

/**
 * Checks what is left of the motions under way again when the surroundings have changed. A change that comes during a check is
 * looked at by the next one.
 */
export class SceneWatch {
  private judged: CollisionModel | null = null;
  private check: MotionCollisionCheck | null = null;

  constructor(private readonly present: PresentMotion) {}

  /** A motion begins that was checked with these surroundings. */
  begins({ collisions }: CommandedRobot): void {
    this.judged = knownModel(collisions);
    this.check = null;
  }

  /**
   * Why the motions of `moving`, which are under way at server ms `now`, must not go on; null: nothing is known against them.
   * `isJogged`: joints of a jog, each goal of which is checked by itself.
   */
  objection(
    moving: readonly string[],
    isJogged: (joint: string) => boolean,
    robot: CommandedRobot,
    now: number,
  ): Objection | null {
    const joints = moving.filter((joint) => !isJogged(joint));
    if (joints.length === 0) {
      this.check = null;
      return null;
    }
    // Objects in frames of tf are placed anew where somebody asks.
    const { collisions } = robot;
    const model = knownModel(collisions);
    if (model === null) return null;
    if (this.check === null && model !== this.judged) {
      this.judged = model;
      this.check = new MotionCollisionCheck(model, this.rest(joints, robot, model, now), {
        margin: lessened(robot.margins ?? usualMargins),
      });
    }
    const verdict = this.check?.advance(looksEachCycle) ?? null;
    if (verdict === null) return null;
    this.check = null;
    if (verdict === "free") return null;
    const { message, ...rest } = collisionObjection(verdict);
    return { ...rest, message: `the surroundings changed: ${message}` };
  }

  /** What is left of the motions. */
  private rest(
    joints: readonly string[],
    robot: CommandedRobot,
    model: CollisionModel,
    now: number,
  ): PathsMotion {
    const moved: string[] = [];
    const paths: JointPath[] = [];
    for (const joint of joints) {
      const under = this.present.pathOf(joint, now);
      if (under === null) continue;
      const passed = Math.max(0, (now - under.since) / 1000);
      const { path } = under;
      moved.push(joint);
      paths.push({
        duration: Math.max(0, path.duration - passed),
        bends: [],
        sample: (time, out) => path.sample(passed + time, out),
      });
    }
    return new PathsMotion({ joints: moved, paths, isSmooth: true }, robot, model);
  }
}
