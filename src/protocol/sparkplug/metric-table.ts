import { type Result, refused } from "../../core/result.ts";
import type { DeviceSignal } from "../device-profile.ts";
import { datatypeName, formOf, signalTypeOf } from "./datatype.ts";
import type { WireMetric } from "./payload.ts";
import { signalNameOf } from "./twin-names.ts";

/** A metric as its birth declared it. */
export type DeclaredMetric = {
  name: string;
  alias: bigint | null;
  datatype: number;
  /** Name in the twin; null when its datatype cannot be the value of a signal. */
  signal: string | null;
  isWritable: boolean;
};

/** Of the edge node itself: tells its session, and is no signal. */
export const bdSeqName = "bdSeq";
export const rebirthName = "Node Control/Rebirth";
const maxMetrics = 1024;

/** Names, aliases and datatypes that one birth declared; the next birth brings a new table. */
export class MetricTable {
  private readonly byName = new Map<string, DeclaredMetric>();
  private readonly byAlias = new Map<bigint, DeclaredMetric>();
  private readonly bySignal = new Map<string, DeclaredMetric>();
  /** For the twin's birth. */
  readonly signals: Record<string, DeviceSignal> = {};

  /** Takes what a birth declares; `say` gets each metric that is refused, `mayWrite` judges a signal's name. */
  constructor(
    metrics: readonly WireMetric[],
    mayWrite: (signal: string) => boolean,
    say: (reason: string, metric: string) => void,
  ) {
    for (const wire of metrics) {
      const name = wire.name ?? "";
      if (name === bdSeqName) continue;
      const declared = this.declare(name, wire, mayWrite);
      if (!declared.ok) say(declared.reason, name.slice(0, 128));
    }
  }

  get size(): number {
    return this.byName.size;
  }

  /** The metric that data speak of, by name or by alias. */
  find(wire: WireMetric): DeclaredMetric | undefined {
    if (wire.name !== null) return this.byName.get(wire.name);
    return wire.alias === null ? undefined : this.byAlias.get(wire.alias);
  }

  ofSignal(signal: string): DeclaredMetric | undefined {
    return this.bySignal.get(signal);
  }

  private declare(name: string, wire: WireMetric, mayWrite: (signal: string) => boolean): Result<null> {
    const { datatype, alias } = wire;
    if (this.byName.has(name)) return refused("declared twice");
    if (this.byName.size >= maxMetrics) return refused(`more than ${maxMetrics} metrics`);
    if (datatype === null) return refused("declared without a datatype");
    if (alias !== null && this.byAlias.has(alias)) return refused(`alias ${alias} is another metric's`);
    const signal = signalNameOf(name);
    if (!signal.ok) return signal;
    const form = formOf(datatype);
    const isClash = this.bySignal.has(signal.value);
    const isSignal = form !== null && !isClash;
    const readOnly = wire.properties.get("readOnly");
    const isWritable =
      isSignal &&
      form.form !== "array" &&
      !(readOnly?.kind === "boolean" && readOnly.value) &&
      ((name === rebirthName && form.form === "boolean") || mayWrite(signal.value));
    const declared: DeclaredMetric = {
      name,
      alias,
      datatype,
      signal: isSignal ? signal.value : null,
      isWritable,
    };
    // Kept even where it is no signal, so that its data are known and do not ask for a rebirth.
    this.byName.set(name, declared);
    if (alias !== null) this.byAlias.set(alias, declared);
    if (form === null) return refused(`${datatypeName(datatype)} cannot be the value of a signal`);
    if (isClash) return refused(`its name in the twin, ${signal.value}, is another metric's`);
    this.bySignal.set(signal.value, declared);
    const unit = wire.properties.get("engUnit");
    this.signals[signal.value] = {
      unit: unit?.kind === "string" ? unit.value.slice(0, 32) : "",
      writable: isWritable,
      ...signalTypeOf(form),
    };
    return { ok: true, value: null };
  }
}
