/** The part of time that a timeline or a plot shows. `endMs` null: it ends at the present and goes along with it. */
export type TimeRange = { spanMs: number; endMs: number | null };

export type TimeWindow = { from: number; to: number };

export const leastSpanMs = 2000;
export const mostSpanMs = 366 * 86_400_000;

/** The spans that a person chooses from. */
export const spans = [
  { label: "1 min", spanMs: 60_000 },
  { label: "10 min", spanMs: 600_000 },
  { label: "1 h", spanMs: 3_600_000 },
  { label: "1 day", spanMs: 86_400_000 },
] as const;

export function windowOf({ spanMs, endMs }: TimeRange, nowMs: number): TimeWindow {
  const to = endMs ?? nowMs;
  return { from: to - spanMs, to };
}

/** A window as a range: one that reaches the present goes along with it. */
export function rangeOf({ from, to }: TimeWindow, nowMs: number): TimeRange {
  const spanMs = Math.min(mostSpanMs, Math.max(leastSpanMs, to - from));
  // A little short of the present counts as the present: nobody hits it exactly.
  return { spanMs, endMs: to >= nowMs - spanMs * 0.005 ? null : to };
}

/** `factor` below 1 shows less. What is at `atMs` stays where it is, unless that would show the future. */
export function zoomed(range: TimeRange, nowMs: number, factor: number, atMs: number): TimeRange {
  const { from, to } = windowOf(range, nowMs);
  const spanMs = Math.min(mostSpanMs, Math.max(leastSpanMs, (to - from) * factor));
  const share = (atMs - from) / (to - from);
  const end = Math.min(nowMs, atMs + (1 - share) * spanMs);
  return rangeOf({ from: end - spanMs, to: end }, nowMs);
}

export function panned(range: TimeRange, nowMs: number, byMs: number): TimeRange {
  const { from, to } = windowOf(range, nowMs);
  const by = Math.min(byMs, nowMs - to);
  return rangeOf({ from: from + by, to: to + by }, nowMs);
}

/** The same span, moved where a moment would be outside: the moment is then a quarter in from that end. */
export function containing(range: TimeRange, nowMs: number, momentMs: number): TimeRange {
  const { from, to } = windowOf(range, nowMs);
  if (momentMs >= from && momentMs <= to) return range;
  const start = momentMs < from ? momentMs - range.spanMs / 4 : momentMs - (range.spanMs * 3) / 4;
  const end = Math.min(nowMs, start + range.spanMs);
  return rangeOf({ from: end - range.spanMs, to: end }, nowMs);
}

/** 0 at the window's begin, 1 at its end. */
export function shareOf({ from, to }: TimeWindow, timeMs: number): number {
  return (timeMs - from) / (to - from);
}

const second = 1000;
const minute = 60 * second;
const hour = 60 * minute;
const day = 24 * hour;
const steps = [
  0.1 * second,
  0.5 * second,
  second,
  2 * second,
  5 * second,
  10 * second,
  15 * second,
  30 * second,
  minute,
  2 * minute,
  5 * minute,
  10 * minute,
  15 * minute,
  30 * minute,
  hour,
  2 * hour,
  3 * hour,
  6 * hour,
  12 * hour,
  day,
  2 * day,
  7 * day,
  14 * day,
  30 * day,
];

/** Round times within the window for about `most` labels. `zoneMs` is what local time is ahead of UTC. */
export function ticksOf(
  window: TimeWindow,
  most: number,
  zoneMs: number,
): { stepMs: number; times: number[] } {
  const span = window.to - window.from;
  const stepMs = steps.find((one) => span / one <= most) ?? 30 * day * Math.ceil(span / (30 * day * most));
  const times: number[] = [];
  for (let at = Math.ceil((window.from + zoneMs) / stepMs) * stepMs - zoneMs; at <= window.to; at += stepMs) {
    times.push(at);
  }
  return { stepMs, times };
}
