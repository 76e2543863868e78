import { type DesiredState, type Facet, facets, type Quality, qualities } from "../core/quality.ts";
import type { JournalRow, RowChange, SampleJournal } from "./journal.ts";
import { judge } from "./ordering.ts";
import { isMotionPath, type Property, type ValueKind, widthOf } from "./property.ts";
import { RegisterTable } from "./register-table.ts";
import { RemovedThings } from "./removed-things.ts";
import { learnRhythm } from "./rhythm.ts";
import type { Sample } from "./sample.ts";
import { createSource, type Source } from "./source.ts";
import type { Thing, ThingType } from "./thing.ts";
import type { Verdict } from "./verdict.ts";

/**
 * The twin state graph: things, their properties with facets, and the source of each value. Only the engine's cycle
 * writes to it. One message is one revision (`beginRevision`).
 */
export class TwinGraph {
  revision = 0;
  /** Changes with the columns of motion: a motion property of a robot, or a facet of one, comes or goes. */
  structure = 0;
  /** Grows when a thing is added, removed or redefined: clients then need a snapshot. */
  definitions = 0;
  readonly things = new Map<string, Thing>();
  readonly removed = new RemovedThings();
  readonly table = new RegisterTable();
  readonly sources: Source[] = [];
  private readonly sourceByName = new Map<string, Source>();
  private readonly propertyOfRow: Property[] = [];
  private readonly facetOfRow: Facet[] = [];
  /** Records every sample; null while nobody listens, which costs nothing. */
  private journal: SampleJournal | null = null;

  /** `priorityOf` returns the priority of a source by its name; all are equal without it. */
  constructor(private readonly priorityOf: (source: string) => number = () => 0) {}

  /** From now on every sample is also recorded in `journal`; null ends it. */
  listen(journal: SampleJournal | null): void {
    this.journal = journal;
  }

  beginRevision(): number {
    return ++this.revision;
  }

  source(name: string): Source {
    let source = this.sourceByName.get(name);
    if (source === undefined) {
      source = createSource(this.sources.length, name, this.priorityOf(name));
      this.sources.push(source);
      this.sourceByName.set(name, source);
    }
    return source;
  }

  /** The thing `id`, created when it is new; its definition is replaced. */
  define(id: string, type: ThingType, definition: Record<string, unknown>): Thing {
    this.definitions++;
    const known = this.things.get(id);
    if (known !== undefined && known.type === type) {
      known.definition = definition;
      known.defined = this.definitions;
      return known;
    }
    const thing: Thing = {
      id,
      type,
      definition,
      relationships: [],
      properties: new Map(),
      defined: this.definitions,
      motion: { revision: 0 },
    };
    this.things.set(id, thing);
    return thing;
  }

  /** Records that a thing's definition, relationships or units were changed in place. */
  definitionChanged(thing: Thing): void {
    thing.defined = ++this.definitions;
  }

  /** Removes a thing, with its own properties and their registers. */
  remove(id: string): void {
    const thing = this.things.get(id);
    if (thing === undefined) return;
    for (const path of [...thing.properties.keys()]) this.drop(thing, path);
    this.things.delete(id);
    this.removed.note(id, ++this.definitions);
  }

  /** The property `path` of `thing`, created when it is new. A known one keeps its kind. */
  property(thing: Thing, path: string, kind: ValueKind, unit: string): Property {
    const known = thing.properties.get(path);
    if (known !== undefined) return known;
    const property: Property = {
      thing: thing.id,
      path,
      kind,
      unit,
      isMotion: thing.type === "robot" && isMotionPath(path),
      motion: thing.motion,
      registers: { reported: -1, desired: -1, estimated: -1, predicted: -1 },
      revision: this.revision,
    };
    thing.properties.set(path, property);
    return property;
  }

  /** Gives a property another unit; its values keep their numbers. */
  setUnit(property: Property, unit: string): void {
    if (property.unit === unit) return;
    property.unit = unit;
    const thing = this.things.get(property.thing);
    if (thing !== undefined) this.definitionChanged(thing);
  }

  /** Gives a property another kind. Its facets' values and rows are freed: only for one whose rows nobody keeps. */
  changeKind(property: Property, kind: ValueKind): void {
    if (property.kind === kind) return;
    this.releaseRows(property);
    property.kind = kind;
    if (property.isMotion) this.structure++;
  }

  /** Shows `property` under `thing` as well: one register, listed under two things. */
  share(property: Property, thing: Thing): void {
    if (thing.properties.get(property.path) === property) return;
    thing.properties.set(property.path, property);
    // Told with the definition that changes for it.
    thing.defined = this.definitions + 1;
  }

  /** Removes a property from `thing`; if the thing owns it, its registers are freed too. */
  drop(thing: Thing, path: string): void {
    const property = thing.properties.get(path);
    if (property === undefined) return;
    thing.properties.delete(path);
    thing.defined = this.definitions + 1;
    if (property.isMotion) this.structure++;
    if (property.thing === thing.id) this.releaseRows(property);
  }

  private releaseRows(property: Property): void {
    for (const facet of facets) {
      const row = property.registers[facet];
      if (row < 0) continue;
      if (this.table.filled[row] === 1) this.noteChange(row, "cleared");
      this.table.release(row);
      property.registers[facet] = -1;
    }
  }

  /** The row of `facet` of `property`, created when it is new. */
  row(property: Property, facet: Facet): number {
    const known = property.registers[facet];
    if (known >= 0) return known;
    const row = this.table.add(widthOf(property.kind));
    property.registers[facet] = row;
    this.propertyOfRow[row] = property;
    this.facetOfRow[row] = facet;
    if (property.isMotion) this.structure++;
    return row;
  }

