import { Object3D, Quaternion, Vector3 } from "three";
import { TransformControls } from "three/examples/jsm/controls/TransformControls.js";
import type { Stage } from "../scene/stage.ts";

/** Handles in the 3D view on something of a robot: dragged, they say where it is wanted. */
export type GizmoEvents = {
  /** In the parent's frame: m and a unit quaternion x y z w. */
  dragged(position: number[], quaternion: number[]): void;
  /** A hand took the handles, or let them go. */
  held(isHeld: boolean): void;
};

/**
 * Move and turn handles (three's TransformControls). In base axes the handle itself stays unturned and its turn is added
 * to that of the thing; in precise mode a drag goes a tenth of its way.
 */
export class ToolGizmo {
  share = 1;
  private readonly controls: TransformControls;
  private readonly handle = new Object3D();
  private readonly place = { position: new Vector3(), turn: new Quaternion() };
  private readonly start = { position: new Vector3(), turn: new Quaternion(), handle: new Quaternion() };
  private axes: "own" | "base" = "base";
  private isHeld = false;

  constructor(
    private readonly stage: Stage,
    private readonly events: GizmoEvents,
  ) {
    this.controls = new TransformControls(stage.camera, stage.canvas);
    this.controls.setSpace("local");
    this.controls.setSize(matchMedia("(pointer: coarse)").matches ? 1.4 : 0.85);
    this.controls.addEventListener("change", stage.requestDraw);
    this.controls.addEventListener("dragging-changed", ({ value }) => this.hold(value === true));
    this.controls.addEventListener("objectChange", () => this.drag());
    stage.scene.add(this.controls.getHelper());
  }

  /** Whether the pointer is on a handle, or drags one. */
  get isPointed(): boolean {
    return this.isHeld || this.controls.axis !== null;
  }

  /** Shows the handles on something in `parent`'s frame; null hides them. */
  attach(parent: Object3D | null): void {
    if (parent === this.handle.parent && parent !== null) return;
    this.controls.detach();
    this.handle.removeFromParent();
    this.hold(false);
    if (parent !== null) {
      parent.add(this.handle);
      this.controls.attach(this.handle);
    }
    this.stage.requestDraw();
  }

  setAxes(axes: "own" | "base"): void {
    if (axes === this.axes) return;
    this.axes = axes;
    this.put();
  }

  setHandles(handles: "move" | "turn"): void {
    this.controls.setMode(handles === "move" ? "translate" : "rotate");
    this.stage.requestDraw();
  }

  /** Where the thing is; has no effect while a hand holds the handles. True when that moved them. */
  put(position?: readonly number[], quaternion?: readonly number[]): boolean {
    if (this.isHeld) return false;
    if (position !== undefined) this.place.position.fromArray(position as number[]);
    if (quaternion !== undefined) this.place.turn.fromArray(quaternion as number[]);
    const turn = this.axes === "own" ? this.place.turn : upright;
    if (this.handle.position.equals(this.place.position) && this.handle.quaternion.equals(turn)) return false;
    this.handle.position.copy(this.place.position);
    this.handle.quaternion.copy(turn);
    return true;
  }

  /** Where on the page the handles' middle is, or a point `metres` along one of their axes; CSS pixels. */
  screenPoint(axis: "x" | "y" | "z" | null = null, metres = 0): { x: number; y: number } {
    const box = this.stage.canvas.getBoundingClientRect();
    const at = new Vector3();
    if (axis !== null) at[axis] = metres;
    this.handle.updateWorldMatrix(true, false);
    at.applyMatrix4(this.handle.matrixWorld).project(this.stage.camera);
    return { x: box.left + ((at.x + 1) / 2) * box.width, y: box.top + ((1 - at.y) / 2) * box.height };
  }

  dispose(): void {
    this.attach(null);
    this.controls.getHelper().removeFromParent();
    this.controls.dispose();
  }

  private hold(isHeld: boolean): void {
    if (isHeld === this.isHeld) return;
    this.isHeld = isHeld;
    this.stage.controls.enabled = !isHeld;
    if (isHeld) {
      this.start.position.copy(this.place.position);
      this.start.turn.copy(this.place.turn);
      this.start.handle.copy(this.handle.quaternion);
    } else this.put();
    this.events.held(isHeld);
  }

  private drag(): void {
    if (!this.isHeld) return;
    const { position, turn } = this.place;
    position.copy(this.start.position).lerp(this.handle.position, this.share);
    // The handle's turn since it was taken, about the parent's axes.
    back.copy(this.start.handle).invert();
    delta.copy(this.handle.quaternion).multiply(back);
    if (this.share < 1) delta.slerp(upright, 1 - this.share);
    turn.copy(delta).multiply(this.start.turn).normalize();
    // The controls reckon each move from its start: what is put here is only what is seen.
    this.handle.position.copy(position);
    this.handle.quaternion.copy(this.axes === "own" ? turn : delta.multiply(this.start.handle));
    this.events.dragged(position.toArray(), turn.toArray());
  }
}

const upright: Readonly<Quaternion> = new Quaternion();
const back = new Quaternion();
const delta = new Quaternion();
