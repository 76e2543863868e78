import { neutralConfiguration, setJointPositions } from "../robot/configuration.ts";
import type { CourseFault } from "../robot/path/twist-course.ts";
import { planTwistCourse } from "../robot/path/twist-course.ts";
import type { TwistProfile } from "../robot/path/twist-profile.ts";
import type { MotionState } from "../robot/trajectory/motion-state.ts";
import type { CommandedRobot } from "./gate-output.ts";
import type { JointPath } from "./joint-path.ts";
import type { JointLimits } from "./robot-limits.ts";
import { timedJointPaths } from "./timed-joint-paths.ts";
import type { ToolTwist } from "./tool-jog.ts";

/** A course under way: its twist counts from `since`, server ms. */
type UnderWay = { tool: ToolTwist; profile: TwistProfile; since: number };

/** The course of a link from one goal of its jog to the next. */
export class ToolCourse {
  private underWay: UnderWay | null = null;
  private proposed: UnderWay | null = null;

  /**
   * The paths of the joints that move the link, by joint: towards `share` of its twist from the planned states `starts` of those
   * joints at `now`; a sentence where there is none. The joints must be on the course before, or at rest: null where they are not.
   */
  propose(
    tool: ToolTwist,
    share: number,
    gentleness: number,
    horizon: number,
    starts: ReadonlyMap<string, MotionState>,
    { limits, measured }: CommandedRobot,
    now: number,
  ): ReadonlyMap<string, JointPath> | string | null {
    const { rates, axes } = tool;
    const { model, chain } = rates;
    const states = chain.map(({ name }) => starts.get(name) as MotionState);
    const [twist, change] = [new Float64Array(6), new Float64Array(6)];
    const before = this.underWay;
    const goesOn = before !== null && before.tool.rates === rates && before.tool.axes === axes;
    if (goesOn) before.profile.sample((now - before.since) / 1000, twist, change);
    else if (states.some(({ velocity, acceleration }) => velocity !== 0 || acceleration !== 0)) return null;
    const q = neutralConfiguration(model);
    setJointPositions(model, q, (joint) => starts.get(joint)?.position ?? measured.position(joint));
    const course = planTwistCourse({
      rates,
      q,
      velocities: states.map(({ velocity }) => velocity),
      accelerations: states.map(({ acceleration }) => acceleration),
      axes,
      twist,
      change,
      wanted: Float64Array.from(tool.twist, (value) => share * value),
      horizon: share === 0 ? Number.POSITIVE_INFINITY : horizon,
      gentleness,
      limits: chain.map(({ name }) => limits.joints.get(name) as JointLimits),
    });
    if (!course.ok) return sentence(course, tool.name);
    this.proposed = { tool, profile: course.profile, since: now };
    const paths = timedJointPaths(course.path, []);
    return new Map(chain.map(({ name }, i) => [name, paths[i] as JointPath]));
  }

  /** What is proposed is not sent. */
  withdraw(): void {
    this.proposed = null;
  }

  /** What is proposed is sent; nothing is: the joints leave the course. */
  commit(): void {
    this.underWay = this.proposed;
    this.proposed = null;
  }

  /** The joints are on no course of a link any more. */
  forget(): void {
    this.underWay = null;
    this.proposed = null;
  }
}

function sentence({ why, joint }: CourseFault, link: string): string {
  switch (why) {
    case "singular":
      return `${link} cannot move so from here: the arm is near a singular configuration, or has too few joints`;
    case "range":
      return `${joint} is near its limit`;
    case "rate":
      return `${joint} moves as fast as it may`;
  }
}
