import { type ChildProcess, spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { describe, expect, it } from "vitest";
import type { SinkStatus } from "../../src/io/sinks/sink-status.ts";
import { eventually } from "../support/eventually.ts";
import { JournalMaker, type MadeRow } from "../support/journal-maker.ts";
import {
  type AnyStore,
  newStore,
  optionsFor,
  plans,
  type SinkKind,
  sinkKinds,
  testPace,
} from "../support/sink-options.ts";
import { hasServer } from "../support/store-server.ts";

/*
 * The program is killed by kill −9 at random moments while it sends, and started again. Among the rows are equal stamps and
 * late ones, whose times depend on what came before. Each row has a value of its own, which must be there once.
 */

const kills = 12;
const process_ = new URL("../support/sink-process.mjs", import.meta.url).pathname;

class SinkProcess {
  status: (SinkStatus & { done: number }) | null = null;
  private readonly child: ChildProcess;

  constructor(folder: string, store: AnyStore) {
    // Small batches, so that most kills come in the middle of something.
    const pace = { ...testPace, batchRows: 300, quietMs: 500 };
    const args = [process_, folder, JSON.stringify(optionsFor(store)), JSON.stringify(pace)];
    this.child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
    createInterface({ input: this.child.stdout as NodeJS.ReadableStream }).on("line", (line) => {
      this.status = JSON.parse(line) as SinkStatus & { done: number };
    });
  }

  async kill(): Promise<void> {
    this.child.kill("SIGKILL");
    if (this.child.exitCode === null && this.child.signalCode === null) await once(this.child, "exit");
  }
}

async function killed(kind: SinkKind): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "twin-sink-"));
  const store = newStore(kind);
  const maker = new JournalMaker(join(folder, "journal"));
  let sink: SinkProcess | null = null;
  let value = 0;
  const begin = Math.floor(Date.now() / 1000) - 1000;
  const add = (ticks: number): void => {
    const rows: MadeRow[] = [];
    for (let i = 0; i < ticks; i++) {
      value++;
      // Each stamp three times, and each 50th row 3 s late.
      const nanosec = Math.floor(value / 21) * 1_000_000;
      const late = value % 50 === 0 ? 3 : 0;
      const sec = begin + Math.floor(nanosec / 1e9) - late;
      rows.push({
        path: `joint/${value % 7}`,
        received: Date.now(),
        stamp: [sec, nanosec % 1_000_000_000],
        numbers: [value],
      });
    }
    maker.add(rows);
  };
  try {
    await store.start();
    add(1000);
    for (let i = 0; i < kills; i++) {
      sink = new SinkProcess(folder, store);
      const running = sink;
      await eventually("it sends", () => running.status !== null && running.status.state === "ok", 20_000);
      const until = Date.now() + 50 + Math.random() * 700;
      while (Date.now() < until) {
        add(500);
        await new Promise((resolve) => setTimeout(resolve, 10 + Math.random() * 20));
      }
      await sink.kill();
    }
    sink = new SinkProcess(folder, store);
    const last = sink;
    const isDone = () =>
      last.status?.state === "ok" &&
      last.status.waiting === 0 &&
      (kind === "postgres" || last.status.done === maker.end.sample);
    await eventually("nothing waits", isDone, 60_000).catch((error) => {
      throw new Error(`${error} ${JSON.stringify(last.status)} of ${maker.end.sample}`);
    });
    await eventually("all is visible", async () => (await store.readAll()).length >= value, 10_000).catch(
      () => undefined,
    );
    const counts = new Map<number, number>();
    for (const { fields } of await store.readAll()) {
      const found = Number(fields.value);
      counts.set(found, (counts.get(found) ?? 0) + 1);
    }
    const missing = Array.from({ length: value }, (_, i) => i + 1).filter((one) => !counts.has(one));
    const twice = [...counts].filter(([, count]) => count > 1).map(([one]) => one);
    expect({ missing, twice, rows: counts.size }).toEqual({ missing: [], twice: [], rows: value });
    expect(value).toBeGreaterThan(10_000);
  } finally {
    await sink?.kill();
    maker.close();
    await store.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("a program that is killed at random moments leaves every row exactly once", () => {
  for (const kind of sinkKinds) {
    it.skipIf(!hasServer(plans[kind])).concurrent(kind, () => killed(kind), 150_000);
  }
});
