import { type DesiredState, type Facet, type Quality, qualities } from "../../core/quality.ts";
import { type HistoryClock, HistoryFault } from "../../history/history-query.ts";
import type { TwinJson } from "../../protocol/state-messages.ts";
import type { PropertyView, RegisterView, ThingView } from "../../twin/graph-json.ts";
import type { ValueKind } from "../../twin/property.ts";
import { type Moment, MomentReader } from "./moment-reader.ts";
import type { PastThings, Run } from "./past-things.ts";
import { parsedValue } from "./samples-reader.ts";
import type { SeriesReader } from "./series-reader.ts";
import type { HistoryStore } from "./store.ts";
import type { StoredSeries } from "./stored-series.ts";

/** The series that make one facet of one property. */
type Register = {
  thing: string;
  path: string;
  facet: Facet;
  kind: ValueKind;
  unit: string;
  parts: StoredSeries[];
};

/** The graph of a moment, and which version of its things it has (`PastThings.things`). */
export type PastGraph = { twin: TwinJson; run: number; version: number };

/** Puts together the whole graph as it was at a moment. */
export class GraphReader {
  private readonly moments: MomentReader;
  private readonly registers: Register[] = [];
  private readonly byKey = new Map<string, Register>();
  private seen = 0;

  constructor(
    private readonly store: HistoryStore,
    reader: SeriesReader,
    private readonly past: PastThings,
  ) {
    this.moments = new MomentReader(reader);
  }

  /** The graph at server ms `at`. Throws a `HistoryFault` before the first moment that is stored. */
  at(at: number, clock: HistoryClock): PastGraph {
    this.store.commit();
    const run = this.past.run(at);
    if (run === null) throw new HistoryFault(404, "nothing is stored of that time: the history begins later");
    const { version, things } = this.past.things(run.id, at);
    const made: Record<string, ThingView> = Object.create(null);
    for (const [id, { type, definition, relationships }] of things) {
      made[id] = { type, definition, relationships, properties: Object.create(null) };
    }
    this.learn();
    for (const register of this.registers) {
      const { properties } = made[register.thing] ?? {};
      if (properties !== undefined) this.put(register, properties, at, clock, run);
    }
    for (const [id, { shared }] of things) {
      for (const [path, owner] of Object.entries(shared)) {
        const property = made[owner]?.properties[path];
        const thing = made[id];
        if (property !== undefined && thing !== undefined) thing.properties[path] = property;
      }
    }
    const twin = { revision: this.past.revision(run.id, at), time: at, things: made };
    return { twin, run: run.id, version };
  }

  private put(
    register: Register,
    properties: Record<string, PropertyView>,
    at: number,
    clock: HistoryClock,
    run: Run,
  ): void {
    const [first] = register.parts;
    if (first === undefined) return;
    const moment =
      clock === "arrival" ? this.moments.at(first, at, run.begin) : this.moments.atStamp(first, at);
    if (moment === null) return;
    const view = this.view(register, moment, at, clock, run);
    const known = properties[register.path]?.[register.facet];
    // Its unit or kind was changed: the newer one counts.
    if (known !== undefined && known.received > view.received) return;
    const property = properties[register.path];
    if (property === undefined) {
      properties[register.path] = { unit: register.unit, [register.facet]: view };
      return;
    }
    property[register.facet] = view;
    property.unit = register.unit;
  }

  private view(register: Register, moment: Moment, at: number, clock: HistoryClock, run: Run): RegisterView {
    const { column, at: place } = moment;
    const { words } = this.store;
    const isKept = at <= run.end;
    const source = words.texts[moment.run.source] ?? "";
    const view: RegisterView = {
      value: this.value(register, moment, at, clock, run),
      received: column.time[place] as number,
      quality: isKept ? (qualities[moment.quality] as Quality) : "bad",
      source: source === "" ? "twin" : source,
    };
    const sec = column.stampSec[place] as number;
    if (!Number.isNaN(sec)) view.stamp = { sec, nanosec: column.stampNanosec[place] as number };
    const state = words.texts[moment.state] ?? "";
    const split = state.indexOf(": ");
    const reason = isKept ? (words.texts[moment.reason] ?? "") : "not-recorded";
    const why = reason === "" && split >= 0 ? state.slice(split + 2) : reason;
    if (why !== "") view.reason = why;
    const variance = column.variance?.[place] ?? Number.NaN;
    if (!Number.isNaN(variance)) view.variance = variance;
    if (state !== "") view.state = (split < 0 ? state : state.slice(0, split)) as DesiredState;
    return view;
  }

  private value(register: Register, moment: Moment, at: number, clock: HistoryClock, run: Run): unknown {
    const { column, at: place } = moment;
    if (register.kind === "number") return column.value[place] as number;
    if (register.kind === "other") return parsedValue(column.text?.[place] ?? null);
    const numbers = register.parts.map((series, i) => {
      const part =
        i === 0
          ? moment
          : clock === "arrival"
            ? this.moments.at(series, at, run.begin)
            : this.moments.atStamp(series, at);
      return part === null ? 0 : (part.column.value[part.at] as number);
    });
    return register.kind === "pose"
      ? { position: numbers.slice(0, 3), quaternion: numbers.slice(3, 7) }
      : { linear: numbers.slice(0, 3), angular: numbers.slice(3, 6) };
  }

  /** Series that are new since the last time join their registers. */
  private learn(): void {
    const { all } = this.store.series;
    for (; this.seen < all.length; this.seen++) {
      const series = all[this.seen] as StoredSeries;
      const { thing, path, facet, valueKind: kind, unit, component } = series.info;
      const key = `${facet}\0${kind}\0${unit}\0${thing}\0${path}`;
      let register = this.byKey.get(key);
      if (register === undefined) {
        register = { thing, path, facet, kind, unit, parts: [] };
        this.byKey.set(key, register);
        this.registers.push(register);
      }
      register.parts[component] = series;
    }
  }
}
