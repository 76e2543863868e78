// Native profile at a real Mosquitto: CPU a message beside a bare subscriber of the `mqtt` package, delay from a
// device to the graph, a thousand devices at once.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startMosquitto } from "./mosquitto.mjs";
import { Child, percentile, sleep, startTwin } from "./support.mjs";

const seconds = 8;

export async function run() {
  await cpu(2000, 20);
  await cpu(8000, 80);
  await cpu(40_000, 200);
  await delay();
  await crowd();
  await flood("50,000 messages/s", 50_000, 0);
  await flood("20 payloads of 10 MB a second", 20, 10_000_000);
}

/** A twin with no robot to show: what is measured is the way of a message. */
async function twinAt(url) {
  const folder = mkdtempSync(join(tmpdir(), "twin-bench-"));
  const file = join(folder, "twin.yaml");
  writeFileSync(file, `mqtt: {url: "${url}"}\n`);
  const started = await startTwin(["--ros", "off", "--config", file]);
  for (let i = 0; i < 200; i++) {
    if ((await fetch(`${started.url}/readyz`)).status === 200) break;
    await sleep(50);
  }
  return started;
}

async function taken(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  let sum = 0;
  for (const line of text.split("\n")) {
    if (/^twin_source_messages_total\{source="mqtt:d\d+",result="accepted"\}/.test(line)) {
      sum += Number(line.split(" ").at(-1));
    }
  }
  return sum;
}

const counted = async (bare) => {
  bare.lines.length = 0;
  bare.child.stdin.write("?\n");
  return Number((await bare.line(/^count /)).split(" ")[1]);
};

/** Twin and bare subscriber hear the same `rate` messages a second from `devices` devices, in one run. */
async function cpu(rate, devices) {
  const broker = await startMosquitto();
  const bare = new Child(process.execPath, ["bench/mqtt-bare.mjs", broker.url]);
  await bare.line(/ready/);
  const { twin, url } = await twinAt(broker.url);
  const metronome = new Child(process.execPath, ["bench/metronome.mjs"]);
  await metronome.line(/ready/);
  await sleep(1000);
  const all = [twin, bare, metronome];
  const idle = all.map((one) => one.cpu());
  await sleep(4000);
  const idleEachSecond = all.map((one, i) => (one.cpu() - idle[i]) / 4);
  await metronome.end();
  const sender = new Child(process.execPath, [
    "bench/mqtt-devices.mjs",
    broker.url,
    String(devices),
    String(rate / devices),
    "4",
  ]);
  await sender.line(/ready/);
  await sleep(3000);
  const before = { twin: twin.cpu(), bare: bare.cpu(), taken: await taken(url), heard: await counted(bare) };
  const from = performance.now();
  await sleep(seconds * 1000);
  const [twinCpu, bareCpu] = [twin.cpu() - before.twin, bare.cpu() - before.bare];
  const heard = (await counted(bare)) - before.heard;
  const accepted = (await taken(url)) - before.taken;
  const span = (performance.now() - from) / 1000;
  const net = [
    ((twinCpu - idleEachSecond[0] * span) / accepted) * 1e6,
    ((bareCpu - idleEachSecond[1] * span) / heard) * 1e6,
  ];
  const gross = [(twinCpu / accepted) * 1e6, (bareCpu / heard) * 1e6];
  const us = (x) => `${x.toFixed(1)} µs`;
  console.log(
    `  ${Math.round(accepted / span)} messages/s from ${devices} devices: twin ${us(net[0])}, bare ${us(net[1])} of CPU a message: ${(net[0] / net[1]).toFixed(2)} ×` +
      ` (with idle CPU counted in: ${us(gross[0])}, ${us(gross[1])}, ${(gross[0] / gross[1]).toFixed(2)} ×; idle twin ${(100 * idleEachSecond[0]).toFixed(1)} % of a core, a process that only wakes a hundred times a second ${(100 * idleEachSecond[2]).toFixed(1)} %)`,
  );
  console.log(`    accepted ${accepted}, heard by the bare one ${heard}`);
  await sender.end();
  await twin.end();
  await bare.end();
  broker.end();
}

