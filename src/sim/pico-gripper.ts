import { Chance } from "../core/chance.ts";
import { GripperPlant, type GripperPlantOptions } from "./gripper-plant.ts";
import { PicoChip } from "./pico-chip.ts";

/**
 * The longest pause that it makes up for, s: a thread that waits for a busy machine leaves the chip in time, and after a sleep
 * of the machine it has not lived on.
 */
const mostAtOnce = 0.3;

/** A Pico with the gripper firmware's image and a finger on its pins: machine code closes the loop. */
export class PicoGripper {
  readonly plant: GripperPlant;
  private readonly chip: PicoChip;
  private sent: number[] = [];
  private last = Number.NaN;

  /** `seed` (32 bit, above 0) makes this power-up differ from others. */
  constructor(image: Uint8Array, seed: number, options: GripperPlantOptions = {}) {
    const plant = new GripperPlant(options);
    const chance = new Chance((seed % 2_147_483_646) + 1);
    this.plant = plant;
    this.chip = new PicoChip(
      image,
      seed >>> 0,
      {
        drive: (duty, dt) => plant.step(duty, dt),
        analog: (channel) => (channel === 0 ? plant.potentiometer() : plant.divider()),
        transmit: (byte) => this.sent.push(byte),
      },
      () => chance.next(),
    );
  }

  /** How often its watchdog has reset it. */
  get resets(): number {
    return this.chip.resets;
  }

  /** Bytes that its UART is to get, and that are still on their way. */
  get bytesToCome(): number {
    return this.chip.bytesToCome;
  }

  /** Bytes that its UART gets. */
  receive(bytes: Uint8Array): void {
    this.chip.receive(bytes);
  }

  /** Runs on to `now` (s, monotonic); what its UART sent meanwhile. */
  step(now: number): Uint8Array {
    const dt = Number.isNaN(this.last) ? 0 : Math.min(mostAtOnce, Math.max(0, now - this.last));
    this.last = now;
    if (dt > 0) this.chip.advance(dt);
    const { sent } = this;
    if (sent.length === 0) return nothing;
    this.sent = [];
    return Uint8Array.from(sent);
  }
}

const nothing = new Uint8Array(0);
