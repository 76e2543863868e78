import { Plane, Raycaster, Vector2, Vector3 } from "three";
import { Signal } from "../../client/signal.ts";
import { GroundArrow } from "./ground-arrow.ts";
import { type GroundGoal, headingOf } from "./ground-heading.ts";
import { PlanLine } from "./plan-line.ts";
import type { Stage } from "./stage.ts";

/** Further away than this a ray meets the floor too flatly to mean a place, m. */
const farthest = 60;

/** Press on the floor and drag: the place, and the heading. The view does not turn meanwhile. */
export class GroundAim {
  readonly goal = new Signal<GroundGoal | null>(null);
  /** The next press on the 3D view sets a goal. */
  readonly isAiming = new Signal(false);
  private readonly arrow = new GroundArrow();
  private readonly line = new PlanLine();
  private readonly raycaster = new Raycaster();
  private from: { x: number; y: number } | null = null;

  constructor(
    private readonly stage: Stage,
    private readonly robot: () => GroundGoal,
  ) {
    stage.scene.add(this.arrow.root);
    this.goal.subscribe(() => {
      this.arrow.show(this.goal.get());
      stage.requestDraw();
    });
    this.isAiming.subscribe(() => {
      stage.canvas.style.cursor = this.isAiming.get() ? "crosshair" : "";
      if (!this.isAiming.get()) this.end();
    });
    // In the capture phase: what aims neither turns the view nor selects a link.
    const { canvas } = stage;
    canvas.addEventListener("pointerdown", (event) => this.press(event), { capture: true });
    canvas.addEventListener("pointermove", (event) => this.move(event), { capture: true });
    canvas.addEventListener("pointerup", (event) => this.lift(event), { capture: true });
    canvas.addEventListener("pointercancel", () => this.cancel(), { capture: true });
  }

  /** Draws the way to the goal: x y z after x y z, m on the floor; empty: none. */
  showWay(positions: readonly number[]): void {
    this.line.show(this.stage.scene, positions);
    this.stage.requestDraw();
  }

  /** No goal any more, and none is being set. */
  cancel(): void {
    if (this.from !== null || this.isAiming.get()) this.isAiming.set(false);
    if (this.goal.get() !== null) this.goal.set(null);
  }

  private press(event: PointerEvent): void {
    if (!this.isAiming.get() || event.button !== 0) return;
    event.stopImmediatePropagation();
    event.preventDefault();
    const at = this.floorAt(event);
    if (at === null) return;
    this.stage.canvas.setPointerCapture(event.pointerId);
    this.from = at;
    this.aim(at);
  }

  private move(event: PointerEvent): void {
    if (this.from === null) return;
    event.stopImmediatePropagation();
    const at = this.floorAt(event);
    if (at !== null) this.aim(at);
  }

  private lift(event: PointerEvent): void {
    if (this.from === null) return;
    event.stopImmediatePropagation();
    this.isAiming.set(false);
  }

  private end(): void {
    this.from = null;
  }

  private aim(to: { x: number; y: number }): void {
    if (this.from === null) return;
    this.goal.set({ ...this.from, yaw: headingOf(this.from, to, this.robot()) });
  }

  private floorAt(event: PointerEvent): { x: number; y: number } | null {
    const box = this.stage.canvas.getBoundingClientRect();
    pointer.set(
      ((event.clientX - box.left) / box.width) * 2 - 1,
      1 - ((event.clientY - box.top) / box.height) * 2,
    );
    this.raycaster.setFromCamera(pointer, this.stage.camera);
    const hit = this.raycaster.ray.intersectPlane(floor, point);
    if (hit === null || hit.distanceTo(this.stage.camera.position) > farthest) return null;
    return { x: hit.x, y: hit.y };
  }
}

const floor = new Plane(new Vector3(0, 0, 1), 0);
const pointer = new Vector2();
const point = new Vector3();
