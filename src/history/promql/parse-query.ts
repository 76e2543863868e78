import { parser } from "@prometheus-io/lezer-promql";
import { numberOf, secondsOf } from "./duration.ts";
import type { Binary, Expression, FixedTime, Grouping, Matching } from "./expression.ts";
import { parseSelector } from "./parse-selector.ts";
import { parseFault, type QueryFault } from "./query-fault.ts";
import { aggregations, typeFault } from "./signatures.ts";
import { stringValue } from "./string-literal.ts";
import { childrenOf, type SyntaxNode } from "./syntax-node.ts";

const maxLength = 16_384;
const maxDepth = 200;

/**
 * A query as a tree. The grammar is Prometheus' own; what it knows and this program does not is refused by name. Throws
 * a `QueryFault`.
 */
export function parseQuery(text: string): Expression {
  return new Reader(text).read();
}

class Reader {
  private depth = 0;

  constructor(private readonly text: string) {}

  read(): Expression {
    const { text } = this;
    if (text.trim() === "") throw parseFault(text, 0, "no expression found in input");
    if (text.length > maxLength) throw parseFault("", 0, `a query may have ${maxLength} characters`);
    const tree = parser.parse(text);
    let wrong = -1;
    tree.iterate({
      enter: (node) => {
        if (node.type.isError && wrong < 0) wrong = node.from;
      },
    });
    if (wrong >= 0) throw this.unexpected(wrong);
    const [top] = childrenOf(tree.topNode);
    if (top === undefined) throw parseFault(text, 0, "no expression found in input");
    return this.expression(top);
  }

  private expression(node: SyntaxNode): Expression {
    if (++this.depth > maxDepth) throw this.fault(node, "the expression is nested too deeply");
    const read = this.untyped(node);
    const wrong = typeFault(read);
    if (wrong !== null) throw this.fault(node, wrong);
    this.depth--;
    return read;
  }

  private untyped(node: SyntaxNode): Expression {
    const parts = childrenOf(node);
    switch (node.name) {
      case "ParenExpr":
        return this.expression(this.part(node, parts, 0));
      case "NumberDurationLiteral":
        return { kind: "number", value: this.number(node) };
      case "StringLiteral":
        return { kind: "string", value: this.string(node) };
      case "VectorSelector":
        return parseSelector(this.text, node);
      case "UnaryExpr": {
        const inner = this.expression(this.part(node, parts, 1));
        return this.textOf(this.part(node, parts, 0)) === "-" ? { kind: "negate", inner } : inner;
      }
      case "BinaryExpr":
        return this.binary(node, parts);
      case "FunctionCall": {
        const body = childrenOf(this.part(node, parts, 1));
        const name = this.textOf(this.part(node, parts, 0));
        return { kind: "call", name, args: body.map((one) => this.expression(one)) };
      }
      case "AggregateExpr":
        return this.aggregate(node, parts);
      case "MatrixSelector": {
        const selector = this.expression(this.part(node, parts, 0));
        if (selector.kind !== "selector") {
          throw this.fault(node, "ranges only allowed for vector selectors");
        }
        if (selector.offsetMs !== 0) throw this.fault(node, "no offset modifiers allowed before range");
        if (selector.at !== null) throw this.fault(node, "no @ modifiers allowed before range");
        return { kind: "range", selector, rangeMs: this.range(this.part(node, parts, 1)) };
      }
      case "SubqueryExpr": {
        const [inner, range, step] = parts;
        return {
          kind: "subquery",
          inner: this.expression(this.present(node, inner)),
          rangeMs: this.range(this.present(node, range)),
          stepMs: step === undefined ? null : this.range(step),
          offsetMs: 0,
          at: null,
        };
      }
      case "OffsetExpr":
        return this.moved(node, parts);
      case "StepInvariantExpr":
        return this.fixed(node, parts);
      default:
        throw this.fault(node, `${node.name} is not supported here`);
    }
  }

  private binary(node: SyntaxNode, parts: SyntaxNode[]): Expression {
    const leftNode = this.part(node, parts, 0);
    const op = this.textOf(this.part(node, parts, 1));
    const right = this.expression(this.part(node, parts, parts.length - 1));
    let matching: Matching = { on: false, names: [], many: null, include: [] };
    let bool = false;
    for (const part of parts.slice(2, -1)) {
      if (part.name === "BoolModifier") bool = true;
      else if (part.name === "MatchingModifierClause") matching = this.matching(part);
      else throw this.fault(part, `${this.textOf(part)} is not supported here`);
    }
    if (["</", ">/"].includes(op)) throw this.fault(node, `the operator ${op} is not supported here`);
    if (matching.many !== null && ["and", "or", "unless"].includes(op)) {
      throw this.fault(node, `no grouping allowed for "${op}" operation`);
    }
    const left = this.expression(leftNode);
    // The grammar has a sign as part of a number; a power binds closer than a sign.
    if (op === "^" && leftNode.name === "NumberDurationLiteral" && this.textOf(leftNode).startsWith("-")) {
      const base: Expression = { kind: "number", value: -(left as { value: number }).value };
      const power: Binary = { kind: "binary", op, left: base, right, bool, matching };
      return { kind: "negate", inner: power };
    }
    return { kind: "binary", op, left, right, bool, matching };
  }

  private matching(node: SyntaxNode): Matching {
    const parts = childrenOf(node);
    const [names, include] = parts.filter((part) => part.name === "GroupingLabels");
    const isThere = (name: string): boolean => parts.some((part) => part.name === name);
    return {
      on: isThere("On"),
      names: names === undefined ? [] : this.names(names),
      many: isThere("GroupLeft") ? "left" : isThere("GroupRight") ? "right" : null,
      include: include === undefined ? [] : this.names(include),
    };
  }

