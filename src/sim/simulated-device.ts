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
  private lastSeq: number | null = null;
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

  /** Judges a command payload that arrived at `ms`. `seq` is the newest number taken, where one is refused for being older. */
  command(
    payload: unknown,
    retained: boolean,
    ms: number,
  ): { id: string; verdict: DeviceVerdict; seq?: number } {
    const { id, seq, ref, ttl, signals } = asCommand(payload);
    if (retained) return { id, verdict: "retained" };
    if (!isUint32(seq) || !isUint32(ref) || !(ttl >= 1 && ttl <= 60_000) || signals === null) {
      return { id, verdict: "malformed" };
    }
    // By serial numbers (RFC 1982): they go on behind 2^32 − 1 at 0.
    if (this.lastSeq !== null && ((seq - this.lastSeq) | 0) <= 0) {
      return { id, verdict: "replay", seq: this.lastSeq };
    }
    const sent = this.sentAt[ref % 128];
    if (ref >= this.count || ref < this.count - 128 || sent === undefined || ms - sent > maxReferenceAgeMs) {
      return { id, verdict: "late" };
    }
    this.lastSeq = seq;
    const { led, ...others } = signals;
    if (typeof led !== "boolean" || Object.keys(others).length > 0) return { id, verdict: "unknown signal" };
    this.readings.led = led;
    return { id, verdict: null };
  }
}

function isUint32(value: number): boolean {
  return value >>> 0 === value;
}

function asCommand(payload: unknown): {
  id: string;
  seq: number;
  ref: number;
  ttl: number;
  signals: Record<string, unknown> | null;
} {
  const { id, seq, ref, ttl_ms, signals } =
    typeof payload === "object" && payload !== null ? (payload as Record<string, unknown>) : {};
  const number = (value: unknown): number => (typeof value === "number" ? value : Number.NaN);
  return {
    id: typeof id === "string" ? id : "",
    seq: number(seq),
    ref: number(ref),
    ttl: number(ttl_ms),
    signals:
      typeof signals === "object" && signals !== null && !Array.isArray(signals)
        ? (signals as Record<string, unknown>)
        : null,
  };
}