async function delay() {
  const broker = await startMosquitto();
  const sender = new Child(process.execPath, ["bench/mqtt-devices.mjs", broker.url, "20", "100", "4"]);
  await sender.line(/ready/);
  const graph = new Child(process.execPath, ["bench/mqtt-latency.mjs", broker.url, String(seconds)]);
  const { count, p50, p99, max } = JSON.parse(await graph.line(/^\{/, 60_000));
  console.log(
    `  device → graph at 2,000 messages/s: p50 ${p50.toFixed(2)} ms, p99 ${p99.toFixed(2)} ms, most ${max.toFixed(1)} ms (${count} looks)`,
  );
  await sender.end();
  await graph.end();
  broker.end();
}

async function crowd() {
  const broker = await startMosquitto();
  const { twin, url } = await twinAt(broker.url);
  const sender = new Child(process.execPath, ["bench/mqtt-devices.mjs", broker.url, "1000", "2", "1000"]);
  await sender.line(/ready/, 120_000);
  await sleep(5000);
  const lives = async () => {
    const { things } = await (await fetch(`${url}/api/twin`)).json();
    const all = Object.entries(things).filter(([, thing]) => thing.type === "device");
    const good = all.filter(
      ([id, { properties }]) => properties[`${id}/position`]?.reported?.quality === "good",
    );
    const online = all.filter(
      ([id, { properties }]) => properties[`${id}/status`]?.reported?.value === "online",
    );
    return { good: good.length, online: online.length };
  };
  const alive = await lives();
  const busy = twin.cpu();
  await sleep(5000);
  const share = (twin.cpu() - busy) / 5;
  const text = await (await fetch(`${url}/metrics`)).text();
  const cycles = [...text.matchAll(/twin_cycle_seconds_bucket\{le="([^"]+)"\} (\d+)/g)];
  const total = Number(cycles.at(-1)?.[2]);
  const within = cycles.find(([, le]) => Number(le) === 0.01)?.[2];
  console.log(
    `  1,000 devices at 2 Hz: ${alive.online} online, ${alive.good} with good values; twin ${(100 * share).toFixed(0)} % of a core, ${within} of ${total} cycles within 10 ms, ${(twin.memory() / 2 ** 20).toFixed(0)} MiB`,
  );
  const killed = performance.now();
  sender.child.kill("SIGKILL");
  const times = [];
  for (;;) {
    const { online } = await lives();
    times.push(performance.now() - killed);
    if (online === 0 || times.at(-1) > 20_000) break;
    await sleep(20);
  }
  console.log(`    killed: all offline after ${(percentile(times, 100) / 1000).toFixed(2)} s`);
  await twin.end();
  broker.end();
}

/** Buckets of how late cycles began, as counts up to each bound in ms. */
async function lateness(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const buckets = [...text.matchAll(/twin_cycle_late_seconds_bucket\{le="([^"]+)"\} (\d+)/g)];
  return new Map(
    buckets.map(([, le, count]) => [le === "+Inf" ? "all" : String(Number(le) * 1000), Number(count)]),
  );
}

/** How late a process was that does nothing else, since the last call: ms. */
async function beats(metronome) {
  metronome.lines.length = 0;
  metronome.child.stdin.write("?\n");
  return JSON.parse((await metronome.line(/^late /)).slice(5));
}

/** One device floods; another, calm one must still be heard, and cycles must come in their time. */
async function flood(name, rate, payloadBytes) {
  const broker = await startMosquitto();
  const { twin, url } = await twinAt(broker.url);
  const calm = new Child(process.execPath, ["bench/mqtt-devices.mjs", broker.url, "1", "10", "1"]);
  await calm.line(/ready/);
  const metronome = new Child(process.execPath, ["bench/metronome.mjs"]);
  await metronome.line(/ready/);
  await sleep(2000);
  const quiet = await lateness(url);
  await sleep(5000);
  const before = await lateness(url);
  await beats(metronome);
  const memory = twin.memory();
  const port = new URL(broker.url).port;
  const loud = new Child(process.execPath, [
    "bench/mqtt-flood.mjs",
    port,
    String(rate),
    String(payloadBytes),
  ]);
  await loud.line(/sent/);
  loud.lines.length = 0;
  const cpu = twin.cpu();
  let peak = 0;
  for (let i = 0; i < 10; i++) {
    await sleep(500);
    peak = Math.max(peak, twin.memory());
  }
  const after = await lateness(url);
  const alone = await beats(metronome);
  const inTime = (100 * alone.filter((ms) => ms < 10).length) / alone.length;
  const share = (twin.cpu() - cpu) / 5;
  const sent = loud.lines.map((line) => Number(line.split(" ")[1]));
  const text = await (await fetch(`${url}/metrics`)).text();
  const counts = [
    ...text.matchAll(/twin_source_messages_total\{source="mqtt:(?:loud|devices)",result="(\w+)"\} (\d+)/g),
  ]
    .filter(([, , count]) => count !== "0")
    .map(([, result, count]) => `${count} ${result}`);
  const d0 = await (await fetch(`${url}/api/things/device/d0/properties/device/d0/position`)).json();
  const share10 = (from, to) => {
    const all = to.get("all") - from.get("all");
    return `${((100 * (to.get("10") - from.get("10"))) / all).toFixed(1)} % of ${all}`;
  };
  console.log(
    `  flood of ${name}: sent ${Math.round(sent.reduce((a, b) => a + b, 0) / sent.length)}/s; cycles late by less than 10 ms: ${share10(before, after)} (without it: ${share10(quiet, before)}; a process that only looks at the clock beside it: ${inTime.toFixed(1)} % of ${alone.length}, latest ${Math.max(...alone).toFixed(1)} ms); twin ${(100 * share).toFixed(0)} % of a core, ${((peak - memory) / 2 ** 20).toFixed(0)} MiB more at most`,
  );
  console.log(`    ${counts.join(", ")}; the calm device is ${d0.reported?.quality}`);
  await loud.end();
  await metronome.end();
  await calm.end();
  await twin.end();
  broker.end();
}
