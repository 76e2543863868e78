// 1 to 1024 robots of 7 joints at 50 Hz over MQTT in one process: CPU, memory, and how late its cycles begin. Each is a
// device that names its robot by its birth (`mqtt.robots`). FLEET_MAIN names another build's main.js, which gets the
// robots as a list where it has no `mqtt.robots` (FLEET_LIST=1).
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { startMosquitto } from "./mosquitto.mjs";
import { Child, root, sleep } from "./support.mjs";

const hz = 50;
const seconds = 8;
const sizes = (process.env.FLEET_SIZES ?? "1,8,64,256,1024").split(",").map(Number);
const urdf = join(root, "test/truth/urdf/arm-seven.urdf");

export async function run() {
  for (const robots of sizes) console.log(await measure(robots));
}

async function measure(robots) {
  const broker = await startMosquitto();
  const folder = mkdtempSync(join(tmpdir(), "twin-bench-"));
  const config = join(folder, "twin.yaml");
  const listed = Array.from({ length: robots }, (_, i) => `  - {id: r${i}, description: ${urdf}}\n`).join("");
  const mqtt = `mqtt:\n  url: ${broker.url}\n`;
  const isListed = process.env.FLEET_LIST === "1";
  const rule = `  robots: [{id: "r*", description: ${urdf}}]\n`;
  writeFileSync(config, isListed ? `robots:\n${listed}${mqtt}` : `${mqtt}${rule}`);
  const main = process.env.FLEET_MAIN ?? join(root, "dist/main.js");
  const twin = new Child(process.execPath, [main, "up", "--ros", "off", "--port", "0", "--config", config]);
  const devices = new Child(process.execPath, [
    "bench/fleet-devices.mjs",
    new URL(broker.url).port,
    robots,
    hz,
  ]);
  try {
    const url = /(http:\/\/[^/]+)/.exec(await twin.line(/http:\/\//, 120_000))[1];
    await devices.line(/ready/);
    await described(url, robots);
    devices.child.stdin.write("go\n");
    await sleep(3000);
    const before = { cpu: twin.cpu(), broker: 0, ...(await counters(url)), at: performance.now() };
    const sentBefore = lastSent(devices);
    await sleep(seconds * 1000);
    const after = { cpu: twin.cpu(), ...(await counters(url)), at: performance.now() };
    const took = (after.at - before.at) / 1000;
    const cores = (after.cpu - before.cpu) / took;
    const taken = after.accepted - before.accepted;
    const sent = lastSent(devices) - sentBefore;
    const late = after.late - before.late;
    const cycles = after.cycles - before.cycles;
    const memory = twin.memory() / 1048576;
    return `${String(robots).padStart(5)} robots: ${cores.toFixed(2)} cores, ${memory.toFixed(0)} MiB, ${Math.round(taken / took)} messages a second taken of about ${Math.round(sent / seconds)} sent, ${after.dropped - before.dropped} dropped; ${cycles} cycles in ${took.toFixed(1)} s, ${late} of them more than 10 ms late`;
  } finally {
    await devices.end();
    await twin.end();
    broker.end();
  }
}

const lastSent = (devices) => Number(devices.lines.at(-1)?.split(" ")[1] ?? 0);

/** Waits until every robot has its description and its device. */
async function described(url, robots) {
  const deadline = Date.now() + 120_000;
  const last = `${url}/api/things/r${robots - 1}`;
  while (Date.now() < deadline) {
    const answer = await fetch(last);
    if (answer.ok && (await answer.json()).definition.description !== undefined) break;
    await sleep(250);
  }
  // Devices find their places a few each cycle.
  await sleep(2000 + robots * 4);
}

async function counters(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const sum = (test) =>
    text
      .split("\n")
      .filter((line) => test.test(line))
      .reduce((total, line) => total + Number(line.split(" ").at(-1)), 0);
  const count = sum(/^twin_cycle_late_seconds_count/);
  return {
    cycles: count,
    late: count - sum(/^twin_cycle_late_seconds_bucket\{le="0\.01"\}/),
    accepted: sum(/source="mqtt:d\d+",result="accepted"/),
    dropped: sum(/result="dropped"/),
  };
}
