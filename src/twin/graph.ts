import { type DesiredState, type Facet, facets, type Quality, qualities } from "../core/quality.ts";
import { isMotionPath, type Property, type ValueKind, widthOf } from "./property.ts";
import { RegisterTable } from "./register-table.ts";
import { nextPeriodMs, staleAfterMs } from "./rhythm.ts";
import type { Sample } from "./sample.ts";
import { createSource, type Source } from "./source.ts";
import type { Thing, ThingType } from "./thing.ts";

/**
 * The twin state graph: things, their properties with facets, and the source of each value. Only the engine's cycle
 * writes to it. One message is one revision (`beginRevision`).
 */
export class TwinGraph {
  revision = 0;
  /** Grows when a thing, property or facet is added or removed: layouts made from the graph must then be rebuilt. */
  structure = 0;
  /** Grows when a thing is added, removed or redefined: clients then need a snapshot. */
  definitions = 0;
  readonly things = new Map<string, Thing>();
  readonly table = new RegisterTable();
  readonly sources: Source[] = [];
  private readonly sourceByName = new Map<string, Source>();
  private readonly propertyOfRow: Property[] = [];
  /** Whether the last refused sample was refused because a source of higher priority has the value. */
  wasOutranked = false;

  /** `priorityOf` returns the priority of a source by its name; all are equal without it. */
  constructor(private readonly priorityOf: (source: string) => number = () => 0) {}

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
      return known;
    }
    const thing: Thing = { id, type, definition, relationships: [], properties: new Map() };
    this.things.set(id, thing);
    this.structure++;
    return thing;
  }

  /** Records that a definition or its relationships were changed in place. */
  definitionChanged(): void {
    this.definitions++;
  }

  /** Removes a thing, with its own properties and their registers. */
  remove(id: string): void {
    const thing = this.things.get(id);
    if (thing === undefined) return;
    for (const path of [...thing.properties.keys()]) this.drop(thing, path);
    this.things.delete(id);
    this.structure++;
    this.definitions++;
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
      registers: { reported: -1, desired: -1, estimated: -1, predicted: -1 },
      revision: this.revision,
    };
    thing.properties.set(path, property);
    this.structure++;
    return property;
  }

  /**
   * Gives a property another kind. The values and rows of its facets are freed: only for a property whose rows nobody
   * keeps.
   */
  changeKind(property: Property, kind: ValueKind): void {
    if (property.kind === kind) return;
    this.releaseRows(property);
    property.kind = kind;
    this.structure++;
  }

  /** Shows `property` under `thing` as well: one register, listed under two things. */
  share(property: Property, thing: Thing): void {
    if (thing.properties.get(property.path) === property) return;
    thing.properties.set(property.path, property);
    this.structure++;
  }

  /** Removes a property from `thing`; if the thing owns it, its registers are freed too. */
  drop(thing: Thing, path: string): void {
    const property = thing.properties.get(path);
    if (property === undefined) return;
    thing.properties.delete(path);
    this.structure++;
    if (property.thing === thing.id) this.releaseRows(property);
  }

  private releaseRows(property: Property): void {
    for (const facet of facets) {
      const row = property.registers[facet];
      if (row >= 0) this.table.release(row);
      property.registers[facet] = -1;
    }
  }

  /** The row that holds `facet` of `property`, created when it is new. */
  row(property: Property, facet: Facet): number {
    const known = property.registers[facet];
    if (known >= 0) return known;
    const row = this.table.add(widthOf(property.kind));
    property.registers[facet] = row;
    this.propertyOfRow[row] = property;
    this.structure++;
    return row;
  }

  /**
   * Whether `sample` replaces the value of `row`. From another source: unless that source has a higher priority and its
   * value is good. From the same source: by (epoch, sequence), else by stamp. Equal stamps are not late. A stale value
   * gives way to any stamp: its sender's clock was set back (a simulation that restarted, a bag in a loop), and no
   * network delays a message for that long.
   */
  isNewer(row: number, sample: Sample): boolean {
    const t = this.table;
    this.wasOutranked = false;
    if (t.filled[row] === 0) return true;
    if (t.source[row] !== sample.source) return !this.isOutranked(row, sample);
    const epoch = t.epoch[row] as number;
    if (sample.epoch !== epoch) return sample.epoch > epoch;
    if (sample.sequence >= 0) return sample.sequence > (t.sequence[row] as number);
    if (!sample.hasStamp || t.hasStamp[row] === 0) return true;
    if (sample.received - (t.received[row] as number) > (t.staleAfterMs[row] as number)) return true;
    const seconds = sample.stampSec - (t.stampSec[row] as number);
    return seconds > 0 || (seconds === 0 && sample.stampNanosec >= (t.stampNanosec[row] as number));
  }

  private isOutranked(row: number, sample: Sample): boolean {
    if (this.table.quality[row] !== 0) return false;
    const holder = this.sources[this.table.source[row] as number];
    const asker = this.sources[sample.source];
    this.wasOutranked = holder !== undefined && asker !== undefined && holder.priority > asker.priority;
    return this.wasOutranked;
  }

  /** Applies one number. False, with nothing changed, when the sample is late. */
  setNumber(row: number, value: number, sample: Sample): boolean {
    if (!this.isNewer(row, sample)) return false;
    this.table.numbers[this.table.offset[row] as number] = value;
    this.stampRow(row, sample);
    return true;
  }

  /** Applies the first numbers of `values`, as many as the row is wide. */
  setNumbers(row: number, values: ArrayLike<number>, sample: Sample): boolean {
    if (!this.isNewer(row, sample)) return false;
    const offset = this.table.offset[row] as number;
    const width = this.table.width[row] as number;
    for (let i = 0; i < width; i++) this.table.numbers[offset + i] = values[i] as number;
    this.stampRow(row, sample);
    return true;
  }

  /** Applies a JSON value; the graph owns it from here on. */
  setOther(row: number, value: unknown, sample: Sample): boolean {
    if (!this.isNewer(row, sample)) return false;
    this.table.others[row] = value;
    this.stampRow(row, sample);
    return true;
  }

  /** The progress of the desired value; only on `desired` rows. */
  setDesiredState(row: number, state: DesiredState, reason = ""): void {
    if (this.table.desiredState[row] === state) return;
    this.table.desiredState[row] = state;
    this.table.reason[row] = reason;
    this.touch(row);
  }

  setQuality(row: number, quality: Quality, reason: string): void {
    const code = qualities.indexOf(quality);
    if (this.table.quality[row] === code && this.table.reason[row] === reason) return;
    this.table.quality[row] = code;
    this.table.reason[row] = reason;
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
    this.touch(row);
  }

  private stampRow(row: number, sample: Sample): void {
    const t = this.table;
    t.staleAfterMs[row] = sample.staleAfterMs === 0 ? this.learnRhythm(row, sample) : sample.staleAfterMs;
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
    (this.propertyOfRow[row] as Property).revision = this.revision;
  }

  /** Records that `row` is renewed now. Returns the age in ms at which it becomes stale. */
  private learnRhythm(row: number, sample: Sample): number {
    const t = this.table;
    // A retained message does not show how often its sender publishes.
    const begins = t.filled[row] === 0 || t.epoch[row] !== sample.epoch || t.reason[row] === "initial";
    const gap = sample.received - (t.received[row] as number);
    const period = begins ? 0 : nextPeriodMs(t.periodMs[row] as number, gap);
    t.periodMs[row] = period;
    return staleAfterMs(period);
  }

  /** A status change (stale, lost, reached) is a revision of its own, since no message carries it. */
  private touch(row: number): void {
    (this.propertyOfRow[row] as Property).revision = this.beginRevision();
  }
}
