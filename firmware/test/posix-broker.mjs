// twin-posix against a real Mosquitto: what a fleet sees of it. `make -C firmware try`
import { spawn } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { setTimeout as sleep } from "node:timers/promises";
import mqtt from "mqtt";

const binary = new URL("../build/posix/twin-posix", import.meta.url).pathname;
const id = "posix-try";
const folder = mkdtempSync(join(tmpdir(), "twin-posix-"));
const results = [];
const running = new Set();

function check(name, passed, detail) {
  results.push(passed);
  console.log(`${passed ? "ok  " : "FAIL"} ${name}: ${detail}`);
}

function freePort() {
  return new Promise((resolve) => {
    const server = createServer().listen(0, "127.0.0.1", () => {
      const { port } = server.address();
      server.close(() => resolve(port));
    });
  });
}

function start(command, words) {
  const child = spawn(command, words, { stdio: ["pipe", "ignore", "inherit"] });
  running.add(child);
  child.on("exit", () => running.delete(child));
  return child;
}

async function until(condition, ms = 8000) {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(5)) if (condition()) return true;
  return false;
}

const port = await freePort();
const configFile = join(folder, "mosquitto.conf");
writeFileSync(
  configFile,
  `listener ${port} 127.0.0.1\nallow_anonymous true\npersistence false\nlog_dest none\n`,
);
const startBroker = () => start("/usr/sbin/mosquitto", ["-c", configFile]);
let broker = startBroker();
await sleep(300);

const seen = { telemetry: [], acks: [], statuses: [], births: [] };
const url = `mqtt://127.0.0.1:${port}`;
const client = await mqtt.connectAsync(url, { reconnectPeriod: 50, keepalive: 2 });
client.on("error", () => undefined);
client.on("message", (topic, payload) => {
  const leaf = topic.split("/").at(-1);
  if (leaf === "telemetry") seen.telemetry.push({ at: Date.now(), ...JSON.parse(payload) });
  if (leaf === "ack") seen.acks.push(JSON.parse(payload));
  if (leaf === "birth") seen.births.push(JSON.parse(payload));
  if (leaf === "status") seen.statuses.push(payload.toString());
});
await client.subscribeAsync("twin/v1/#");

const clocks = process.argv.slice(2);
const joint = [
  "--joint",
  "left_finger",
  "--prismatic",
  "--lower",
  "0",
  "--upper",
  "0.04",
  "--max-velocity",
  "0.1",
];
const startDevice = () =>
  start(binary, [
    "--id",
    id,
    "--port",
    String(port),
    "--robot",
    "arm",
    "--link",
    "tool0",
    ...joint,
    ...clocks,
  ]);
let device = startDevice();

let seq = 4_000_000_000;
const newest = () => seen.telemetry.at(-1);
const send = (fields) =>
  client.publish(
    `twin/v1/${id}/command`,
    JSON.stringify({ id: `t:${++seq}`, seq, ref: newest().n, ttl_ms: 250, ...fields }),
  );
async function answer(fields) {
  const count = seen.acks.length;
  send(fields);
  await until(() => seen.acks.length > count, 1000);
  return JSON.stringify(seen.acks[count] ?? null);
}
const isState = (state, cause) => () => newest()?.signals.state === state && newest().signals.cause === cause;
async function stream(target, ms) {
  for (const end = Date.now() + ms; Date.now() < end; await sleep(50)) send({ signals: { target } });
}

