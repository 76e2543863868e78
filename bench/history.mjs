// The twin's memory: samples in, bytes, queries, what it costs the cycle, and other stores beside it.
// HISTORY_DAY=1: a whole day of 42 series (minutes). HISTORY_MINUTES (default 10): of 64 robots.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { duckdb, influxdb, sqliteRows, victoriaMetrics } from "./history-rivals.mjs";
import { root } from "./root.mjs";

const cycleSeconds = Number(process.env.HISTORY_CYCLE ?? 10);
const pairs = Number(process.env.HISTORY_PAIRS ?? 3);
const minutes = Number(process.env.HISTORY_MINUTES ?? 10);

function child(script, ...args) {
  const run = spawnSync(process.execPath, ["--expose-gc", join(root, "bench", script), ...args.map(String)], {
    encoding: "utf8",
    maxBuffer: 1e8,
  });
  if (run.status !== 0) throw new Error(`${script}: ${run.stderr}`);
  return JSON.parse(run.stdout);
}

export async function run() {
  const folder = mkdtempSync(join(tmpdir(), "twin-bench-"));
  try {
    cycle(join(folder, "cycle"));
    fleet(join(folder, "fleet"));
    if (process.env.HISTORY_DAY === "1") day(join(folder, "day"));
    await beside(join(folder, "own"));
  } finally {
    rmSync(folder, { recursive: true, force: true });
  }
}

/** The cycle with the history and without, by turns; the least of each counts. */
function cycle(folder) {
  const runs = { off: [], on: [] };
  for (let i = 0; i < pairs; i++) {
    runs.off.push(child("history-cycle.mjs", "off", cycleSeconds));
    runs.on.push(child("history-cycle.mjs", folder, cycleSeconds));
  }
  for (const [name, list] of Object.entries(runs)) {
    const least = (key) => Math.min(...list.map((one) => one[key])).toFixed(2);
    const all = list.map(({ p99 }) => p99.toFixed(2)).join(" ");
    const dropped = list.reduce((sum, one) => sum + one.dropped, 0);
    console.log(
      `cycle, 42,000 samples/s, history ${name}: lateness p99 ${least("p99")} ms (${all}), max ${least("max")}; cycle p50 ${least("busyP50")} ms, p99 ${least("busyP99")}; ${least("cpu")} cores; ${dropped} dropped`,
    );
  }
}

function fleet(folder) {
  const one = child("history-store.mjs", folder, 64 * 21, minutes * 60);
  const { samples, cpuUs, busyMs, bytes, memory, moments } = one;
  console.log(
    `64 robots × 7 joints × 3 values × 50 Hz × ${minutes} min: ${(samples / 1e6).toFixed(1)} M samples, ${(samples / busyMs / 1000).toFixed(2)} M/s, ${((samples / cpuUs) * 1).toFixed(2)} M per CPU second, ${(bytes / samples).toFixed(2)} bytes a sample`,
  );
  console.log(`  memory (MB resident): ${memory.map((mb) => mb.toFixed(0)).join(" ")}`);
  console.log(
    `  all 1344 series at a moment, cold: p50 ${moments.p50.toFixed(1)} ms, max ${moments.max.toFixed(1)}`,
  );
}

function day(folder) {
  const { samples, points, moments, raw, busyMs } = child("history-store.mjs", folder, 42, 86_400);
  console.log(
    `a day of 42 series, ${(samples / 1e6).toFixed(0)} M samples (${(busyMs / 1000).toFixed(0)} s): one joint at 1,000 points p50 ${points.p50.toFixed(1)} ms (max ${points.max.toFixed(1)}), all series at a moment p50 ${moments.p50.toFixed(1)} (max ${moments.max.toFixed(1)}), 60 s raw ${raw.p50.toFixed(1)}`,
  );
}

async function beside(folder) {
  const series = 42;
  const seconds = 476;
  const samples = series * seconds * 50;
  const print = (name, { cpu, seconds: took, buckets, raw, moment, bytes }) =>
    console.log(
      `  ${name.padEnd(16)} ${(samples / took / 1e6).toFixed(2).padStart(6)} M/s ${(samples / cpu / 1e6).toFixed(2).padStart(6)} M per CPU s  477 buckets ${buckets.toFixed(1).padStart(6)} ms  60 s raw ${raw.toFixed(1).padStart(6)} ms  at a time ${moment.toFixed(1).padStart(6)} ms  ${(bytes / samples).toFixed(1).padStart(5)} B`,
    );
  console.log(`${samples} samples of ${series} series beside other stores`);
  const own = child("history-store.mjs", folder, series, seconds);
  const { cpuUs, busyMs, seconds1, raw, moments, bytes } = own;
  print("twinbridge", {
    cpu: cpuUs / 1e6,
    seconds: busyMs / 1000,
    buckets: seconds1.p50,
    raw: raw.p50,
    moment: moments.p50,
    bytes,
  });
  for (const [name, store] of [
    ["SQLite rows", sqliteRows],
    ["DuckDB", duckdb],
    ["InfluxDB 1", influxdb],
    ["VictoriaMetrics", victoriaMetrics],
  ]) {
    const result = await store(series, seconds * 50);
    if (result === null) console.log(`  ${name}: not installed, left out`);
    else print(name, result);
  }
}
