import { SeriesTable, type SinkRow } from "../../src/history/sink-row.ts";
import type { MadeRow } from "./journal-maker.ts";

const table = new SeriesTable();
let count = 0;

/** A row as a sink gets it from a journal. */
export function sinkRow(row: MadeRow): SinkRow {
  const { thing = "robot", path = "joint/elbow/position", facet = "reported", unit = "rad" } = row;
  const {
    source = "ros:/joint_states",
    kind = "taken",
    quality = "good",
    reason = "",
    received,
    stamp,
  } = row;
  const valueKind = row.valueKind ?? (row.json === undefined ? "number" : "other");
  return {
    number: ++count,
    series: table.get({ thing, path, facet, valueKind, unit, source, kind }),
    quality: ["good", "uncertain", "bad"].indexOf(quality),
    reason,
    received,
    hasStamp: stamp !== undefined,
    stampSec: stamp?.[0] ?? 0,
    stampNanosec: stamp?.[1] ?? 0,
    numbers: row.numbers ?? [],
    text: row.json ?? null,
  };
}
