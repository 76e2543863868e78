import type { TwinEvent } from "../../protocol/state-messages.ts";

const endings: ReadonlySet<string> = new Set(["command.done", "command.aborted", "stop.latched"]);

/**
 * Until which server time (ms) commands of a robot have ended: reached, given up or stopped. A
 * desired value that was not renewed since is no longer asked for, though the graph keeps its number.
 * `untilMs`: seen from that moment, which knows nothing of later ones.
 * A motion that gave way to a newer one is no end: the newer command arrived at the same moment.
 */
export function desiredEndedMs(
  events: Iterable<Pick<TwinEvent, "kind" | "time" | "robot" | "data">>,
  robot: string,
  untilMs = Number.POSITIVE_INFINITY,
): number {
  let ended = Number.NEGATIVE_INFINITY;
  for (const { kind, time, robot: about, data } of events) {
    if (about !== robot || time > untilMs || !endings.has(kind) || data?.code === "replaced") continue;
    ended = Math.max(ended, time);
  }
  return ended;
}