  /** What would become of `sample` at `row`, by `judge` of ordering.ts; nothing changes. */
  judge(row: number, sample: Sample): "taken" | "late" | "outranked" {
    return judge(this.table, this.sources, row, sample);
  }

  /** Applies one number; nothing changes unless the verdict is `taken`. */
  setNumber(row: number, value: number, sample: Sample): Verdict {
    const verdict = this.judge(row, sample);
    if (this.journal !== null) this.note(row, sample, verdict).number = value;
    if (verdict !== "taken") return verdict;
    this.table.numbers[this.table.offset[row] as number] = value;
    this.stampRow(row, sample);
    return verdict;
  }

  /** Applies the first numbers of `values`, as many as the row is wide. */
  setNumbers(row: number, values: ArrayLike<number>, sample: Sample): Verdict {
    const verdict = this.judge(row, sample);
    const width = this.table.width[row] as number;
    if (this.journal !== null) {
      const noted = this.note(row, sample, verdict);
      noted.width = width;
      for (let i = 0; i < width; i++) noted.numbers[i] = values[i] as number;
    }
    if (verdict !== "taken") return verdict;
    const offset = this.table.offset[row] as number;
    for (let i = 0; i < width; i++) this.table.numbers[offset + i] = values[i] as number;
    this.stampRow(row, sample);
    return verdict;
  }

  /** Applies a JSON value; the graph owns it from here on. */
  setOther(row: number, value: unknown, sample: Sample): Verdict {
    const verdict = this.judge(row, sample);
    if (this.journal !== null) this.note(row, sample, verdict).other = value;
    if (verdict !== "taken") return verdict;
    this.table.others[row] = value;
    this.stampRow(row, sample);
    return verdict;
  }

  /** Records a sample that changes nothing: one of the past, or one that is not a value. */
  pass(row: number, value: unknown, sample: Sample, verdict: "historical" | "rejected", reason = ""): void {
    if (this.journal === null) return;
    const noted = this.note(row, sample, verdict);
    noted.number = typeof value === "number" ? value : Number.NaN;
    noted.other = value;
    noted.reason = reason;
    noted.quality = verdict === "rejected" ? "bad" : "good";
  }

  private note(row: number, sample: Sample, verdict: Verdict): JournalRow {
    const property = this.propertyOfRow[row] as Property;
    const facet = this.facetOfRow[row] as Facet;
    return (this.journal as SampleJournal).add(property, facet, sample, verdict, this.revision);
  }

  private noteChange(row: number, change: RowChange, quality: Quality = "good", reason = ""): void {
    if (this.journal === null) return;
    const property = this.propertyOfRow[row] as Property;
    this.journal.addChange(property, this.facetOfRow[row] as Facet, change, this.revision, quality, reason);
  }

  /** The progress of the desired value; only on `desired` rows. */
  setDesiredState(row: number, state: DesiredState, reason = ""): void {
    if (this.table.desiredState[row] === state) return;
    this.table.desiredState[row] = state;
    this.table.reason[row] = reason;
    this.noteChange(row, "state", "good", reason === "" ? state : `${state}: ${reason}`);
    this.touch(row);
  }

  setQuality(row: number, quality: Quality, reason: string): void {
    const { table } = this;
    const code = qualities.indexOf(quality);
    if (table.quality[row] === code && table.reason[row] === reason) return;
    table.quality[row] = code;
    table.reason[row] = reason;
    this.noteChange(row, "quality", quality, reason);
    this.touch(row);
  }

  /** Marks every value from `source` bad for `reason`; the values keep their numbers. */
  lose(source: Source, reason: string): void {
    source.lost = reason;
    for (let row = 0; row < this.table.count; row++) {
      if (this.table.source[row] === source.index) this.setQuality(row, "bad", reason);
    }
  }

  /** Marks values that are older than their sender's usual period `uncertain/stale`. `now` is server time in ms. */
  judgeStaleness(now: number): void {
    const t = this.table;
    for (let row = 0; row < t.count; row++) {
      if (t.filled[row] === 0 || t.quality[row] !== 0) continue;
      if (now - (t.received[row] as number) > (t.staleAfterMs[row] as number)) {
        this.setQuality(row, "uncertain", "stale");
      }
    }
  }

  /** Empties a facet: it becomes absent, not zero. */
  clear(row: number): void {
    if (row < 0 || this.table.filled[row] === 0) return;
    this.table.filled[row] = 0;
    this.table.desiredState[row] = null;
    this.noteChange(row, "cleared");
    this.touch(row);
  }

  private stampRow(row: number, sample: Sample): void {
    const t = this.table;
    t.staleAfterMs[row] = sample.staleAfterMs === 0 ? learnRhythm(t, row, sample) : sample.staleAfterMs;
    t.filled[row] = 1;
    t.quality[row] = 0;
    t.reason[row] = "";
    t.source[row] = sample.source;
    t.epoch[row] = sample.epoch;
    t.sequence[row] = sample.sequence;
    t.hasStamp[row] = sample.hasStamp ? 1 : 0;
    t.stampSec[row] = sample.stampSec;
    t.stampNanosec[row] = sample.stampNanosec;
    t.received[row] = sample.received;
    t.variance[row] = sample.variance;
    const property = this.propertyOfRow[row] as Property;
    property.revision = this.revision;
    if (property.isMotion) property.motion.revision = this.revision;
  }

  /** A status change (stale, lost, reached) is a revision of its own, since no message carries it. */
  private touch(row: number): void {
    const property = this.propertyOfRow[row] as Property;
    property.revision = this.beginRevision();
    if (property.isMotion) property.motion.revision = property.revision;
  }
}
