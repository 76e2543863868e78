import { BufferGeometry, Float32BufferAttribute, Line, LineBasicMaterial, type Object3D } from "three";
import { ghostColors } from "./robot-looks.ts";

/** The way of a tool along a plan, as a line in the robot's frame. */
export class PlanLine {
  private readonly line = new Line(
    new BufferGeometry(),
    new LineBasicMaterial({
      color: ghostColors.predicted,
      depthTest: false,
      transparent: true,
      opacity: 0.9,
    }),
  );

  constructor() {
    this.line.renderOrder = 3;
    this.line.frustumCulled = false;
  }

  /** `positions`: x y z after x y z, m in `parent`'s frame. */
  show(parent: Object3D, positions: readonly number[]): void {
    this.line.geometry.dispose();
    this.line.geometry = new BufferGeometry();
    this.line.geometry.setAttribute("position", new Float32BufferAttribute(positions, 3));
    parent.add(this.line);
  }

  /** True when it was to be seen. */
  hide(): boolean {
    const wasShown = this.line.parent !== null;
    this.line.removeFromParent();
    return wasShown;
  }
}
