import type { NodeParameter, ParameterValue } from "../../protocol/topics/ros-questions.ts";

/** A parameter's value as a person edits it. */
export function parameterText({ value }: NodeParameter): string {
  if (value === null) return "";
  return Array.isArray(value) ? JSON.stringify(value) : String(value);
}

/** The value that a person typed for a parameter, or why it is none. */
export function typedParameter(
  { type, range }: NodeParameter,
  text: string,
): { value: ParameterValue } | { fault: string } {
  const bare = text.trim();
  if (type === "string") return { value: text };
  if (type === "bool") {
    if (bare !== "true" && bare !== "false") return { fault: "true or false" };
    return { value: bare === "true" };
  }
  if (type === "integer" || type === "double") {
    const value = bare === "" ? Number.NaN : Number(bare);
    if (!Number.isFinite(value)) return { fault: "a number" };
    if (type === "integer" && !Number.isSafeInteger(value)) return { fault: "a whole number" };
    if (range !== undefined && (value < range.from || value > range.to)) {
      return { fault: `from ${range.from} to ${range.to}` };
    }
    return { value };
  }
  try {
    const value: unknown = JSON.parse(bare);
    if (Array.isArray(value)) return { value: value as ParameterValue };
  } catch {
    // Told below.
  }
  return { fault: "a list in JSON, as [1, 2]" };
}