try {
  await until(() => seen.statuses.includes("online") && seen.births.length > 0 && newest() !== undefined);
  check("online with a birth", seen.births[0].signals.target.max === 0.04, JSON.stringify(seen.births[0]));
  check("boots in failsafe", isState("failsafe", "boot")(), JSON.stringify(newest()));

  await stream(0.03, 1500);
  const reached = newest().signals;
  const error = Math.abs(reached.position - 0.03);
  check(
    "a streamed target is reached",
    error < 0.0005 && reached.state === "active",
    `${error} m off, ${reached.state}`,
  );
  const before = Date.now();
  await until(isState("failsafe", "silence"), 2000);
  check("silence is failsafe", newest().signals.duty === 0, `seen after ${Date.now() - before} ms`);

  const good = { signals: { target: 0.02 } };
  check(
    "a replay is told the last number",
    (await answer({ seq: seq - 5, ...good })).includes('"replay","seq":'),
    "",
  );
  check("an old reference is late", (await answer({ ref: newest().n - 10, ...good })).includes('"late"'), "");
  check(
    "a reference ahead is late",
    (await answer({ ref: newest().n + 1000, ...good })).includes('"late"'),
    "",
  );
  check(
    "another signal is unknown",
    (await answer({ signals: { led: true } })).includes("unknown signal"),
    "",
  );
  check("outside limits", (await answer({ signals: { target: 0.0401 } })).includes("outside limits"), "");
  check("at the very limit", (await answer({ signals: { target: 0.04 } })).includes('"ok":true'), "");
  check("a fraction in seq", (await answer({ seq: seq + 0.5, ...good })).includes("malformed"), "");
  const odd = '"\\\n\u0001é𝄞';
  const back = JSON.parse(await answer({ id: odd, ...good })).id;
  check("an id with escapes comes back", back === odd, JSON.stringify(back));

  const n = newest().n;
  await client.publishAsync(`twin/v1/${id}/command`, Buffer.alloc(3000, 0x61));
  await client.publishAsync(`twin/v1/${id}/command`, Buffer.alloc(30_000, 0x61));
  check("commands are taken behind oversize ones", (await answer(good)).includes('"ok":true'), "");
  await until(() => newest().n > n + 5);

  await client.publishAsync(`twin/v1/${id}/command`, "{}", { retain: true });
  device.stdin.write("sensor nan\n");
  await until(isState("failsafe", "sensor"));
  check(
    "a dead sensor is failsafe",
    newest().signals.position === undefined,
    JSON.stringify(newest().signals),
  );
  check("and refuses", (await answer(good)).includes('"sensor"'), "");
  device.stdin.write("sensor ok\nsupply 5\n");
  await until(isState("failsafe", "supply"));
  check("a brown-out is failsafe", isState("failsafe", "supply")(), JSON.stringify(newest().signals));
  device.stdin.write("supply 12\n");
  await sleep(200);
  await answer(good);
  await until(isState("active", ""), 400);
  device.stdin.write("pause 120\n");
  await until(isState("failsafe", "overrun"), 1000);
  check("an overrun is failsafe", isState("failsafe", "overrun")(), JSON.stringify(newest().signals));

  const numbers = seen.telemetry.map((telemetry) => telemetry.n);
  check(
    "telemetry has no gap",
    numbers.every((value, i) => value === i),
    `${numbers.length} of them`,
  );
  const span = (seen.telemetry.at(-1).at - seen.telemetry[0].at) / (numbers.length - 1);
  check("at 10 Hz", Math.abs(span - 100) < 5, `${span.toFixed(2)} ms apart`);
  const times = seen.telemetry.map((telemetry) => telemetry.t_us);
  check(
    "t_us rises",
    times.every((value, i) => i === 0 || value > times[i - 1]),
    `${times[0]} … ${times.at(-1)}`,
  );

  const last = newest().n;
  const acks = seen.acks.length;
  broker.kill("SIGKILL");
  await sleep(700);
  broker = startBroker();
  await until(() => newest().n > last + 3);
  check(
    "comes back to a broker that restarted, n goes on",
    newest().n < last + 20,
    `${last} → ${newest().n}`,
  );
  check("in failsafe for the link", isState("failsafe", "link")(), newest().signals.cause);
  check(
    "no retained command moved it",
    seen.acks.slice(acks).every((ack) => !ack.ok),
    "",
  );

  seen.statuses.length = 0;
  const boot = newest().boot;
  device.kill("SIGKILL");
  await until(() => seen.statuses.includes("offline"));
  check("a power cut says offline", seen.statuses.includes("offline"), seen.statuses.join());
  device = startDevice();
  await until(() => newest().boot !== boot);
  check("a new boot counts from 0", newest().n < 3 && newest().boot !== boot, `n ${newest().n}`);

  // A power cut too short for the broker to notice: its will comes during the next session.
  device.kill("SIGSTOP");
  const frozen = device;
  seen.statuses.length = 0;
  device = startDevice();
  await until(() => seen.statuses.includes("offline"), 9000);
  await until(() => seen.statuses.at(-1) === "online", 9000);
  check(
    "online again after the will of the boot before",
    seen.statuses.at(-1) === "online",
    seen.statuses.join(),
  );
  frozen.kill("SIGKILL");

  seen.statuses.length = 0;
  const ended = Date.now();
  device.kill("SIGTERM");
  await until(() => seen.statuses.includes("offline") && device.exitCode !== null, 2000);
  check(
    "SIGTERM says offline and ends",
    device.exitCode === 0,
    `${Date.now() - ended} ms, ${seen.statuses.join()}`,
  );
} finally {
  for (const child of running) child.kill("SIGKILL");
  client.end(true);
  rmSync(folder, { recursive: true, force: true });
}
const failed = results.filter((passed) => !passed).length;
console.log(`${results.length - failed} passed, ${failed} failed`);
process.exitCode = failed === 0 ? 0 : 1;
