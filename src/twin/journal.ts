import type { Facet, Quality } from "../core/quality.ts";
import type { Property } from "./property.ts";
import type { Sample } from "./sample.ts";
import type { Verdict } from "./verdict.ts";

/**
 * What a row records: a sample, or a change of the standing of the value that is there. `quality`: its quality or reason.
 * `state`: a desired value's progress, in `reason`. `cleared`: the facet is empty.
 */
export type RowChange = "sample" | "quality" | "state" | "cleared";

/** One sample of one facet of a property. The object is reused: read it during the visit. */
export type JournalRow = {
  property: Property;
  facet: Facet;
  change: RowChange;
  /** The value of a property of kind `number`; NaN otherwise. */
  number: number;
  /** The value of a pose (x y z qx qy qz qw) or a twist, the first `width` numbers. */
  numbers: Float64Array;
  width: number;
  /** The value of a property of kind `other`, and of one that is no value. */
  other: unknown;
  /** The sender's time, where it gave one. */
  hasStamp: boolean;
  stampSec: number;
  stampNanosec: number;
  /** Server ms; NaN for a change, which happened in the cycle in which the journal is drained. */
  received: number;
  /** Of a number, in its unit squared; NaN: not known. */
  variance: number;
  /** Of the sample as it arrived; what is found out later (stale, contradiction) is a row of its own. */
  quality: Quality;
  reason: string;
  /** Index into the graph's sources. */
  source: number;
  epoch: number;
  /** The sender's number, or −1. */
  sequence: number;
  verdict: Verdict;
  /** The graph's revision of the message. */
  revision: number;
};

const defaultBound = 65_536;

/**
 * Every sample that reached a graph, including late, outranked, historical and rejected ones, and every change of a value's
 * standing, for history and filters.
 * Bounded: if nobody drains it, the oldest rows are dropped and counted. Adding a row allocates nothing once all rows
 * exist.
 */
export class SampleJournal {
  /** Rows dropped because nobody drained the journal in time. */
  dropped = 0;
  private readonly rows: JournalRow[] = [];
  private first = 0;
  private count = 0;

  constructor(private readonly bound = defaultBound) {}

  get size(): number {
    return this.count;
  }

  /** Adds the row of a sample; the caller sets its value. */
  add(property: Property, facet: Facet, sample: Sample, verdict: Verdict, revision: number): JournalRow {
    const row = this.next(property, facet, revision);
    row.change = "sample";
    row.hasStamp = sample.hasStamp;
    row.stampSec = sample.stampSec;
    row.stampNanosec = sample.stampNanosec;
    row.received = sample.received;
    row.variance = sample.variance;
    row.source = sample.source;
    row.epoch = sample.epoch;
    row.sequence = sample.sequence;
    row.verdict = verdict;
    return row;
  }

  /** Adds the row of a change; `quality` and `reason` are those from now on. */
  addChange(
    property: Property,
    facet: Facet,
    change: RowChange,
    revision: number,
    quality: Quality,
    reason: string,
  ): void {
    const row = this.next(property, facet, revision);
    row.quality = quality;
    row.reason = reason;
    row.change = change;
    row.hasStamp = false;
    row.stampSec = 0;
    row.stampNanosec = 0;
    row.received = Number.NaN;
    row.variance = Number.NaN;
    row.source = -1;
    row.epoch = 0;
    row.sequence = -1;
    row.verdict = "taken";
  }

  private next(property: Property, facet: Facet, revision: number): JournalRow {
    if (this.count === this.bound) {
      this.first = (this.first + 1) % this.bound;
      this.count--;
      this.dropped++;
    }
    const at = (this.first + this.count++) % this.bound;
    let row = this.rows[at];
    if (row === undefined) {
      row = emptyRow(property);
      this.rows[at] = row;
    }
    row.property = property;
    row.facet = facet;
    row.number = Number.NaN;
    row.width = 0;
    row.other = undefined;
    row.quality = "good";
    row.reason = "";
    row.revision = revision;
    return row;
  }

  /** Passes every row to `visit`, oldest first, and removes it. */
  drain(visit: (row: JournalRow) => void): void {
    while (this.count > 0) {
      const row = this.rows[this.first] as JournalRow;
      this.first = (this.first + 1) % this.bound;
      this.count--;
      visit(row);
      row.other = undefined;
    }
  }
}

function emptyRow(property: Property): JournalRow {
  return {
    property,
    facet: "reported",
    change: "sample",
    number: Number.NaN,
    numbers: new Float64Array(7),
    width: 0,
    other: undefined,
    hasStamp: false,
    stampSec: 0,
    stampNanosec: 0,
    received: 0,
    variance: Number.NaN,
    quality: "good",
    reason: "",
    source: -1,
    epoch: 0,
    sequence: -1,
    verdict: "taken",
    revision: 0,
  };
}
