import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { eventually } from "./eventually.ts";

export type GroupEnd = { code: number | null; signal: NodeJS.Signals | null; out: string };

/** A command in a process group of its own, as a terminal starts it. */
export class ProcessGroup {
  out = "";
  private readonly child: ChildProcess;

  constructor(command: string, args: string[], options: { cwd: string; env?: Record<string, string> }) {
    this.child = spawn(command, args, {
      cwd: options.cwd,
      env: { ...process.env, ...options.env },
      stdio: ["ignore", "pipe", "pipe"],
      detached: true,
    });
    for (const stream of [this.child.stdout, this.child.stderr]) {
      stream?.on("data", (chunk: Buffer) => {
        this.out += chunk.toString();
      });
    }
  }

  says(pattern: RegExp): Promise<string> {
    return eventually(`${pattern} in ${this.out}`, () => {
      if (this.child.exitCode !== null) throw new Error(`ended: ${this.out}`);
      return pattern.exec(this.out)?.[0];
    });
  }

  /** Ctrl-C in a terminal: the signal reaches each process of the group. */
  signalAll(signal: NodeJS.Signals): void {
    process.kill(-(this.child.pid as number), signal);
  }

  /** As `kill PID` of what was started. */
  signalFirst(signal: NodeJS.Signals): void {
    this.child.kill(signal);
  }

  async ended(): Promise<GroupEnd> {
    const { child } = this;
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
    return { code: child.exitCode, signal: child.signalCode, out: this.out };
  }

  /** The processes of the group that still run, as `ps` shows them. */
  left(): string[] {
    const { stdout } = spawnSync("ps", ["-o", "args=", "-s", String(this.child.pid)], { encoding: "utf8" });
    return stdout.split("\n").filter((line) => line.trim() !== "" && !line.includes("<defunct>"));
  }

  /** Nothing of it is left behind, whatever a test did. */
  remove(): void {
    try {
      this.signalAll("SIGKILL");
    } catch {
      // it is gone already
    }
  }
}
