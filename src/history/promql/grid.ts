import type { FixedTime, Subquery } from "./expression.ts";
import { QueryFault } from "./query-fault.ts";

/** The times at which an expression is evaluated, in ms, ascending. `start` and `end` are the query's own. */
export type Grid = { times: Float64Array; start: number; end: number };

/** How old a value may be to count at a time of evaluation, as in Prometheus. ms */
export const lookBackMs = 5 * 60_000;
/** As Prometheus' `evaluation_interval`. ms */
const subqueryStepMs = 60_000;
export const maxSteps = 11_000;

export function gridOf(start: number, end: number, step: number): Grid {
  const count = Math.floor((end - start) / step) + 1;
  return { times: Float64Array.from({ length: count }, (_, i) => start + i * step), start, end };
}

/** The grid with `offset` and `@` applied. */
export function movedTimes(
  grid: Grid,
  { offsetMs, at }: { offsetMs: number; at: FixedTime | null },
): Float64Array {
  const fixed = at === "start" ? grid.start : at === "end" ? grid.end : at;
  return grid.times.map((time) => (fixed ?? time) - offsetMs);
}

/** The times at which a subquery evaluates its inner expression: multiples of its step. */
export function subqueryGrid(grid: Grid, node: Subquery): Grid {
  const times = movedTimes(grid, node);
  const step = node.stepMs ?? subqueryStepMs;
  const from = (times[0] ?? 0) - node.rangeMs;
  const to = times[times.length - 1] ?? 0;
  const first = (Math.floor(from / step) + 1) * step;
  const count = Math.max(0, Math.floor((to - first) / step) + 1);
  if (count > maxSteps) {
    throw new QueryFault("execution", `a subquery may have ${maxSteps} steps, this one has ${count}`);
  }
  return {
    times: Float64Array.from({ length: count }, (_, i) => first + i * step),
    start: grid.start,
    end: grid.end,
  };
}
