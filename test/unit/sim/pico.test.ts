import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { encodeUartFrame, UartFrameReader } from "../../../src/protocol/uart-frame.ts";
import { PicoChip } from "../../../src/sim/pico-chip.ts";
import { PicoGripper } from "../../../src/sim/pico-gripper.ts";
import { mqttPublication } from "../../support/mqtt-bytes.ts";

const image = new Uint8Array(readFileSync(new URL("../../../firmware/images/rp2040.bin", import.meta.url)));
const stepMs = 5;

type Telemetry = {
  boot: number;
  n: number;
  signals: { position?: number; duty: number; state: string; cause: string };
};

/** The shipped image, with as much of a broker at its line as its session needs. */
class PicoAtHand {
  readonly gripper: PicoGripper;
  readonly telemetry: Telemetry[] = [];
  private ms = 0;
  private seq = 0;
  private readonly reader = new UartFrameReader(2048, {
    frame: (packet) => this.answer(packet),
    bad: (reason) => {
      throw new Error(`a damaged frame: ${reason}`);
    },
  });

  constructor(seed: number) {
    this.gripper = new PicoGripper(image, seed);
  }

  /** Lets time pass; `target` (m) is commanded 20 times a second. */
  pass(ms: number, target?: number): void {
    for (const end = this.ms + ms; this.ms < end; this.ms += stepMs) {
      this.reader.push(this.gripper.step(this.ms / 1000));
      const last = this.telemetry.at(-1);
      if (target === undefined || last === undefined || this.ms % 50 !== 0) continue;
      const command = { id: "c", seq: ++this.seq, ref: last.n, ttl_ms: 250, signals: { target } };
      this.publish(JSON.stringify(command));
    }
  }

  last(): Telemetry {
    const last = this.telemetry.at(-1);
    if (last === undefined) throw new Error("no telemetry yet");
    return last;
  }

  private publish(text: string): void {
    this.send(mqttPublication("twin/v1/gripper-mcu/command", Buffer.from(text)));
  }

  private send(packet: readonly number[]): void {
    this.gripper.receive(encodeUartFrame(Uint8Array.from(packet)));
  }

  private answer(packet: Uint8Array): void {
    const type = (packet[0] ?? 0) >> 4;
    const header = (packet[1] ?? 0) < 128 ? 2 : 3;
    if (type === 1) this.send([0x20, 2, 0, 0]);
    if (type === 8) this.send([0x90, 3, packet[header] ?? 0, packet[header + 1] ?? 0, 0]);
    if (type === 12) this.send([0xd0, 0]);
    if (type !== 3) return;
    const topicLength = ((packet[header] ?? 0) << 8) | (packet[header + 1] ?? 0);
    const topicEnd = header + 2 + topicLength;
    const topic = new TextDecoder().decode(packet.subarray(header + 2, topicEnd));
    if (((packet[0] ?? 0) & 6) !== 0) this.send([0x40, 2, packet[topicEnd] ?? 0, packet[topicEnd + 1] ?? 0]);
    if (!topic.endsWith("/telemetry")) return;
    this.telemetry.push(JSON.parse(new TextDecoder().decode(packet.subarray(topicEnd))));
  }
}

describe("the shipped image of the Pico, in its emulator", () => {
  it("starts in failsafe, drives its finger where it is told, and lets go when it is told no more", () => {
    const pico = new PicoAtHand(77);
    pico.pass(1500);
    expect(pico.telemetry[0]?.signals).toMatchObject({ state: "failsafe", duty: 0 });
    pico.pass(2500, 0.03);
    expect(pico.last().signals.state).toBe("active");
    expect(pico.gripper.plant.position).toBeCloseTo(0.03, 3);
    expect(pico.last().signals.position).toBeCloseTo(0.03, 3);
    pico.pass(600);
    expect(pico.last().signals).toMatchObject({ state: "failsafe", cause: "silence", duty: 0 });
    expect(pico.gripper.resets).toBe(0);
    const numbers = pico.telemetry.map(({ n }) => n);
    expect(numbers).toEqual(numbers.map((_, i) => i));
  });

  it("is the same for the same seed and another boot for another", () => {
    const boots = [5, 5, 6].map((seed) => {
      const pico = new PicoAtHand(seed);
      pico.pass(1200);
      return pico.last().boot;
    });
    expect(boots[0]).toBe(boots[1]);
    expect(boots[2]).not.toBe(boots[0]);
  });

  it("keeps its output off without a position or a supply", () => {
    const pico = new PicoAtHand(9);
    pico.pass(1200);
    pico.pass(400, 0.02);
    pico.gripper.plant.isSensorBroken = true;
    pico.pass(400, 0.02);
    expect(pico.last().signals).toMatchObject({ state: "failsafe", cause: "sensor", duty: 0 });
    pico.gripper.plant.isSensorBroken = false;
    pico.gripper.plant.supply = 5;
    pico.pass(600, 0.02);
    expect(pico.last().signals).toMatchObject({ state: "failsafe", cause: "supply", duty: 0 });
  });
});

describe("the emulated chip", () => {
  it("is reset by its watchdog when a program hangs, again and again, and time goes on", () => {
    // ldr r0..r2 below; the watchdog's LOAD of 1 ms; its ENABLE; a branch to itself.
    const program = [0x4803, 0x4904, 0x4a04, 0x6041, 0x6002, 0xe7fe, 0, 0];
    const words = [0x4005_8000, 2000, 0x4000_0000];
    const hanging = new Uint8Array(16 + 12);
    const view = new DataView(hanging.buffer);
    for (const [i, half] of program.entries()) view.setUint16(2 * i, half, true);
    for (const [i, word] of words.entries()) view.setUint32(16 + 4 * i, word, true);
    const wiring = { drive: () => undefined, analog: () => 0, transmit: () => undefined };
    const chip = new PicoChip(hanging, 1, wiring, () => 0);
    for (let i = 0; i < 20; i++) chip.advance(0.005);
    expect(chip.resets).toBeGreaterThan(10);
  });
});
