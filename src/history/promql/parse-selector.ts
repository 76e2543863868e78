import type { Selector } from "./expression.ts";
import { metricLabel } from "./labels.ts";
import { isSelective, type Matcher, type MatchOp, matcherOf } from "./matcher.ts";
import { parseFault } from "./query-fault.ts";
import { stringValue } from "./string-literal.ts";
import { childrenOf, type SyntaxNode } from "./syntax-node.ts";

const maxMatchers = 64;

/** Reads `metric{label="value",…}`. Throws a `QueryFault`. */
export function parseSelector(text: string, node: SyntaxNode): Selector {
  const matchers: Matcher[] = [];
  const textOf = (part: SyntaxNode): string => text.slice(part.from, part.to);
  const add = (part: SyntaxNode, name: string, op: string, value: string): void => {
    try {
      matchers.push(matcherOf(name, op as MatchOp, value));
    } catch (error) {
      throw parseFault(text, part.from, error instanceof Error ? error.message : String(error));
    }
  };
  const unquoted = (part: SyntaxNode): string => {
    const value = stringValue(textOf(part));
    if (value === null) throw parseFault(text, part.from, `bad string literal: ${textOf(part)}`);
    return value;
  };
  for (const part of childrenOf(node)) {
    if (part.name === "Identifier") add(part, metricLabel, "=", textOf(part));
    else if (part.name === "LabelMatchers") {
      for (const matcher of childrenOf(part)) {
        const [name, op, value] = childrenOf(matcher);
        if (matcher.name === "QuotedLabelName") add(matcher, metricLabel, "=", unquoted(matcher));
        else if (name !== undefined && op !== undefined && value !== undefined) {
          const label = matcher.name === "QuotedLabelMatcher" ? unquoted(name) : textOf(name);
          add(matcher, label, textOf(op), unquoted(value));
        }
      }
    }
  }
  if (matchers.length > maxMatchers) throw parseFault(text, node.from, `more than ${maxMatchers} matchers`);
  if (matchers.filter((one) => one.name === metricLabel && one.op === "=").length > 1) {
    throw parseFault(text, node.from, "metric name must not be set twice");
  }
  if (!isSelective(matchers)) {
    throw parseFault(text, node.from, "vector selector must contain at least one non-empty matcher");
  }
  return { kind: "selector", matchers, offsetMs: 0, at: null };
}
