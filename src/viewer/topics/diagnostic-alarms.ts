import type { Signal } from "../../client/signal.ts";
import type { StatusMessage } from "../../protocol/state-messages.ts";
import type { DiagnosticState } from "../../protocol/topics/digests/diagnostics-digest.ts";
import type { TopicMessage } from "../../protocol/topics/topic-frame.ts";
import type { Alarm } from "../store/alarms.ts";
import { levelOf } from "./diagnostics-tree.ts";

/** Where all parts tell how they are (REP-107). */
const topic = "/diagnostics";
/** More than these are told as a number. */
const mostAlarms = 30;
/** The robot comes first: what is wrong with ROS is asked for after this, ms. */
const beginAfterMs = 4000;
const judgeEveryMs = 1000;
const error = 2;
const stale = 3;

/** How the diagnostics of ROS stand among the alarms: each part that warns, fails or is not heard; `now` is server ms. */
export function diagnosticAlarms(states: readonly DiagnosticState[], now: number): Alarm[] {
  const faulty = states
    .map((state) => ({ state, level: levelOf(state, now) }))
    .filter(({ level }) => level !== 0)
    .sort((a, b) => rank(b.level) - rank(a.level) || (a.state.name < b.state.name ? -1 : 1));
  if (states.length > 0 && faulty.length === states.length && faulty.every(({ level }) => level === stale)) {
    const sinceMs = Math.max(...states.map(({ at }) => at));
    const text = `Nobody tells of diagnostics any more (${topic}): how the parts of the robot are is not known.`;
    return [{ id: "diagnostics", severity: "warning", text, sinceMs }];
  }
  const alarms = faulty.slice(0, mostAlarms).map(({ state, level }): Alarm => {
    const { name, message, at, changes } = state;
    const isSilent = level === stale && state.level !== stale;
    const why = isSilent
      ? "not heard any more"
      : message === ""
        ? level === stale
          ? "stale"
          : "no reason is told"
        : message;
    return {
      id: `diagnostics ${name}`,
      severity: level === error ? "error" : "warning",
      text: `${name}: ${why}`,
      // Since its level is this one: a message may change with every value.
      sinceMs: isSilent ? at : sinceOf(changes, state.level),
    };
  });
  const more = faulty.length - alarms.length;
  if (more > 0) {
    const text = `${more} more parts of the diagnostics are not ok: see ROS, Health.`;
    alarms.push({ id: "diagnostics more", severity: "warning", text, sinceMs: null });
  }
  return alarms;
}

/** An error counts more than a warning, and that more than silence. */
function rank(level: number): number {
  return level === error ? 3 : level === stale ? 1 : 2;
}

function sinceOf(changes: DiagnosticState["changes"], level: number): number | null {
  let since: number | null = null;
  for (let i = changes.length - 1; i >= 0 && changes[i]?.level === level; i -= 1)
    since = changes[i]?.at ?? null;
  return since;
}

export type DiagnosticsDesk = {
  follow(topic: string, listener: (message: TopicMessage) => void): () => void;
  serverTime(): number | null;
};

/** Follows the diagnostics for as long as the twin is connected to ROS, whatever panel is open. */
export class DiagnosticsWatch {
  private states: readonly DiagnosticState[] = [];
  private end: (() => void) | null = null;

  constructor(
    private readonly desk: DiagnosticsDesk,
    private readonly status: Signal<StatusMessage | null>,
    private readonly alarms: Signal<readonly Alarm[]>,
  ) {}

  begin(): void {
    setTimeout(() => {
      this.status.subscribe(() => this.judgeRos());
      this.judgeRos();
      setInterval(() => this.judge(), judgeEveryMs);
    }, beginAfterMs);
  }

  private judgeRos(): void {
    const isThere = this.status.get()?.sources.some(({ name, state }) => name === "ros" && state === "ok");
    if (isThere === true) {
      this.end ??= this.desk.follow(topic, ({ header }) => {
        this.states = (header.meta.states ?? []) as DiagnosticState[];
        this.judge();
      });
    }
  }

  private judge(): void {
    const now = this.desk.serverTime();
    if (now === null) return;
    const next = diagnosticAlarms(this.states, now);
    if (JSON.stringify(next) !== JSON.stringify(this.alarms.get())) this.alarms.set(next);
  }
}
