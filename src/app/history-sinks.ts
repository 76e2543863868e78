import { dirname, resolve } from "node:path";
import type { Engine } from "../engine/engine.ts";
import type { Config } from "../io/config/config-schema.ts";
import type { SinkConfig } from "../io/config/sink-schema.ts";
import type { HistoryThread } from "../io/history/history-thread.ts";
import { addSinkMetrics } from "../io/server/sink-metrics.ts";
import type { SinkOptions } from "../io/sinks/sink-options.ts";
import type { SinkStatus } from "../io/sinks/sink-status.ts";
import { SinksThread } from "../io/sinks/sinks-thread.ts";
import type { SourceStatus } from "../protocol/state-messages.ts";
import type { ServedEngine } from "./served-engine.ts";
import type { TwinHistory } from "./twin-history.ts";

/** How often refused or lost rows of one sink are reported. ms */
const reportEveryMs = 60_000;

export type HistorySinksOptions = {
  config: Config["history"];
  /** The files that the sinks name are beside this one. */
  configPath: string | null;
  /** The history's folder. */
  directory: string;
  history: Pick<HistoryThread, "need">;
  engine: Pick<Engine, "inbox">;
  /** Server ms. */
  now(): number;
};

/** The stores of others that the history is sent to: starts their thread, and says how they do. */
export class HistorySinks {
  private readonly thread: SinksThread;
  /** Of each sink: what was reported, and when the next report may come. */
  private readonly reported = new Map<string, { refused: number; lost: number; next: number }>();

  constructor(private readonly options: HistorySinksOptions) {
    const { directory, config } = options;
    this.thread = new SinksThread({
      directory,
      // What is kept for sinks is a part of the whole.
      spoolBytes: Math.min(config.spoolBytes, config.maxBytes / 4),
      sinks: config.sinks.map((sink) => withFiles(sink, options.configPath)),
      onNeeded: (sample) => options.history.need(sample),
      onStatus: (statuses) => {
        for (const status of statuses) this.take(status);
      },
      onFault: (text) => this.note("history.sinks", text),
    });
  }

  get statuses(): readonly SinkStatus[] {
    return this.thread.statuses;
  }

  stop(): Promise<void> {
    return this.thread.stop();
  }

  private take(status: SinkStatus): void {
    const { name, state, waiting, reason, remedy } = status;
    const detail = state === "ok" && waiting < 100_000 ? "" : `${waiting} rows wait`;
    const why = reason === "" ? {} : { reason, remedy };
    const shown: SourceStatus = { name, state, detail: waiting === 0 ? "" : detail, ...why, optional: true };
    this.options.engine.inbox.push(name, this.options.now(), { kind: "status", status: shown });
    this.report(status);
  }

  private report({ name, refused, lost, refusal }: SinkStatus): void {
    const known = this.reported.get(name) ?? { refused: 0, lost: 0, next: 0 };
    const now = this.options.now();
    if (now < known.next || (refused <= known.refused && lost <= known.lost)) return;
    if (refused > known.refused) {
      const text = `${name} refused ${refused - known.refused} rows, which are dropped: ${refusal}`;
      this.note("history.sink.refused", text);
    }
    if (lost > known.lost) {
      const text = `${lost - known.lost} rows were deleted before ${name} took them. Raise history.spoolBytes, or bring the server back sooner.`;
      this.note("history.sink.lost", text);
    }
    this.reported.set(name, { refused, lost, next: now + reportEveryMs });
  }

  private note(code: string, text: string): void {
    const { engine, now } = this.options;
    engine.inbox.push("history", now(), { kind: "note", severity: "warning", code, text });
  }
}

/** Opens the sinks of the configuration; null where there are none. */
export function openSinks(
  { config, configPath }: { config: Config; configPath: string | null },
  { engine, now, metrics }: ServedEngine,
  { thread }: TwinHistory,
  directory: string,
): HistorySinks | null {
  if (config.history.sinks.length === 0) return null;
  const sinks = new HistorySinks({
    config: config.history,
    configPath,
    directory,
    history: thread,
    engine,
    now,
  });
  addSinkMetrics(metrics.registry, () => sinks.statuses);
  return sinks;
}

/** A sink with the paths of its files from the configuration's folder. */
function withFiles(sink: SinkConfig, configPath: string | null): SinkOptions {
  const folder = configPath === null ? "." : dirname(configPath);
  const files: Record<string, string> = {};
  for (const key of ["ca", "passwordFile", "tokenFile"] as const) {
    const path = (sink as Partial<Record<typeof key, string>>)[key];
    if (path !== undefined) files[key] = resolve(folder, path);
  }
  return { ...sink, ...files };
}
