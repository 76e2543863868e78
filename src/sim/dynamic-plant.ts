import { startConfiguration } from "../robot/configuration.ts";
import type { RobotModel } from "../robot/model.ts";
import { Actuator, type ActuatorOptions, idealActuator } from "./actuator.ts";
import { Encoder, type EncoderOptions, soundEncoder } from "./encoder.ts";
import { JointConstraints } from "./joint-constraints.ts";
import {
  ComputedTorque,
  type JointController,
  PidControl,
  type PidGains,
  type ServoState,
} from "./joint-controllers.ts";
import type { JointFault } from "./joint-fault.ts";
import type { JointPlant } from "./plant.ts";
import { RungeKutta } from "./runge-kutta.ts";
import type { JointMotion } from "./sampled-trajectory.ts";

export type DynamicPlantOptions = {
  /** s: the longest step of the physics. Default 1 ms. */
  stepLength?: number;
  /** Default `computedTorque`. `none` leaves all joints passive. */
  control?:
    | { kind: "computedTorque" }
    | { kind: "none" }
    | { kind: "pid"; gains: ReadonlyMap<string, PidGains> };
  /** By joint; what is not given has the URDF's effort and velocity limits, at once and without delay. */
  actuators?: ReadonlyMap<string, Partial<ActuatorOptions>>;
  /** By joint; what is not given is exact. */
  encoders?: ReadonlyMap<string, Partial<EncoderOptions>>;
};

/**
 * A robot with masses: forward dynamics under what its actuators give, with friction, damping and stops, and
 * servos that see only what the encoders say. The base stands still; joints that are not driven (wheels, casters) are held.
 */
export class DynamicPlant implements JointPlant {
  /** As measured, in the order of the driven joints: rad or m, per second. */
  readonly position: Float64Array;
  readonly velocity: Float64Array;
  /** What the actuators give, N·m or N. */
  readonly effort: Float64Array;
  /** The truth: the model's q and v. */
  readonly q: Float64Array;
  readonly v: Float64Array;
  readonly #driven: readonly { name: string; qIndex: number; vIndex: number }[];
  readonly #index: ReadonlyMap<string, number>;
  readonly #model: RobotModel;
  readonly #integrator: RungeKutta;
  readonly #constraints: JointConstraints;
  readonly #controller: JointController | null;
  readonly #actuators: Actuator[];
  readonly #encoders: Encoder[];
  readonly #servo: ServoState;
  readonly #saturated: Uint8Array;
  readonly #wanted: Float64Array;
  readonly #tau: Float64Array;
  readonly #ownFriction: Float64Array;
  readonly #stepLength: number;

