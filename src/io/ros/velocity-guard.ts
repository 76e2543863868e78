import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import { startBeside } from "../start-beside.ts";

/** How often the guard is told what moves while something does, ms: well below what it waits. */
const beatEveryMs = 40;
/** How long after it ended a guard is started again, ms. */
const againMs = 5000;

/** One line to the guard: what it is to know, or which topics have a velocity now. */
export type GuardOrder = { watch: string; size: number } | { unwatch: string } | { moving: string[] };
/** One line of it: the topics on which its zeros have somebody to go to. */
export type GuardReport = { armed: string[] };

/** What of a child process is used here. */
export type GuardProcess = Pick<ChildProcess, "stdin" | "stdout" | "on" | "pid">;

/**
 * A process beside this one that sends the zero where this one cannot: it is killed, or stands. A velocity group goes on with its
 * last velocity for ever, so it is used only while the guard is armed on its topic. Started with the first such topic.
 */
export class VelocityGuard {
  private child: GuardProcess | null = null;
  private endedAt = Number.NEGATIVE_INFINITY;
  private armed: ReadonlySet<string> = new Set();
  /** Topics that are watched, and how many joints each has. */
  private readonly watched = new Map<string, number>();
  private readonly moving = new Set<string>();
  private toldAt = Number.NEGATIVE_INFINITY;
  private isEnding = false;

  constructor(
    /** Server ms. */
    private readonly now: () => number,
    private readonly start: () => GuardProcess,
    private readonly warn: (text: string) => void,
  ) {}

  /** Whether the zeros would reach somebody on the topic. */
  isArmed(topic: string): boolean {
    return this.armed.has(topic);
  }

  /** Takes care of a topic with a value for each of `size` joints. Called often: a guard that ended is started again. */
  watch(topic: string, size: number): void {
    if (this.isEnding) return;
    if (!this.watched.has(topic)) {
      this.watched.set(topic, size);
      this.order({ watch: topic, size });
    }
    if (this.child === null && this.now() - this.endedAt > againMs) this.begin();
  }

  unwatch(topic: string): void {
    if (!this.watched.delete(topic)) return;
    this.moving.delete(topic);
    this.order({ unwatch: topic });
  }

  /** A message is about to be published; `moves`: with a velocity. It is told first, since what comes after may not come. */
  beat(topic: string, moves: boolean): void {
    const now = this.now();
    const isNews = moves !== this.moving.has(topic);
    if (moves) this.moving.add(topic);
    else this.moving.delete(topic);
    if (!isNews && (!moves || now - this.toldAt < beatEveryMs)) return;
    this.toldAt = now;
    this.order({ moving: [...this.moving] });
  }

  /** Ends it: it sends what it owes, and goes. */
  stop(): void {
    this.isEnding = true;
    this.armed = new Set();
    this.child?.stdin?.end();
    this.child = null;
  }

  private begin(): void {
    let child: GuardProcess;
    try {
      child = this.start();
    } catch (error) {
      this.gone(null, error instanceof Error ? error.message : String(error));
      return;
    }
    this.child = child;
    // A pipe that breaks is told by the end of the process.
    child.stdin?.on("error", () => undefined);
    child.on("error", (error) => this.gone(child, error.message));
    child.on("exit", (code, signal) => this.gone(child, `it ended with ${signal ?? code}`));
    if (child.stdout) createInterface(child.stdout).on("line", (line) => this.take(child, line));
    for (const [watch, size] of this.watched) this.order({ watch, size });
  }

  private take(child: GuardProcess, line: string): void {
    if (child !== this.child) return;
    try {
      const { armed } = JSON.parse(line) as GuardReport;
      if (Array.isArray(armed)) this.armed = new Set(armed);
    } catch {
      // a line of a library
    }
  }

  private gone(child: GuardProcess | null, reason: string): void {
    if (child !== this.child || this.isEnding) return;
    this.child = null;
    this.armed = new Set();
    this.endedAt = this.now();
    this.warn(
      `the guard of velocity groups is not there (${reason}): they are not used until it is. It is started again in ${againMs / 1000} s`,
    );
  }

  private order(order: GuardOrder): void {
    this.child?.stdin?.write(`${JSON.stringify(order)}\n`);
  }
}

/** Starts the guard with the rclnodejs of this process; it has the same ROS environment. */
export function startGuard(rclnodejs: string): GuardProcess {
  // A process that is frozen in the middle of a write to shared memory may keep others from writing there.
  const env = { FASTDDS_BUILTIN_TRANSPORTS: "UDPv4", ...process.env };
  return startBeside("io/ros/velocity-guard-main.js", [rclnodejs], env);
}
