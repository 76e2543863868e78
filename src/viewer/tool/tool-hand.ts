import { Signal } from "../../client/signal.ts";
import type { Targets } from "../store/targets.ts";
import type { Reach, ToolKinematics, ToolPose } from "./tool-kinematics.ts";
import { chainOf, likelyTool, movedLinks } from "./tool-link.ts";

/** Along which axes the tool is moved and turned: its own, or those of the robot's root link. */
export type ToolAxes = "own" | "base";

export type ToolState = {
  /** The link that is moved; null where no joint can be driven. */
  link: string | null;
  axes: ToolAxes;
  handles: "move" | "turn";
  /** Whether the turn counts, and not the place alone. */
  holdsTurn: boolean;
  /** Where the tool is wanted; null: nothing is asked, and it is where the robot (or the sliders' ghost) has it. */
  target: ToolPose | null;
  /** Whether the joints can bring it there; null without a target. */
  reach: Reach | null;
};

/** What the hand needs to know of its robot. */
export type ToolRobot = {
  id: string;
  measured(joint: string): number | null;
  isDriven(joint: string): boolean;
};

/** A person's hand on a robot's tool: a pose in, joint targets for the amber ghost out, at screen rate. */
export class ToolHand {
  readonly state: Signal<ToolState>;
  readonly links: readonly string[];
  /** ms that the last solution took. */
  lastSolveMs = 0;
  private pending: ToolPose | null = null;
  /** The ghost as this hand set it; another one means that somebody else moved it. */
  private set: Readonly<Record<string, number>> | null = null;

  constructor(
    readonly kinematics: ToolKinematics,
    readonly robot: ToolRobot,
    private readonly targets: Targets,
    private readonly now: () => number,
  ) {
    const { model } = kinematics;
    this.links = movedLinks(model);
    const link = likelyTool(model, robot.isDriven);
    this.state = new Signal<ToolState>({
      link,
      axes: "base",
      handles: "move",
      holdsTurn: this.canTurn(link),
      target: null,
      reach: null,
    });
    targets.changed.subscribe(() => {
      if (this.set === null || this.targets.of(robot.id) === this.set) return;
      this.set = null;
      this.pending = null;
      this.change({ target: null, reach: null });
    });
  }

  change(changes: Partial<ToolState>): void {
    this.state.update((state) => ({ ...state, ...changes }));
  }

  choose(link: string): void {
    if (!this.links.includes(link) || link === this.state.get().link) return;
    this.pending = null;
    this.change({ link, target: null, reach: null, holdsTurn: this.canTurn(link) });
  }

  /** Where the tool is now, or is wanted. Null where there is none. */
  pose(): ToolPose | null {
    const { link, target } = this.state.get();
    if (link === null) return null;
    return this.pending ?? target ?? this.kinematics.poseOf(link, this.position);
  }

  /** Asks for a pose while a handle is dragged: solved at the next `step`, the newest alone. */
  drag(pose: ToolPose): void {
    this.pending = pose;
  }

  /** Asks for a pose that was typed or nudged: solved at once, on whichever branch reaches it. */
  want(pose: ToolPose): void {
    this.pending = null;
    this.solve(pose, true);
  }

  /** To be called once a picture. True when the ghost moved. */
  step(): boolean {
    const pose = this.pending;
    if (pose === null) return false;
    this.pending = null;
    this.solve(pose, false);
    return true;
  }

  /** Asks for what the ghost can do: the nearest place that was found. */
  takeNearest(): void {
    const { link } = this.state.get();
    if (link !== null) this.want(this.kinematics.poseOf(link, this.position));
  }

  private solve(pose: ToolPose, isThorough: boolean): void {
    const { link, holdsTurn } = this.state.get();
    if (link === null) return;
    const { isDriven } = this.robot;
    const beganMs = this.now();
    let solution = this.kinematics.solve(link, pose, this.position, {
      isDriven,
      holdsTurn,
      isThorough: false,
    });
    if (isThorough && !solution.reach.isReached && !solution.reach.isTooFar) {
      solution = this.kinematics.solve(link, pose, this.position, { isDriven, holdsTurn, isThorough });
    }
    this.lastSolveMs = this.now() - beganMs;
    this.set = null;
    this.targets.setAll(this.robot.id, solution.positions);
    this.set = this.targets.of(this.robot.id);
    this.change({ target: pose, reach: solution.reach });
  }

  /** The ghost where there is one, else the robot. */
  private readonly position = (joint: string): number | null => {
    const targets = this.targets.of(this.robot.id);
    return Object.hasOwn(targets, joint) ? (targets[joint] ?? null) : this.robot.measured(joint);
  };

  /** Six joints can hold a turn as well as a place. */
  private canTurn(link: string | null): boolean {
    const { model } = this.kinematics;
    const chain = link === null ? [] : chainOf(model, model.linkIndex.get(link) ?? 0);
    return chain.filter(this.robot.isDriven).length >= 6;
  }
}
