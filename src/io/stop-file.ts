import { readFileSync, rmSync } from "node:fs";
import { z } from "zod";
import type { StopState } from "../command/stop-latch.ts";
import type { StopMemory } from "../engine/ports/sinks.ts";
import { replaceFile } from "./replace-file.ts";

const stored = z.record(z.string(), z.object({ by: z.string(), at: z.number(), reason: z.string() }));

/**
 * Keeps latched stops in a small file, so that a restart does not release them. A file that cannot be
 * read counts as "everything is stopped": the safe guess.
 */
export class StopFile implements StopMemory {
  private readonly stops = new Map<string, StopState>();
  private unreadable: string | null = null;

  constructor(
    private readonly path: string,
    private readonly onFault: (message: string) => void,
  ) {
    let text: string;
    try {
      text = readFileSync(path, "utf8");
    } catch (error) {
      if ((error as NodeJS.ErrnoException).code !== "ENOENT") this.unreadable = String(error);
      return;
    }
    try {
      for (const [robot, stop] of Object.entries(stored.parse(JSON.parse(text)))) this.stops.set(robot, stop);
    } catch {
      this.unreadable = `${path} is damaged`;
    }
  }

  of(robot: string): StopState | null {
    if (this.unreadable !== null && !this.stops.has(robot)) {
      const reason = `stops could not be read: ${this.unreadable}`;
      // Kept, so that a reset of one robot leaves the others stopped.
      this.stops.set(robot, { by: "twinbridge", at: Date.now(), reason });
    }
    return this.stops.get(robot) ?? null;
  }

  /** All of them by one write: each waits for the disk. */
  remember(robots: readonly string[], stop: StopState | null): void {
    for (const robot of robots) {
      if (stop === null) this.stops.delete(robot);
      else this.stops.set(robot, stop);
    }
    try {
      if (this.stops.size === 0) {
        rmSync(this.path, { force: true });
      } else {
        replaceFile(this.path, JSON.stringify(Object.fromEntries(this.stops)));
      }
      this.unreadable = null;
    } catch (error) {
      const robot = robots.join(", ");
      const what =
        stop === null
          ? `the stop of ${robot} is released, but a restart will find it again`
          : `${robot} is stopped, but a restart would forget it`;
      this.onFault(`${what}: ${this.path} cannot be written (${String(error)})`);
    }
  }
}
