import type { RecordedChannel } from "./recorded-channel.ts";

/** What a recording has of the twin itself and of MQTT, as JSON. */
export type TwinChannel = "descriptions" | "snapshot" | "state" | "properties" | "events" | "commands";

/** Before the names of the twin's own channels, and of those of MQTT topics. */
export const twinPrefix = "/twinbridge/";
export const mqttPrefix = "/mqtt/";

const text = { type: "string" };
const number = { type: "number" };
const object = { type: "object" };
const event = {
  time: { ...number, description: "server time, ms since 1970" },
  severity: text,
  kind: text,
  robot: text,
  message: text,
  data: object,
};
const frame = { revision: number, time: { ...number, description: "server time, ms since 1970" } };

const properties: Record<TwinChannel, object> = {
  descriptions: { robots: { ...object, description: "robot → URDF" } },
  snapshot: { ...frame, things: object },
  state: { ...frame, robots: { ...object, description: "robot → facet → joints and base" } },
  properties: { ...frame, things: object },
  events: event,
  commands: event,
};
const titles: Record<TwinChannel, string> = {
  descriptions: "twinbridge.Descriptions",
  snapshot: "twinbridge.Snapshot",
  state: "twinbridge.State",
  properties: "twinbridge.Properties",
  events: "twinbridge.Event",
  commands: "twinbridge.Event",
};

/** A channel of the twin itself. */
export function twinChannel(name: TwinChannel): RecordedChannel {
  return jsonChannel(
    `${twinPrefix}${name}`,
    titles[name],
    properties[name],
    name === "snapshot" || name === "descriptions",
  );
}

/**
 * The channel of an MQTT topic. Its messages come as one byte (1: retained) and the payload; they are recorded as JSON:
 * `json` where the payload is JSON, `text` where that does not give its bytes exactly, `base64` for all else.
 */
export function mqttChannel(topic: string): RecordedChannel {
  const fields = {
    topic: text,
    retained: { type: "boolean" },
    json: {},
    text,
    base64: { ...text, contentEncoding: "base64" },
  };
  return {
    ...jsonChannel(`${mqttPrefix}${topic}`, "twinbridge.Mqtt", fields, isKept(topic)),
    mqttTopic: topic,
  };
}

/** Whether devices say on such a topic, once, what they are: without it their values mean nothing. */
function isKept(topic: string): boolean {
  return /(?:^|\/)(?:birth|status|[ND]BIRTH|\$[a-z]+)(?:\/|$)/.test(topic);
}

/** The channel of one series of the history. */
export function seriesChannel(
  name: string,
  facet: string,
  unit: string,
  kind: "number" | "other",
): RecordedChannel {
  const fields = {
    value: kind === "number" ? { ...number, description: unit } : {},
    stamp: { type: "object", properties: { sec: { type: "integer" }, nanosec: { type: "integer" } } },
    quality: text,
    reason: text,
    source: text,
    kind: text,
  };
  const title = kind === "number" ? "twinbridge.Number" : "twinbridge.Value";
  return { ...jsonChannel(`/history/${facet}/${name}`, title, fields, false), metadata: { unit } };
}

/** Whether an event belongs to the channel of commands. */
export function isCommandEvent(kind: string): boolean {
  return /^(?:command|lease|stop)\./.test(kind);
}

function jsonChannel(topic: string, title: string, fields: object, isLatched: boolean): RecordedChannel {
  const schema = {
    $schema: "https://json-schema.org/draft/2020-12/schema",
    title,
    type: "object",
    properties: fields,
  };
  return {
    topic,
    messageEncoding: "json",
    schema: { name: title, encoding: "jsonschema", text: JSON.stringify(schema) },
    metadata: {},
    isLatched,
  };
}
