import { type Box3, MathUtils, Sphere, Vector3 } from "three";
import type { Stage } from "./stage.ts";

const directions = {
  fit: new Vector3(0.9, -0.75, 0.5).normalize(),
  front: new Vector3(1, 0, 0.08).normalize(),
  top: new Vector3(-0.001, 0, 1).normalize(),
} as const;

/** Moves the camera to where the whole robot is seen, and along with it. */
export class CameraMoves {
  /** On from the start: a robot that drives out of the picture helps nobody. */
  following = true;
  private readonly lastBase = new Vector3();

  constructor(private readonly stage: Stage) {}

  /** Keeps the direction of view when `keepDirection`, else takes the standard one. */
  fit(bounds: Box3, keepDirection: boolean): void {
    const { camera, controls } = this.stage;
    const direction = keepDirection
      ? camera.position.clone().sub(controls.target).normalize()
      : directions.fit.clone();
    this.place(bounds, direction);
  }

  front(bounds: Box3): void {
    this.place(bounds, directions.front.clone());
  }

  top(bounds: Box3): void {
    this.place(bounds, directions.top.clone());
  }

  /** To be told each frame where the robot's base is: while following, the camera goes the same way. */
  followTo(base: Vector3): void {
    if (this.following && !base.equals(this.lastBase)) {
      const step = base.clone().sub(this.lastBase);
      this.stage.camera.position.add(step);
      this.stage.controls.target.add(step);
      this.stage.requestDraw();
    }
    this.lastBase.copy(base);
  }

  private place(bounds: Box3, direction: Vector3): void {
    if (bounds.isEmpty()) return;
    const { camera, controls } = this.stage;
    const sphere = bounds.getBoundingSphere(new Sphere());
    const vertical = MathUtils.degToRad(camera.fov) / 2;
    const half = Math.min(vertical, Math.atan(Math.tan(vertical) * camera.aspect));
    controls.target.copy(sphere.center);
    camera.position.copy(sphere.center).addScaledVector(direction, (sphere.radius * 1.12) / Math.sin(half));
    controls.update();
    this.stage.requestDraw();
  }
}
