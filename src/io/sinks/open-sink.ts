import { randomUUID } from "node:crypto";
import { readFileSync } from "node:fs";
import { join } from "node:path";
import type { ClockState } from "../../history/row-clock.ts";
import { replaceFile } from "../replace-file.ts";
import { CursorFile, type Kept } from "./cursor-file.ts";
import { influxServer } from "./influx-server.ts";
import { JournalSource } from "./journal-source.ts";
import { LineSender } from "./line-sender.ts";
import { PostgresSender } from "./postgres-sender.ts";
import { questServer } from "./questdb-server.ts";
import { SinkLoop, type SinkLoopOptions } from "./sink-loop.ts";
import { type SinkOptions, sinkName } from "./sink-options.ts";
import { VictoriaSender } from "./victoria-sender.ts";

/** How patient sinks are; tests have less time. */
export type SinkPace = Pick<SinkLoopOptions<unknown>, "batchRows" | "retryMs" | "idleMs"> & {
  timeoutMs: number;
  settleMs: number;
  quietMs: number;
};

export const usualPace: SinkPace = {
  batchRows: 5000,
  retryMs: [250, 10_000],
  idleMs: 500,
  timeoutMs: 10_000,
  settleMs: 10_000,
  quietMs: 3000,
};

/** What each kind of loop has. */
export type OpenSink = Pick<SinkLoop<unknown>, "status" | "done" | "start" | "stop">;

/**
 * Opens a sink of the history in `directory`. Where it was is in the folder `sinks` there, in a file of the sink's own.
 * Rejects where that file cannot be read.
 */
export async function openSink(
  directory: string,
  options: SinkOptions,
  now: () => number,
  pace: SinkPace = usualPace,
): Promise<OpenSink> {
  const folder = join(directory, "sinks");
  const store = storeId(folder);
  const name = fileName(options);
  const file = new CursorFile(join(folder, `${name}.json`));
  const kept = await file.read();
  const known: Kept | null = kept?.store === store ? kept : null;
  const cursor = known?.cursor ?? 0;
  const source = new JournalSource(join(directory, "journal"), store, options);
  const { batchRows, retryMs, idleMs, timeoutMs } = pace;
  const common = { source, file, cursor, now, batchRows, retryMs, idleMs };
  const lines = known === null ? {} : ((known.state ?? {}) as ClockState);
  switch (options.kind) {
    case "influx":
      return new SinkLoop({
        ...common,
        sender: new LineSender(influxServer(options, timeoutMs), lines, cursor),
      });
    case "questdb":
      return new SinkLoop({
        ...common,
        sender: new LineSender(questServer(options, timeoutMs), lines, cursor),
      });
    case "victoriametrics": {
      const sent = new CursorFile(join(folder, `${name}.sent.json`));
      return new SinkLoop({ ...common, sender: new VictoriaSender(options, pace, sent, store, now, cursor) });
    }
    case "postgres":
      return new SinkLoop({ ...common, sender: new PostgresSender(options, store, timeoutMs) });
  }
}

/** The name of this store of rows; it is made once. Rows of a store that was deleted and made anew are other rows. */
function storeId(folder: string): string {
  const path = join(folder, "store");
  try {
    return readFileSync(path, "utf8").trim();
  } catch (error) {
    if ((error as NodeJS.ErrnoException).code !== "ENOENT") throw error;
  }
  const id = randomUUID();
  replaceFile(path, `${id}\n`, true);
  return id;
}

/** Where the rows go, as the name of a file: another database of a server is another sink. */
function fileName(options: SinkOptions): string {
  const place =
    options.kind === "postgres"
      ? [options.schema]
      : options.kind === "influx"
        ? [options.org, options.bucket ?? options.database, options.retentionPolicy, options.measurement]
        : [options.measurement];
  return [
    sinkName(options),
    new URL(options.url).pathname.replace(/^\/|\/$/g, ""),
    ...place.filter((part) => part !== undefined && part !== ""),
  ]
    .join("_")
    .replace(/[^A-Za-z0-9.-]+/g, "_");
}