  private aggregate(node: SyntaxNode, parts: SyntaxNode[]): Expression {
    const op = this.textOf(this.part(node, parts, 0)).toLowerCase();
    const wanted = aggregations.get(op);
    if (wanted === undefined) throw this.fault(node, `the aggregation ${op} is not supported here`);
    let grouping: Grouping = { by: true, names: [] };
    const modifier = parts.find((part) => part.name === "AggregateModifier");
    if (modifier !== undefined) {
      const [word, names] = childrenOf(modifier);
      grouping = {
        by: this.present(node, word).name === "By",
        names: this.names(this.present(node, names)),
      };
    }
    const body = childrenOf(
      this.present(
        node,
        parts.find((part) => part.name === "FunctionCallBody"),
      ),
    );
    const count = wanted === null ? 1 : 2;
    if (body.length !== count) {
      throw this.fault(
        node,
        `wrong number of arguments for aggregate expression provided, expected ${count}, got ${body.length}`,
      );
    }
    const inner = this.expression(this.part(node, body, count - 1));
    const parameter = wanted === null ? null : this.expression(this.part(node, body, 0));
    return { kind: "aggregate", op, grouping, inner, parameter };
  }

  private moved(node: SyntaxNode, parts: SyntaxNode[]): Expression {
    const inner = this.expression(this.part(node, parts, 0));
    const offsetMs = 1000 * this.offset(this.part(node, parts, parts.length - 1));
    const target = inner.kind === "range" ? inner.selector : inner;
    if (target.kind !== "selector" && target.kind !== "subquery") {
      throw this.fault(
        node,
        "offset modifier must be preceded by an instant vector selector or range vector selector or a subquery",
      );
    }
    if (target.offsetMs !== 0) throw this.fault(node, "offset may not be set multiple times");
    const moved = { ...target, offsetMs };
    return inner.kind === "range" && moved.kind === "selector" ? { ...inner, selector: moved } : moved;
  }

  private offset(node: SyntaxNode): number {
    const parts = childrenOf(node);
    const last = this.part(node, parts, parts.length - 1);
    if (parts.length === 2 && last.name === "OffsetDurationExpr") {
      return (this.textOf(this.part(node, parts, 0)) === "-" ? -1 : 1) * this.offset(last);
    }
    return this.seconds(node);
  }

  private fixed(node: SyntaxNode, parts: SyntaxNode[]): Expression {
    const inner = this.expression(this.part(node, parts, 0));
    const word = this.textOf(this.part(node, parts, 2));
    const at: FixedTime = word.startsWith("start")
      ? "start"
      : word.startsWith("end")
        ? "end"
        : 1000 * this.number(this.part(node, parts, 2));
    if (typeof at === "number" && !Number.isFinite(at))
      throw this.fault(node, "timestamp out of bounds for @ modifier");
    const target = inner.kind === "range" ? inner.selector : inner;
    if (target.kind !== "selector" && target.kind !== "subquery") {
      throw this.fault(
        node,
        "@ modifier must be preceded by an instant vector selector or range vector selector or a subquery",
      );
    }
    if (target.at !== null) throw this.fault(node, "@ <timestamp> may not be set multiple times");
    const fixed = { ...target, at };
    return inner.kind === "range" && fixed.kind === "selector" ? { ...inner, selector: fixed } : fixed;
  }

  private range(node: SyntaxNode): number {
    const ms = Math.round(1000 * this.seconds(node));
    if (ms <= 0) throw this.fault(node, "duration must be greater than 0");
    return ms;
  }

  private seconds(node: SyntaxNode): number {
    const seconds = secondsOf(this.textOf(node));
    if (seconds === null || !Number.isFinite(seconds)) {
      throw this.fault(
        node,
        `"${this.textOf(node)}" is no duration that is supported here: write it as 5m or 1h30m`,
      );
    }
    return seconds;
  }

  private number(node: SyntaxNode): number {
    const text = this.textOf(node);
    const value = secondsOf(text) ?? numberOf(text);
    if (value === null) throw this.fault(node, `bad number or duration syntax: "${text}"`);
    return value;
  }

  private string(node: SyntaxNode): string {
    const value = stringValue(this.textOf(node));
    if (value === null) throw this.fault(node, `bad string literal: ${this.textOf(node)}`);
    return value;
  }

  private names(node: SyntaxNode): string[] {
    return childrenOf(node).map((one) =>
      one.name === "QuotedLabelName" ? (stringValue(this.textOf(one)) ?? "") : this.textOf(one),
    );
  }

  private textOf(node: SyntaxNode): string {
    return this.text.slice(node.from, node.to);
  }

  private part(node: SyntaxNode, parts: SyntaxNode[], at: number): SyntaxNode {
    return this.present(node, parts[at]);
  }

  private present(node: SyntaxNode, part: SyntaxNode | undefined): SyntaxNode {
    if (part === undefined) throw this.unexpected(node.to);
    return part;
  }

  private unexpected(at: number): QueryFault {
    const called = /([a-zA-Z_]\w*)\s*$/.exec(this.text.slice(0, at))?.[1];
    if (called !== undefined && this.text[at] === "(") {
      return parseFault(this.text, at, `unknown function with name "${called}"`);
    }
    const rest = this.text.slice(at).trim();
    const word = /^[\w:]+|^\S/.exec(rest)?.[0];
    return parseFault(this.text, at, word === undefined ? "unexpected end of input" : `unexpected "${word}"`);
  }

  private fault(node: SyntaxNode, message: string): QueryFault {
    return parseFault(this.text, node.from, message);
  }
}
