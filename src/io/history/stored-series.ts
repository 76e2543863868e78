import { type Facet, facets } from "../../core/quality.ts";
import type { SeriesInfo } from "../../history/history-query.ts";
import type { RollUpChunk } from "../../history/roll-up.ts";
import { emptyColumn, type SampleColumn } from "../../history/sample-column.ts";
import { componentNames, type SeriesDefinition } from "../../history/sample-record.ts";
import type { ValueKind } from "../../twin/property.ts";
import type { Database, Statement } from "./sqlite.ts";

/** A full column that waits to become a block. `last` is the running number of its last sample. */
export type FullColumn = { column: SampleColumn; last: number };

/** One series with what of it is not in a block yet. */
export type StoredSeries = {
  readonly info: SeriesInfo;
  /** Samples in blocks and not. */
  samples: number;
  /** Running number of the last sample that is in a block. */
  stored: number;
  /** The longest time that one of its blocks covers. ms */
  span: number;
  full: FullColumn[];
  open: SampleColumn;
  /** Running numbers of the open column's first and last sample. */
  openFirst: number;
  openLast: number;
  /** Seconds of the time that is being written; null: not read from the store yet. */
  chunk: RollUpChunk | null;
};

/** Series of one store: names that change all the time, as those of robots that come and go, must not fill the memory. */
const maxSeries = 100_000;

type Row = [
  number,
  string,
  string,
  string,
  string,
  number,
  string,
  number | null,
  number | null,
  number,
  number,
  number,
];

/** The series of a store: by what they are, and by the numbers that one run of the program gives them. */
export class SeriesBook {
  /** Properties that are not stored, because there are too many series. */
  refused = 0;
  readonly all: StoredSeries[] = [];
  private readonly byKey = new Map<string, StoredSeries>();
  private readonly insert: Statement;
  /** The series of each property of the run that is being read, by the run's number. */
  private ofRun: (StoredSeries[] | undefined)[] = [];

  constructor(db: Database) {
    this.insert = db.prepare(
      "INSERT INTO series (thing, path, facet, kind, component, unit) VALUES (?, ?, ?, ?, ?, ?)",
    );
    const rows = db
      .prepare(
        "SELECT id, thing, path, facet, kind, component, unit, first, last, samples, stored, span FROM series",
      )
      .raw(true)
      .all() as Row[];
    for (const [id, thing, path, facet, kind, component, unit, first, last, samples, stored, span] of rows) {
      const info = seriesInfo(id, thing, path, facet as Facet, kind as ValueKind, component, unit);
      info.first = first ?? Number.NaN;
      info.last = last ?? Number.NaN;
      this.add(info, samples, stored, span);
    }
  }

  /** Another run's numbers follow. */
  beginRun(): void {
    this.ofRun = [];
  }

  /** A number of the run gets its meaning; series that are new are made, as long as there are not too many. */
  define({ id, thing, path, facet, valueKind, unit }: SeriesDefinition): void {
    const isKnown = this.byKey.has(keyOf(thing, path, facet, valueKind, 0, unit));
    if (!isKnown && this.all.length >= maxSeries) {
      this.refused++;
      this.ofRun[id] = undefined;
      return;
    }
    this.ofRun[id] = componentNames(valueKind).map((_, component) => {
      const known = this.byKey.get(keyOf(thing, path, facet, valueKind, component, unit));
      if (known !== undefined) return known;
      const made = this.insert.run(thing, path, facet, valueKind, component, unit);
      const info = seriesInfo(Number(made.lastInsertRowid), thing, path, facet, valueKind, component, unit);
      return this.add(info, 0, -1, 0);
    });
  }

  /** The series of a number of the run; undefined where nothing said what it is. */
  of(id: number): readonly StoredSeries[] | undefined {
    return this.ofRun[id];
  }

  private add(info: SeriesInfo, samples: number, stored: number, span: number): StoredSeries {
    const series: StoredSeries = {
      info,
      samples,
      stored,
      span,
      full: [],
      open: emptyColumn(info.kind === "other"),
      openFirst: -1,
      openLast: -1,
      chunk: null,
    };
    this.all.push(series);
    const { thing, path, facet, valueKind, component, unit } = info;
    this.byKey.set(keyOf(thing, path, facet, valueKind, component, unit), series);
    return series;
  }
}

function keyOf(
  thing: string,
  path: string,
  facet: Facet,
  kind: ValueKind,
  component: number,
  unit: string,
): string {
  return `${facets.indexOf(facet)}\0${component}\0${kind}\0${unit}\0${thing}\0${path}`;
}

function seriesInfo(
  id: number,
  thing: string,
  path: string,
  facet: Facet,
  valueKind: ValueKind,
  component: number,
  unit: string,
): SeriesInfo {
  const suffix = componentNames(valueKind)[component] ?? "";
  return {
    id,
    name: `${thing}/${path}${suffix === "" ? "" : `.${suffix}`}`,
    thing,
    path,
    facet,
    kind: valueKind === "other" ? "other" : "number",
    valueKind,
    component,
    unit,
    first: Number.NaN,
    last: Number.NaN,
  };
}
