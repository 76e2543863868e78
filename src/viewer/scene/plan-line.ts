import { CatmullRomCurve3, Mesh, MeshBasicMaterial, type Object3D, TubeGeometry, Vector3 } from "three";
import { ghostColors } from "./robot-looks.ts";

/** m: a line of one pixel is not seen among links. */
const radius = 0.004;
/** A way shorter than this is no line, m. */
const leastWay = 1e-3;

/** The way of a tool along a plan, in the robot's frame. */
export class PlanLine {
  private readonly material = new MeshBasicMaterial({
    color: ghostColors.predicted,
    depthTest: false,
    transparent: true,
    opacity: 0.85,
  });
  private tube: Mesh | null = null;

  /** `positions`: x y z after x y z, m in `parent`'s frame. */
  show(parent: Object3D, positions: readonly number[]): void {
    this.hide();
    const points: Vector3[] = [];
    for (let at = 0; at + 2 < positions.length; at += 3) {
      const point = new Vector3().fromArray(positions as number[], at);
      // A curve through the same point twice has no direction there.
      if (points.at(-1)?.distanceTo(point) !== 0) points.push(point);
    }
    const first = points[0];
    if (first === undefined || !points.some((point) => point.distanceTo(first) > leastWay)) return;
    const curve = new CatmullRomCurve3(points);
    this.tube = new Mesh(new TubeGeometry(curve, 2 * points.length, radius, 6), this.material);
    this.tube.renderOrder = 3;
    parent.add(this.tube);
  }

  hide(): void {
    this.tube?.removeFromParent();
    this.tube?.geometry.dispose();
    this.tube = null;
  }
}
