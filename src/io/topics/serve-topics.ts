import { setPriority } from "node:os";
import { createInterface } from "node:readline";
import type { FeedMessage, TopicOrder, TopicReport } from "./topic-orders.ts";
import { messageFrame, reportFrame } from "./topic-orders.ts";
import type { TopicSource } from "./topic-source.ts";

const pollPeriodMs = 300;
const stepPeriodMs = 20;
const alivePeriodMs = 1000;
/** Beyond this the twin does not keep up: what is newer takes the place of what waits. */
const mostWaiting = 32 * 1024 * 1024;

/** How a source of topics speaks: reports and messages, by the clock of the twin. */
export type TopicVoice = {
  now: () => number;
  report(report: TopicReport): void;
  send(message: FeedMessage): void;
};

/**
 * The main part of a process for topics; see `TopicProcess`. Orders come as lines on its standard input; it ends when that ends, so
 * with the twin. `clockOffset` is added to the machine's monotonic clock, ms, which is the same for both.
 */
export async function serveTopics(
  clockOffset: number,
  make: (voice: TopicVoice) => Promise<TopicSource>,
): Promise<void> {
  giveWay();
  for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
  process.stdout.on("error", () => process.exit(0));
  const source = await make({
    now: () => Number(process.hrtime.bigint()) / 1e6 + clockOffset,
    report: (report) => process.stdout.write(reportFrame(report)),
    send: (message) => {
      if (process.stdout.writableLength > mostWaiting) return;
      const [head, bytes] = messageFrame(message);
      process.stdout.cork();
      process.stdout.write(head);
      process.stdout.write(bytes);
      process.stdout.uncork();
    },
  });
  const lines = createInterface(process.stdin);
  lines.on("line", (line) => source.take(JSON.parse(line) as TopicOrder));
  lines.on("close", () => process.exit(0));
  setInterval(() => source.poll(), pollPeriodMs);
  setInterval(() => source.step(), stepPeriodMs);
  setInterval(() => process.stdout.write(reportFrame({ op: "alive" })), alivePeriodMs);
}

/** A quarter of what the twin gets where both want it: less, and messages that nobody repeats are lost. */
const niceness = 5;

/** Where the processor is short the twin itself comes first: its cycles, commands and the state of the robots. */
function giveWay(): void {
  try {
    setPriority(process.pid, niceness);
  } catch {
    // Where that is not permitted all are alike.
  }
}

/** Ends the process with what went wrong. */
export function endWith(error: unknown): never {
  process.stderr.write(`the process for topics: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
}
