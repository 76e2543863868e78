import { type ChildProcessWithoutNullStreams, spawn, spawnSync } from "node:child_process";
import { createHash } from "node:crypto";
import { once } from "node:events";
import { existsSync, mkdirSync, readFileSync, renameSync, rmSync } from "node:fs";
import { createInterface } from "node:readline";
import { eventually } from "../../support/eventually.ts";

const root = new URL("../../..", import.meta.url).pathname;
const here = new URL(".", import.meta.url).pathname;
const requirements = `${here}requirements.txt`;

/**
 * Python with the packages of requirements.txt, in a folder of `.cache` that is made once (and said). Null,
 * loudly, where that is not possible; with `REQUIRE_ALL=1` that is a fault.
 */
export function peerPython(): string | null {
  const key = createHash("sha256").update(readFileSync(requirements)).digest("hex").slice(0, 12);
  const folder = `${root}.cache/peers/${key}`;
  const python = `${folder}/bin/python`;
  if (existsSync(`${folder}/complete`)) return python;
  console.log(`\nmaking ${folder} for public Sparkplug and Homie implementations (once)\n`);
  rmSync(folder, { recursive: true, force: true });
  mkdirSync(folder, { recursive: true });
  const steps: [string, string[]][] = [
    ["python3", ["-m", "venv", folder]],
    [python, ["-m", "pip", "install", "--quiet", "--disable-pip-version-check", "-r", requirements]],
  ];
  for (const [program, args] of steps) {
    const { status, stderr } = spawnSync(program, args, { encoding: "utf8" });
    if (status === 0) continue;
    const line = `no Python peers (${program} ${args.join(" ")}): ${String(stderr).slice(-500)}`;
    if (process.env.REQUIRE_ALL === "1") throw new Error(line);
    console.warn(`\nSKIPPED: ${line}\n`);
    return null;
  }
  mkdirSync(`${folder}/made`);
  renameSync(`${folder}/made`, `${folder}/complete`);
  return python;
}

/** A peer of this folder, steered by JSON lines, which tells JSON lines. */
export class PythonPeer {
  readonly told: Record<string, unknown>[] = [];
  private readonly child: ChildProcessWithoutNullStreams;
  private faults = "";

  constructor(python: string, script: string, args: readonly string[]) {
    this.child = spawn(python, [`${here}${script}`, ...args]);
    this.child.stderr.on("data", (text: Buffer) => {
      this.faults = (this.faults + text.toString()).slice(-4000);
    });
    createInterface({ input: this.child.stdout }).on("line", (line) => this.told.push(JSON.parse(line)));
  }

  /** Carries out one step, to its end. */
  async steer(op: string, more: Record<string, unknown> = {}): Promise<void> {
    const before = this.told.filter((line) => line.done === op).length;
    this.child.stdin.write(`${JSON.stringify({ op, ...more })}\n`);
    await eventually(`the peer's "${op}"`, () => {
      const done = this.told.filter((line) => line.done === op).length > before;
      return done || this.child.exitCode !== null;
    });
    if (this.child.exitCode !== null) throw new Error(`the peer ended: ${this.faults}`);
  }

  /** As a power cut would. */
  async kill(): Promise<void> {
    if (this.child.exitCode !== null || this.child.signalCode !== null) return;
    this.child.kill("SIGKILL");
    await once(this.child, "exit");
  }
}
