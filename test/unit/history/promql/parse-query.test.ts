import { describe, expect, it } from "vitest";
import { parseQuery } from "../../../../src/history/promql/parse-query.ts";
import { QueryFault } from "../../../../src/history/promql/query-fault.ts";

function faultOf(text: string): string {
  try {
    parseQuery(text);
  } catch (error) {
    if (error instanceof QueryFault) return error.message;
    throw error;
  }
  throw new Error(`"${text}" was understood`);
}

describe("a PromQL query", () => {
  it("is read with its selectors, ranges, offsets and fixed times", () => {
    expect(parseQuery('rate(a{b="c"}[1h30m] offset -5m)')).toMatchObject({
      kind: "call",
      name: "rate",
      args: [{ kind: "range", rangeMs: 5_400_000, selector: { offsetMs: -300_000 } }],
    });
    expect(parseQuery("a @ 12.5")).toMatchObject({ kind: "selector", at: 12_500 });
    expect(parseQuery("a[5m] @ end() offset 1m")).toMatchObject({
      kind: "range",
      selector: { at: "end", offsetMs: 60_000 },
    });
    expect(parseQuery("max_over_time(a[1h:5m])")).toMatchObject({
      args: [{ kind: "subquery", rangeMs: 3_600_000, stepMs: 300_000 }],
    });
    expect(parseQuery("a # a comment\n + b")).toMatchObject({ kind: "binary", op: "+" });
  });

  it.each([
    ["-1 ^ 2", { kind: "negate" }],
    ["2 ^ 3 ^ 2", { kind: "binary", left: { value: 2 }, right: { kind: "binary" } }],
    ["1 + 2 * 3", { op: "+", right: { op: "*" } }],
    ["0x1F", { value: 31 }],
    ["1_000", { value: 1000 }],
    ["-Inf", { value: Number.NEGATIVE_INFINITY }],
    ["5m", { value: 300 }],
    ["'a\\n\\u00e4\\x41'", { value: "a\näA" }],
  ])("%s has the precedence and the value that Prometheus gives it", (text, expected) => {
    expect(parseQuery(text)).toMatchObject(expected);
  });

  it.each([
    ["", "1:1: parse error: no expression found in input"],
    ["1 +", "1:4: parse error: unexpected end of input"],
    ["foo bar", '1:5: parse error: unexpected "bar"'],
    ["a[5m", "1:5: parse error: unexpected end of input"],
    ["unknownfn(a)", 'unknown function with name "unknownfn"'],
    ["rate(a)", 'expected type range vector in call to function "rate", got instant vector'],
    ["a[5m] + 1", '"+" computes scalars and instant vectors, not range vector'],
    ["1 == 1", "comparisons between scalars must use BOOL modifier"],
    ["a + bool b", "bool modifier can only be used on comparison operators"],
    ["1 and a", 'set operator "and" not allowed in binary scalar expression'],
    ["1 + on(x) a", "vector matching only allowed between instant vectors"],
    ["{}", "vector selector must contain at least one non-empty matcher"],
    ['{a=~".*"}', "vector selector must contain at least one non-empty matcher"],
    ['a{b=~"("}', "error parsing regexp"],
    ['a{b=~"(?=x)"}', "error parsing regexp"],
    ["histogram_quantile(0.9, a)", "the function histogram_quantile is not supported here"],
    ["count_values('x', a)", "the aggregation count_values is not supported here"],
    ["sum(a, b)", "wrong number of arguments"],
    ["topk(a, b)", "the parameter of topk must be a scalar, not instant vector"],
    ["a offset 5m offset 1m", "offset may not be set multiple times"],
    ["(a + b) offset 5m", "offset modifier must be preceded by"],
    ["a[0s]", "duration must be greater than 0"],
    ['rate(a["5m"])', "unexpected"],
    ["clamp(a, 1)", 'expected 3 argument(s) in call to "clamp", got 2'],
  ])("%s is refused with the place and the reason", (text, message) => {
    expect(faultOf(text)).toContain(message);
  });

  it("is refused when it is too long or nested too deeply", () => {
    expect(faultOf(`${"(".repeat(1000)}a${")".repeat(1000)}`)).toContain("nested too deeply");
    expect(faultOf(`a${" + a".repeat(300)}`)).toContain("nested too deeply");
    expect(faultOf(`a${" ".repeat(17_000)}`)).toContain("16384 characters");
  });

  it("is not held up by a pattern that takes other engines years", () => {
    const started = performance.now();
    const selector = parseQuery('a{b=~"(a+)+b(a*)*c"}');
    if (selector.kind !== "selector") throw new Error("no selector");
    expect(selector.matchers[1]?.matches("a".repeat(5000))).toBe(false);
    expect(performance.now() - started).toBeLessThan(1000);
  });
});
