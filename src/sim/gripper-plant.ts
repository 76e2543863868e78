/** What the pins of a gripper's controller meet. */
export type GripperPlantOptions = {
  /** Supply of the power stage, V. */
  supply?: number;
  /** Where the finger is at the start, m. */
  position?: number;
};

const travel = 0.04;
const ratedSupply = 12;
/** m/s at full duty and rated supply. */
const fullSpeed = 0.15;
/** Time constant of the motor, s. */
const lag = 0.05;
/** The divider brings this to the converter's full scale, V. */
const fullScaleSupply = 16.5;

/**
 * A finger on a screw with a brushed motor: first order, hard ends, self-locking, so that it stays where it is without
 * current. A potentiometer gives 5 to 95 % of the converter's range over the travel. Units: m, s, V.
 */
export class GripperPlant {
  position: number;
  velocity = 0;
  supply: number;
  /** The potentiometer's wire is off. */
  isSensorBroken = false;

  constructor({ supply = ratedSupply, position = 0.01 }: GripperPlantOptions = {}) {
    this.supply = supply;
    this.position = position;
  }

  /** Goes on for `dt` seconds under `duty`, −1 to 1. */
  step(duty: number, dt: number): void {
    const wanted = fullSpeed * duty * (this.supply / ratedSupply);
    this.velocity += (wanted - this.velocity) * (1 - Math.exp(-dt / lag));
    this.position += this.velocity * dt;
    if (this.position >= 0 && this.position <= travel) return;
    this.position = Math.min(travel, Math.max(0, this.position));
    this.velocity = 0;
  }

  /** The potentiometer as a share of the converter's range. */
  potentiometer(): number {
    return this.isSensorBroken ? 0 : 0.05 + (0.9 * this.position) / travel;
  }

  /** The supply's divider as a share of the converter's range. */
  divider(): number {
    return this.supply / fullScaleSupply;
  }
}
