// A Pico in rp2040js with a gripper finger around it: the image's own PWM drives a simulated motor, whose position
// comes back through the ADC. Time is the emulator's; nothing here knows a wall clock.
import { readFileSync } from "node:fs";
import { ConsoleLogger, LogLevel, RP2040 } from "rp2040js";

const FLASH = 0x10000000;
const WATCHDOG = 0x40058;
const BYTE_NANOS = (10 / 115200) * 1e9;
const PLANT_NANOS = 250_000;

export class PicoEmulator {
  /** `seed`: 32 bit, from which the image draws its boot id. `onByte`: what the UART sends. */
  constructor({ image, seed, onByte, supply = 12, position = 0.01 }) {
    this.image = typeof image === "string" ? readFileSync(image) : image;
    this.supply = supply;
    this.position = position; // m
    this.velocity = 0; // m/s
    this.sensorBroken = false;
    this.resets = 0;
    this.onByte = onByte;
    this.inbox = [];
    this.boot(seed);
  }

  /** Power-up, or a reset by the watchdog; a new chip each time, for rp2040js resets only its core. */
  boot(seed) {
    const chip = new RP2040();
    // Reads of the ring oscillator are answered with ones and a warning.
    chip.logger = new ConsoleLogger(LogLevel.Error);
    chip.flash.set(this.image, 0);
    chip.core.PC = FLASH; // the boot stage in place; there is no boot ROM
    this.chip = chip;
    this.watchdog = chip.peripherals[WATCHDOG];
    this.watchdog.scratchData[0] = seed;
    this.watchdog.onWatchdogTrigger = () => {
      // rp2040js would set its alarm anew, none ahead, and turn for ever inside clock.tick.
      chip.peripherals[WATCHDOG].timer.enable = false;
      this.resets++;
      this.wantsReset = true;
    };
    chip.uart[0].onByte = (byte) => this.onByte(byte);
    this.byteAlarm = chip.clock.createAlarm(() => this.feedNext());
    const plant = chip.clock.createAlarm(() => {
      this.movePlant(PLANT_NANOS / 1e9);
      plant.schedule(PLANT_NANOS);
    });
    this.movePlant(0);
    plant.schedule(PLANT_NANOS);
    if (this.inbox.length) this.byteAlarm.schedule(BYTE_NANOS);
  }

  /** Duty at the H-bridge, -1 to 1: slice 0, A less B, over the period; 0 while the pins are not PWM's. */
  get duty() {
    const { pwm, gpio } = this.chip;
    if (gpio[16].functionSelect !== 4 || gpio[17].functionSelect !== 4) return 0;
    const { cc, top, csr } = pwm.channels[0];
    if (!(csr & 1)) return 0;
    return ((cc & 0xffff) - (cc >>> 16)) / (top + 1);
  }

  get seconds() {
    return this.chip.clock.nanos / 1e9;
  }

  /** A brushed motor with a screw: first order, 0.15 m/s at full duty and 12 V, 50 ms, hard ends. */
  movePlant(dt) {
    const wanted = 0.15 * this.duty * (this.supply / 12);
    this.velocity += ((wanted - this.velocity) * dt) / 0.05;
    this.position += this.velocity * dt;
    if (this.position < 0 || this.position > 0.04) {
      this.position = Math.min(0.04, Math.max(0, this.position));
      this.velocity = 0;
    }
    const share = this.sensorBroken ? 0 : 0.05 + (0.9 * this.position) / 0.04;
    const { channelValues } = this.chip.adc;
    // Half a bit of noise, as a real converter has: the mean of 16 then resolves more than 12 bits.
    channelValues[0] = Math.max(0, Math.min(4095, Math.floor(4095 * share + Math.random())));
    channelValues[1] = Math.max(0, Math.min(4095, Math.round((4095 * this.supply) / 16.5)));
  }

  /** Queues bytes for the UART; they arrive at 115200 baud of the emulator's time. */
  feed(bytes) {
    const idle = this.inbox.length === 0;
    for (const byte of bytes) this.inbox.push(byte);
    if (idle && this.inbox.length) this.byteAlarm.schedule(BYTE_NANOS);
  }

  feedNext() {
    this.chip.uart[0].feedByte(this.inbox.shift());
    if (this.inbox.length) this.byteAlarm.schedule(BYTE_NANOS);
  }

  /** Runs the chip for this much of its own time. */
  advance(seconds) {
    const { core, clock, clkSys } = this.chip;
    const end = clock.nanos + seconds * 1e9;
    const nanosACycle = 1e9 / clkSys;
    while (clock.nanos < end) {
      if (core.waiting) {
        clock.tick(Math.min(clock.nextAlarm ? clock.nanosToNextAlarm : Infinity, end - clock.nanos));
      } else {
        // The clock is told of half a microsecond at once: its own step costs as much as an instruction.
        let cycles = 0;
        while (cycles < 62 && !core.waiting) cycles += core.executeInstruction();
        clock.tick(cycles * nanosACycle);
      }
      if (this.wantsReset) {
        this.wantsReset = false;
        this.boot(this.watchdog.scratchData[0]);
        return;
      }
    }
  }
}
