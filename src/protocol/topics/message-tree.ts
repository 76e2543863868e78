import type { TopicContent } from "./topic-content.ts";

/** Numbers and parts of a message that is sent whole, at most. */
const mostValues = 40_000;
/** Of what is more, the first so many of each array. */
const firstOf = 100;
const longestText = 4096;

/**
 * Any message as `message`: meta.message is its fields as a tree. What has no JSON is null (not finite) or a text (64 bits beyond
 * 2⁵³). Where a message has very many values the rest of its long arrays is left out.
 */
export function treeContent(message: unknown): TopicContent {
  const counter = { values: 0, cut: 0 };
  countValues(message, counter);
  const isWhole = counter.values <= mostValues;
  const told = { cut: 0 };
  const tree = treeOf(message, isWhole ? Number.POSITIVE_INFINITY : firstOf, told);
  return {
    format: "message",
    meta: { message: tree },
    arrays: {},
    reduced: told.cut === 0 ? null : `${told.cut} values of long arrays and texts are left out`,
  };
}

function countValues(value: unknown, counter: { values: number }): void {
  if (counter.values > mostValues) return;
  if (ArrayBuffer.isView(value)) counter.values += (value as Uint8Array).length;
  else if (Array.isArray(value)) for (const part of value) countValues(part, counter);
  else if (typeof value === "object" && value !== null)
    for (const part of Object.values(value)) countValues(part, counter);
  else counter.values += 1;
}

function treeOf(value: unknown, most: number, told: { cut: number }): unknown {
  switch (typeof value) {
    case "number":
      return Number.isFinite(value) ? value : null;
    case "bigint":
      return value >= Number.MIN_SAFE_INTEGER && value <= Number.MAX_SAFE_INTEGER
        ? Number(value)
        : String(value);
    case "string":
      if (value.length > longestText) told.cut += value.length - longestText;
      return value.slice(0, longestText);
    case "object": {
      if (value === null) return null;
      if (ArrayBuffer.isView(value) || Array.isArray(value)) {
        const items = Array.from(value as ArrayLike<unknown>).slice(0, most);
        told.cut += (value as ArrayLike<unknown>).length - items.length;
        return items.map((item) => treeOf(item, most, told));
      }
      return Object.fromEntries(
        Object.entries(value).map(([name, part]) => [name, treeOf(part, most, told)]),
      );
    }
    default:
      return value;
  }
}
