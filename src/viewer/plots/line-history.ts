import { isNumber, isObject } from "../../client/message-checks.ts";
import type { ServerAddress } from "../../client/server-address.ts";
import { ask } from "../net/address.ts";
import type { TimeWindow } from "../time/time-range.ts";
import { broken, type LinePoints } from "./line-samples.ts";
import type { PlotLine } from "./plot-line.ts";

/** Below this the samples themselves are fetched, with their exact times; above it about one point a pixel. */
const rawSpanMs = 40_000;

/** The history of some lines in a window, by the line. Those of which nothing is stored have no points. */
export async function fetchLines(
  address: ServerAddress,
  lines: readonly PlotLine[],
  window: TimeWindow,
  points: number,
  gaps: readonly TimeWindow[],
): Promise<Map<PlotLine, LinePoints>> {
  const byFacet = new Map<string, PlotLine[]>();
  for (const line of lines) byFacet.set(line.facet, [...(byFacet.get(line.facet) ?? []), line]);
  const isRaw = window.to - window.from <= rawSpanMs;
  const result = new Map<PlotLine, LinePoints>();
  await Promise.all(
    [...byFacet].map(async ([facet, some]) => {
      const query = new URLSearchParams({
        series: some.map(({ name }) => name).join(","),
        facet,
        from: String(Math.floor(window.from)),
        to: String(Math.ceil(window.to)),
        ...(isRaw ? {} : { points: String(points) }),
      });
      const answer = await ask(address, `api/history?${query}`).catch(() => null);
      const body: unknown = answer?.ok ? await answer.json().catch(() => null) : null;
      // Nothing is stored under these names: a line that is new, or a store that is off.
      if (answer === null || (!answer.ok && answer.status !== 404)) return;
      const all = isObject(body) && Array.isArray(body.series) ? body.series.filter(isObject) : [];
      for (const line of some) {
        const series = all.find(({ name }) => name === line.name);
        result.set(line, series === undefined ? { times: [], values: [] } : readPoints(series, gaps));
      }
    }),
  );
  return result;
}

/** Of a bucket both extremes are drawn, in the order of time that is not known: the line covers them. */
function readPoints(series: Record<string, unknown>, gaps: readonly TimeWindow[]): LinePoints {
  const times = Array.isArray(series.time) ? series.time.filter(isNumber) : [];
  const numbers = (key: string): unknown[] => (Array.isArray(series[key]) ? series[key] : []);
  const [value, min, max, last, quality] = ["value", "min", "max", "last", "quality"].map(numbers) as [
    unknown[],
    unknown[],
    unknown[],
    unknown[],
    unknown[],
  ];
  const isRaw = value.length > 0;
  const stepMs = isRaw ? 0 : isNumber(series.step) ? series.step : leastDistance(times);
  const points: LinePoints = { times: [], values: [] };
  const push = (time: number, one: unknown) => {
    points.times.push(time);
    points.values.push(isNumber(one) ? one : null);
  };
  times.forEach((time, at) => {
    if (quality[at] === "bad") push(time, null);
    else if (isRaw) push(time, value[at]);
    else if (min[at] === max[at]) push(time + stepMs / 2, last[at]);
    else {
      push(time + stepMs * 0.25, min[at]);
      push(time + stepMs * 0.75, max[at]);
    }
  });
  return broken(points, gaps, stepMs);
}

function leastDistance(times: readonly number[]): number {
  let least = Number.POSITIVE_INFINITY;
  for (let at = 1; at < times.length; at++) least = Math.min(least, (times[at] ?? 0) - (times[at - 1] ?? 0));
  return Number.isFinite(least) ? least : 0;
}
