import { spawn } from "node:child_process";
import { once } from "node:events";
import { HistoryStore } from "../../src/io/history/store.ts";
import { StoreQueries } from "../../src/io/history/store-queries.ts";
import type { Random } from "../unit/robot/random-from.ts";

const series = 20;
const script = new URL("./history-writer.mjs", import.meta.url).pathname;
const dist = new URL("../../dist", import.meta.url).pathname;

export type Kills = { kills: number; samples: number; openMs: number[]; faults: string[] };

/**
 * Kills a program that writes a history (history-writer.mjs), at random moments, and looks at what is there each time: everything
 * that was confirmed, once, whole, in order; and how long opening takes.
 */
export async function killWriters(folder: string, kills: number, random: Random): Promise<Kills> {
  const result: Kills = { kills: 0, samples: 0, openMs: [], faults: [] };
  for (let i = 0; i < kills; i++) {
    const confirmed = await killOne(folder, result.samples, i, 5 + random.below(250));
    const started = performance.now();
    const store = HistoryStore.open(folder, `look ${i}`, 2_000_000_000_000);
    result.openMs.push(performance.now() - started);
    const isFull = i % 25 === 24 || i === kills - 1;
    const stored = store.end;
    const fault =
      stored < confirmed ? `${confirmed} confirmed, ${stored} there` : wrongIn(store, stored, isFull);
    // Half of them are closed as they should be, half are gone again at once.
    if (random.below(2) === 0) store.close(2_000_000_000_000);
    else store.abandon();
    result.kills++;
    result.samples = stored;
    if (fault !== null) result.faults.push(`kill ${i}: ${fault}`);
  }
  return result;
}

async function killOne(folder: string, first: number, i: number, afterMs: number): Promise<number> {
  const child = spawn(process.execPath, [script, dist, folder, String(first), `run ${i}`], {
    stdio: ["ignore", "pipe", "inherit"],
  });
  let text = "";
  let killed = false;
  child.stdout.on("data", (piece) => {
    text += piece;
    if (killed) return;
    killed = true;
    setTimeout(() => child.kill("SIGKILL"), afterMs);
  });
  const [code] = await once(child, "close");
  if (code !== null) throw new Error(`the writer ended by itself, with ${code}`);
  const lines = text.split("\n");
  // The last one may be half a line.
  return Number(lines[lines.length - 2] ?? first);
}

/** What is wrong with the samples of a store that should have the numbers below `stored`; null where nothing is. */
function wrongIn(store: HistoryStore, stored: number, isFull: boolean): string | null {
  const queries = new StoreQueries(store);
  const from = isFull ? 0 : 1_795_795_309_910 + stored - 20_000;
  const query = { patterns: ["*"], facet: "*", from, to: Number.MAX_VALUE, clock: "arrival" } as const;
  const counts = new Map<string, number>();
  const next = new Map<string, number>();
  for (const { series: info, value } of queries.samples(query)) {
    for (const one of value) {
      const expected = next.get(info.name);
      if (expected !== undefined && one !== expected) return `${info.name}: ${one} where ${expected} belongs`;
      if (`robot/joint/j${one % series}/position` !== info.name) return `${one} is in ${info.name}`;
      next.set(info.name, one + series);
      counts.set(info.name, (counts.get(info.name) ?? 0) + 1);
    }
  }
  for (const [name, end] of next) if (end < stored) return `${name} ends at ${end - series}, of ${stored}`;
  if (!isFull) return null;
  const total = [...counts.values()].reduce((sum, count) => sum + count, 0);
  if (total !== stored) return `${total} samples, of ${stored}`;
  const events = queries.events({ from: 0, to: Number.MAX_VALUE, kind: "test.batch", limit: 10_000 });
  const messages = new Set(events.map(({ message }) => message));
  return messages.size === events.length ? null : "an event is there twice";
}
