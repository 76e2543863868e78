import type { PastEvent } from "../../client/history-api.ts";

export type MarkKind = "stop" | "command" | "event";

export type Mark = { time: number; kind: MarkKind; severity: PastEvent["severity"]; event: PastEvent };

/** Stages of one command that say nothing new on a timeline: that it was accepted, and how it ended, are enough. */
const passedOver: ReadonlySet<string> = new Set(["command.sent", "command.executing", "lease.renewed"]);

/** Events of the stream and of the store in order of time, oldest first, each once. */
export function merged(events: Iterable<PastEvent>): PastEvent[] {
  const seen = new Map<string, PastEvent>();
  for (const event of events) {
    const { time, kind, robot = "", message } = event;
    seen.set(`${time} ${kind} ${robot} ${message}`, event);
  }
  return [...seen.values()].sort((a, b) => a.time - b.time);
}

/** What of merged events is marked on a timeline, in their order. */
export function marksOf(events: readonly PastEvent[]): Mark[] {
  return events
    .filter(({ kind }) => !passedOver.has(kind))
    .map((event) => ({ time: event.time, severity: event.severity, kind: kindOf(event.kind), event }));
}

function kindOf(kind: string): MarkKind {
  if (kind.startsWith("stop.")) return "stop";
  return kind.startsWith("command.") || kind.startsWith("lease.") ? "command" : "event";
}

/** Marks nearer to each other than this are one jump. */
const sameMomentMs = 20;

/** The next mark after a moment (`direction` 1), or the last one before it (−1). */
export function nextMark(marks: readonly Mark[], timeMs: number, direction: 1 | -1): Mark | undefined {
  if (direction > 0) return marks.find(({ time }) => time > timeMs + sameMomentMs);
  return marks.findLast(({ time }) => time < timeMs - sameMomentMs);
}

/** The mark nearest to a moment, within `reachMs`; of those at one place the gravest. */
export function markAt(marks: readonly Mark[], timeMs: number, reachMs: number): Mark | undefined {
  let best: Mark | undefined;
  for (const mark of marks) {
    if (Math.abs(mark.time - timeMs) > reachMs) continue;
    if (best === undefined || gravity(mark) > gravity(best)) best = mark;
    else if (gravity(mark) === gravity(best)) {
      if (Math.abs(mark.time - timeMs) < Math.abs(best.time - timeMs)) best = mark;
    }
  }
  return best;
}

/** What is drawn over what, and shown first: stops, errors, warnings, the rest. */
export function gravity({ kind, severity }: Mark): number {
  if (kind === "stop") return 3;
  return severity === "error" ? 2 : severity === "warning" ? 1 : 0;
}
