import type { ProfileOutput, SignalValue } from "./device-profile.ts";

const forgetAfterMs = 10_000;
const maxWaiting = 256;

type Waiting = { device: string; id: string; values: Map<string, SignalValue>; until: number };

/**
 * Acknowledgements for profiles that have none: a command counts as taken once the device reports every value
 * it was asked for. A device that reports nothing is never acknowledged; whoever waits gives up by time.
 */
export class CommandEcho {
  private waiting: Waiting[] = [];

  /** `values` as the device will report them back (rounded to its datatype). `now` is server ms. */
  sent(device: string, id: string, values: ReadonlyMap<string, SignalValue>, now: number): void {
    this.waiting = this.waiting.filter((one) => one.until > now).slice(1 - maxWaiting);
    this.waiting.push({ device, id, values: new Map(values), until: now + forgetAfterMs });
  }

  /** The device said these values, just now. */
  reported(device: string, signals: Readonly<Record<string, SignalValue>>, output: ProfileOutput): void {
    if (this.waiting.length === 0) return;
    this.waiting = this.waiting.filter((one) => {
      if (one.device !== device) return true;
      for (const [signal, value] of one.values) {
        if (Object.hasOwn(signals, signal) && signals[signal] === value) one.values.delete(signal);
      }
      if (one.values.size > 0) return true;
      output.message({ kind: "ack", device, ack: { id: one.id, ok: true, reason: "reported back" } });
      return false;
    });
  }
}
