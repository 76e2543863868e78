import type { Stamp } from "../../core/stamp.ts";
import type { SignalValue } from "../device-profile.ts";
import { datatypeName, signalValueOf } from "./datatype.ts";
import { bdSeqName, type MetricTable } from "./metric-table.ts";
import type { SparkplugPayload, WireMetric } from "./payload.ts";

/** Values of one moment out of a payload, whose metrics may each have a time of their own. */
export type Reading = {
  /** Unix ms; null where neither metric nor payload gave one. */
  ms: bigint | null;
  isHistorical: boolean;
  signals: Record<string, SignalValue>;
  bad: Record<string, string>;
};

/** `unknown` says why the birth's table no longer fits: a rebirth is wanted. */
export type Readings = { readings: Reading[]; unknown: string | null };

/** The last moment of JavaScript's dates, far beyond any that is meant. */
const latestMs = 8_640_000_000_000_000n;
const goodQuality = 192;

/** Values of births and data, in the order of their times. `say` gets each metric that is refused. */
export function readingsOf(
  payload: SparkplugPayload,
  table: MetricTable,
  say: (reason: string, metric: string) => void,
): Readings {
  const byMoment = new Map<string, Reading>();
  let unknown: string | null = null;
  for (const wire of payload.metrics) {
    if (wire.name === bdSeqName) continue;
    const shown = (wire.name ?? `alias ${wire.alias}`).slice(0, 128);
    const declared = table.find(wire);
    if (declared === undefined) {
      unknown ??= `${shown} was not in the birth`;
      say("was not in the birth", shown);
      continue;
    }
    if (wire.datatype !== null && wire.datatype !== declared.datatype) {
      unknown ??= `${declared.name} changed its datatype`;
      say(`${datatypeName(wire.datatype)} instead of the birth's ${datatypeName(declared.datatype)}`, shown);
      continue;
    }
    const { signal } = declared;
    if (signal === null) {
      say("not a signal since its birth", declared.name);
      continue;
    }
    const ms = wire.timestamp ?? payload.timestamp;
    if (ms !== null && ms > latestMs) {
      say(`${ms} ms is not a time`, declared.name);
      continue;
    }
    const reading = momentOf(byMoment, ms, wire.isHistorical);
    const reason = whyBad(wire);
    if (reason !== null) reading.bad[signal] = reason;
    else if (wire.value !== null) {
      const value = signalValueOf(declared.datatype, wire.value);
      if (value.ok) reading.signals[signal] = value.value;
      else say(value.reason, declared.name);
    }
  }
  const readings = [...byMoment.values()].filter(
    ({ signals, bad }) => Object.keys(signals).length > 0 || Object.keys(bad).length > 0,
  );
  return { readings: readings.sort(byTime), unknown };
}

/** Exact: a ROS stamp holds every ms. */
export function stampOfMs(ms: bigint): Stamp {
  return { sec: Number(ms / 1000n), nanosec: Number(ms % 1000n) * 1_000_000 };
}

function momentOf(moments: Map<string, Reading>, ms: bigint | null, isHistorical: boolean): Reading {
  const key = `${isHistorical} ${ms}`;
  const known = moments.get(key);
  if (known !== undefined) return known;
  const made: Reading = { ms, isHistorical, signals: {}, bad: {} };
  moments.set(key, made);
  return made;
}

/** Null, or a quality (OPC's numbers, as Ignition sends them) that is not good. */
function whyBad(wire: WireMetric): string | null {
  if (wire.isNull) return "null";
  const quality = wire.properties.get("Quality") ?? wire.properties.get("quality");
  if (quality?.kind === "int" && quality.value !== goodQuality) return `quality ${quality.value}`;
  return wire.value === null ? "no value" : null;
}

/** What has no time of its own comes last. */
function byTime(a: Reading, b: Reading): number {
  if (a.ms === b.ms) return 0;
  if (a.ms === null) return 1;
  return b.ms === null || a.ms < b.ms ? -1 : 1;
}
