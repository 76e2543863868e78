import { neutralConfiguration, setJointPositions } from "../robot/configuration.ts";
import { createData, type RobotData } from "../robot/data.ts";
import { factorize, solve } from "../robot/dynamics/cholesky.ts";
import { forwardKinematics } from "../robot/forward-kinematics.ts";
import { frameJacobian } from "../robot/frame-jacobian.ts";
import type { ModelJoint, RobotModel } from "../robot/model.ts";
import { chainJoints } from "../robot/path/solve-pose.ts";
import { toolLink } from "../robot/tool-link.ts";
import type { CommandedRobot } from "./gate-output.ts";
import type { CartesianVelocityCommand } from "./motion-command.ts";
import type { JointLimits } from "./robot-limits.ts";
import type { Objection } from "./validate-motion.ts";

/** The fastest that a tool is jogged, m/s and rad/s. */
const fastest = { linear: 0.25, angular: 1 };
/** How far a joint goes on when its jog ends: the goal's horizon and a late successor, s. */
const goesOn = 0.35;
/** Of the tool's motion: how far it may differ from what was commanded before it is another motion. */
const astray = 0.02;
/** Keeps the equations solvable in a singular configuration; the square of m or rad. */
const damping = 1e-8;

/** Joint velocities for a jog of a link; `limitedBy`: why it is slower than commanded, or null. */
export type ToolJog = { velocities: Record<string, number>; limitedBy: string | null };

/** Turns jogs of a link into velocities of the joints between the root and it, again for each command. */
export class ToolJogs {
  private model: RobotModel | null = null;
  private data: RobotData | null = null;
  private q: Float64Array = new Float64Array(0);
  private jacobian: Float64Array = new Float64Array(0);

  /**
   * The joint velocities that move a link as commanded, from where the joints are measured: the direction is kept, and all of
   * it is slowed down where the tool, a joint's velocity or a joint's limit asks for it. In a direction that the arm cannot move
   * in, near a singular configuration, it stands.
   */
  velocities(command: CartesianVelocityCommand, robot: CommandedRobot): ToolJog | Objection {
    const model = robot.model ?? null;
    if (model === null) return { code: "not_checked", message: "the robot's description is not known yet" };
    const name = command.link ?? toolLink(model);
    const link = model.linkIndex.get(name ?? "") ?? -1;
    if (link < 0) {
      const message =
        name === null ? "the robot has no tool: name a link" : `the robot has no link "${name}"`;
      return { code: "unknown_link", message };
    }
    const frame = command.frame === undefined ? 0 : (model.linkIndex.get(command.frame) ?? -1);
    if (frame < 0) return { code: "unknown_frame", message: `the robot has no frame "${command.frame}"` };
    const chain = chainJoints(model, link);
    if (chain.length === 0) return { code: "unknown_link", message: `no joint moves ${name}` };
    const data = this.place(model, robot);
    const { linear, angular } = command;
    const wanted = [
      ...inRoot(data, frame, [linear.x, linear.y, linear.z]),
      ...inRoot(data, frame, [angular.x, angular.y, angular.z]),
    ];
    if (!wanted.every(Number.isFinite)) return { code: "not_finite", message: "the velocity is not finite" };
    const zero = Object.fromEntries(chain.map((joint) => [joint.name, 0]));
    if (wanted.every((value) => value === 0)) return { velocities: zero, limitedBy: null };
    frameJacobian(model, data, link, this.jacobian);
    const rates = leastSquares(this.jacobian, model.nv, chain, wanted);
    if (rates === null || isAstray(this.jacobian, model.nv, chain, rates, wanted)) {
      const limitedBy = `${name} cannot move so from here: the arm is near a singular configuration, or has too few joints`;
      return { velocities: zero, limitedBy };
    }
    const { share, limitedBy } = room(chain, rates, wanted, robot);
    const velocities = Object.fromEntries(
      chain.map((joint, i) => [joint.name, share * (rates[i] as number)]),
    );
    return { velocities, limitedBy };
  }

