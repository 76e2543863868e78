import { Signal } from "../../client/signal.ts";
import type { RobotView } from "../scene/robot-view.ts";
import type { Stage } from "../scene/stage.ts";
import type { Targets } from "../store/targets.ts";
import { ToolGizmo } from "./tool-gizmo.ts";
import { ToolHand, type ToolRobot } from "./tool-hand.ts";
import { ToolKinematics } from "./tool-kinematics.ts";

/** The hand on one robot's tool, with its handles in the scene. Made when the panel for it is first opened. */
export class ToolSession {
  readonly hand: ToolHand;
  /** Whether the handles may be seen and dragged. */
  readonly isActive = new Signal(false);
  private readonly gizmo: ToolGizmo | null;

  /** Throws where the description cannot be computed with. */
  constructor(
    readonly view: RobotView,
    robot: ToolRobot,
    targets: Targets,
    stage: Stage | null,
  ) {
    this.hand = new ToolHand(new ToolKinematics(view.model.text), robot, targets, () => performance.now());
    this.gizmo =
      stage &&
      new ToolGizmo(stage, {
        dragged: (position, quaternion) => this.hand.drag({ position, quaternion }),
        held: () => undefined,
      });
    this.isActive.subscribe(() => this.show());
    this.hand.state.subscribe(() => this.show());
  }

  /** Before each picture. `share`: what a drag goes of its way. True when anything moved. */
  frame(share: number): boolean {
    if (!this.isActive.get()) return false;
    const moved = this.hand.step();
    const pose = this.hand.pose();
    if (this.gizmo === null || pose === null) return moved;
    this.gizmo.share = share;
    return this.gizmo.put(pose.position, pose.quaternion) || moved;
  }

  /** Whether the pointer is on a handle or drags one. */
  get isPointed(): boolean {
    return this.isActive.get() && this.gizmo?.isPointed === true;
  }

  /** CSS pixels of the handles, for tests: their middle, or a point along one of their axes. */
  screenPoint(axis: "x" | "y" | "z" | null, metres: number): { x: number; y: number } | null {
    return this.isActive.get() ? (this.gizmo?.screenPoint(axis, metres) ?? null) : null;
  }

  dispose(): void {
    this.isActive.set(false);
    this.gizmo?.dispose();
  }

  private show(): void {
    const { link, axes, handles } = this.hand.state.get();
    const isShown = this.isActive.get() && link !== null;
    this.gizmo?.attach(isShown ? this.view.root : null);
    this.gizmo?.setAxes(axes);
    this.gizmo?.setHandles(handles);
  }
}
