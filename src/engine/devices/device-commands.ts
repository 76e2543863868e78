import type { Objection } from "../../command/validate-motion.ts";
import type { DeviceAck, DeviceCommand, SignalValue } from "../../protocol/device-profile.ts";

/** A device answers within it, in ms, or not at all. */
const ackWithinMs = 2000;
const mostTtlMs = 60_000;
/** Commands that wait for an answer at one device; beyond it the device is not reading. */
const maxWaiting = 256;
/** Numbers of commands rise with the time, so that those of the next run of this program are newer still. */
const numbersEachMs = 0.1;

/** What became of a command: the device's answer, none in time, or why it could not be sent. */
export type DeviceAnswer =
  | { kind: "ack"; ack: DeviceAck }
  | { kind: "silence" }
  | { kind: "unsent"; objection: Objection };

type Answered = (answer: DeviceAnswer) => void;

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
   * Hands one value to `send`; what is in the way comes back. `answered` is called once with what became of it. `ref` is
   * the newest telemetry number that was seen.
   */
  send(
    signal: string,
    value: SignalValue,
    ttlMs: number,
    ref: number,
    sender: string,
    now: number,
    send: (command: DeviceCommand) => void,
    answered: Answered,
  ): Objection | null {
    if (this.waiting.size >= maxWaiting) {
      return { code: "device_busy", message: `${this.device} has ${maxWaiting} commands to answer` };
    }
    this.seq = (this.seq + 1) >>> 0;
    const id = `${sender}:${this.seq}`;
    send({
      id,
      seq: this.seq,
      ref,
      ttl_ms: Math.min(mostTtlMs, Math.max(1, Math.round(ttlMs))),
      signals: { [signal]: value },
    });
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
    waiting.answered({ kind: "ack", ack });
    return true;
  }

  /** Ends a command that could not be sent; false when nobody waits for it. */
  unsent(id: string, objection: Objection): boolean {
    const waiting = this.waiting.get(id);
    if (waiting === undefined) return false;
    this.waiting.delete(id);
    waiting.answered({ kind: "unsent", objection });
    return true;
  }

  /** Ends what was not answered in time. */
  update(now: number): void {
    if (this.waiting.size === 0) return;
    for (const [id, { deadline, answered }] of this.waiting) {
      if (now < deadline) continue;
      this.waiting.delete(id);
      answered({ kind: "silence" });
    }
  }
}

/** Why a device did not do what it was sent; null where it did. */
export function objectionIn(device: string, answer: DeviceAnswer): Objection | null {
  switch (answer.kind) {
    case "silence":
      return { code: "no_answer", message: `${device} did not answer in ${ackWithinMs / 1000} s` };
    case "unsent":
      return answer.objection;
    case "ack": {
      const { ok, reason } = answer.ack;
      return ok ? null : { code: "device_refused", message: reason || `${device} refused it` };
    }
  }
}
