import type { TwinGraph } from "../twin/graph.ts";
import { type JournalRow, SampleJournal } from "../twin/journal.ts";

/** Receives every row of the journal in the cycle at server ms `now`. The row is reused: read it during the call. */
export type SampleReader = (row: JournalRow, now: number) => void;

/** Passes the samples of a graph's journal to readers, once each cycle. Without readers nothing is recorded. */
export class SampleFeed {
  private readonly readers = new Set<SampleReader>();
  private journal: SampleJournal | null = null;
  private now = 0;
  private readonly pass = (row: JournalRow): void => {
    for (const reader of this.readers) reader(row, this.now);
  };

  constructor(private readonly graph: TwinGraph) {}

  /** Rows that were lost because one cycle brought more than the journal holds. */
  get dropped(): number {
    return this.journal?.dropped ?? 0;
  }

  /** Begins with the next sample. Returns what ends it. */
  listen(reader: SampleReader): () => void {
    this.readers.add(reader);
    if (this.journal === null) {
      this.journal = new SampleJournal();
      this.graph.listen(this.journal);
    }
    return () => {
      this.readers.delete(reader);
      if (this.readers.size > 0) return;
      this.journal = null;
      this.graph.listen(null);
    };
  }

  /** Passes on what was recorded since the last time, oldest first, in the cycle at server ms `now`. */
  drain(now: number): void {
    this.now = now;
    this.journal?.drain(this.pass);
  }
}
