/** What a simulated gripper controller measures and obeys. */
export type DeviceReadings = { temperature: number; grip_force: number; supply: number; led: boolean };

/** The outcome of a command: null when it was taken, else the reason. */
export type DeviceVerdict = string | null;

/** A reference to telemetry older than this is refused: the command was held up on its way. */
const maxReferenceAgeMs = 600;

/**
 * A microcontroller with three sensors and a lamp, as the native profile's firmware behaves: telemetry
 * numbered from 0, commands refused when late, repeated or out of range. Time is milliseconds since
 * its boot, passed in.
 */
export class SimulatedDevice {
  readonly readings: DeviceReadings = { temperature: 24, grip_force: 0, supply: 12.1, led: false };
  private count = 0;
  private lastSeq = -1;
  private readonly sentAt: number[] = [];

  /** `noise` gives numbers in −1 … 1. */
  constructor(
    readonly boot: number,
    private readonly noise: () => number,
  ) {}

  /** What the device says of itself at birth, for a mount on `link`. */
  birth(link: string): Record<string, unknown> {
    return {
      firmware: "simulated 0.1",
      boot: this.boot,
      link,
      signals: {
        temperature: { unit: "°C", type: "number" },
        grip_force: { unit: "N", type: "number" },
        supply: { unit: "V", type: "number" },
        led: { unit: "", type: "boolean", writable: true },
      },
    };
  }

  /** The next telemetry at `ms`. */
  telemetry(ms: number): Record<string, unknown> {
    const { readings } = this;
    const s = ms / 1000;
    readings.temperature = 31 + 2 * Math.sin(s / 20) + 0.05 * this.noise();
    readings.grip_force = Math.max(0, 6 + 6 * Math.sin(s / 3) + 0.1 * this.noise());
    readings.supply = 12.1 - 0.004 * readings.grip_force + 0.01 * this.noise();
    this.sentAt[this.count % 128] = ms;
    return { boot: this.boot, n: this.count++, t_us: Math.round(ms * 1000), signals: { ...readings } };
  }

  /** Judges a command payload that arrived at `ms`. */
  command(payload: unknown, retained: boolean, ms: number): { id: string; verdict: DeviceVerdict } {
    const { id, seq, ref, signals } = asCommand(payload);
    const sent = this.sentAt[ref % 128];
    if (retained) return { id, verdict: "retained" };
    if (!Number.isInteger(seq) || typeof signals !== "object" || signals === null) {
      return { id, verdict: "malformed" };
    }
    if (seq <= this.lastSeq) return { id, verdict: "replay" };
    if (ref >= this.count || ref < this.count - 128 || sent === undefined || ms - sent > maxReferenceAgeMs) {
      return { id, verdict: "late" };
    }
    this.lastSeq = seq;
    const { led } = signals as { led?: unknown };
    if (typeof led !== "boolean") return { id, verdict: "unknown signal" };
    this.readings.led = led;
    return { id, verdict: null };
  }
}

function asCommand(payload: unknown): { id: string; seq: number; ref: number; signals: unknown } {
  const { id, seq, ref, signals } =
    typeof payload === "object" && payload !== null ? (payload as Record<string, unknown>) : {};
  return {
    id: typeof id === "string" ? id : "",
    seq: typeof seq === "number" ? seq : Number.NaN,
    ref: typeof ref === "number" ? ref : Number.NaN,
    signals,
  };
}
