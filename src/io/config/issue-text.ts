import type { z } from "zod";
import { didYouMean } from "../../core/near-word.ts";

/** YAML's words for what zod calls otherwise. */
const words: Record<string, string> = {
  object: "a map",
  record: "a map",
  array: "a list",
  string: "text",
  number: "a number",
  int: "a whole number",
  boolean: "true or false",
  null: "empty",
  undefined: "missing",
  nan: "not a number",
};

const word = (type: string): string => words[type] ?? type;

/** What is wrong with an issue's value, and what would be right. */
export function issueText(issue: z.core.$ZodIssue, value: unknown): string {
  const shown = /password|token|secret/i.test(String(issue.path.at(-1))) ? secret : shownValue;
  switch (issue.code) {
    case "invalid_type":
      if (value !== undefined && isOwn(issue.message)) return `${issue.message}; it is ${shown(value)}`;
      return value === undefined
        ? `it is missing; ${word(issue.expected)} is needed`
        : `it must be ${word(issue.expected)}, and is ${shown(value)}`;
    case "invalid_value": {
      const allowed = issue.values.map(String);
      const near = typeof value === "string" ? didYouMean(value, allowed) : "";
      return `it must be one of ${allowed.join(", ")}, and is ${shown(value)}${near}`;
    }
    case "too_big":
    case "too_small": {
      const isBig = issue.code === "too_big";
      const bound = String(isBig ? issue.maximum : issue.minimum);
      const than = isBig
        ? issue.inclusive === false
          ? "below"
          : "at most"
        : issue.inclusive === false
          ? "above"
          : "at least";
      if (issue.origin === "array") return `it must have ${than} ${bound} entries`;
      if (issue.origin === "string") {
        return isOwn(issue.message) ? issue.message : `it must have ${than} ${bound} characters`;
      }
      return `it must be ${than} ${bound}, and is ${shown(value)}`;
    }
    case "invalid_union":
      return isOwn(issue.message) ? `${issue.message}; it is ${shown(value)}` : issue.message;
    default:
      return issue.message;
  }
}

/** Whether the schema gave its own text. */
function isOwn(message: string): boolean {
  return !/^(?:Invalid|Too)\b/.test(message);
}

/** What is kept secret is not shown, even where it is wrong. */
function secret(value: unknown): string {
  return value === null || typeof value === "object" ? shownValue(value) : `a ${typeof value}`;
}

function shownValue(value: unknown): string {
  if (value === null || value === undefined) return word(String(value));
  if (Array.isArray(value)) return word("array");
  if (typeof value === "object") return word("object");
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 59)}…` : text;
}
