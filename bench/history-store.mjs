// One store in a process of its own: `node history-store.mjs FOLDER SERIES SECONDS`. Prints one line of JSON.
import { rmSync, statSync } from "node:fs";
import { join } from "node:path";
import { HistoryStore } from "../dist/io/history/store.js";
import { StoreQueries } from "../dist/io/history/store-queries.js";
import { SampleMaker, seriesRecords, timeOf } from "./history-samples.mjs";

const [folder, seriesText, secondsText] = process.argv.slice(2);
const series = Number(seriesText);
const seconds = Number(secondsText);
rmSync(folder, { recursive: true, force: true });
const store = HistoryStore.open(folder, "bench", timeOf(0));
const maker = new SampleMaker(series);
const clock = () => performance.now();
let busyMs = 0;
let cpuUs = 0;
let records = seriesRecords(series);
const memory = [];
const steps = 5;
for (let k = 0; k < seconds * 50; k += steps) {
  const batch = maker.batch(steps, records);
  records = [];
  const cpu = process.cpuUsage();
  const started = clock();
  const now = timeOf(k);
  store.write(batch, now);
  store.settle(Number.POSITIVE_INFINITY, clock);
  if (k % 500 === 0) store.sync(() => undefined);
  if (k % 2500 === 0) store.checkpoint(Number.POSITIVE_INFINITY);
  busyMs += clock() - started;
  const used = process.cpuUsage(cpu);
  cpuUs += used.user + used.system;
  // Ten times in the run, with what nobody holds any more collected.
  if (Math.floor((k / steps) % Math.max(1, Math.floor((seconds * 50) / steps / 10))) === 0) {
    globalThis.gc?.();
    memory.push(process.memoryUsage().rss / 1048576);
  }
  // The journal is synced beside.
  if (k % 500 === 0) await new Promise((resolve) => setImmediate(resolve));
}
const end = timeOf(seconds * 50);
store.settle(Number.POSITIVE_INFINITY, clock);
store.checkpoint(Number.POSITIVE_INFINITY);
const queries = new StoreQueries(store);
const timed = async (times, work) => {
  const all = [];
  for (let i = 0; i < times; i++) {
    const started = clock();
    await work(i);
    all.push(clock() - started);
  }
  all.sort((a, b) => a - b);
  return { p50: all[Math.floor(all.length / 2)], max: all[all.length - 1], first: all[0] };
};
const name = (i) =>
  `robot${Math.floor((i % series) / 21)}/joint/j${Math.floor(((i % series) % 21) / 3)}/position`;
const span = { from: timeOf(0), to: end, clock: "arrival", facet: "reported" };
const points = await timed(20, (i) => queries.points({ ...span, patterns: [name(i * 5)], points: 1000 }));
const seconds1 = await timed(20, (i) =>
  queries.points({ ...span, patterns: [name(i * 5)], step: 1000, to: Math.min(end, span.from + 476_000) }),
);
const raw = await timed(20, (i) => {
  const from = span.from + ((end - span.from - 60_000) * i) / 20;
  let n = 0;
  for (const chunk of queries.samples({ ...span, patterns: [name(i * 5)], from, to: from + 60_000 }))
    n += chunk.time.length;
  if (n < 1400) throw new Error(`${n} samples`);
});
const moments = await timed(50, (i) => {
  const at = span.from + (((i * 7919) % 50) / 50) * (end - span.from) + 500;
  const values = queries.lastValues(["*"], "reported", at, 60_000);
  if (values.length !== series) throw new Error(`${values.length} values`);
});
const samples = series * seconds * 50;
const bytes = statSync(join(folder, "history.db")).size;
store.close(end);
console.log(JSON.stringify({ samples, busyMs, cpuUs, memory, points, seconds1, raw, moments, bytes }));
