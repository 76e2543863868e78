import type { ChildProcess } from "node:child_process";
import { startBeside } from "../start-beside.ts";
import { type FeedMessage, FrameCutter, type TopicOrder, type TopicReport } from "./topic-orders.ts";

/** How long after it ended the process is started again, ms. */
const againMs = 2000;
/** How long it stays without orders, ms. */
const idleMs = 30_000;

/** A process that says nothing for so many looks, one a second, is ended. While this program stands, no look is made. */
const lookEveryMs = 1000;
const mostSilentLooks = 15;
const mostWaiting = 32;

/** What of a child process is used here. */
export type TopicChild = Pick<ChildProcess, "stdin" | "stdout" | "on" | "kill">;

export type TopicProcessEnds = {
  report(report: TopicReport): void;
  message(message: FeedMessage): void;
  /** It ended without being asked to; `text` says so. */
  failed(text: string): void;
};

/**
 * A process beside this one that listens to topics and makes their messages small: pictures and clouds of many megabytes a second
 * cost the cycle nothing, and what a malformed one does to it does nothing to the twin. It runs while somebody watches.
 */
export class TopicProcess {
  private child: TopicChild | null = null;
  private endedAt = Number.NEGATIVE_INFINITY;
  private idleSince: number | null = null;
  private isEnding = false;
  /** What is open, to be told to a process that takes the place of one that ended. */
  private readonly open = new Map<number, TopicOrder>();
  /** Questions that came before it could be started again. */
  private readonly waiting: TopicOrder[] = [];
  private restart: NodeJS.Timeout | null = null;
  private timer: NodeJS.Timeout | null = null;
  private watch: NodeJS.Timeout | null = null;
  private silentLooks = 0;

  constructor(
    private readonly now: () => number,
    private readonly start: () => TopicChild,
    private readonly ends: TopicProcessEnds,
  ) {}

  order(order: TopicOrder): void {
    if (this.isEnding) return;
    if (order.op === "open" || order.op === "numbers") this.open.set(order.feed, order);
    if (order.op === "close") this.open.delete(order.feed);
    const isQuestion = order.op === "list" || order.op === "ask";
    if (this.child === null) {
      if (order.op === "close" || order.op === "robot") return;
      this.begin();
      // What is open was told at its start.
      if (!isQuestion) return;
      if (this.child === null) {
        this.waiting.push(order);
        if (this.waiting.length > mostWaiting) this.waiting.shift();
        return;
      }
    }
    this.tell(order);
    if (isQuestion) this.idleSince = null;
    this.watchIdle();
  }

  /** Whether somebody watches anything. */
  isWanted(): boolean {
    return this.open.size > 0;
  }

  stop(): void {
    this.isEnding = true;
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.restart !== null) clearTimeout(this.restart);
    this.unwatch();
    this.child?.stdin?.end();
    this.child = null;
  }

  private begin(): void {
    if (this.isEnding || this.child !== null) return;
    const wait = this.endedAt + againMs - this.now();
    if (wait > 0) {
      this.restart ??= setTimeout(() => {
        this.restart = null;
        if (this.open.size > 0 || this.waiting.length > 0) this.begin();
      }, wait).unref();
      return;
    }
    let child: TopicChild;
    try {
      child = this.start();
    } catch (error) {
      this.gone(null, error instanceof Error ? error.message : String(error));
      return;
    }
    this.child = child;
    this.unwatch();
    this.watch = setInterval(() => this.look(child), lookEveryMs).unref();
    const cutter = new FrameCutter((report) => {
      if (report.op !== "alive") this.ends.report(report);
    }, this.ends.message);
    child.stdin?.on("error", () => undefined);
    child.stdout?.on("data", (chunk: Buffer) => {
      if (this.child !== child) return;
      this.silentLooks = 0;
      cutter.take(chunk);
    });
    child.on("error", (error) => this.gone(child, error.message));
    child.on("exit", (code, signal) => this.gone(child, `it ended with ${signal ?? `code ${code}`}`));
    for (const order of this.open.values()) this.tell(order);
    for (const order of this.waiting.splice(0)) this.tell(order);
    this.watchIdle();
  }

  private gone(child: TopicChild | null, reason: string): void {
    if (this.child !== child) return;
    this.child = null;
    this.unwatch();
    this.endedAt = this.now();
    if (this.isEnding) return;
    this.ends.failed(`the process for topics: ${reason}; it is started again while a topic is watched`);
    if (this.open.size > 0) this.begin();
  }

  private look(child: TopicChild): void {
    this.silentLooks += 1;
    if (this.silentLooks < mostSilentLooks) return;
    child.kill("SIGKILL");
    this.gone(child, `it said nothing for ${mostSilentLooks} s, and was ended`);
  }

  private unwatch(): void {
    if (this.watch !== null) clearInterval(this.watch);
    this.watch = null;
    this.silentLooks = 0;
  }

  private tell(order: TopicOrder): void {
    this.child?.stdin?.write(`${JSON.stringify(order)}\n`);
  }

  /** Ends the process when nothing was open for a while. */
  private watchIdle(): void {
    if (this.open.size > 0) this.idleSince = null;
    else this.idleSince ??= this.now();
    if (this.idleSince === null || this.timer !== null) return;
    this.timer = setTimeout(() => {
      this.timer = null;
      if (this.idleSince === null || this.isEnding) return;
      if (this.now() - this.idleSince < idleMs) {
        this.watchIdle();
        return;
      }
      const { child } = this;
      this.child = null;
      this.unwatch();
      this.idleSince = null;
      child?.stdin?.end();
    }, idleMs).unref();
  }
}

/** Starts the process that is the built file `main`; `serverNow` is the clock of its stamps. */
export function startTopicProcess(main: string, rclnodejs: string, serverNow: () => number): TopicChild {
  const offset = serverNow() - Number(process.hrtime.bigint()) / 1e6;
  return startBeside(main, [rclnodejs, String(offset)]);
}
