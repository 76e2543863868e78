import type { JournalRow } from "../twin/journal.ts";

/**
 * Computes values of one robot from what is measured, and writes them to the facets `estimated` and `predicted` of the
 * graph. Called in UPDATE, in the order of the robot's list; it must not send anything.
 */
export interface Estimator {
  /** `now` in server ms. */
  update(now: number): void;
  /**
   * One sample of the robot, in the order of arrival, before `update`: also late and historical ones (`row.verdict`). The
   * row is reused: read it during the call. Absent: no sample is recorded for this estimator.
   */
  take?(row: JournalRow): void;
}
