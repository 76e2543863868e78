import type { Expression, Selector } from "./expression.ts";
import { type Grid, lookBackMs, movedTimes, subqueryGrid } from "./grid.ts";

/** Samples that an expression needs of one selector: those of the `windowMs` up to each of `times`. */
export type Demand = { selector: Selector; times: Float64Array; windowMs: number; isRange: boolean };

/** What an evaluation needs to know beforehand, one entry for each selector in the text. */
export function demandsOf(expression: Expression, grid: Grid): Demand[] {
  switch (expression.kind) {
    case "number":
    case "string":
      return [];
    case "selector":
      return [
        {
          selector: expression,
          times: movedTimes(grid, expression),
          windowMs: lookBackMs,
          isRange: false,
        },
      ];
    case "range": {
      const { selector, rangeMs } = expression;
      return [{ selector, times: movedTimes(grid, selector), windowMs: rangeMs, isRange: true }];
    }
    case "subquery":
      return demandsOf(expression.inner, subqueryGrid(grid, expression));
    case "call":
      return expression.args.flatMap((one) => demandsOf(one, grid));
    case "aggregate": {
      const parameter = expression.parameter === null ? [] : demandsOf(expression.parameter, grid);
      return [...demandsOf(expression.inner, grid), ...parameter];
    }
    case "binary":
      return [...demandsOf(expression.left, grid), ...demandsOf(expression.right, grid)];
    case "negate":
      return demandsOf(expression.inner, grid);
  }
}
