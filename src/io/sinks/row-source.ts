import type { SinkRow } from "../../history/sink-row.ts";

/** Rows in the order of their running numbers. */
export type RowBatch = {
  rows: readonly SinkRow[];
  /** Ask for the rows after this number next. */
  cursor: number;
  /** Rows after the number asked for that are no longer there. */
  lost: number;
  /** Rows after `cursor` that are known to be there. */
  waiting: number;
};

/** Where a sink gets its rows from. The cursor is the number of the last row that was dealt with; 0: none was. */
export interface RowSource {
  /** Changes when the running numbers begin anew: a cursor is of one store. */
  readonly store: string;
  /** At most about `most` rows after `cursor`; none where there are none yet. */
  next(cursor: number, most: number): Promise<RowBatch>;
  close(): Promise<void>;
}
