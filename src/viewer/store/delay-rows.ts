import type { Spread } from "../../core/spread.ts";
import { clockDifference } from "../../protocol/delays.ts";

/** One hop on the way of a value. `spread`: ms; null: not known, and `note` may tell why. */
export type Hop = { name: string; spread: Spread | null; note: string };

/** A line of the table: texts, and whether most of the delay is there. */
export type HopRow = {
  name: string;
  p50: string;
  p99: string;
  most: string;
  note: string;
  isLargest: boolean;
};

/** From the stamp to the server; what is told where the clocks differ instead of a delay. */
export function stampHop(delay: Spread | null): Hop {
  const name = "stamp → received";
  if (delay === null) return { name, spread: null, note: "no stamp" };
  const clock = clockDifference(delay);
  if (clock === null) return { name, spread: delay, note: "" };
  const varies = `varies by ${delayText(delay.p99 - delay.least)}`;
  return { name, spread: null, note: `clock differs by ${differenceText(clock.ms)}; ${varies}` };
}

/** The hops as lines, each figure alone; `whole`: from the server to the picture, measured by itself. */
export function hopRows(hops: readonly Hop[], whole: Spread | null): HopRow[] {
  const known = hops.filter(({ spread }) => spread !== null);
  const largest = Math.max(...known.map(({ spread }) => spread?.p50 ?? 0));
  const rows = hops.map((hop) => {
    // Where all is quick, nothing is worth looking at.
    const isLargest = known.length > 1 && largest > noticedMs && hop.spread?.p50 === largest;
    return { ...rowOf(hop), isLargest };
  });
  const first = hops[0]?.spread ?? null;
  if (whole === null) return rows;
  if (first === null)
    return [...rows, { ...rowOf({ name: "received → drawn", spread: whole, note: "" }), isLargest: false }];
  // Which of the stamps belongs to which picture is not known: figures of two distributions add up only about.
  const sum = (key: "p50" | "p99" | "most", sign: string): string =>
    `${sign}${delayText(first[key] + whole[key])}`;
  return [
    ...rows,
    {
      ...{ name: "stamp → drawn", p50: sum("p50", "≈"), p99: sum("p99", "≤"), most: sum("most", "≤") },
      ...{ note: "", isLargest: false },
    },
  ];
}

/** A hop of less is not pointed out, ms. */
const noticedMs = 20;

function rowOf({ name, spread, note }: Hop): Omit<HopRow, "isLargest"> {
  if (spread === null) return { name, p50: "—", p99: "—", most: "—", note };
  return {
    ...{ name, note },
    ...{ p50: delayText(spread.p50), p99: delayText(spread.p99), most: delayText(spread.most) },
  };
}

/** A delay in ms with three digits at most. What is less than zero by the error of the clocks is zero. */
export function delayText(ms: number): string {
  const value = Math.max(0, ms);
  if (value < 9.95) return `${value.toFixed(1)} ms`;
  return value < 9995 ? `${Math.round(value)} ms` : `${(value / 1000).toFixed(1)} s`;
}

function differenceText(ms: number): string {
  const size = Math.abs(ms);
  const text =
    size < 1000
      ? `${Math.round(size)} ms`
      : size < 100_000
        ? `${(size / 1000).toFixed(1)} s`
        : size < 31_557_600_000
          ? `${Math.round(size / 60_000)} min`
          : `${Math.round(size / 31_557_600_000)} years`;
  return ms > 0 ? `at least ${text} (ahead)` : `${text} (behind)`;
}
