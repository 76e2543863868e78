import { type Result, refused } from "../core/result.ts";
import type { Stamp } from "../core/stamp.ts";

/** One line of `mqtt.mappings`: where in which topic's payload a property's value stands. */
export type Mapping = {
  /** MQTT topic filter, with + and #. */
  topic: string;
  /** JSON pointer (RFC 6901) into the payload; "" is the whole payload. */
  payload: string;
  robot?: string | undefined;
  property: string;
  unit: string;
  scale: number;
  offset: number;
  stamp?: { payload: string; unit: "s" | "ms" | "us" | "ns" } | undefined;
  /** JSON pointer of a running number. */
  sequence?: string | undefined;
};

export type MappedValue = { value: number | string | boolean; stamp: Stamp | null; sequence: number };

/** Whether an MQTT topic filter takes a topic [MQTT-4.7]: + is one level, # the rest; neither starts with $. */
export function topicMatches(filter: string, topic: string): boolean {
  const wanted = filter.split("/");
  const given = topic.split("/");
  if (topic.startsWith("$") && !filter.startsWith("$")) return false;
  for (let i = 0; i < wanted.length; i++) {
    if (wanted[i] === "#") return true;
    if (i >= given.length || (wanted[i] !== "+" && wanted[i] !== given[i])) return false;
  }
  return wanted.length === given.length;
}

/** Whether a filter is well formed: # only as the last level, + only alone in its level. */
export function isTopicFilter(filter: string): boolean {
  const levels = filter.split("/");
  return (
    filter !== "" &&
    levels.every((level, i) =>
      level === "#" ? i === levels.length - 1 : level === "+" || !/[+#\0]/.test(level),
    )
  );
}

/** Takes a mapping's value out of a payload: JSON, or plain text where the pointer is empty. */
export function extractMapped(mapping: Mapping, payload: string): Result<MappedValue> {
  let json: unknown;
  try {
    json = JSON.parse(payload);
  } catch {
    if (mapping.payload !== "") return refused("not JSON", mapping.topic);
    json = payload.trim();
  }
  const found = pointInto(json, mapping.payload);
  if (typeof found !== "number" && typeof found !== "string" && typeof found !== "boolean") {
    return refused(found === undefined ? "nothing is there" : "no number, text or boolean", mapping.payload);
  }
  const value = typeof found === "number" ? found * mapping.scale + mapping.offset : found;
  if (typeof value === "number" && !Number.isFinite(value)) return refused("not finite", mapping.payload);
  if (typeof value === "string" && value.length > 1024) return refused("too long", mapping.payload);
  const stamp = stampOf(mapping, json);
  if (!stamp.ok) return stamp;
  const sequence = mapping.sequence === undefined ? -1 : pointInto(json, mapping.sequence);
  if (typeof sequence !== "number" || !Number.isSafeInteger(sequence)) {
    return refused("no whole number", mapping.sequence ?? "");
  }
  return { ok: true, value: { value, stamp: stamp.value, sequence } };
}

const nanosecondsPer = { s: 1e9, ms: 1e6, us: 1e3, ns: 1 } as const;

function stampOf(mapping: Mapping, json: unknown): Result<Stamp | null> {
  if (mapping.stamp === undefined) return { ok: true, value: null };
  const time = pointInto(json, mapping.stamp.payload);
  if (typeof time !== "number" || !Number.isFinite(time) || time < 0) {
    return refused("no time", mapping.stamp.payload);
  }
  const perSecond = 1e9 / nanosecondsPer[mapping.stamp.unit];
  const sec = Math.floor(time / perSecond);
  const nanosec = Math.min(
    999_999_999,
    Math.round((time - sec * perSecond) * nanosecondsPer[mapping.stamp.unit]),
  );
  return { ok: true, value: { sec, nanosec } };
}

/** RFC 6901; only own members are followed. */
function pointInto(json: unknown, pointer: string): unknown {
  let at = json;
  if (pointer === "") return at;
  for (const part of pointer.slice(1).split("/")) {
    const key = part.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, key)) return undefined;
    at = (at as Record<string, unknown>)[key];
  }
  return at;
}
