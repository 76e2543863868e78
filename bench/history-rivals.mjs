// The same samples in other stores: rows in SQLite, DuckDB, InfluxDB, VictoriaMetrics. Each returns CPU seconds (client and
// server), seconds, and the times of three queries in ms. What is not installed is left out, with a line that says so.
import { spawn, spawnSync } from "node:child_process";
import { existsSync, mkdirSync, mkdtempSync, readdirSync, rmSync, statSync, writeFileSync } from "node:fs";
import { createRequire } from "node:module";
import { createServer } from "node:net";
import { homedir, tmpdir } from "node:os";
import { join } from "node:path";
import { sampleValue, seriesRecords, timeOf } from "./history-samples.mjs";
import { cpuOf, sleep } from "./support.mjs";

const require = createRequire(import.meta.url);
const perBatch = 5000;

function ownCpu() {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1e6;
}

function median(list) {
  return list.sort((a, b) => a - b)[Math.floor(list.length / 2)];
}

async function timed(times, work) {
  const all = [];
  for (let i = 0; i < times; i++) {
    const started = performance.now();
    await work(i);
    all.push(performance.now() - started);
  }
  return median(all);
}

function folderBytes(folder) {
  return readdirSync(folder, { withFileTypes: true }).reduce((sum, entry) => {
    const path = join(folder, entry.name);
    return sum + (entry.isDirectory() ? folderBytes(path) : statSync(path).size);
  }, 0);
}

/** One row a sample, primary key (series, time), as one would do it first. */
export async function sqliteRows(series, steps) {
  const Database = require("libsql");
  const folder = mkdtempSync(join(tmpdir(), "twin-bench-"));
  const db = new Database(join(folder, "rows.db"));
  db.exec("PRAGMA journal_mode=WAL; PRAGMA synchronous=NORMAL");
  db.exec(
    "CREATE TABLE s (series INTEGER, t REAL, v REAL, q INTEGER, PRIMARY KEY (series, t)) WITHOUT ROWID",
  );
  const insert = db.prepare("INSERT INTO s VALUES (?, ?, ?, 0)");
  const cpu = ownCpu();
  const started = performance.now();
  let n = 0;
  db.exec("BEGIN");
  for (let k = 0; k < steps; k++) {
    const t = timeOf(k);
    for (let i = 0; i < series; i++) {
      insert.run(i, t, sampleValue(i, k));
      if (++n % perBatch === 0) db.exec("COMMIT; BEGIN");
    }
  }
  db.exec("COMMIT");
  const result = { cpu: ownCpu() - cpu, seconds: (performance.now() - started) / 1000 };
  const buckets = db.prepare(
    "SELECT CAST(t / 1000 AS INTEGER) b, MIN(v), MAX(v), AVG(v) FROM s WHERE series = ? GROUP BY b",
  );
  result.buckets = await timed(9, (i) => buckets.raw(true).all(i));
  const raw = db.prepare("SELECT t, v FROM s WHERE series = ? AND t >= ? AND t < ?");
  result.raw = await timed(9, (i) => raw.raw(true).all(i, timeOf(i * 500), timeOf(i * 500 + 3000)));
  const at = db.prepare("SELECT t, v FROM s WHERE series = ? AND t <= ? ORDER BY t DESC LIMIT 1");
  result.moment = await timed(9, (i) => {
    for (let one = 0; one < series; one++) at.raw(true).get(one, timeOf((steps * (i + 1)) / 11) + 1);
  });
  db.exec("PRAGMA wal_checkpoint(TRUNCATE)");
  result.bytes = folderBytes(folder);
  db.close();
  rmSync(folder, { recursive: true, force: true });
  return result;
}

