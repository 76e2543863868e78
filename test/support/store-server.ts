import { type ChildProcess, spawn, spawnSync } from "node:child_process";
import { once } from "node:events";
import { existsSync, mkdtempSync, openSync, readdirSync, readFileSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { eventually } from "./eventually.ts";
import { freePort } from "./mosquitto.ts";

/** A row as a store has it. `labels` are its tags or columns; time in ns since 1970. */
export type StoredRow = { labels: Record<string, string>; time: bigint; fields: Record<string, unknown> };

/** How one kind of server is run for a test. */
export type ServerPlan = {
  /** Null: it is not installed; `hint` says how it would be. */
  program: string | null;
  hint: string;
  args(port: number, folder: string): string[];
  env?(port: number): Record<string, string>;
  user?: { uid: number; gid: number } | undefined;
  isUp(port: number): Promise<boolean>;
};

/** A server of a test's own on a free port, which it keeps over restarts. */
export class StoreServer {
  readonly folder = mkdtempSync(join(tmpdir(), "twin-store-"));
  port = 0;
  private child: ChildProcess | null = null;

  constructor(private readonly plan: ServerPlan) {}

  get pid(): number {
    return this.child?.pid ?? 0;
  }

  get logFile(): string {
    return join(this.folder, "..", `${this.folder.split("/").at(-1)}.log`);
  }

  async start(): Promise<void> {
    const { plan, folder } = this;
    if (plan.program === null) throw new Error(plan.hint);
    if (this.port === 0) this.port = await freePort();
    const log = openSync(this.logFile, "a");
    // Right after a kill, what it shared may still be held for a moment: it is started until it stays.
    await eventually(
      `${plan.program} is up (${this.logFile})`,
      async () => {
        if (this.child === null || this.child.exitCode !== null || this.child.signalCode !== null) {
          this.child = spawn(plan.program as string, plan.args(this.port, folder), {
            stdio: ["ignore", log, log],
            env: { ...process.env, ...plan.env?.(this.port) },
            ...plan.user,
          });
        }
        return (await plan.isUp(this.port)) || pause(100);
      },
      60_000,
    );
  }

  /** To it and to all that it started. */
  signal(signal: "SIGSTOP" | "SIGCONT"): void {
    for (const pid of [this.pid, ...childrenOf(this.pid)]) process.kill(pid, signal);
  }

  async kill(): Promise<void> {
    const { child } = this;
    this.child = null;
    if (child === null || child.exitCode !== null || child.signalCode !== null) return;
    for (const pid of [...childrenOf(child.pid ?? 0), child.pid ?? 0]) {
      try {
        process.kill(pid, "SIGKILL");
      } catch {
        // It ended by itself.
      }
    }
    if (child.exitCode === null && child.signalCode === null) await once(child, "exit");
  }

  async remove(): Promise<void> {
    await this.kill();
    rmSync(this.folder, { recursive: true, force: true, maxRetries: 5 });
    rmSync(this.logFile, { force: true });
  }
}

/** Whether a server is there to test with. Says loudly when not; with `REQUIRE_ALL=1` that is a fault. */
export function hasServer({ program, hint }: Pick<ServerPlan, "program" | "hint">): boolean {
  if (program !== null) return true;
  if (process.env.REQUIRE_ALL === "1") throw new Error(`${hint}: its tests are required`);
  console.warn(`\nSKIPPED: ${hint}: its tests are left out\n`);
  return false;
}

export function findProgram(...places: string[]): string | null {
  for (const place of places) {
    if (place.startsWith("/")) {
      if (existsSync(place)) return place;
      continue;
    }
    const found = spawnSync("sh", ["-c", `command -v ${place}`], { encoding: "utf8" }).stdout.trim();
    if (found !== "") return found;
  }
  return null;
}

export async function answers(url: string): Promise<boolean> {
  const answer = await fetch(url, { signal: AbortSignal.timeout(1000) }).catch(() => null);
  await answer?.text();
  return answer?.ok === true;
}

function childrenOf(parent: number): number[] {
  return readdirSync("/proc").flatMap((name) => {
    if (!/^\d+$/.test(name)) return [];
    try {
      const stat = readFileSync(`/proc/${name}/stat`, "utf8");
      const ppid = Number(stat.slice(stat.lastIndexOf(")") + 2).split(" ")[1]);
      return ppid === parent ? [Number(name)] : [];
    } catch {
      return [];
    }
  });
}

async function pause(ms: number): Promise<false> {
  await new Promise((resolve) => setTimeout(resolve, ms));
  return false;
}
