import { z } from "zod";
import { type Result, refused } from "../../core/result.ts";

/** Numbers of topics that are recorded at most, those of twin.yaml among them. */
export const mostTopicNumbers = 200;

const longest = 512;
const example = "as /imu#linear_acceleration.z or /joint_temps#data[3]";
const topicName = /^(?:\/[A-Za-z_][A-Za-z0-9_]*)+$/;
const fieldName = /^[A-Za-z][A-Za-z0-9_]*(?:\[\d{1,9}\])*(?:\.[A-Za-z][A-Za-z0-9_]*(?:\[\d{1,9}\])*)*$/;

/** One number of a topic's messages. */
export type TopicNumber = {
  /** As it was written and as people see it: `/imu#linear_acceleration.z`. */
  record: string;
  /** `/imu` */
  topic: string;
  /** `linear_acceleration.z` */
  field: string;
};

/** Reads `/topic#field.of.a.part[3]`: the absolute name of a topic, `#`, and the fields down to the number. */
export function parseTopicNumber(record: string): Result<TopicNumber> {
  if (record.length > longest) return refused(`it has more than ${longest} characters`);
  const [topic = "", field, more] = record.split("#");
  if (field === undefined || more !== undefined) {
    return refused(`it must be the name of a topic, # and a field, ${example}`);
  }
  if (!topicName.test(topic))
    return refused(`"${topic}" is no absolute name of a topic: write it ${example}`);
  if (!fieldName.test(field)) return refused(`"${field}" is no field of a message: write it ${example}`);
  return { ok: true, value: { record, topic, field } };
}

/** The same as a part of a schema. */
export const topicNumber = z.string().transform((text, context): TopicNumber => {
  const read = parseTopicNumber(text);
  if (read.ok) return read.value;
  context.addIssue({ code: "custom", message: read.reason });
  return { record: text, topic: "", field: "" };
});

/** The path of its property under the thing of topics: `imu/linear_acceleration.z`. A field has no slash, so no two are alike. */
export function topicNumberPath(topic: string, field: string): string {
  return `${topic.slice(1)}/${field}`;
}

/** The names and places on the way to a field: `data[3]` → `data`, 3. */
export function wayOf(field: string): (string | number)[] {
  return [...field.matchAll(/\[(\d+)\]|[^.[\]]+/g)].map(([name, place]) =>
    place === undefined ? name : Number(place),
  );
}

/** The number at a way in a message, NaN and infinities among them; else why there is none. Booleans are 0 and 1. */
export function numberAt(message: unknown, way: readonly (string | number)[]): number | string {
  let value = message;
  for (const name of way) {
    const inner = typeof name === "number" ? elementOf(value, name) : partOf(value, name);
    if ("fault" in inner) return inner.fault;
    value = inner.part;
  }
  if (typeof value === "number") return value;
  if (typeof value === "bigint" || typeof value === "boolean") return Number(value);
  if (typeof value === "string") return "it is a text, no number";
  if (isList(value)) return `it is a list of ${value.length}: name an element of it, as [0]`;
  if (typeof value !== "object" || value === null) return "it is no number";
  return `it is no number: name one of its fields (${Object.keys(value).slice(0, 8).join(", ")})`;
}

type Inner = { part: unknown } | { fault: string };

function elementOf(value: unknown, place: number): Inner {
  if (!isList(value)) return { fault: `there is no element [${place}]: it is no list` };
  if (place < value.length) return { part: value[place] };
  return { fault: `there is no element [${place}]: the list has ${value.length}` };
}

function partOf(value: unknown, name: string): Inner {
  if (typeof value !== "object" || value === null || isList(value)) {
    return { fault: `there is no field "${name}"` };
  }
  const parts = value as Record<string, unknown>;
  // The reader calls this part of a time by its name in ROS 1.
  const own = name === "nanosec" && !Object.hasOwn(parts, name) ? "nsec" : name;
  if (Object.hasOwn(parts, own)) return { part: parts[own] };
  return { fault: `there is no field "${name}" among ${Object.keys(parts).slice(0, 12).join(", ")}` };
}

function isList(value: unknown): value is ArrayLike<unknown> {
  return Array.isArray(value) || (ArrayBuffer.isView(value) && !(value instanceof DataView));
}
