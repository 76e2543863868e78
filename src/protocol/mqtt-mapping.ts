import { type Refusal, type Result, refused } from "../core/result.ts";
import type { Stamp } from "../core/stamp.ts";
import { jointDimension, siFactor, siUnit, unitsOf } from "../core/units.ts";
import { decodeCbor } from "./cbor.ts";
import { asMappedType, type MappedType, typeOfMapping } from "./mapped-type.ts";
import { decodeUtf8 } from "./utf8.ts";

/** One line of `mqtt.mappings`: where in which topic's payload a property's value stands. */
export type Mapping = {
  /** MQTT topic filter, with + and #. */
  topic: string;
  /** How the payload is read; without it as JSON, or as text where it is no JSON and the pointer is empty. */
  format?: "json" | "text" | "cbor" | undefined;
  /** JSON pointer (RFC 6901) into the payload; "" is the whole payload. */
  payload: string;
  /** May name levels of the topic, as `property` does. */
  robot?: string | undefined;
  /** `{1}` is what the filter's first + stands for, `{2}` the second; a # counts as the last. */
  property: string;
  /** What a word, number or boolean of the payload means; with it, anything else is refused. */
  words?: Readonly<Record<string, number | boolean | string>> | undefined;
  /** What its values are; without it as `typeOfMapping` has it. */
  type?: MappedType | undefined;
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

/** Why a mapping cannot work, and by which key, or null: a level is named that its filter does not leave open, text has no inside. */
export function mappingFault(mapping: Mapping): Refusal | null {
  const open = mapping.topic.split("/").filter((level) => level === "+" || level === "#").length;
  for (const [name, number] of `${mapping.robot ?? ""} ${mapping.property}`.matchAll(/\{(\d+)\}/g)) {
    if (Number(number) >= 1 && Number(number) <= open) continue;
    const key = mapping.property.includes(name) ? "property" : "robot";
    return refused(`${name} is not a + or # of ${mapping.topic}`, key);
  }
  const pointers = [mapping.payload, mapping.stamp?.payload ?? "", mapping.sequence ?? ""];
  if (mapping.format === "text" && pointers.some((pointer) => pointer !== ""))
    return refused("a text has nothing inside", mapping.payload === "" ? "format" : "payload");
  return wordsFault(mapping);
}

/** A word may not mean something that the mapping's type is not. */
function wordsFault(mapping: Mapping): Refusal | null {
  const type = typeOfMapping(mapping);
  for (const [word, meaning] of Object.entries(mapping.words ?? {})) {
    if (type === null || typeof meaning === type) continue;
    return refused(`"${word}" means ${JSON.stringify(meaning)}, but the values are of type ${type}`, "words");
  }
  return null;
}

/** A mapping of a joint's state, with its values converted to SI; `path` of a refusal names the key. */
export function mappingInSi(mapping: Mapping): Result<Mapping> {
  const [, leaf] = /^joint\/.+\/(position|velocity|effort)$/.exec(mapping.property) ?? [];
  if (leaf === undefined || mapping.unit === "") return { ok: true, value: mapping };
  const property = leaf as "position" | "velocity" | "effort";
  const dimensions = [jointDimension(property, false), jointDimension(property, true)];
  for (const dimension of dimensions) {
    const factor = siFactor(mapping.unit, dimension);
    if (factor === null) continue;
    const { scale, offset } = mapping;
    return {
      ok: true,
      value: { ...mapping, scale: scale * factor, offset: offset * factor, unit: siUnit(dimension) },
    };
  }
  const known = dimensions.map(unitsOf).join(", ");
  return refused(`"${mapping.unit}" is not a unit of a joint's ${leaf}: ${known}`, "unit");
}

/** Robot and property that a topic's value belongs to, the filter's open levels filled in. */
export function mappedAddress(
  mapping: Mapping,
  topic: string,
): { robot: string | undefined; property: string } {
  const levels = topic.split("/");
  const open: string[] = [];
  for (const [i, level] of mapping.topic.split("/").entries()) {
    if (level === "+") open.push(folderOf(levels[i] ?? ""));
    if (level === "#") open.push(levels.slice(i).map(folderOf).join("/"));
  }
  const fill = (text: string) =>
    text.replace(/\{(\d+)\}/g, (name, number) => open[Number(number) - 1] ?? name);
  return {
    robot: mapping.robot === undefined ? undefined : fill(mapping.robot),
    property: fill(mapping.property),
  };
}

/** A topic's level as a part of a property's path: it cannot climb, and "__proto__" is none. */
function folderOf(level: string): string {
  const folder = level.slice(0, 64).replace(/[^A-Za-z0-9_.-]/gu, "_");
  return /^\.*$/.test(folder) || folder === "__proto__" ? "_" : folder;
}

/** As `extractMapped`, from the bytes of a payload: the only way for CBOR. */
export function extractMappedBytes(
  mapping: Mapping,
  payload: Uint8Array,
  decodeText: (bytes: Uint8Array) => string | null = decodeUtf8,
): Result<MappedValue> {
  if (mapping.format === "cbor") {
    const tree = decodeCbor(payload);
    return tree.ok
      ? mappedValue(mapping, tree.value, null)
      : refused(tree.reason, `${mapping.topic} ${tree.path}`);
  }
  const text = decodeText(payload);
  return text === null ? refused("not UTF-8", mapping.topic) : extractMapped(mapping, text);
}

/** Takes a mapping's value out of a payload: JSON, or plain text where the pointer is empty. */
export function extractMapped(mapping: Mapping, payload: string): Result<MappedValue> {
  if (mapping.format === "cbor") return refused("CBOR is no text", mapping.topic);
  if (mapping.format === "text") return mappedValue(mapping, payload.trim(), null);
  let json: unknown;
  try {
    json = JSON.parse(payload);
  } catch {
    if (mapping.payload !== "" || mapping.format === "json") return refused("not JSON", mapping.topic);
    return mappedValue(mapping, payload.trim(), null);
  }
  return mappedValue(mapping, json, payload);
}

/** `source` is the text of a JSON tree: what JSON.parse rounds is looked up there. */
function mappedValue(mapping: Mapping, tree: unknown, source: string | null): Result<MappedValue> {
  const found = meaningOf(mapping, exactAt(tree, source, mapping.payload));
  if (!found.ok) return found;
  const { value } = found;
  if (typeof value === "number" && !Number.isFinite(value)) return refused("not finite", mapping.payload);
  if (typeof value === "string" && value.length > 1024) return refused("too long", mapping.payload);
  const stamp = stampOf(mapping, tree, source);
  const sequence = mapping.sequence === undefined ? -1 : pointInto(tree, mapping.sequence);
  const isNumbered = typeof sequence === "number" && Number.isSafeInteger(sequence);
  const faults: string[] = [];
  if (!stamp.ok) faults.push(`${stamp.path}: ${stamp.reason}`);
  if (!isNumbered) faults.push(`${mapping.sequence}: not a whole number`);
  const taken = { value, stamp: stamp.ok ? stamp.value : null, sequence: isNumbered ? sequence : -1 };
  if (faults.length === 0) return { ok: true, value: taken };
  return { ok: true, value: taken, leftOut: `${faults.join("; ")}. Left out; the value is accepted.` };
}

/** Numbers are scaled; words mean what the mapping says, and nothing else. */
function meaningOf(mapping: Mapping, found: unknown): Result<MappedValue["value"]> {
  const { words, scale, offset } = mapping;
  const isText = typeof found === "string" || typeof found === "boolean";
  if (!isText && typeof found !== "number" && typeof found !== "bigint") {
    return refused(
      found === undefined ? "there is nothing at this address" : "not a number, text or boolean",
      mapping.payload,
    );
  }
  if (words !== undefined) {
    const word = String(found);
    const meant = Object.hasOwn(words, word) ? words[word] : undefined;
    if (meant !== undefined) return { ok: true, value: meant };
    return refused(
      `${JSON.stringify(word.slice(0, 64))} is not one of the configured words`,
      mapping.payload,
    );
  }
  const typed = asMappedType(typeOfMapping(mapping), found);
  if (!typed.ok) return refused(typed.reason, mapping.payload);
  const { value } = typed;
  return { ok: true, value: typeof value === "number" ? value * scale + offset : value };
}

const nanosecondsPer = { s: 1e9, ms: 1e6, us: 1e3, ns: 1 } as const;

/** Exact for whole numbers of any length, and for such that come as text. */
function stampOf(mapping: Mapping, tree: unknown, source: string | null): Result<Stamp | null> {
  if (mapping.stamp === undefined) return { ok: true, value: null };
  const { payload, unit } = mapping.stamp;
  const found = exactAt(tree, source, payload);
  const time = typeof found === "string" && /^\d{1,20}$/.test(found) ? BigInt(found) : found;
  const perSecond = 1e9 / nanosecondsPer[unit];
  if (typeof time === "bigint" && time >= 0n) {
    const sec = Number(time / BigInt(perSecond));
    if (!Number.isSafeInteger(sec)) return refused("not a time", payload);
    return { ok: true, value: { sec, nanosec: Number(time % BigInt(perSecond)) * nanosecondsPer[unit] } };
  }
  if (typeof time !== "number" || !Number.isFinite(time) || time < 0) return refused("not a time", payload);
  const sec = Math.floor(time / perSecond);
  const nanosec = Math.min(999_999_999, Math.round((time - sec * perSecond) * nanosecondsPer[unit]));
  return { ok: true, value: { sec, nanosec } };
}

/** The value at `pointer`; a whole number that JSON.parse could not hold, from the text again, as a bigint. */
function exactAt(tree: unknown, source: string | null, pointer: string): unknown {
  const found = pointInto(tree, pointer);
  if (source === null || typeof found !== "number" || Number.isSafeInteger(found)) return found;
  if (!Number.isInteger(found)) return found;
  const text = pointInto(JSON.parse(withWholesAsText(source)), pointer);
  return typeof text === "string" ? BigInt(text) : found;
}

/** The same JSON with whole numbers beyond 2^53 in quotes. Texts are gone over, so that none inside is touched. */
function withWholesAsText(json: string): string {
  return json.replace(/"(?:[^"\\]|\\.)*"|-?\d+(?:\.\d+)?(?:[eE][-+]?\d+)?/g, (token) =>
    /^-?\d{16,}$/.test(token) && !Number.isSafeInteger(Number(token)) ? `"${token}"` : token,
  );
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
