import { readFileSync } from "node:fs";
import { fail } from "./fail.ts";

const lookEveryMs = 500;
/** An end that takes longer than this is cut short. */
const longestEndMs = 5000;

/**
 * The orderly end of a command that runs until it is told to stop: by Ctrl-C, SIGTERM, a closed terminal, or because
 * the process that started it is gone. Made before the command begins, so that a signal during the start ends it
 * with 0, too.
 */
export class Ending {
  private begun = false;
  private stop: () => void | Promise<void> = () => undefined;

  constructor() {
    for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => this.end());
    // The parent that gave this process the variables of ROS.
    process.on("disconnect", () => this.end());
    this.watchStarter();
  }

  /** Whether the end has begun. */
  get isEnding(): boolean {
    return this.begun;
  }

  /** What to do before the program ends; called once. */
  by(stop: () => void | Promise<void>): void {
    this.stop = stop;
  }

  /** Ends the program with 0, or with 1 when what was to be done failed. Later calls do nothing. */
  end(): void {
    if (this.begun) return;
    this.begun = true;
    setTimeout(() => {
      process.stderr.write(`twin: shutdown took longer than ${longestEndMs / 1000} s and was aborted\n`);
      process.exit(1);
    }, longestEndMs).unref();
    // A promise even where `stop` throws at once.
    const stopped = new Promise<void>((resolve) => resolve(this.stop()));
    stopped.then(
      () => process.exit(0),
      (error: unknown) => fail(`shutdown failed: ${error instanceof Error ? error.message : String(error)}`),
    );
  }

  /** npm and npx pass no signal on that they cannot catch, and their shell passes none at all. */
  private watchStarter(): void {
    if (process.env.npm_command === undefined) return;
    const begun = starters();
    setInterval(() => {
      if (starters() !== begun) this.end();
    }, lookEveryMs).unref();
  }
}

/**
 * The processes whose end is ours when npm started us, as text: the parent, and where that is npm's shell, the one
 * above it. Whoever started npm does not count: a shell that goes leaves its background jobs alone.
 */
function starters(): string {
  const parent = process.ppid;
  const known = parentOf(parent);
  if (known === null || !/^(?:sh|dash|bash|ash|zsh|busybox)$/.test(known.name)) return String(parent);
  return `${parent} ${known.parent}`;
}

/** Linux only; null elsewhere. */
function parentOf(pid: number): { name: string; parent: number } | null {
  try {
    const text = readFileSync(`/proc/${pid}/stat`, "utf8");
    const [, name, parent] = /\((.*)\) \S (\d+)/.exec(text) ?? [];
    return name === undefined ? null : { name, parent: Number(parent) };
  } catch {
    return null;
  }
}
