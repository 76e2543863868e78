import type { Matcher } from "./matcher.ts";

/** What an expression gives. `range`: samples over a time, for functions as `rate`. */
export type ValueType = "scalar" | "vector" | "range" | "string";

/** Seconds since 1970 in ms, or a bound of the query. */
export type FixedTime = number | "start" | "end";

export type Selector = {
  kind: "selector";
  matchers: readonly Matcher[];
  offsetMs: number;
  /** Null: the time of evaluation. */
  at: FixedTime | null;
};

export type Subquery = {
  kind: "subquery";
  inner: Expression;
  rangeMs: number;
  /** Null: the step of the query. */
  stepMs: number | null;
  offsetMs: number;
  at: FixedTime | null;
};

export type Range = { kind: "range"; selector: Selector; rangeMs: number };

export type Call = { kind: "call"; name: string; args: readonly Expression[] };

export type Grouping = { by: boolean; names: readonly string[] };

export type Aggregate = {
  kind: "aggregate";
  op: string;
  grouping: Grouping;
  inner: Expression;
  parameter: Expression | null;
};

export type Matching = {
  /** `on`, as opposed to `ignoring`. */
  on: boolean;
  names: readonly string[];
  /** `left`: many series of the left side to one of the right (`group_left`). */
  many: "left" | "right" | null;
  /** Labels that the one side adds to the many. */
  include: readonly string[];
};

export type Binary = {
  kind: "binary";
  op: string;
  left: Expression;
  right: Expression;
  bool: boolean;
  matching: Matching;
};

export type Expression =
  | { kind: "number"; value: number }
  | { kind: "string"; value: string }
  | Selector
  | Range
  | Subquery
  | Call
  | Aggregate
  | Binary
  | { kind: "negate"; inner: Expression };

export const arithmeticOps: readonly string[] = ["+", "-", "*", "/", "%", "^", "atan2"];
export const comparisonOps: readonly string[] = ["==", "!=", ">", "<", ">=", "<="];
export const setOps: readonly string[] = ["and", "or", "unless"];
