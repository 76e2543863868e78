import type { Expression, Selector } from "./expression.ts";
import type { Grid } from "./grid.ts";
import type { Samples } from "./samples.ts";
import type { Budget, Vector } from "./value.ts";

/** The samples that `demandsOf` asked for. */
export type Loaded = ReadonlyMap<Selector, readonly Samples[]>;

/** One evaluation, as functions over a time see it. */
export interface Evaluator {
  readonly loaded: Loaded;
  readonly budget: Budget;
  vector(node: Expression, grid: Grid): Generator<void, Vector>;
}
