import { rmSync } from "node:fs";
import { type Command, InvalidArgumentError, Option } from "commander";
import { type ExportFormat, type ExportProgress, exportHistory } from "../app/export-run.ts";
import { facets } from "../core/quality.ts";
import type { History, HistoryClock, SeriesSelection } from "../history/history-query.ts";
import type { Config } from "../io/config/config-schema.ts";
import { loadConfig } from "../io/config/load-config.ts";
import { OfflineHistory } from "../io/history/offline-history.ts";
import { HttpHistory, NoTwin } from "../io/recording/http-history.ts";
import { fail } from "./fail.ts";
import { historyFolder } from "./history.ts";
import { twinAddress } from "./twin-address.ts";
import { parsePort } from "./up.ts";

type ExportCliOptions = {
  from?: number;
  to?: number;
  series: string[];
  facet: SeriesSelection["facet"];
  clock: HistoryClock;
  out?: string;
  config?: string;
  dir?: string;
  url?: string;
  port?: number;
  token?: string;
  json?: boolean;
};

const units: Record<string, number> = { s: 1000, m: 60_000, h: 3_600_000, d: 86_400_000 };
const showEachMs = 500;

export function addExportCommand(program: Command): void {
  program
    .command("export")
    .description("cut a range out of the history into a file: MCAP, Parquet or CSV")
    .option("--from <time>", "ISO 8601, ms since 1970, or ago as 10m, 2h, 1d", parseTime)
    .option("--to <time>", "the same (default: now)", parseTime)
    .option("--series <pattern...>", "series as 'robot/joint/*'; * is any run", ["*"])
    .addOption(new Option("--facet <name>", "which facet").choices([...facets, "*"]).default("*"))
    .addOption(
      new Option("--clock <name>", "which time --from and --to mean")
        .choices(["arrival", "stamp"])
        .default("arrival"),
    )
    .option("--out <file>", "file to write: .mcap, .parquet or .csv")
    .option("--config <file>", "the twin's twin.yaml: its address, and the folder of its history")
    .option("--dir <folder>", "the folder of a history, or of a backup, that no twin writes to")
    .option("--url <address>", "the running twin (default: http://127.0.0.1:8080)")
    .option("--port <number>", "the running twin's port on this machine", parsePort)
    .option("--token <token>", "the twin's token (default: $TWIN_TOKEN, or the one in --config)")
    .option("--json", "the summary as a JSON line")
    .action(exportCommand);
}

/** Server ms of a moment. */
export function parseTime(text: string): number {
  const [, count, unit] = /^-?(\d+(?:\.\d+)?)([smhd])$/.exec(text) ?? [];
  if (count !== undefined && unit !== undefined) return Date.now() - Number(count) * (units[unit] as number);
  const time = /^\d+(\.\d+)?$/.test(text) ? Number(text) : Date.parse(text);
  if (!Number.isFinite(time)) {
    throw new InvalidArgumentError("a time as 2026-01-31T12:00:00Z, ms since 1970, or ago as 10m");
  }
  return time;
}

function formatOf(out: string): ExportFormat {
  const [, extension] = /\.(mcap|parquet|csv)$/.exec(out) ?? [];
  if (extension === undefined) fail("--out: a file that ends in .mcap, .parquet or .csv", 2);
  return extension as ExportFormat;
}

/** The history of the running twin; where none answers, its files. */
async function historyOf(
  options: ExportCliOptions,
  config: Config | null,
): Promise<Pick<History, "samples" | "events">> {
  if (options.dir !== undefined) return OfflineHistory.open(historyFolder(options));
  const { base, token } = twinAddress(options, config);
  const running = new HttpHistory(base, token);
  try {
    await running.reach();
    return running;
  } catch (error) {
    if (!(error instanceof NoTwin) || options.url !== undefined) throw error;
    try {
      return OfflineHistory.open(historyFolder(options));
    } catch (fault) {
      throw new Error(`${error.message}; ${fault instanceof Error ? fault.message : String(fault)}`);
    }
  }
}

async function exportCommand(options: ExportCliOptions): Promise<void> {
  const { out, from, to = Date.now(), series, facet, clock } = options;
  if (from === undefined) fail("--from: say where the range begins, as --from 10m", 2);
  if (out === undefined) fail("--out: name the file to write, as --out run.csv", 2);
  const format = formatOf(out);
  if (to <= from) fail("--to must be after --from", 2);
  const config = options.config === undefined ? null : loadConfig(options.config);
  if (config !== null && !config.ok) fail(`${config.path}: ${config.reason}`);
  const query: SeriesSelection = { patterns: series, facet, clock, from, to };
  let shown = 0;
  const show = ({ samples, bytes }: ExportProgress): void => {
    if (!process.stdout.isTTY || options.json === true || performance.now() - shown < showEachMs) return;
    shown = performance.now();
    process.stdout.write(`\r\x1b[K${samples} samples, ${(bytes / 1e6).toFixed(1)} MB`);
  };
  try {
    const history = await historyOf(options, config?.value ?? null);
    const { samples, bytes } = await exportHistory(history, query, out, format, show);
    process.stdout.write(
      options.json === true
        ? `${JSON.stringify({ file: out, samples, bytes })}\n`
        : `${process.stdout.isTTY ? "\r\x1b[K" : ""}${out}: ${samples} samples, ${(bytes / 1e6).toFixed(1)} MB\n`,
    );
  } catch (error) {
    rmSync(out, { force: true });
    fail(error instanceof Error ? error.message : String(error));
  }
}
