import { readFileSync, rmSync } from "node:fs";
import { z } from "zod";
import type { StopState } from "../command/stop-latch.ts";
import type { StopMemory } from "../engine/ports/sinks.ts";
import { replaceFile } from "./replace-file.ts";

const stop = z.object({ by: z.string(), at: z.number(), reason: z.string() });
const stored = z.record(z.string(), stop.extend({ released: z.array(z.string()).optional() }));
/** The entry that stands for every robot but those `released`: no robot has this name. */
const everyRobot = "*";
/** How often a file that could not be written is tried again, ms. */
const againMs = 5000;

type Guess = StopState & { released: string[] };

/**
 * Keeps latched stops in a small file, so that a restart does not release them. A file that cannot be
 * read counts as "everything is stopped", robots that come later too, until each is reset: the safe guess.
 */
export class StopFile implements StopMemory {
  private readonly stops = new Map<string, StopState>();
  /** What holds for robots of which nothing is known, where the file could not be read once. */
  private guess: Guess | null = null;
  private retry: NodeJS.Timeout | null = null;

  constructor(
    private readonly path: string,
    private readonly onFault: (message: string) => void,
    /** What could not be kept is kept now. */
    private readonly onKept: () => void = () => undefined,
  ) {
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") this.guess = guessOf(String(error));
      return;
    }
    try {
      for (const [robot, { released, ...state }] of Object.entries(stored.parse(JSON.parse(text)))) {
        if (robot === everyRobot) this.guess = { ...state, released: released ?? [] };
        else this.stops.set(robot, state);
      }
    } catch {
      this.guess = guessOf(`${path} is damaged`);
    }
  }

  of(robot: string): StopState | null {
    const { guess } = this;
    if (guess !== null && !this.stops.has(robot) && !guess.released.includes(robot)) {
      const { released: _, ...state } = guess;
      // Kept, so that a reset of one robot leaves the others stopped.
      this.stops.set(robot, state);
    }
    return this.stops.get(robot) ?? null;
  }

  /** All of them by one write: each waits for the disk. */
  remember(robots: readonly string[], state: StopState | null): void {
    for (const robot of robots) {
      if (state !== null) this.stops.set(robot, state);
      else {
        this.stops.delete(robot);
        if (this.guess?.released.includes(robot) === false) this.guess.released.push(robot);
      }
    }
    const fault = this.write();
    if (fault === null) return;
    const robot = robots.join(", ");
    const what =
      state === null
        ? `the stop of ${robot} is released, but a restart will find it again`
        : `${robot} is stopped, but a restart would forget it`;
    this.onFault(`${what}: ${this.path} cannot be written (${fault})`);
    this.retry ??= setInterval(() => this.write(), againMs).unref();
  }

  /** Why it cannot be written; null: it is. */
  private write(): string | null {
    try {
      const kept = Object.fromEntries(this.stops);
      if (this.stops.size === 0 && this.guess === null) rmSync(this.path, { force: true });
      else {
        const all = this.guess === null ? kept : { ...kept, [everyRobot]: this.guess };
        replaceFile(this.path, JSON.stringify(all));
      }
    } catch (error) {
      return String(error);
    }
    if (this.retry !== null) {
      clearInterval(this.retry);
      this.retry = null;
      this.onKept();
    }
    return null;
  }
}

function guessOf(why: string): Guess {
  return { by: "twinbridge", at: Date.now(), reason: `stops could not be read: ${why}`, released: [] };
}
