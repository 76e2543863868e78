import { existsSync, mkdtempSync, readdirSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SinkOptions } from "../../src/io/sinks/sink-options.ts";
import type { SinkStatus } from "../../src/io/sinks/sink-status.ts";
import { SinksThread } from "../../src/io/sinks/sinks-thread.ts";
import { eventually } from "../support/eventually.ts";
import { InfluxStore, influxPlan } from "../support/influx-store.ts";
import { JournalMaker } from "../support/journal-maker.ts";
import { optionsFor } from "../support/sink-options.ts";
import { hasServer } from "../support/store-server.ts";

/* The thread of the sinks, as it is built. */

const workerFile = new URL("../../dist/io/sinks/sinks-worker.js", import.meta.url);
const nowhere = {
  ...({} as SinkOptions),
  kind: "influx",
  url: "http://127.0.0.1:9",
  database: "twin",
  measurement: "twin",
  series: ["*"],
  facets: ["reported"],
  time: "stamp",
  tags: {},
} as SinkOptions;

describe("the thread of the sinks", () => {
  let folder = "";
  let maker: JournalMaker;
  let thread: SinksThread | null = null;
  const needs: number[] = [];
  const faults: string[] = [];
  let workers: Worker[] = [];

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twin-sink-"));
    maker = new JournalMaker(join(folder, "journal"));
    needs.length = 0;
    faults.length = 0;
    workers = [];
  });
  afterEach(async () => {
    await thread?.stop();
    thread = null;
    maker.close();
    rmSync(folder, { recursive: true, force: true });
  });

  const begin = Date.now() - 10_000;
  const write = (count: number): void =>
    maker.add(Array.from({ length: count }, (_, i) => ({ received: begin + i, numbers: [i] })));
  const open = (sinks: SinkOptions[], spoolBytes = 1e9): SinksThread => {
    thread = new SinksThread(
      {
        directory: folder,
        sinks,
        spoolBytes,
        onNeeded: (sample) => needs.push(sample),
        onStatus: () => undefined,
        onFault: (message) => faults.push(message),
      },
      (workerData) => {
        const worker = new Worker(workerFile, { workerData });
        workers.push(worker);
        return worker;
      },
    );
    return thread;
  };
  const statusOf = (running: SinksThread, at = 0): Partial<SinkStatus> => running.statuses[at] ?? {};

  it.skipIf(!hasServer(influxPlan))(
    "needs the journal until the last of its sinks has sent the rows, and ends with its place kept",
    async () => {
      const influx = new InfluxStore();
      try {
        await influx.start();
        write(1000);
        const running = open([optionsFor(influx), nowhere]);
        expect(needs).toEqual([0]);
        await eventually("they are sent", () => statusOf(running).sent === 1000);
        await eventually("the other is lost", () => statusOf(running, 1).state === "lost");
        expect(Math.max(...needs)).toBe(0);
        await running.stop();
        expect(
          readdirSync(join(folder, "sinks")).some((name) =>
            /^influx_127\.0\.0\.1_\d+_twin_twin\.json$/.test(name),
          ),
        ).toBe(true);
        const alone = open([optionsFor(influx)]);
        await eventually("all of it is done", () => needs.at(-1) === 1000);
        await eventually("it is connected", () => statusOf(alone).state === "ok");
        expect(statusOf(alone).sent).toBe(0);
      } finally {
        await influx.remove();
      }
    },
  );

  it("gives up the oldest rows where they would take more of the disk than they may", async () => {
    write(1000);
    maker.close();
    const next = new JournalMaker(join(folder, "journal"), "run-2", 500, maker.end);
    next.add([{ received: begin, numbers: [1] }]);
    open([nowhere], 1000);
    await eventually("the first segment is not needed", () => needs.at(-1) === 1000);
    expect(existsSync(join(folder, "journal", "0000000000.seg"))).toBe(true);
    next.close();
  });

  it("is started again when it fails, and says so", async () => {
    open([nowhere]);
    await eventually("it runs", () => statusOf(thread as SinksThread).state === "lost");
    await workers[0]?.terminate();
    await eventually("it runs again", () => workers.length === 2, 10_000);
    expect(faults).toHaveLength(1);
    expect(faults[0]).toContain("It is started again");
  });
});
