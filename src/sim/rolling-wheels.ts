import type { BaseTwist } from "../robot/mobile-base/base-twist.ts";
import {
  createRollingBase,
  limitWheelSpeeds,
  mecanumGrip,
  type RollingBase,
  wheelSpeeds,
} from "../robot/mobile-base/rolling-base.ts";
import {
  createSteeredBase,
  type SteeredBase,
  steeredBaseFault,
  steeredWheels,
} from "../robot/mobile-base/steered-base.ts";
import type { BaseKind } from "./base-controller.ts";
import type { Wheel } from "./wheels.ts";

/** rad of a wheel in the middle of the steered axle. */
const maxSteering = 0.6;
/** m, where the wheels do not tell. */
const fallbackWheelbase = 0.5;

/** Where a wheel's and its steering's numbers are in the joints' arrays, −1 for no steering. */
type WheelJoint = { at: number; steeringAt: number; sign: number };

/** Turns the wheel and steering joints of a simulated base as the ground does. */
export class RollingWheels {
  readonly kind: BaseKind;
  readonly #wheels: readonly WheelJoint[];
  readonly #rolling: RollingBase | null;
  readonly #steered: SteeredBase | null;
  readonly #speeds: Float64Array;
  readonly #steering: Float64Array;

  /** `jointNames` are the joints of the position and velocity arrays that `roll` is given. */
  constructor(
    kind: "diff_drive" | "omni" | "mecanum" | "ackermann",
    wheels: readonly Wheel[],
    jointNames: readonly string[],
  ) {
    this.#steered = kind === "ackermann" ? steeredBaseOf(wheels) : null;
    const isSteered = this.#steered !== null;
    this.#rolling = isSteered ? null : rollingBaseOf(kind, wheels);
    this.#wheels = wheels.map((wheel) => ({
      at: jointNames.indexOf(wheel.joint),
      steeringAt: wheel.steering === null ? -1 : jointNames.indexOf(wheel.steering),
      // A steered base's wheels roll along x; an axis mounted the other way round turns backwards.
      sign: isSteered && wheel.rollX < 0 ? -1 : 1,
    }));
    this.#speeds = new Float64Array(wheels.length);
    this.#steering = new Float64Array(wheels.length);
    const wheelbase = Math.abs(this.#steered?.wheelbase ?? fallbackWheelbase);
    this.kind =
      kind === "ackermann" ? { kind, wheelbase, maxSteering, axleX: this.#steered?.axleX ?? 0 } : { kind };
  }

  /** Scales a command down to what unsteered wheels can do at `maxSpeed` rad/s. */
  limit(commanded: BaseTwist, maxSpeed: number): void {
    if (this.#rolling !== null) limitWheelSpeeds(this.#rolling, commanded, maxSpeed);
  }

  /** Goes `dt` seconds ahead with the base's twist. Allocates nothing. */
  roll(twist: BaseTwist, dt: number, position: Float64Array, velocity: Float64Array): void {
    if (this.#rolling !== null) wheelSpeeds(this.#rolling, twist, this.#speeds);
    if (this.#steered !== null) steeredWheels(this.#steered, twist, this.#speeds, this.#steering);
    for (let i = 0; i < this.#wheels.length; i += 1) {
      const { at, steeringAt, sign } = this.#wheels[i] as WheelJoint;
      if (steeringAt >= 0) {
        const steered = this.#steering[i] as number;
        velocity[steeringAt] = (steered - (position[steeringAt] as number)) / dt;
        position[steeringAt] = steered;
      }
      const speed = sign * (this.#speeds[i] as number);
      velocity[at] = speed;
      position[at] = (position[at] as number) + speed * dt;
    }
  }
}

function rollingBaseOf(kind: string, wheels: readonly Wheel[]): RollingBase {
  const all = wheels.map((wheel) => ({
    ...wheel,
    // The rollers' angle is not in a URDF: the usual 45°, gripping in an X.
    gripAngle: kind === "mecanum" ? mecanumGrip(wheel.x, wheel.y) : 0,
  }));
  return createRollingBase(all, kind === "omni" || kind === "mecanum");
}

/** Null where too few wheels were found, or the steered ones stand on the axle: then all roll straight. */
function steeredBaseOf(wheels: readonly Wheel[]): SteeredBase | null {
  const all = wheels.map(({ x, y, radius, steering }) => ({ x, y, radius, isSteered: steering !== null }));
  return steeredBaseFault(all) === null ? createSteeredBase(all) : null;
}
