import type { HistoryEvent, PointSeries } from "../../history/history-query.ts";
import { labelsOfSeries } from "../../history/promql/twin-series.ts";

/** How a table of points is laid out. */
export const tableShapes = ["rows", "wide", "frames"] as const;
export type TableShape = (typeof tableShapes)[number];

/** Which number of a bucket is its value. */
export const tableValues = ["mean", "last", "min", "max", "count"] as const;
export type TableValue = (typeof tableValues)[number];

/** Rows that are written at once. */
const rowsPerPiece = 200;

/** Points as a JSON list, in pieces. */
export function tableText(
  all: readonly PointSeries[],
  shape: TableShape,
  value: TableValue,
): Generator<string> {
  switch (shape) {
    case "rows":
      return listText(rows(all, value));
    case "wide":
      return listText(wideRows(all, value));
    case "frames":
      return listText(frames(all, value));
  }
}

/** Events as Grafana's annotations. */
export function annotationsText(events: readonly HistoryEvent[]): Generator<string> {
  return listText(
    events.map(({ time, severity, kind, robot, message }) => ({
      time,
      title: kind,
      text: message,
      tags: [severity, kind, ...(robot === undefined ? [] : [robot])],
      severity,
      kind,
      ...(robot === undefined ? {} : { robot }),
    })),
  );
}

function* listText(items: Iterable<object>): Generator<string> {
  let text = "[";
  let count = 0;
  for (const item of items) {
    text += `${count === 0 ? "" : ","}${JSON.stringify(item)}`;
    if (++count % rowsPerPiece === 0) {
      yield text;
      text = "";
    }
  }
  yield `${text}]\n`;
}

/** One row for each bucket of each series. */
function* rows(all: readonly PointSeries[], value: TableValue): Generator<object> {
  for (const one of all) {
    const { name, thing, facet, unit } = one.series;
    for (let i = 0; i < one.time.length; i++) {
      yield {
        time: one.time[i],
        series: name,
        thing,
        facet,
        unit,
        value: one[value][i],
        min: one.min[i],
        max: one.max[i],
        count: one.count[i],
      };
    }
  }
}

/** One row for each time, with a column for each series; a series without a value at that time has null. */
function* wideRows(all: readonly PointSeries[], value: TableValue): Generator<object> {
  const many = new Set(all.map(({ series }) => series.facet)).size > 1;
  const columns = all.map(({ series }) => (many ? `${series.name} (${series.facet})` : series.name));
  const next = all.map(() => 0);
  for (;;) {
    let time = Number.POSITIVE_INFINITY;
    for (const [n, one] of all.entries()) time = Math.min(time, one.time[next[n] as number] ?? time);
    if (time === Number.POSITIVE_INFINITY) return;
    const cells = all.map((one, n): [string, number | null] => {
      const at = next[n] as number;
      if (one.time[at] !== time) return [columns[n] as string, null];
      next[n] = at + 1;
      return [columns[n] as string, one[value][at] as number];
    });
    yield Object.fromEntries<number | null>([["time", time], ...cells]);
  }
}

/** One data frame for each series, as Grafana's DataFrameJSON. */
function* frames(all: readonly PointSeries[], value: TableValue): Generator<object> {
  for (const one of all) {
    const { name, unit } = one.series;
    const labels = Object.fromEntries(
      [...labelsOfSeries(one.series)].filter(([label]) => label !== "__name__"),
    );
    yield {
      schema: {
        name,
        fields: [
          { name: "time", type: "time" },
          { name: "value", type: "number", labels, config: { displayName: name, custom: { unit } } },
        ],
      },
      data: { values: [[...one.time], [...one[value]]] },
    };
  }
}