  /** `driven`: the names of independent single-axis joints. Throws for any other. */
  constructor(model: RobotModel, driven: readonly string[], options: DynamicPlantOptions = {}) {
    const { nv } = model;
    this.#model = model;
    this.#stepLength = options.stepLength ?? 1e-3;
    this.#driven = driven.map((name) => {
      const joint = model.joints[model.jointIndex.get(name) ?? -1];
      if (joint === undefined || joint.nv !== 1) throw new Error(`no actuator can drive joint "${name}"`);
      return joint;
    });
    this.#index = new Map(driven.map((name, index) => [name, index]));
    this.q = startConfiguration(model);
    this.v = new Float64Array(nv);
    this.#integrator = new RungeKutta(model);
    this.#constraints = new JointConstraints(model);
    const drivenV = new Set(this.#driven.map((joint) => joint.vIndex));
    for (let i = 0; i < nv; i += 1) {
      if (!drivenV.has(i)) this.#constraints.friction[i] = Number.POSITIVE_INFINITY;
    }
    this.#ownFriction = this.#constraints.friction.slice();
    this.#controller = controllerOf(model, options, this.#constraints.damping.slice(), this.#ownFriction);
    this.#actuators = this.#driven.map(({ name }) => {
      const joint = model.joints[model.jointIndex.get(name) ?? -1];
      // A limit of 0 says nothing in most files: no arm would hold itself.
      const torqueLimit = joint !== undefined && joint.effort > 0 ? joint.effort : idealActuator.torqueLimit;
      const ratedSpeed =
        joint !== undefined && joint.velocity > 0 ? joint.velocity : idealActuator.ratedSpeed;
      return new Actuator(
        { ...idealActuator, torqueLimit, ratedSpeed, ...options.actuators?.get(name) },
        this.#stepLength,
      );
    });
    this.#encoders = driven.map(
      (name, index) =>
        new Encoder({ ...soundEncoder, ...options.encoders?.get(name) }, this.#stepLength, index + 1),
    );
    const qOf = new Int32Array(nv).fill(-1);
    for (const { vIndex, qIndex } of this.#driven) qOf[vIndex] = qIndex;
    const vector = (): Float64Array => new Float64Array(nv);
    this.#servo = {
      q: this.q.slice(),
      v: vector(),
      wantedPosition: vector(),
      wantedVelocity: vector(),
      wantedAcceleration: vector(),
      qOf,
    };
    this.#saturated = new Uint8Array(nv);
    this.#wanted = vector();
    this.#tau = vector();
    this.position = new Float64Array(driven.length);
    this.velocity = new Float64Array(driven.length);
    this.effort = new Float64Array(driven.length);
    this.#measure();
  }

  /** Puts the robot into a state, as at rest before: no effort, nothing integrated. Faults stay. */
  startFrom(q: Float64Array, v: Float64Array): void {
    this.q.set(q);
    this.v.set(v);
    this.#saturated.fill(0);
    this.#controller?.forget();
    for (const actuator of this.#actuators) actuator.effort = 0;
    this.#measure();
  }

  step(dt: number, command: JointMotion): void {
    if (!(dt > 0)) return;
    const steps = Math.max(1, Math.ceil(dt / this.#stepLength - 1e-9));
    for (let k = 0; k < this.#driven.length; k += 1) {
      const i = (this.#driven[k] as { vIndex: number }).vIndex;
      this.#servo.wantedPosition[i] = command.positions[k] as number;
      this.#servo.wantedVelocity[i] = command.velocities[k] as number;
      this.#servo.wantedAcceleration[i] = command.accelerations[k] as number;
    }
    for (let step = 0; step < steps; step += 1) this.#advance(dt / steps);
  }

  /** A fault begins, or changes; see joint-fault.ts. False when no such joint is driven. */
  inject(joint: string, fault: JointFault): boolean {
    const index = this.#index.get(joint);
    if (index === undefined) return false;
    const { vIndex } = this.#driven[index] as { vIndex: number };
    const own = this.#ownFriction[vIndex] as number;
    switch (fault.kind) {
      case "friction":
        // A stuck joint stays stuck until it is repaired.
        if (this.#constraints.friction[vIndex] !== Number.POSITIVE_INFINITY) {
          this.#constraints.friction[vIndex] = own + fault.added;
        }
        break;
      case "stuck":
        this.#constraints.friction[vIndex] = Number.POSITIVE_INFINITY;
        break;
      case "torque":
        (this.#actuators[index] as Actuator).strength = fault.left;
        break;
      case "encoderBias":
        (this.#encoders[index] as Encoder).bias = fault.bias;
        break;
      case "deadSensor":
        (this.#encoders[index] as Encoder).dead = true;
        break;
    }
    return true;
  }

  /** All faults of a joint end. False when no such joint is driven. */
  repair(joint: string): boolean {
    const index = this.#index.get(joint);
    if (index === undefined) return false;
    const { vIndex } = this.#driven[index] as { vIndex: number };
    this.#constraints.friction[vIndex] = this.#ownFriction[vIndex] as number;
    (this.#actuators[index] as Actuator).strength = 1;
    (this.#encoders[index] as Encoder).bias = 0;
    (this.#encoders[index] as Encoder).dead = false;
    return true;
  }

  #advance(dt: number): void {
    const { nv } = this.#model;
    this.#wanted.fill(0);
    this.#controller?.step(this.#servo, this.#saturated, dt, this.#wanted);
    this.#tau.fill(0);
    if (this.#controller !== null) {
      for (let k = 0; k < this.#driven.length; k += 1) {
        const { vIndex } = this.#driven[k] as { vIndex: number };
        const wanted = this.#wanted[vIndex] as number;
        const given = (this.#actuators[k] as Actuator).step(wanted, this.v[vIndex] as number, dt);
        this.#saturated[vIndex] = Math.abs(given - wanted) > 1e-9 + 0.01 * Math.abs(wanted) ? 1 : 0;
        this.#tau[vIndex] = given;
      }
    }
    if (!this.#integrator.step(this.q, this.v, this.#tau, dt)) {
      throw new Error(
        `${this.#model.name} cannot be simulated: a joint moves nothing with a mass, or its motion diverges`,
      );
    }
    this.#constraints.apply(this.q, this.v, dt);
    for (let i = 0; i < nv; i += 1) {
      if (Number.isFinite(this.v[i] as number)) continue;
      throw new Error(`the simulation of ${this.#model.name} diverged: v[${i}] is ${this.v[i]}`);
    }
    this.#measure();
  }

  #measure(): void {
    for (let k = 0; k < this.#driven.length; k += 1) {
      const { qIndex, vIndex } = this.#driven[k] as { qIndex: number; vIndex: number };
      const encoder = this.#encoders[k] as Encoder;
      encoder.measure(this.q[qIndex] as number, this.v[vIndex] as number);
      this.position[k] = encoder.position;
      this.velocity[k] = encoder.velocity;
      this.effort[k] = (this.#actuators[k] as Actuator).effort;
      this.#servo.q[qIndex] = encoder.position;
      this.#servo.v[vIndex] = encoder.velocity;
    }
  }
}

function controllerOf(
  model: RobotModel,
  options: DynamicPlantOptions,
  damping: Float64Array,
  friction: Float64Array,
): JointController | null {
  const control = options.control ?? { kind: "computedTorque" };
  if (control.kind === "none") return null;
  if (control.kind === "computedTorque") return new ComputedTorque(model, damping, friction);
  const gains: PidGains[] = Array.from({ length: model.nv }, () => ({ p: 0, i: 0, d: 0 }));
  for (const [name, own] of control.gains) {
    const joint = model.joints[model.jointIndex.get(name) ?? -1];
    if (joint === undefined || joint.nv !== 1) throw new Error(`no servo can drive joint "${name}"`);
    gains[joint.vIndex] = own;
  }
  return new PidControl(gains);
}
