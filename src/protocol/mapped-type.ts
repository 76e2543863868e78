import { type Result, refused } from "../core/result.ts";

/** What kind of value a mapping makes. */
export type MappedType = "number" | "boolean" | "string";

/** The keys of a mapping by which its values are judged. */
export type TypedMapping = {
  property: string;
  type?: MappedType | undefined;
  words?: Readonly<Record<string, unknown>> | undefined;
  unit: string;
  scale: number;
  offset: number;
};

/** Decimal as JSON has it: a text of it was a number before somebody put it in quotes. `007` is a name. */
const jsonNumber = /^-?(?:0|[1-9]\d*)(?:\.\d+)?(?:[eE][+-]?\d+)?$/;
/** Decimal as people and printf write it. */
const decimal = /^[+-]?(?:\d+\.?\d*|\.\d+)(?:[eE][+-]?\d+)?$/;
const truths: ReadonlyMap<string, boolean> = new Map([
  ["true", true],
  ["false", false],
  ["1", true],
  ["0", false],
]);

/**
 * The type of a mapping's values: as configured; a number where it is a joint's state or has a unit, a scale or an
 * offset; else null: each value is what it reads as.
 */
export function typeOfMapping(mapping: TypedMapping): MappedType | null {
  if (mapping.type !== undefined) return mapping.type;
  if (/^joint\/.+\/(?:position|velocity|effort)$/.test(mapping.property)) return "number";
  if (mapping.words !== undefined) return null;
  return mapping.unit !== "" || mapping.scale !== 1 || mapping.offset !== 0 ? "number" : null;
}

/** A number, text or boolean of a payload as a value of `type`; a bigint is a whole number beyond 2^53. */
export function asMappedType(
  type: MappedType | null,
  found: string | boolean | number | bigint,
): Result<string | boolean | number> {
  switch (type) {
    case "string":
      return { ok: true, value: String(found) };
    case "boolean": {
      const value = truths.get(String(found).toLowerCase());
      return value === undefined ? unfit(found, "neither true nor false") : { ok: true, value };
    }
    case "number":
      if (typeof found === "number" || typeof found === "bigint") return { ok: true, value: Number(found) };
      if (typeof found === "string" && decimal.test(found.trim())) return { ok: true, value: Number(found) };
      return unfit(found, "no number");
    case null:
      // None is rounded: what a double cannot hold stays text.
      if (typeof found === "bigint") return { ok: true, value: found.toString() };
      return { ok: true, value: typeof found === "string" ? plainNumber(found) : found };
  }
}

function plainNumber(text: string): number | string {
  const value = Number(text);
  if (!jsonNumber.test(text) || !Number.isFinite(value)) return text;
  return Number.isInteger(value) && !Number.isSafeInteger(value) ? text : value;
}

function unfit(found: unknown, what: string): Result<never> {
  return refused(`${JSON.stringify(String(found).slice(0, 64))} is ${what}`);
}
