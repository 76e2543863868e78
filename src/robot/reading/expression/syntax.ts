import type { Value } from "./values.ts";

/** A parsed expression. https://docs.python.org/3/reference/expressions.html */
export type Expression =
  | { kind: "literal"; value: Value }
  | { kind: "name"; name: string }
  | { kind: "unary"; operator: string; operand: Expression }
  | { kind: "not"; operand: Expression }
  | { kind: "binary"; operator: string; left: Expression; right: Expression }
  | { kind: "logic"; operator: "and" | "or"; left: Expression; right: Expression }
  | { kind: "compare"; first: Expression; rest: { operator: string; right: Expression }[] }
  | { kind: "choice"; test: Expression; then: Expression; otherwise: Expression }
  | { kind: "call"; callee: Expression; args: Expression[]; named: [string, Expression][] }
  | { kind: "attribute"; of: Expression; name: string }
  | { kind: "index"; of: Expression; index: Expression }
  | { kind: "slice"; of: Expression; ends: [Expression | null, Expression | null, Expression | null] }
  | { kind: "list" | "tuple"; items: Expression[] }
  | { kind: "dict"; items: [Expression, Expression][] }
  | { kind: "comprehension"; element: Expression; clauses: ForClause[] }
  | { kind: "lambda"; names: string[]; body: Expression };

/** `for names in source if condition …` of a comprehension. */
export type ForClause = { names: string[]; source: Expression; conditions: Expression[] };

export type Token =
  | { kind: "number"; value: bigint | number }
  | { kind: "text"; value: string }
  | { kind: "name" | "keyword" | "sign"; text: string }
  | { kind: "end"; text: string };