/** DuckDB by its appender; npm installs it into the cache folder the first time (70 MB). */
export async function duckdb(series, steps) {
  const home = join(process.env.XDG_CACHE_HOME ?? join(homedir(), ".cache"), "twinbridge", "bench");
  const file = join(home, "node_modules", "@duckdb", "node-api", "package.json");
  if (!existsSync(file)) {
    mkdirSync(home, { recursive: true });
    writeFileSync(join(home, "package.json"), "{}");
    console.log("  installing @duckdb/node-api for the comparison");
    if (
      spawnSync("npm", ["install", "--no-audit", "--no-fund", "@duckdb/node-api"], { cwd: home }).status !== 0
    )
      return null;
  }
  const { DuckDBInstance } = createRequire(file)("@duckdb/node-api");
  const folder = mkdtempSync(join(tmpdir(), "twin-bench-"));
  const instance = await DuckDBInstance.create(join(folder, "d.db"));
  const connection = await instance.connect();
  await connection.run("CREATE TABLE s (series INTEGER, t DOUBLE, v DOUBLE, q TINYINT)");
  const cpu = ownCpu();
  const started = performance.now();
  const appender = await connection.createAppender("s");
  let n = 0;
  for (let k = 0; k < steps; k++) {
    const t = timeOf(k);
    for (let i = 0; i < series; i++) {
      appender.appendInteger(i);
      appender.appendDouble(t);
      appender.appendDouble(sampleValue(i, k));
      appender.appendTinyInt(0);
      appender.endRow();
      if (++n % perBatch === 0) appender.flushSync();
    }
  }
  appender.closeSync();
  await connection.run("CHECKPOINT");
  const result = { cpu: ownCpu() - cpu, seconds: (performance.now() - started) / 1000 };
  const rows = async (sql) => (await connection.runAndReadAll(sql)).getRows();
  result.buckets = await timed(9, (i) =>
    rows(`SELECT floor(t / 1000) b, min(v), max(v), avg(v) FROM s WHERE series = ${i} GROUP BY b ORDER BY b`),
  );
  result.raw = await timed(9, (i) =>
    rows(
      `SELECT t, v FROM s WHERE series = ${i} AND t >= ${timeOf(i * 500)} AND t < ${timeOf(i * 500 + 3000)}`,
    ),
  );
  result.moment = await timed(9, (i) =>
    rows(
      `SELECT series, arg_max(v, t) FROM s WHERE t <= ${timeOf((steps * (i + 1)) / 11) + 1} GROUP BY series`,
    ),
  );
  connection.closeSync();
  result.bytes = folderBytes(folder);
  rmSync(folder, { recursive: true, force: true });
  return result;
}

/** A line of the line protocol for each joint and time, with its three values as fields: the form that such stores like best. */
function* lineBatches(series, steps) {
  const names = seriesRecords(series).slice(0, series);
  let lines = [];
  let n = 0;
  for (let k = 0; k < steps; k++) {
    const ns = `${Math.round(timeOf(k))}000000`;
    for (let i = 0; i < series; i += 3) {
      const { thing, path } = names[i];
      const joint = path.split("/")[1];
      const fields = `position=${sampleValue(i, k)},velocity=${sampleValue(i + 1, k)},effort=${sampleValue(i + 2, k)}`;
      lines.push(`joint,robot=${thing},joint=${joint} ${fields} ${ns}`);
      n += 3;
    }
    if (n < perBatch) continue;
    yield lines.join("\n");
    lines = [];
    n = 0;
  }
  if (lines.length > 0) yield lines.join("\n");
}

async function fedOverHttp(child, url, series, steps) {
  const cpu = ownCpu() + cpuOf(child.pid);
  const started = performance.now();
  for (const body of lineBatches(series, steps)) {
    const answer = await fetch(url, { method: "POST", body });
    if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
    await answer.arrayBuffer();
  }
  return { cpu: ownCpu() + cpuOf(child.pid) - cpu, seconds: (performance.now() - started) / 1000 };
}

async function freePort() {
  const server = createServer().listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  const { port } = server.address();
  server.close();
  return port;
}

async function served(url) {
  for (let i = 0; i < 300; i++) {
    if ((await fetch(url).catch(() => null))?.ok) return;
    await sleep(50);
  }
  throw new Error(`${url} does not answer`);
}

async function get(url) {
  const answer = await fetch(url);
  if (!answer.ok) throw new Error(`${url}: ${answer.status} ${await answer.text()}`);
  return answer.text();
}

function missing(program) {
  return spawnSync("sh", ["-c", `command -v ${program}`]).status !== 0;
}

