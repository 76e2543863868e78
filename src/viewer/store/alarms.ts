import type { PropertyJson, SourceStatus, StatusMessage } from "../../protocol/state-messages.ts";
import type { Things } from "./twin-store.ts";

/** Something that is wrong for as long as it stands. `id` is the same for as long as it is the same thing. */
export type Alarm = {
  id: string;
  severity: "warning" | "error";
  text: string;
  /** Server ms from which on it stands; null: the server does not report it. */
  sinceMs: number | null;
};

/**
 * All alarms that stand: latched stops, tripped watchdogs, devices that are away, sources with a fault. Derived from the
 * state, not from events: an event that was missed hides nothing.
 */
export function alarmsOf(things: Things, status: StatusMessage | null): Alarm[] {
  const alarms: Alarm[] = [];
  for (const { robot, stopped } of status?.control ?? []) {
    if (stopped === null) continue;
    const text = `${robot} is stopped by ${stopped.by}. ${stopped.reason}`.trim();
    alarms.push({ id: `stop ${robot}`, severity: "error", text, sinceMs: stopped.at });
  }
  for (const source of status?.sources ?? []) {
    if (source.state === "error" || source.state === "lost") alarms.push(ofSource(source));
  }
  for (const [id, { type, properties }] of Object.entries(things)) {
    if (type === "device") alarms.push(...ofDevice(id, properties[`${id}/status`]));
    for (const [path, property] of Object.entries(properties)) {
      if (path.startsWith("watchdog/")) alarms.push(...ofWatchdog(id, path, property));
    }
  }
  return alarms.sort((a, b) => a.severity.localeCompare(b.severity) || a.id.localeCompare(b.id));
}

function ofSource({ name, state, detail, reason }: SourceStatus): Alarm {
  const why = reason ?? (detail === "" ? state : detail);
  const severity = state === "error" ? "error" : "warning";
  return { id: `source ${name}`, severity, text: `${name}: ${why}`, sinceMs: null };
}

function ofDevice(id: string, status: PropertyJson | undefined): Alarm[] {
  const register = status?.reported;
  if (register?.value !== "offline" && register?.value !== "lost") return [];
  const text = `${id} is ${register.value}.`;
  return [{ id: `device ${id}`, severity: "warning", text, sinceMs: register.received }];
}

function ofWatchdog(thing: string, path: string, property: PropertyJson): Alarm[] {
  const register = property.reported;
  if (register?.value !== "tripped") return [];
  const name = path.slice("watchdog/".length);
  const why = register.reason === undefined ? "" : `: ${register.reason}`;
  const text = `The watchdog “${name}” of ${thing} tripped${why}.`;
  return [{ id: `${path} ${thing}`, severity: "warning", text, sinceMs: register.received }];
}
