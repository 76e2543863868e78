import { randomUUID } from "node:crypto";
import { join, resolve } from "node:path";
import type { Engine } from "../engine/engine.ts";
import { HistoryFeed } from "../engine/history/history-feed.ts";
import { serverNow } from "../io/clock.ts";
import type { Config } from "../io/config/config-schema.ts";
import { HistoryThread } from "../io/history/history-thread.ts";
import type { TwinEvent } from "../protocol/state-messages.ts";

/** How far the system's clock may go astray from the program's before it is said. ms */
const clockJumpMs = 100;
const clockEveryMs = 1000;

/** Where the history of a twin with this state directory is kept. */
export function historyDirectory(config: Config, stateDirectory: string): string {
  return config.history.dir === undefined ? join(stateDirectory, "history") : resolve(config.history.dir);
}

/** Keeps what an engine's twin goes through: joins its samples, events and things to the history's thread. */
export class TwinHistory {
  readonly thread: HistoryThread;
  private readonly feed: HistoryFeed;
  /** Descriptions that were handed over, by robot. */
  private readonly described = new Map<string, string>();
  private clockOffset = Date.now() - serverNow();
  private nextClock = 0;

  constructor(
    private readonly engine: Engine,
    directory: string,
    config: Config["history"],
  ) {
    this.thread = new HistoryThread({
      directory,
      run: randomUUID(),
      rawMs: config.rawHours * 3_600_000,
      maxBytes: config.maxBytes,
      minFreeBytes: config.minFreeBytes,
      recycle: (buffer) => this.feed.recycle(buffer),
      onEvent: (severity, code, text) => this.note(severity, code, text),
    });
    this.feed = new HistoryFeed({
      graph: engine.graph,
      samples: engine.samples,
      rules: config.rules.map(({ path, deadband, maxHz = Number.POSITIVE_INFINITY }) => ({
        path,
        deadband,
        maxHz,
      })),
      post: (batch) => this.thread.post(batch, serverNow()),
    });
  }

  /** Samples that a rule left out. */
  get thinned(): number {
    return this.feed.thinned;
  }

  event({ time, severity, kind, robot, message, data }: TwinEvent): void {
    this.feed.event({
      time,
      severity,
      kind,
      message,
      ...(robot === undefined ? {} : { robot }),
      ...(data === undefined ? {} : { data }),
    });
  }

  /** After each cycle at server ms `now`. */
  step(now: number): void {
    for (const [robot, { description }] of this.engine.robots) {
      if (description === null || this.described.get(robot) === description.hash) continue;
      this.described.set(robot, description.hash);
      this.feed.description(now, robot, description.hash, description.text);
    }
    if (now >= this.nextClock) {
      this.nextClock = now + clockEveryMs;
      this.watchClock();
    }
    this.feed.step(now);
  }

  /** The twin is going down: what is there is stored. */
  async close(): Promise<void> {
    const now = serverNow();
    this.feed.finish(now);
    await this.thread.close(now);
  }

  /** The history's times are steady; where the system's clock jumps, people find that beside them. */
  private watchClock(): void {
    const offset = Date.now() - serverNow();
    const jump = offset - this.clockOffset;
    if (Math.abs(jump) < clockJumpMs) return;
    this.clockOffset = offset;
    const [by, way] = [Math.abs(jump / 1000).toFixed(3), jump > 0 ? "forwards" : "backwards"];
    this.note(
      "warning",
      "clock.jump",
      `the system's clock was set ${way} by ${by} s; the twin's times go on steadily`,
    );
  }

  private note(severity: "info" | "warning" | "error", code: string, text: string): void {
    this.engine.inbox.push("history", serverNow(), { kind: "note", severity, code, text });
  }
}
