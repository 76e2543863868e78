import type { Objection } from "../command/validate-motion.ts";
import type { DeviceAck, DeviceCommand, SignalValue } from "../protocol/device-profile.ts";

/** A device answers within it, in ms, or not at all. */
export const ackWithinMs = 2000;
const mostTtlMs = 60_000;
/** Commands that wait for an answer at one device; beyond it the device is not reading. */
const maxWaiting = 256;
/** Numbers of commands rise with the time, so that those of the next run of this program are newer still. */
const numbersEachMs = 0.1;

type Answered = (ack: DeviceAck | null) => void;

/** The commands of one device: their numbers, and those that it has not answered. None is sent twice. */
export class DeviceCommands {
  private seq: number;
  private readonly waiting = new Map<string, { deadline: number; answered: Answered }>();

  /** `now` is server ms. */
  constructor(
    private readonly device: string,
    now: number,
  ) {
    this.seq = Math.floor(now * numbersEachMs) >>> 0;
  }

  /**
   * Hands one value to `send`; what is in the way comes back. `answered` is called with what the device said to it, null
   * when it said nothing in time. `ref` is the newest telemetry number that was seen.
   */
  send(
    signal: string,
    value: SignalValue,
    ttlMs: number,
    ref: number,
    sender: string,
    now: number,
    send: (command: DeviceCommand) => Objection | null,
    answered: Answered,
  ): Objection | null {
    if (this.waiting.size >= maxWaiting) {
      return { code: "device_busy", message: `${this.device} has ${maxWaiting} commands to answer` };
    }
    this.seq = (this.seq + 1) >>> 0;
    const id = `${sender}:${this.seq}`;
    const refusal = send({
      id,
      seq: this.seq,
      ref,
      ttl_ms: Math.min(mostTtlMs, Math.max(1, Math.round(ttlMs))),
      signals: { [signal]: value },
    });
    if (refusal !== null) return refusal;
    this.waiting.set(id, { deadline: now + ackWithinMs, answered });
    return null;
  }

  /** Takes an answer; false when nobody waits for it. */
  take(ack: DeviceAck): boolean {
    const waiting = this.waiting.get(ack.id);
    if (waiting === undefined) return false;
    this.waiting.delete(ack.id);
    // The device has seen higher numbers than ours (a clock set back between two runs): go on behind them.
    if (ack.seq !== undefined && ((ack.seq - this.seq) | 0) > 0) this.seq = ack.seq;
    waiting.answered(ack);
    return true;
  }

  /** Ends what was not answered in time. */
  update(now: number): void {
    if (this.waiting.size === 0) return;
    for (const [id, { deadline, answered }] of this.waiting) {
      if (now < deadline) continue;
      this.waiting.delete(id);
      answered(null);
    }
  }
}
