// Starts each long-running command again and again, ends it by Ctrl-C and by SIGTERM, and says how it ended:
//   node scripts/end-runs.mjs [TIMES] [NAME…]
// A run is good when it ends with 0, prints no stack trace and leaves no process behind.
import { spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { createServer } from "node:net";
import { dirname, join } from "node:path";
import { fileURLToPath } from "node:url";

const root = dirname(dirname(fileURLToPath(import.meta.url)));
const main = join(root, "dist", "main.js");
const [times = "20", ...chosen] = process.argv.slice(2);
const line = createServer((socket) => socket.on("error", () => undefined)).listen(0, "127.0.0.1");
await once(line, "listening");
const tcp = `127.0.0.1:${line.address().port}`;
const node = process.execPath;

const commands = [
  ["up (demo)", [node, main, "up", "--ros", "off", "--port", "0"], /twinbridge is at/],
  [
    "up --ros on",
    [node, main, "up", "--ros", "on", "--port", "0"],
    /ros connecting: kilted|ros connecting: \w+, domain/,
  ],
  ["sim", [node, main, "sim"], /Ctrl-C ends it/],
  ["device", [node, main, "device", "--url", "mqtt://127.0.0.1:1"], /tries again/],
  ["gateway", [node, main, "gateway", "--tcp", tcp, "--url", "mqtt://127.0.0.1:1"], /is open/],
  [
    "model show",
    [node, main, "model", "show", join(root, "urdf", "rover.urdf"), "--port", "0"],
    /is shown at/,
  ],
  ["npm start", ["npm", "start", "--", "--ros", "off", "--port", "0"], /twinbridge is at/],
];
const trace = /^\s+at .+:\d+|Error:|Segmentation|core dumped/m;

/** Null when a run was good, else what was wrong. */
async function run([command, ...args], ready, signal) {
  const child = spawn(command, args, { cwd: root, detached: true, stdio: ["ignore", "pipe", "pipe"] });
  let out = "";
  let isReady = () => undefined;
  const started = new Promise((resolve) => {
    isReady = resolve;
  });
  for (const stream of [child.stdout, child.stderr]) {
    stream.on("data", (chunk) => {
      out += chunk;
      if (ready.test(out)) isReady(true);
    });
  }
  const ended = once(child, "exit");
  const late = setTimeout(() => isReady(false), 30_000);
  const cameUp = await Promise.race([started, ended.then(() => false)]);
  clearTimeout(late);
  try {
    if (!cameUp) return `never came up: ${out.slice(-300)}`;
    // Ctrl-C reaches the whole group, a supervisor's SIGTERM the process that it started.
    if (signal === "SIGINT") process.kill(-child.pid, signal);
    else child.kill(signal);
    const [code] = await ended;
    if (code !== 0) return `ended with ${code}: ${out.slice(-300)}`;
    if (trace.test(out)) return `printed a trace: ${out.slice(-500)}`;
    const { stdout } = spawnSync("ps", ["-o", "args=", "-s", String(child.pid)], { encoding: "utf8" });
    const left = stdout.split("\n").filter((text) => text.trim() !== "" && !text.includes("<defunct>"));
    return left.length === 0 ? null : `left behind: ${left.join("; ")}`;
  } finally {
    try {
      process.kill(-child.pid, "SIGKILL");
    } catch {
      // nothing is left, as it should be
    }
  }
}

let failed = 0;
for (const [name, command, ready] of commands) {
  if (chosen.length > 0 && !chosen.includes(name)) continue;
  for (const signal of ["SIGINT", "SIGTERM"]) {
    const faults = [];
    for (let i = 0; i < Number(times); i++) {
      const fault = await run(command, ready, signal);
      if (fault !== null) faults.push(fault);
    }
    failed += faults.length;
    console.log(
      `${faults.length === 0 ? "ok  " : "FAIL"} ${name}, ${signal}: ${times - faults.length} of ${times}`,
    );
    if (faults.length > 0) console.log(`     ${faults[0]}`);
  }
}
line.close();
process.exit(failed === 0 ? 0 : 1);
