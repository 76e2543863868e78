import type { Expression, ValueType } from "./expression.ts";
import { comparisonOps } from "./expression.ts";

/** What a function takes and gives. The last `optional` arguments may be left out. */
export type Signature = { takes: readonly ValueType[]; optional: number; variadic?: true; gives: ValueType };

const sign = (takes: readonly ValueType[], gives: ValueType = "vector", optional = 0): Signature => ({
  takes,
  optional,
  gives,
});

const ofRange = [
  "rate",
  "irate",
  "increase",
  "delta",
  "idelta",
  "deriv",
  "changes",
  "resets",
  "avg_over_time",
  "min_over_time",
  "max_over_time",
  "sum_over_time",
  "count_over_time",
  "last_over_time",
  "first_over_time",
  "present_over_time",
  "stddev_over_time",
  "stdvar_over_time",
];
const ofVector = [
  ...["abs", "ceil", "floor", "sqrt", "exp", "ln", "log2", "log10", "sgn", "deg", "rad"],
  ...["sin", "cos", "tan", "asin", "acos", "atan", "sinh", "cosh", "tanh", "asinh", "acosh", "atanh"],
  ...["timestamp", "absent", "sort", "sort_desc"],
];

export const signatures: ReadonlyMap<string, Signature> = new Map([
  ...ofRange.map((name) => [name, sign(["range"])] as const),
  ...ofVector.map((name) => [name, sign(["vector"])] as const),
  ["quantile_over_time", sign(["scalar", "range"])],
  ["predict_linear", sign(["range", "scalar"])],
  ["clamp", sign(["vector", "scalar", "scalar"])],
  ["clamp_min", sign(["vector", "scalar"])],
  ["clamp_max", sign(["vector", "scalar"])],
  ["round", sign(["vector", "scalar"], "vector", 1)],
  ["label_replace", sign(["vector", "string", "string", "string", "string"])],
  [
    "label_join",
    { takes: ["vector", "string", "string", "string"], optional: 1, variadic: true, gives: "vector" },
  ],
  ["vector", sign(["scalar"])],
  ["scalar", sign(["vector"], "scalar")],
  ["time", sign([], "scalar")],
  ["pi", sign([], "scalar")],
] as const satisfies readonly (readonly [string, Signature])[]);

/** The aggregations, and what their parameter is. */
export const aggregations: ReadonlyMap<string, "scalar" | null> = new Map([
  ["sum", null],
  ["avg", null],
  ["min", null],
  ["max", null],
  ["count", null],
  ["group", null],
  ["stddev", null],
  ["stdvar", null],
  ["topk", "scalar"],
  ["bottomk", "scalar"],
  ["quantile", "scalar"],
]);

export function typeOf(expression: Expression): ValueType {
  switch (expression.kind) {
    case "number":
      return "scalar";
    case "string":
      return "string";
    case "selector":
    case "aggregate":
      return "vector";
    case "range":
    case "subquery":
      return "range";
    case "call":
      return signatures.get(expression.name)?.gives ?? "vector";
    case "negate":
      return typeOf(expression.inner);
    case "binary":
      return typeOf(expression.left) === "scalar" && typeOf(expression.right) === "scalar"
        ? "scalar"
        : "vector";
  }
}

/** What is wrong with the types of an expression's parts; null when nothing is. */
export function typeFault(expression: Expression): string | null {
  switch (expression.kind) {
    case "call":
      return callFault(expression.name, expression.args.map(typeOf));
    case "aggregate": {
      const inner = typeOf(expression.inner);
      if (inner !== "vector") return `${expression.op} aggregates instant vectors, not ${said[inner]}`;
      const parameter = expression.parameter === null ? null : typeOf(expression.parameter);
      if (parameter !== null && parameter !== "scalar") {
        return `the parameter of ${expression.op} must be a scalar, not ${said[parameter]}`;
      }
      return null;
    }
    case "negate": {
      const inner = typeOf(expression.inner);
      return inner === "scalar" || inner === "vector" ? null : `a sign cannot stand before ${said[inner]}`;
    }
    case "binary": {
      const sides = [typeOf(expression.left), typeOf(expression.right)] as const;
      const wrong = sides.find((type) => type !== "scalar" && type !== "vector");
      if (wrong !== undefined)
        return `"${expression.op}" computes scalars and instant vectors, not ${said[wrong]}`;
      const isComparison = comparisonOps.includes(expression.op);
      if (expression.bool && !isComparison) return "bool modifier can only be used on comparison operators";
      const scalars = sides.filter((type) => type === "scalar").length;
      if (scalars === 2 && isComparison && !expression.bool)
        return "comparisons between scalars must use BOOL modifier";
      if (scalars > 0 && ["and", "or", "unless"].includes(expression.op)) {
        return `set operator "${expression.op}" not allowed in binary scalar expression`;
      }
      const { matching } = expression;
      if (scalars > 0 && (matching.on || matching.names.length > 0)) {
        return "vector matching only allowed between instant vectors";
      }
      return null;
    }
    case "subquery": {
      const inner = typeOf(expression.inner);
      return inner === "vector" ? null : `subquery is only allowed on instant vector, got ${said[inner]}`;
    }
    case "number":
    case "string":
    case "selector":
    case "range":
      return null;
  }
}

/** Prometheus' words for the types. */
export const said: Readonly<Record<ValueType, string>> = {
  scalar: "scalar",
  vector: "instant vector",
  range: "range vector",
  string: "string",
};

function callFault(name: string, args: readonly ValueType[]): string | null {
  const signature = signatures.get(name);
  if (signature === undefined) return `the function ${name} is not supported here`;
  const { takes, optional, variadic } = signature;
  const least = takes.length - optional;
  if (args.length < least || (variadic !== true && args.length > takes.length)) {
    const wanted = optional === 0 ? `${least}` : `at least ${least}`;
    return `expected ${wanted} argument(s) in call to "${name}", got ${args.length}`;
  }
  for (const [i, type] of args.entries()) {
    const wanted = takes[Math.min(i, takes.length - 1)] as ValueType;
    if (type !== wanted)
      return `expected type ${said[wanted]} in call to function "${name}", got ${said[type]}`;
  }
  return null;
}
