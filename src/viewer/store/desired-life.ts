import type { TwinEvent } from "../../protocol/state-messages.ts";

const endings: ReadonlySet<string> = new Set(["command.done", "command.aborted", "stop.latched"]);

/**
 * Until which server time (ms) commands of a robot have ended: reached, given up or stopped. A
 * desired value that was not renewed since is no longer asked for, though the graph keeps its number.
 * A motion that gave way to a newer one is no end: the newer command arrived at the same moment.
 */
export function desiredEndedMs(events: readonly TwinEvent[], robot: string): number {
  let ended = Number.NEGATIVE_INFINITY;
  for (const { kind, time, robot: about, data } of events) {
    if (about === robot && endings.has(kind) && data?.code !== "replaced") ended = Math.max(ended, time);
  }
  return ended;
}
