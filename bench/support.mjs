// Shared by the benches: processes ended by their own id, their CPU time, percentiles.
import { spawn } from "node:child_process";
import { mkdtempSync, readdirSync, readFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { createInterface } from "node:readline";
import { defaultRosDir, isSetUp, nodeEnvironment, rosFolder } from "../dist/io/ros/ros-environment.js";
import { root } from "./root.mjs";

export { root };

const folder = rosFolder(defaultRosDir());
const ticksPerSecond = 100;

/** Environment of a Node process on the wheels' ROS; ends the bench when there is none. */
export function rosEnvironment(domain) {
  if (!isSetUp(folder)) {
    console.error(`no ROS 2 in ${folder.root}: run \`node dist/main.js ros setup\``);
    process.exit(1);
  }
  return { ...nodeEnvironment(folder), ROS_DOMAIN_ID: String(domain) };
}

export const rosNode = folder.node;
export const python = join(folder.prefix, "bin", "python");
export const sleep = (ms) => new Promise((resolve) => setTimeout(resolve, ms));

/** A child process with its lines; `line(test)` resolves to the first that matches. */
export class Child {
  lines = [];
  constructor(command, args, env = {}) {
    const state = mkdtempSync(join(tmpdir(), "twin-bench-"));
    this.child = spawn(command, args, {
      cwd: root,
      env: { ...process.env, XDG_STATE_HOME: state, ...env },
      stdio: ["pipe", "pipe", "inherit"],
    });
    createInterface(this.child.stdout).on("line", (line) => this.lines.push(line));
  }
  async line(test, ms = 30_000) {
    const deadline = Date.now() + ms;
    for (;;) {
      const found = this.lines.find((line) => test.test(line));
      if (found !== undefined) return found;
      if (Date.now() > deadline) throw new Error(`no line like ${test}: ${this.lines.slice(-3).join(" | ")}`);
      await sleep(10);
    }
  }
  /** CPU seconds of the process and its children so far. */
  cpu() {
    return cpuOf(this.child.pid);
  }
  memory() {
    return Math.max(...family(this.child.pid).map(residentBytes));
  }
  async end() {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    const ended = new Promise((resolve) => this.child.once("exit", resolve));
    this.child.kill("SIGTERM");
    const timer = setTimeout(() => this.child.kill("SIGKILL"), 5000);
    await ended;
    clearTimeout(timer);
  }
}

function family(pid) {
  const children = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .filter((name) => {
      try {
        return Number(statFields(name)[1]) === pid;
      } catch {
        return false;
      }
    });
  return [pid, ...children.flatMap((child) => family(Number(child)))];
}

/** /proc/<pid>/stat behind the command's name: state, ppid, … */
function statFields(pid) {
  const text = readFileSync(`/proc/${pid}/stat`, "utf8");
  return text.slice(text.lastIndexOf(")") + 2).split(" ");
}

export function cpuOf(pid) {
  let ticks = 0;
  for (const member of family(pid)) {
    const fields = statFields(member);
    ticks += Number(fields[11]) + Number(fields[12]);
  }
  return ticks / ticksPerSecond;
}

function residentBytes(pid) {
  const line = readFileSync(`/proc/${pid}/status`, "utf8")
    .split("\n")
    .find((l) => l.startsWith("VmRSS"));
  return Number(line?.replace(/\D+/g, "") ?? 0) * 1024;
}

/** The p-th percentile of sorted numbers. */
export function percentile(sorted, p) {
  return sorted[Math.min(sorted.length - 1, Math.floor((p / 100) * sorted.length))] ?? Number.NaN;
}

export async function metric(url, source, result) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split("\n").find((l) => l.includes(`source="${source}",result="${result}"`));
  return line === undefined ? 0 : Number(line.split(" ").at(-1));
}

/** Starts `twin up` and resolves to it and its address. */
export async function startTwin(args, env) {
  const twin = new Child(process.execPath, ["dist/main.js", "up", "--port", "0", ...args], env);
  const line = await twin.line(/http:\/\//);
  return { twin, url: /(http:\/\/[^/]+)/.exec(line)[1] };
}
