import type { CommandEcho } from "../command-echo.ts";
import type { DeviceLife, ProfileOutput } from "../device-profile.ts";
import { MetricTable } from "./metric-table.ts";
import type { SparkplugPayload } from "./payload.ts";
import { readingsOf, stampOfMs } from "./readings.ts";

/** What a device of the twin is in Sparkplug: an edge node (`device` null) or a device of one. */
export type SparkplugAddress = { group: string; node: string; device: string | null };

/** What all devices of one host share. */
export type SharedByDevices = {
  readonly echo: CommandEcho;
  /** Births seen, of all devices: the next one's boot. Starts at 0 with each run of this program. */
  births: number;
  /** Metrics that may still be declared, all devices together. */
  metricRoom: number;
  mayWrite(device: string, signal: string): boolean;
};

/** One edge node or device between its birth and its death: its table, its boot, its count of telemetry. */
export class BornDevice {
  table: MetricTable | null = null;
  private boot = 0;
  private n = 0;
  private life: DeviceLife | null = null;

  constructor(
    readonly name: string,
    readonly address: SparkplugAddress,
    private readonly shared: SharedByDevices,
  ) {}

  /** Whether its birth is the session's; what it says before is not understood. */
  get isBorn(): boolean {
    return this.table !== null;
  }

  get isOnline(): boolean {
    return this.life === "online";
  }

  takeBirth(payload: SparkplugPayload, output: ProfileOutput): void {
    const say = (reason: string, metric: string) => output.refused(reason, `${this.name}/${metric}`);
    this.forgetTable();
    const table = new MetricTable(payload.metrics, (signal) => this.shared.mayWrite(this.name, signal), say);
    if (table.size > this.shared.metricRoom) {
      say("more metrics than all devices may have together", "");
      return;
    }
    this.shared.metricRoom -= table.size;
    this.table = table;
    this.boot = ++this.shared.births;
    this.n = 0;
    output.message({
      kind: "birth",
      device: this.name,
      birth: { firmware: "", boot: this.boot, signals: table.signals },
    });
    this.setLife("online", output);
    this.takeData(payload, output);
  }

  /** The reason for which a rebirth is wanted, or null. */
  takeData(payload: SparkplugPayload, output: ProfileOutput): string | null {
    const { table } = this;
    if (table === null) return `${this.name} sends data before its birth`;
    const { readings, unknown } = readingsOf(payload, table, (reason, metric) =>
      output.refused(reason, `${this.name}/${metric}`),
    );
    for (const { ms, isHistorical, signals, bad } of readings) {
      output.message({
        kind: "telemetry",
        device: this.name,
        telemetry: {
          boot: this.boot,
          n: this.n++,
          stamp: ms === null ? null : stampOfMs(ms),
          signals,
          ...(Object.keys(bad).length === 0 ? {} : { bad }),
          ...(isHistorical ? { historical: true } : {}),
        },
      });
      if (!isHistorical) this.shared.echo.reported(this.name, signals, output);
    }
    return unknown;
  }

  /** Tells the twin, once for each change. */
  setLife(life: DeviceLife, output: ProfileOutput): void {
    if (this.life === life) return;
    this.life = life;
    output.message({ kind: "status", device: this.name, life });
  }

  /** After it nothing is understood until the next birth. */
  forgetTable(): void {
    this.shared.metricRoom += this.table?.size ?? 0;
    this.table = null;
  }
}
