import type { TopicContent } from "../topic-content.ts";
import { shortText, type TopicDigest } from "./topic-digest.ts";

/** diagnostic_msgs/msg/DiagnosticArray. */
type DiagnosticArray = {
  status: readonly {
    level: number;
    name: string;
    message: string;
    hardware_id: string;
    values: readonly { key: string; value: string }[];
  }[];
};

/** `level` as REP-107 has it: 0 ok, 1 warn, 2 error, 3 stale. Times are server ms. */
export type DiagnosticState = {
  name: string;
  level: number;
  message: string;
  hardware: string;
  values: [string, string][];
  /** When it was told last. */
  at: number;
  /** When its level or message changed, the oldest first. */
  changes: { at: number; level: number; message: string }[];
};

const mostNames = 2000;
const mostValues = 100;
const mostChanges = 30;
const longestText = 1000;
/** States with their values by level of detail; of the others the values are left out. */
const withValues = [500, 200, 80, 30];

/** The newest state of each part that diagnostics name, and how it changed. */
export class DiagnosticsDigest implements TopicDigest {
  private readonly states = new Map<string, DiagnosticState>();
  private left = 0;

  take(message: unknown, received: number): void {
    for (const { level, name, message: text, hardware_id, values } of (message as DiagnosticArray).status) {
      const key = shortText(name, longestText);
      let state = this.states.get(key);
      if (state === undefined) {
        if (this.states.size >= mostNames) {
          this.left += 1;
          continue;
        }
        state = { name: key, level: -1, message: "", hardware: "", values: [], at: 0, changes: [] };
        this.states.set(key, state);
      }
      const told = shortText(text, longestText);
      if (state.level !== level) {
        state.changes.push({ at: received, level, message: told });
        if (state.changes.length > mostChanges) state.changes.shift();
      }
      state.level = level;
      state.message = told;
      state.hardware = shortText(hardware_id, longestText);
      state.values = values
        .slice(0, mostValues)
        .map(({ key: name, value }) => [shortText(name, longestText), shortText(value, longestText)]);
      state.at = received;
    }
  }

  /** meta.states by their names, the worst with their values. */
  content(level: number): TopicContent {
    const most = withValues[level] ?? mostNames;
    const worst = [...this.states.values()].sort((a, b) => b.level - a.level);
    const states = worst.map((state, i) => (i < most ? state : { ...state, values: [], changes: [] }));
    states.sort((a, b) => (a.name < b.name ? -1 : 1));
    const thinned = Math.max(0, states.length - most);
    const notes = [
      thinned > 0 ? `${thinned} states without their values` : "",
      this.left > 0 ? `more than ${mostNames} names: the others are left out` : "",
    ].filter((note) => note !== "");
    return {
      format: "diagnostics",
      meta: { states },
      arrays: {},
      reduced: notes.length === 0 ? null : notes.join("; "),
    };
  }
}
