import { RE2JS } from "re2js";
import type { Labels } from "./labels.ts";

export type MatchOp = "=" | "!=" | "=~" | "!~";

/** One condition on a label. An absent label has the value "". */
export type Matcher = { name: string; op: MatchOp; value: string; matches(value: string): boolean };

const maxPatternLength = 1024;

/**
 * Throws an Error where the pattern is none. Patterns are RE2's, as Prometheus has them: they match in linear time, so no
 * pattern can hold the program up. They match a whole value.
 */
export function matcherOf(name: string, op: MatchOp, value: string): Matcher {
  switch (op) {
    case "=":
      return { name, op, value, matches: (text) => text === value };
    case "!=":
      return { name, op, value, matches: (text) => text !== value };
    case "=~":
    case "!~": {
      if (value.length > maxPatternLength) {
        throw new Error(`a pattern may have ${maxPatternLength} characters, this one has ${value.length}`);
      }
      const pattern = RE2JS.compile(`^(?s:${value})$`);
      const wanted = op === "=~";
      return { name, op, value, matches: (text) => pattern.testExact(text) === wanted };
    }
  }
}

export function matchesAll(matchers: readonly Matcher[], labels: Labels): boolean {
  return matchers.every((one) => one.matches(labels.get(one.name) ?? ""));
}

/** Whether it asks for anything: a selector whose matchers all accept an absent label would select everything. */
export function isSelective(matchers: readonly Matcher[]): boolean {
  return matchers.some((one) => !one.matches(""));
}
