// Rows a second from the history's journal into each store, and what the sink's thread pays for one in CPU time.
import { spawn } from "node:child_process";
import { once } from "node:events";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { runnerImport } from "vite";
import { root } from "./root.mjs";

const rowCount = 300_000;
const series = 42;
const sinkProcess = join(root, "test", "support", "sink-process.mjs");

export async function run() {
  const load = async (name) =>
    (await runnerImport(join(root, "test", "support", name), { root, logLevel: "error" })).module;
  const { newStore, optionsFor, plans, sinkKinds, testPace } = await load("sink-options.ts");
  const { JournalMaker } = await load("journal-maker.ts");
  for (const kind of sinkKinds) {
    if (plans[kind].program === null) {
      console.log(`  ${kind}: left out, ${plans[kind].hint}`);
      continue;
    }
    const folder = mkdtempSync(join(tmpdir(), "twin-bench-sinks-"));
    const store = newStore(kind);
    try {
      await store.start();
      fill(new JournalMaker(join(folder, "journal"), "run", 2000));
      const { seconds, cpuMs } = await send(folder, optionsFor(store), { ...testPace, settleMs: 0 });
      const perSecond = Math.round(rowCount / seconds);
      console.log(
        `  ${kind}: ${perSecond} rows/s, ${((1000 * cpuMs) / rowCount).toFixed(2)} µs of CPU a row`,
      );
    } finally {
      await store.remove();
      rmSync(folder, { recursive: true, force: true });
    }
  }
}

function fill(maker) {
  const begin = Date.now() - 3_600_000;
  const rows = [];
  for (let i = 0; i < rowCount; i++) {
    const ms = begin + Math.floor(i / series) * 20;
    const stamp = [Math.floor(ms / 1000), (ms % 1000) * 1_000_000];
    rows.push({
      path: `joint/j${i % series}/position`,
      received: ms + 0.3,
      stamp,
      numbers: [Math.sin(i / 100)],
    });
  }
  maker.add(rows);
  maker.close();
}

/** From the first row that is sent to the last; the start of the program does not count. */
async function send(folder, options, pace) {
  const args = [sinkProcess, folder, JSON.stringify(options), JSON.stringify(pace)];
  const child = spawn(process.execPath, args, { stdio: ["ignore", "pipe", "inherit"] });
  let first = null;
  let last = null;
  for await (const line of createInterface({ input: child.stdout })) {
    const { sent, cpuMs } = JSON.parse(line);
    const now = { at: performance.now(), sent, cpuMs };
    if (sent > 0) first ??= now;
    last = now;
    if (sent >= rowCount) break;
  }
  child.kill("SIGKILL");
  await once(child, "exit");
  const share = rowCount / (last.sent - first.sent);
  return { seconds: ((last.at - first.at) / 1000) * share, cpuMs: (last.cpuMs - first.cpuMs) * share };
}