export async function influxdb(series, steps) {
  if (missing("influxd")) return null;
  const folder = mkdtempSync(join(tmpdir(), "twin-bench-"));
  const port = await freePort();
  const rpc = await freePort();
  const config = join(folder, "influxdb.conf");
  writeFileSync(
    config,
    `reporting-disabled = true\nbind-address = "127.0.0.1:${rpc}"\n[meta]\ndir = "${folder}/meta"\n[data]\ndir = "${folder}/data"\nwal-dir = "${folder}/wal"\n[http]\nbind-address = "127.0.0.1:${port}"\nlog-enabled = false\n[logging]\nlevel = "error"\n`,
  );
  const child = spawn("influxd", ["-config", config], { stdio: "ignore" });
  try {
    const base = `http://127.0.0.1:${port}`;
    await served(`${base}/ping`);
    await fetch(`${base}/query?q=CREATE+DATABASE+b`, { method: "POST" });
    const result = await fedOverHttp(child, `${base}/write?db=b&precision=ns`, series, steps);
    const ask = (q) => get(`${base}/query?db=b&epoch=ms&q=${encodeURIComponent(q)}`);
    const [from, to] = [Math.round(timeOf(0)), Math.round(timeOf(steps))];
    const of = (i) => `robot='robot${Math.floor((i * 3) / 21)}' AND joint='j${i % 7}'`;
    result.buckets = await timed(9, (i) =>
      ask(
        `SELECT min(position),max(position),mean(position) FROM joint WHERE ${of(i)} AND time>=${from}ms AND time<${to}ms GROUP BY time(1s)`,
      ),
    );
    result.raw = await timed(9, (i) => {
      const begin = Math.round(timeOf(i * 500));
      return ask(
        `SELECT position FROM joint WHERE ${of(i)} AND time>=${begin}ms AND time<${begin + 60_000}ms`,
      );
    });
    result.moment = await timed(9, (i) => {
      const at = Math.round(timeOf((steps * (i + 1)) / 11));
      return ask(
        `SELECT last(position),last(velocity),last(effort) FROM joint WHERE time<=${at}ms AND time>${at - 60_000}ms GROUP BY robot,joint`,
      );
    });
    result.bytes = folderBytes(folder);
    return result;
  } finally {
    child.kill("SIGKILL");
    await new Promise((resolve) => child.once("exit", resolve));
    rmSync(folder, { recursive: true, force: true });
  }
}

export async function victoriaMetrics(series, steps) {
  if (missing("victoria-metrics")) return null;
  const folder = mkdtempSync(join(tmpdir(), "twin-bench-"));
  const port = await freePort();
  const args = [`-storageDataPath=${folder}`, `-httpListenAddr=127.0.0.1:${port}`, "-retentionPeriod=100y"];
  const child = spawn("victoria-metrics", [...args, "-loggerLevel=ERROR"], { stdio: "ignore" });
  try {
    const base = `http://127.0.0.1:${port}`;
    await served(`${base}/health`);
    const result = await fedOverHttp(child, `${base}/write?precision=ns`, series, steps);
    await get(`${base}/internal/force_flush`).catch(() => undefined);
    const [from, to] = [timeOf(0) / 1000, timeOf(steps) / 1000];
    const of = (i) => `joint_position{robot="robot${Math.floor((i * 3) / 21)}",joint="j${i % 7}"}`;
    const range = (query) =>
      get(
        `${base}/api/v1/query_range?query=${encodeURIComponent(query)}&start=${from}&end=${to}&step=1&nocache=1`,
      );
    result.buckets = await timed(9, async (i) => {
      for (const name of ["min", "max", "avg"]) await range(`${name}_over_time(${of(i)}[1s])`);
    });
    result.raw = await timed(9, (i) => {
      const begin = timeOf(i * 500) / 1000;
      return get(
        `${base}/api/v1/export?match[]=${encodeURIComponent(of(i))}&start=${begin}&end=${begin + 60}`,
      );
    });
    result.moment = await timed(9, (i) => {
      const at = timeOf((steps * (i + 1)) / 11) / 1000;
      return get(
        `${base}/api/v1/query?query=${encodeURIComponent('{__name__=~"joint_.*"}')}&time=${at}&nocache=1`,
      );
    });
    child.kill("SIGTERM");
    await new Promise((resolve) => child.once("exit", resolve));
    result.bytes = folderBytes(folder);
    return result;
  } finally {
    child.kill("SIGKILL");
    rmSync(folder, { recursive: true, force: true });
  }
}
