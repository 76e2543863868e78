import { neutralConfiguration, setJointPositions } from "../robot/configuration.ts";
import type { RobotModel } from "../robot/model.ts";
import { ChainRates } from "../robot/path/chain-rates.ts";
import { chainJoints } from "../robot/path/solve-pose.ts";
import type { TwistAxes } from "../robot/path/twist-motion.ts";
import { turnTwist } from "../robot/path/twist-profile.ts";
import { toolLink } from "../robot/tool-link.ts";
import type { CommandedRobot } from "./gate-output.ts";
import type { CartesianVelocityCommand } from "./motion-command.ts";
import type { Objection } from "./validate-motion.ts";

/** The fastest that a link is jogged, m/s and rad/s. */
const fastest = { linear: 0.25, angular: 1 };

/** What a jog of a link asks for. */
export type ToolTwist = {
  /** The joints that move the link. */
  rates: ChainRates;
  name: string;
  axes: TwistAxes;
  /** m/s and rad/s along `axes`. */
  twist: Float64Array;
};

/** A twist, and why it is slower than commanded; or null. */
export type ResolvedTwist = { tool: ToolTwist; limitedBy: string | null };

/** Finds out what the jogs of links mean for the joints of a robot. */
export class ToolJogs {
  private rates: ChainRates | null = null;

  /** The twist that a command asks for, at most as fast as a link may be jogged. */
  resolve(command: CartesianVelocityCommand, robot: CommandedRobot): ResolvedTwist | Objection {
    const model = robot.model ?? null;
    if (model === null) return { code: "not_checked", message: "the robot's description is not known yet" };
    const name = command.link ?? toolLink(model);
    const link = model.linkIndex.get(name ?? "") ?? -1;
    if (name === null || link < 0) {
      const message =
        name === null ? "the robot has no tool: name a link" : `the robot has no link "${name}"`;
      return { code: "unknown_link", message };
    }
    const frame = command.frame === undefined ? 0 : (model.linkIndex.get(command.frame) ?? -1);
    if (frame < 0) return { code: "unknown_frame", message: `the robot has no frame "${command.frame}"` };
    const rates = this.ratesOf(model, link);
    if (rates.chain.length === 0) return { code: "unknown_link", message: `no joint moves ${name}` };
    const { linear, angular } = command;
    const twist = Float64Array.of(linear.x, linear.y, linear.z, angular.x, angular.y, angular.z);
    if (!twist.every(Number.isFinite)) return { code: "not_finite", message: "the velocity is not finite" };
    const limitedBy = slowDown(twist);
    const axes = frame === link ? "link" : "root";
    if (frame !== 0 && frame !== link) turnIntoRoot(rates, frame, twist, robot);
    return { tool: { rates, name, axes, twist }, limitedBy };
  }

  private ratesOf(model: RobotModel, link: number): ChainRates {
    if (this.rates?.model !== model || this.rates.link !== link) {
      this.rates = new ChainRates(model, link, chainJoints(model, link));
    }
    return this.rates;
  }
}

/** Makes a twist as slow as a link may be jogged; why, if so. */
function slowDown(twist: Float64Array): string | null {
  const linear = Math.hypot(twist[0] as number, twist[1] as number, twist[2] as number);
  const angular = Math.hypot(twist[3] as number, twist[4] as number, twist[5] as number);
  const share = Math.min(1, fastest.linear / linear, fastest.angular / angular);
  if (!(share < 1)) return null;
  for (let k = 0; k < 6; k += 1) twist[k] = (twist[k] as number) * share;
  return share === fastest.linear / linear
    ? `at most ${fastest.linear} m/s`
    : `at most ${fastest.angular} rad/s`;
}

/** From the axes of a link, as they are measured, into those of the root link. */
function turnIntoRoot(rates: ChainRates, frame: number, twist: Float64Array, robot: CommandedRobot): void {
  const q = neutralConfiguration(rates.model);
  setJointPositions(rates.model, q, (joint) => robot.measured.position(joint));
  rates.place(q);
  const pose = new Float64Array(12);
  rates.pose(frame, pose);
  turnTwist(pose, 0, twist.slice(), twist);
}
