import { RP2040 } from "rp2040js";

/** What is wired to the pins. Called with the emulator's time only. */
export interface PicoWiring {
  /** The motor is driven by `duty`, −1 to 1, for `dt` seconds. */
  drive(duty: number, dt: number): void;
  /** Share of the converter's range at ADC channel 0 or 1, 0 to 1. */
  analog(channel: 0 | 1): number;
  /** A byte leaves on UART 0. */
  transmit(byte: number): void;
}

const flashStart = 0x1000_0000;
const watchdogPage = 0x40058;
const secondsABit = 1 / 115_200;
const byteNanos = 10 * secondsABit * 1e9;
const wiringNanos = 250_000;
const converterSteps = 4095;
const pwmFunction = 4;
const [forwardPin, backwardPin] = [16, 17];
/** Bytes that wait to arrive; a real line would have lost them, too. */
const maxWaitingBytes = 64 * 1024;

/** The watchdog's registers that matter here; rp2040js has them, without types. */
type Watchdog = {
  scratchData: Uint32Array;
  timer: { enable: boolean };
  onWatchdogTrigger: () => void;
};

const silent = {
  debug: () => undefined,
  info: () => undefined,
  warn: () => undefined,
  error: () => undefined,
};

/**
 * A Raspberry Pi Pico that runs an image of its flash, instruction by instruction, in rp2040js. It has no clock of its own: it runs as far
 * as it is told to. Emulated are its instructions, timers, UART 0, PWM slice 0, ADC and watchdog; its
 * instructions take the cycles that rp2040js gives them, which are near a real chip's and not equal to them.
 */
export class PicoChip {
  private chip: RP2040;
  private watchdog: Watchdog;
  private arriving: number[] = [];
  private head = 0;
  private byteAlarm: { schedule(nanos: number): void };
  private wantsReset = false;
  /** How often the watchdog has reset it. */
  resets = 0;

  /**
   * `seed` (32 bit) stands in for what differs at each start of a real chip: the image draws its boot id from it.
   * `noise` gives numbers between 0 and 1: half a bit of it lets the mean of many conversions resolve more.
   */
  constructor(
    private readonly image: Uint8Array,
    seed: number,
    private readonly wiring: PicoWiring,
    private readonly noise: () => number,
  ) {
    [this.chip, this.watchdog, this.byteAlarm] = this.powerUp(seed);
  }

  /** Bytes for UART 0; they arrive one after the other at 115,200 baud. */
  receive(bytes: Uint8Array): void {
    const isIdle = this.head === this.arriving.length;
    if (this.bytesToCome + bytes.length > maxWaitingBytes) return;
    if (isIdle) {
      this.arriving.length = 0;
      this.head = 0;
    }
    for (const byte of bytes) this.arriving.push(byte);
    if (isIdle && bytes.length > 0) this.byteAlarm.schedule(byteNanos);
  }

  /** Bytes that are still on their way to UART 0. */
  get bytesToCome(): number {
    return this.arriving.length - this.head;
  }

  /** Runs `seconds` of the chip's time. */
  advance(seconds: number): void {
    const { clock, core } = this.chip;
    const end = clock.nanos + seconds * 1e9;
    const cycleNanos = 1e9 / this.chip.clkSys;
    const ticking = clock as unknown as { tick(nanos: number): void; nanosToNextAlarm: number };
    while (clock.nanos < end) {
      if (core.waiting) {
        // It sleeps till its next interrupt (WFI).
        const next = ticking.nanosToNextAlarm;
        ticking.tick(next > 0 ? Math.min(next, end - clock.nanos) : end - clock.nanos);
      } else ticking.tick(core.executeInstruction() * cycleNanos);
      if (!this.wantsReset) continue;
      this.wantsReset = false;
      this.resets++;
      [this.chip, this.watchdog, this.byteAlarm] = this.powerUp(this.watchdog.scratchData[0] as number);
      return;
    }
  }

  /** A chip as it is after power-up or reset; a new one, since rp2040js resets no more than the core. */
  private powerUp(seed: number): [RP2040, Watchdog, { schedule(nanos: number): void }] {
    const chip = new RP2040();
    chip.logger = silent;
    chip.flash.set(this.image, 0);
    // The boot ROM would have loaded the boot stage, which runs in place as well.
    chip.core.PC = flashStart;
    const watchdog = chip.peripherals[watchdogPage] as unknown as Watchdog;
    watchdog.scratchData[0] = seed;
    watchdog.onWatchdogTrigger = () => {
      // Left on, its alarm would be due again at once, and the clock would never get past it.
      watchdog.timer.enable = false;
      this.wantsReset = true;
    };
    const [uart] = chip.uart;
    if (uart === undefined) throw new Error("the emulator has no UART 0");
    uart.onByte = (byte) => this.wiring.transmit(byte);
    const byteAlarm = chip.clock.createAlarm(() => {
      const byte = this.arriving[this.head++];
      if (byte !== undefined) uart.feedByte(byte);
      if (this.bytesToCome > 0) byteAlarm.schedule(byteNanos);
    });
    const wiringAlarm = chip.clock.createAlarm(() => {
      this.serveWiring(chip, wiringNanos / 1e9);
      wiringAlarm.schedule(wiringNanos);
    });
    this.serveWiring(chip, 0);
    wiringAlarm.schedule(wiringNanos);
    if (this.bytesToCome > 0) byteAlarm.schedule(byteNanos);
    return [chip, watchdog, byteAlarm];
  }

  private serveWiring(chip: RP2040, dt: number): void {
    this.wiring.drive(dutyOf(chip), dt);
    for (const channel of [0, 1] as const) {
      const steps = Math.floor(converterSteps * this.wiring.analog(channel) + this.noise());
      chip.adc.channelValues[channel] = Math.max(0, Math.min(converterSteps, steps));
    }
  }
}

/** The H-bridge's two inputs on slice 0: A less B, over the period; 0 while the pins are not the PWM's. */
function dutyOf({ pwm, gpio }: RP2040): number {
  for (const pin of [forwardPin, backwardPin]) if (gpio[pin]?.functionSelect !== pwmFunction) return 0;
  const slice = pwm.channels[0];
  if (slice === undefined || (slice.csr & 1) === 0) return 0;
  return ((slice.cc & 0xffff) - (slice.cc >>> 16)) / (slice.top + 1);
}
