import { existsSync, readdirSync, renameSync } from "node:fs";
import { resolve } from "node:path";
import type { Command } from "commander";
import { historyDirectory } from "../app/twin-history.ts";
import { configSchema } from "../io/config/config-schema.ts";
import { loadConfig } from "../io/config/load-config.ts";
import { backupStore } from "../io/history/backup.ts";
import { eraseHolder } from "../io/history/erase.ts";
import { OfflineHistory } from "../io/history/offline-history.ts";
import { Retention } from "../io/history/retention.ts";
import { StoreFault } from "../io/history/store-schema.ts";
import { storeFigures, verifyStore } from "../io/history/verify.ts";
import { stateDir } from "../io/state-dir.ts";
import { fail } from "./fail.ts";
import { parsePort } from "./up.ts";

type Where = { dir?: string; config?: string; port?: number; json?: boolean };

/** `twin history …`: looks after the folder in which a twin keeps its history. */
export function addHistoryCommand(program: Command): void {
  const history = program
    .command("history")
    .description("look after what the twin remembers (docs/history.md)");
  where(history.command("info"))
    .description("how much is stored, of which time")
    .action((options: Where) => guarded(() => info(options)));
  where(history.command("verify"))
    .description("read every block, roll-up and journal segment; exit 1 where one is damaged")
    .action((options: Where) => guarded(() => verify(options)));
  where(history.command("prune"))
    .description("delete what is older than a time; the twin must not be running")
    .option("--before <time>", "needed: ISO 8601, ms since 1970, or an age as 12h or 7d")
    .action((options: Where & { before?: string }) => guarded(() => prune(options)));
  where(history.command("backup"))
    .argument("<folder>", "where the copy goes")
    .description("copy the history into an empty folder, also while the twin runs")
    .action((folder: string, options: Where) => guarded(() => backup(folder, options)));
  where(history.command("restore"))
    .argument("<folder>", "the backup")
    .description("put a backup in the place of the history; the twin must not be running")
    .action((folder: string, options: Where) => guarded(() => restore(folder, options)));
  where(history.command("erase"))
    .description("take a lease holder's name out of all events; the twin must not be running")
    .option("--holder <name>", "needed: the name as it is shown in events")
    .action((options: Where & { holder?: string }) => guarded(() => erase(options)));
}

function where(command: Command): Command {
  return command
    .option(
      "--dir <folder>",
      "the folder of the history (default: that of the twin named by --config and --port)",
    )
    .option("--config <file>", "the twin's twin.yaml")
    .option(
      "--port <number>",
      "the twin's port, if it was given on the command line (default: 8080)",
      parsePort,
    )
    .option("--json", "the answer as JSON");
}

/** The folder that the options mean. */
export function historyFolder({ dir, config: path, port }: Where): string {
  if (dir !== undefined) return resolve(dir);
  const config = path === undefined ? null : loadConfig(path);
  if (config !== null && !config.ok) fail(`${config.path}: ${config.reason}`);
  const merged = config === null ? configSchema.parse({}) : config.value;
  return historyDirectory(merged, stateDir(merged.stateDir, path ?? null, port ?? merged.server.port));
}

function guarded(work: () => void): void {
  try {
    work();
  } catch (error) {
    if (error instanceof StoreFault) fail(`${error.message}. ${error.remedy}`);
    fail((error as Error).message);
  }
}

function say(options: Where, value: unknown, text: string): void {
  process.stdout.write(`${options.json === true ? JSON.stringify(value) : text}\n`);
}

function info(options: Where): void {
  const folder = historyFolder(options);
  const figures = storeFigures(folder);
  const time = (ms: number | null): string => (ms === null ? "–" : new Date(ms).toISOString());
  const mb = (bytes: number): string => `${(bytes / 1e6).toFixed(1)} MB`;
  say(
    options,
    { folder, ...figures },
    [
      `folder    ${folder}`,
      `time      ${time(figures.from)} to ${time(figures.to)}`,
      `samples   ${figures.samples} in ${figures.blocks} blocks of ${figures.series} series`,
      `events    ${figures.events}, runs ${figures.runs}`,
      `size      ${mb(figures.databaseBytes)}, journal ${mb(figures.journalBytes)}`,
      `schema    ${figures.schema}`,
    ].join("\n"),
  );
}

function verify(options: Where): void {
  const folder = historyFolder(options);
  let shown = -1;
  const faults = verifyStore(folder, (share) => {
    const percent = Math.floor(share * 10) * 10;
    if (percent === shown || !process.stderr.isTTY) return;
    shown = percent;
    process.stderr.write(`\r${percent} %`);
  });
  if (shown >= 0) process.stderr.write("\r");
  say(options, { folder, faults }, faults.length === 0 ? `${folder}: no fault` : faults.join("\n"));
  if (faults.length > 0) process.exitCode = 1;
}

function prune(options: Where & { before?: string }): void {
  if (options.before === undefined) fail("history prune: say up to when with --before", 2);
  const time = timeOf(options.before);
  opened(options, (history) => {
    const retention = new Retention(history.store, { rawMs: 1e15, maxBytes: 1e15, minFreeBytes: 0 });
    const before = retention.bytes();
    history.store.purgeJournal();
    retention.prune(time);
    history.store.checkpoint(Number.POSITIVE_INFINITY);
    const freed = Math.max(0, before - retention.bytes());
    say(options, { freedBytes: freed }, `${(freed / 1e6).toFixed(1)} MB freed`);
  });
}

function backup(to: string, options: Where): void {
  backupStore(historyFolder(options), resolve(to));
  say(options, { folder: resolve(to) }, `the history is copied to ${resolve(to)}`);
}

function restore(from: string, options: Where): void {
  const folder = historyFolder(options);
  const source = resolve(from);
  // A damaged backup must not take the place of anything.
  const faults = verifyStore(source, () => undefined);
  if (faults.length > 0) fail(`${source} is damaged: ${faults[0]}`);
  let kept: string | null = null;
  if (existsSync(folder) && readdirSync(folder).length > 0) {
    // Refused where a twin writes to it.
    OfflineHistory.open(folder).close();
    kept = `${folder}.before-restore-${new Date().toISOString().replace(/[:.]/g, "-")}`;
    renameSync(folder, kept);
  }
  try {
    backupStore(source, folder);
  } catch (error) {
    if (kept !== null) renameSync(kept, folder);
    throw error;
  }
  const note = kept === null ? "" : `; what was there is in ${kept}`;
  say(options, { folder, kept }, `the history is restored from ${source}${note}`);
}

function erase(options: Where & { holder?: string }): void {
  const { holder } = options;
  if (holder === undefined || holder === "") fail("history erase: name somebody with --holder", 2);
  opened(options, (history) => {
    const count = eraseHolder(history.store, holder);
    say(options, { events: count }, `"${holder}" was taken out of ${count} events`);
  });
}

function opened(options: Where, work: (history: OfflineHistory) => void): void {
  const history = OfflineHistory.open(historyFolder(options));
  try {
    work(history);
  } finally {
    history.close();
  }
}

function timeOf(text: string): number {
  const age = /^(\d+(?:\.\d+)?)(m|h|d)$/.exec(text);
  const units = { m: 60_000, h: 3_600_000, d: 86_400_000 };
  if (age !== null) return Date.now() - Number(age[1]) * units[age[2] as keyof typeof units];
  const time = /^\d+$/.test(text) ? Number(text) : Date.parse(text);
  if (Number.isNaN(time))
    fail(`--before: "${text}" is no time; give ISO 8601, ms since 1970, or an age as 12h or 7d`, 2);
  return time;
}
