import { jointPosition, neutralConfiguration, setJointPosition } from "../../robot/configuration.ts";
import { createData, type RobotData } from "../../robot/data.ts";
import { forwardKinematics, readLinkPose } from "../../robot/forward-kinematics.ts";
import { InverseKinematics } from "../../robot/inverse-kinematics/inverse-kinematics.ts";
import { createModel, type RobotModel } from "../../robot/model.ts";
import { parseUrdf } from "../../robot/reading/urdf.ts";
import { chainOf } from "./tool-link.ts";

/** Where a link is or is to be, in the frame of the robot's root link: m, and a unit quaternion x y z w. */
export type ToolPose = { position: readonly number[]; quaternion: readonly number[] };

/** What is missing to a pose that was asked for: nothing, or so many m and rad, with the joints that are at a limit. */
export type Reach = {
  isReached: boolean;
  /** Further away than the arm is long. */
  isTooFar: boolean;
  metres: number;
  radians: number;
  limits: readonly { joint: string; end: "lower" | "upper" }[];
};

export type ToolSolution = { positions: Record<string, number>; reach: Reach };

/** Of one attempt: well under the 4 ms that a picture leaves. */
const steps = 40;
/** A pose that was typed may be on another branch: so many starts are tried. */
const thoroughAttempts = 24;
/** m and rad: nearer than any display shows. */
const tolerance = 1e-5;
/** A joint nearer to its limit than this counts as at it, rad or m. */
const atLimit = 1e-3;

/** A robot's model in the page: where its links are, and which joints bring a link to a pose. */
export class ToolKinematics {
  readonly model: RobotModel;
  private readonly data: RobotData;
  private readonly q: Float64Array;
  private readonly pose = new Float64Array(7);
  private solver: { key: string; model: RobotModel; solver: InverseKinematics } | null = null;

  /** Throws where the text is no robot. */
  constructor(urdf: string) {
    const { description, findings } = parseUrdf(urdf);
    if (description === null) throw new Error(findings[0]?.message ?? "the description is no robot");
    this.model = createModel(description);
    this.data = createData(this.model);
    this.q = neutralConfiguration(this.model);
  }

  /** Where `link` is with the joints at `position`; what that does not know stays as it was. */
  poseOf(link: string, position: (joint: string) => number | null): ToolPose {
    this.place(position);
    forwardKinematics(this.model, this.data, this.q);
    readLinkPose(this.data, this.model.linkIndex.get(link) ?? 0, this.pose);
    return { position: [...this.pose.subarray(0, 3)], quaternion: [...this.pose.subarray(3)] };
  }

  /**
   * The joints of the chain that bring `link` to `target`, from `position` on and on the same branch; `isThorough`: on
   * whichever branch. Joints that are not `isDriven` stay. Without `holdsTurn` only the place counts. Where it is out of
   * reach, the nearest that was found.
   */
  solve(
    link: string,
    target: ToolPose,
    position: (joint: string) => number | null,
    options: { isDriven: (joint: string) => boolean; holdsTurn: boolean; isThorough: boolean },
  ): ToolSolution {
    this.place(position);
    const index = this.model.linkIndex.get(link) ?? 0;
    const chain = chainOf(this.model, index);
    const moved = chain.filter(options.isDriven);
    const { solver, model } = this.solverFor(index, moved, options.holdsTurn);
    const wanted = {
      link: index,
      position: target.position,
      quaternion: options.holdsTurn ? target.quaternion : undefined,
    };
    const attempts = options.isThorough ? thoroughAttempts : 1;
    const answer = solver.solve(this.q, [wanted], { steps, attempts, tolerance });
    const isReached = answer.outcome === "converged";
    const positions = Object.fromEntries(
      moved.map((joint) => [joint, jointPosition(model, answer.q, joint) ?? 0]),
    );
    const reach: Reach = {
      isReached,
      isTooFar: answer.outcome === "outOfReach",
      metres: answer.positionError,
      radians: answer.orientationError,
      limits: isReached ? [] : this.limitsOf(positions),
    };
    return { positions, reach };
  }

  private place(position: (joint: string) => number | null): void {
    for (const joint of this.model.joints) {
      if (joint.mimic !== null || joint.nv !== 1) continue;
      const value = position(joint.name);
      if (value !== null) setJointPosition(this.model, this.q, joint.name, value);
    }
  }

  /** Joints that stay have no room to move in: their limits are where they are. */
  private solverFor(link: number, moved: readonly string[], holdsTurn: boolean) {
    const free = new Set(moved);
    const chain = new Set(chainOf(this.model, link));
    const held = this.model.joints.filter(({ name }) => chain.has(name) && !free.has(name));
    const at = (name: string): number => jointPosition(this.model, this.q, name) ?? 0;
    const key = [link, holdsTurn, ...held.map(({ name }) => `${name}=${at(name)}`)].join(" ");
    if (this.solver?.key === key) return this.solver;
    const joints = this.model.joints.map((joint) =>
      held.includes(joint) ? { ...joint, lower: at(joint.name), upper: at(joint.name) } : joint,
    );
    const model: RobotModel = held.length === 0 ? this.model : { ...this.model, joints };
    const target = holdsTurn ? { link, quaternion: [0, 0, 0, 1] } : { link };
    this.solver = { key, model, solver: new InverseKinematics(model, [target]) };
    return this.solver;
  }

  private limitsOf(positions: Readonly<Record<string, number>>): Reach["limits"] {
    const found: { joint: string; end: "lower" | "upper" }[] = [];
    for (const [joint, position] of Object.entries(positions)) {
      const known = this.model.joints[this.model.jointIndex.get(joint) ?? -1];
      if (known === undefined) continue;
      if (position <= known.lower + atLimit) found.push({ joint, end: "lower" });
      else if (position >= known.upper - atLimit) found.push({ joint, end: "upper" });
    }
    return found;
  }
}