  private place(model: RobotModel, { measured }: CommandedRobot): RobotData {
    if (this.model !== model || this.data === null) {
      this.model = model;
      this.data = createData(model);
      this.q = neutralConfiguration(model);
      this.jacobian = new Float64Array(6 * model.nv);
    }
    setJointPositions(model, this.q, (joint) => measured.position(joint));
    forwardKinematics(model, this.data, this.q);
    return this.data;
  }
}

/** A vector along the axes of a link, along those of the root link. */
function inRoot(data: RobotData, link: number, [x, y, z]: [number, number, number]): number[] {
  const r = data.rootFromLink;
  const at = 12 * link;
  return [0, 1, 2].map((row) => {
    const k = at + 3 * row;
    return (r[k] as number) * x + (r[k + 1] as number) * y + (r[k + 2] as number) * z;
  });
}

/** Jᵀ (J Jᵀ + damping)⁻¹ of the chain's columns, times the wanted velocity; null: it cannot be solved. */
function leastSquares(
  jacobian: Float64Array,
  nv: number,
  chain: readonly ModelJoint[],
  wanted: readonly number[],
): number[] | null {
  const square = new Float64Array(36);
  for (let a = 0; a < 6; a += 1) {
    for (let b = 0; b <= a; b += 1) {
      let sum = a === b ? damping : 0;
      for (const { vIndex } of chain) {
        sum += (jacobian[a * nv + vIndex] as number) * (jacobian[b * nv + vIndex] as number);
      }
      square[6 * a + b] = sum;
    }
  }
  const task = Float64Array.from(wanted);
  if (!factorize(square, 6)) return null;
  solve(square, 6, task);
  return chain.map(({ vIndex }) => {
    let sum = 0;
    for (let a = 0; a < 6; a += 1) sum += (jacobian[a * nv + vIndex] as number) * (task[a] as number);
    return sum;
  });
}

/** Whether the rates move the link otherwise than wanted. */
function isAstray(
  jacobian: Float64Array,
  nv: number,
  chain: readonly ModelJoint[],
  rates: readonly number[],
  wanted: readonly number[],
): boolean {
  let [off, size] = [0, 0];
  for (let a = 0; a < 6; a += 1) {
    let moved = 0;
    for (const [i, { vIndex }] of chain.entries()) {
      moved += (jacobian[a * nv + vIndex] as number) * (rates[i] as number);
    }
    off += (moved - (wanted[a] as number)) ** 2;
    size += (wanted[a] as number) ** 2;
  }
  return Math.sqrt(off) > astray * Math.sqrt(size);
}

/** The share of the rates that everything permits, and what permits the least of them. */
function room(
  chain: readonly ModelJoint[],
  rates: readonly number[],
  wanted: readonly number[],
  { limits, measured }: CommandedRobot,
): { share: number; limitedBy: string | null } {
  let [share, limitedBy] = [1, null as string | null];
  const bound = (most: number, why: string): void => {
    if (!(most < share)) return;
    share = Math.max(0, most);
    limitedBy = why;
  };
  bound(fastest.linear / Math.hypot(...wanted.slice(0, 3)), `at most ${fastest.linear} m/s`);
  bound(fastest.angular / Math.hypot(...wanted.slice(3)), `at most ${fastest.angular} rad/s`);
  for (const [i, { name }] of chain.entries()) {
    const limit = limits.joints.get(name);
    const rate = rates[i] as number;
    if (limit === undefined || rate === 0) continue;
    bound(limit.velocity / Math.abs(rate), `${name} turns as fast as it may`);
    const position = measured.position(name) ?? 0;
    const left = rate > 0 ? limit.upper - position : position - limit.lower;
    bound(speedBefore(left, limit) / Math.abs(rate), `${name} is near its limit`);
  }
  return { share, limitedBy };
}

/** The speed from which a joint comes to rest within `left`, rad or m, when its jog ends. */
function speedBefore(left: number, { acceleration: a }: JointLimits): number {
  if (left <= 0) return 0;
  return a * (Math.sqrt(goesOn * goesOn + (2 * left) / a) - goesOn);
}
