import { type Box3, MathUtils, Sphere, Vector3 } from "three";
import type { Signal } from "../../client/signal.ts";
import type { Stage } from "./stage.ts";

const directions = {
  fit: new Vector3(0.9, -0.75, 0.5).normalize(),
  front: new Vector3(1, 0, 0.08).normalize(),
  top: new Vector3(-0.001, 0, 1).normalize(),
} as const;

type Preset = keyof typeof directions;

type Point = readonly [number, number, number];

/** Where the camera is and what it looks at, m: in the scene, while following relative to the robot's base. */
export type CameraPoints = { position: Point; target: Point };

/** Moves the camera to where the whole robot is seen, and along with it. */
export class CameraMoves {
  private readonly lastBase = new Vector3();
  /** Where a preset placed the camera, for as long as nobody moved it from there. */
  private placed: { preset: Preset; position: Vector3; target: Vector3 } | null = null;
  /** What is shown once the robot is there. */
  private wanted: Preset | CameraPoints = "fit";

  constructor(
    private readonly stage: Stage,
    private readonly following: Signal<boolean>,
  ) {}

  /** The robot is there, for the first time. */
  begin(bounds: Box3): void {
    this.show(this.wanted, bounds);
  }

  /** Keeps the direction of view. */
  fit(bounds: Box3): void {
    const { camera, controls } = this.stage;
    this.place(bounds, camera.position.clone().sub(controls.target).normalize(), this.preset());
  }

  front(bounds: Box3): void {
    this.show("front", bounds);
  }

  top(bounds: Box3): void {
    this.show("top", bounds);
  }

  /** Goes where a preset, or two points, place the camera; before there is a robot, once it is there. */
  show(view: Preset | CameraPoints, bounds: Box3): void {
    this.wanted = view;
    if (typeof view === "string") {
      this.place(bounds, directions[view].clone(), view);
      return;
    }
    const { camera, controls } = this.stage;
    const origin = this.origin();
    this.rest();
    controls.target.set(...view.target).add(origin);
    camera.position.set(...view.position).add(origin);
    controls.update();
    this.stage.requestDraw();
  }

  points(): CameraPoints {
    const { camera, controls } = this.stage;
    const origin = this.origin();
    const pointOf = (vector: Vector3): Point => {
      const { x, y, z } = vector.clone().sub(origin);
      return [rounded(x), rounded(y), rounded(z)];
    };
    return { position: pointOf(camera.position), target: pointOf(controls.target) };
  }

  /** The preset that placed the camera; null: it was moved since. */
  preset(): Preset | null {
    const { camera, controls } = this.stage;
    const isThere =
      this.placed !== null &&
      this.placed.position.distanceTo(camera.position) < nearby &&
      this.placed.target.distanceTo(controls.target) < nearby;
    return isThere ? (this.placed?.preset ?? null) : null;
  }

  /** To be told each frame where the robot's base is: while following, the camera goes the same way. */
  followTo(base: Vector3): void {
    if (this.following.get() && !base.equals(this.lastBase)) {
      const step = base.clone().sub(this.lastBase);
      const { camera, controls } = this.stage;
      for (const point of [camera.position, controls.target, this.placed?.position, this.placed?.target])
        point?.add(step);
      this.stage.requestDraw();
    }
    this.lastBase.copy(base);
  }

  /** Ends the glide that a hand left behind: it would move the camera from where it is put. */
  rest(): void {
    const { controls } = this.stage;
    controls.enableDamping = false;
    controls.update();
    controls.enableDamping = true;
  }

  private origin(): Vector3 {
    return this.following.get() ? this.lastBase : new Vector3();
  }

  private place(bounds: Box3, direction: Vector3, preset: Preset | null): void {
    if (bounds.isEmpty()) return;
    const { camera, controls } = this.stage;
    const sphere = bounds.getBoundingSphere(new Sphere());
    const vertical = MathUtils.degToRad(camera.fov) / 2;
    const half = Math.min(vertical, Math.atan(Math.tan(vertical) * camera.aspect));
    this.rest();
    controls.target.copy(sphere.center);
    camera.position.copy(sphere.center).addScaledVector(direction, (sphere.radius * 1.12) / Math.sin(half));
    controls.update();
    this.placed =
      preset === null ? null : { preset, position: camera.position.clone(), target: controls.target.clone() };
    this.stage.requestDraw();
  }
}

/** m; nobody sees less. */
const nearby = 1e-4;

function rounded(metres: number): number {
  return Math.round(metres * 1e4) / 1e4;
}
