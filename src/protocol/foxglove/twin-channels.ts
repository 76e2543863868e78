import type { SourceStatus, TwinEvent } from "../state-messages.ts";
import { type ChannelKind, foxgloveTime } from "./server-messages.ts";

const time = {
  type: "object",
  title: "time",
  properties: { sec: { type: "integer" }, nsec: { type: "integer" } },
};
const text = { type: "string" };

function jsonChannel(topic: string, schemaName: string, properties: object): ChannelKind {
  const schema = JSON.stringify({ title: schemaName, type: "object", properties });
  return { topic, encoding: "json", schemaName, schemaEncoding: "jsonschema", schema };
}

/** The twin's events, one a message. */
export const eventChannel = jsonChannel("/twin/events", "twinbridge.Event", {
  time,
  severity: text,
  kind: text,
  robot: text,
  message: text,
});

/** The same as lines of a log, for log panels. https://docs.foxglove.dev/docs/sdk/schemas/log */
export const logChannel = jsonChannel("/twin/log", "foxglove.Log", {
  timestamp: time,
  level: { type: "integer" },
  message: text,
  name: text,
  file: text,
  line: { type: "integer" },
});

/** How far each outside world is, and who may move which robot. */
export const statusChannel = jsonChannel("/twin/status", "twinbridge.Status", {
  time,
  sources: {
    type: "array",
    items: { type: "object", properties: { name: text, state: text, detail: text } },
  },
  control: {
    type: "array",
    items: { type: "object", properties: { robot: text, holder: text, stoppedBy: text } },
  },
});

/** foxglove.Log: 1 debug, 2 info, 3 warning, 4 error, 5 fatal. */
const logLevels = { info: 2, warning: 3, error: 4 } as const;

/** What of an event both the live twin and its history have. */
export type ShownEvent = Pick<TwinEvent, "time" | "severity" | "kind" | "message" | "robot">;

export function eventJson({ time: at, severity, kind, robot, message }: ShownEvent): string {
  return JSON.stringify({ time: foxgloveTime(at), severity, kind, robot: robot ?? "", message });
}

export function logJson({ time: at, severity, kind, message }: ShownEvent): string {
  const timestamp = foxgloveTime(at);
  return JSON.stringify({ timestamp, level: logLevels[severity], message, name: kind, file: "", line: 0 });
}

export type ShownControl = { robot: string; holder: string; stoppedBy: string };

export function statusJson(at: number, sources: Iterable<SourceStatus>, control: ShownControl[]): string {
  return JSON.stringify({ time: foxgloveTime(at), sources: [...sources], control });
}
