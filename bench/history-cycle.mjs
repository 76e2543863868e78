// A twin's engine with its cycle and 42,000 samples a second, with its history or without:
// `node history-cycle.mjs FOLDER|off SECONDS`. Prints one line of JSON: how late its cycles began (ms).
import { rmSync } from "node:fs";
import { TwinHistory } from "../dist/app/twin-history.js";
import { Engine } from "../dist/engine/engine.js";
import { serverNow } from "../dist/io/clock.js";
import { CycleLoop } from "../dist/io/cycle-loop.js";

const [folder, secondsText] = process.argv.slice(2);
const seconds = Number(secondsText);
const robots = 20;
const joints = 7;
const ids = Array.from({ length: robots }, (_, i) => `r${i}`);
const engine = new Engine({
  robots: ids.map((id) => ({ id, limits: {}, stop: null })),
  emit: () => undefined,
  runName: "bench",
  version: "0",
});
const config = { rawHours: 24, maxBytes: 1e10, minFreeBytes: 0, rules: [], enabled: true };
if (folder !== "off") rmSync(folder, { recursive: true, force: true });
const history = folder === "off" ? null : new TwinHistory(engine, folder, config);
const names = Array.from({ length: joints }, (_, j) => `joint_${j}`);
let k = 0;
function say(now) {
  k++;
  for (const robot of ids) {
    const value = (of) =>
      Float64Array.from(names, (_, j) => Math.sin(k / 30 + j + of) + Math.random() * 1e-3);
    const stamp = { sec: Math.floor(now / 1000), nanosec: Math.floor((now % 1000) * 1e6) };
    const message = { stamp, name: names, position: value(0), velocity: value(1), effort: value(2) };
    engine.inbox.push(`ros:/${robot}/joint_states`, now, { kind: "jointState", robot, message });
  }
}
const late = [];
const busy = [];
let warm = true;
const loop = new CycleLoop(
  (now) => {
    const started = performance.now();
    say(now);
    engine.cycle(now);
    history?.step(now);
    if (!warm) busy.push(performance.now() - started);
  },
  serverNow,
  10,
  { late: (ms) => warm || late.push(ms) },
);
loop.start();
await new Promise((resolve) => setTimeout(resolve, 2000));
warm = false;
const cpu = process.cpuUsage();
await new Promise((resolve) => setTimeout(resolve, seconds * 1000));
const used = process.cpuUsage(cpu);
loop.stop();
const at = (list, share) => list.sort((a, b) => a - b)[Math.floor(list.length * share)] ?? 0;
const status = history?.thread.status();
await history?.close();
console.log(
  JSON.stringify({
    p50: at(late, 0.5),
    p99: at(late, 0.99),
    max: at(late, 0.9999),
    busyP50: at(busy, 0.5),
    busyP99: at(busy, 0.99),
    cpu: (used.user + used.system) / 1e6 / seconds,
    stored: status?.stored ?? 0,
    dropped: status?.dropped ?? 0,
  }),
);
process.exit(0);
