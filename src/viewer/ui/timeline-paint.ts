import { formatClock } from "../store/format.ts";
import { gravity, type Mark } from "../time/marks.ts";
import type { Loop } from "../time/playback.ts";
import { shareOf, type TimeWindow, ticksOf } from "../time/time-range.ts";

export type TimelineFacts = {
  window: TimeWindow;
  /** Server ms of the first that is stored; null: nothing is. */
  from: number | null;
  nowMs: number;
  /** The moment that is shown; null: the present. */
  momentMs: number | null;
  marks: readonly Mark[];
  gaps: readonly TimeWindow[];
  loop: Loop | null;
  isDark: boolean;
};

const palettes = {
  light: {
    text: "#5c6773",
    rail: "#dee2e6",
    stored: "#8ea1b5",
    tick: "#b4bcc5",
    gap: "#f8f9fa",
    gapEdge: "#8f4a00",
    stop: "#d6202a",
    error: "#c92a2a",
    warning: "#c06a00",
    command: "#1864ab",
    event: "#7b8794",
    loop: "rgb(112 72 232 / 18%)",
    moment: "#6741d9",
    live: "#2b8a3e",
    thumbEdge: "#ffffff",
  },
  dark: {
    text: "#98a2ad",
    rail: "#2c3138",
    stored: "#56677a",
    tick: "#49525c",
    gap: "#16191d",
    gapEdge: "#fcb040",
    stop: "#ff5a63",
    error: "#ff8787",
    warning: "#fcb040",
    command: "#4dabf7",
    event: "#8b95a0",
    loop: "rgb(151 117 250 / 24%)",
    moment: "#b197fc",
    live: "#51cf66",
    thumbEdge: "#16191d",
  },
} as const;

type Palette = Record<keyof (typeof palettes)["light"], string>;

/** From the top, in CSS pixels: marks, the line of what is stored, labels. */
const markTop = 3;
const lineTop = 19;
const lineHeight = 6;
const labelBase = 40;
export const timelineHeight = 44;
/** What of the width is left free at both ends, so that the thumb is whole at either. */
export const timelineInset = 9;

/** Draws the whole timeline. `width` in CSS pixels. */
export function paintTimeline(g: CanvasRenderingContext2D, width: number, facts: TimelineFacts): void {
  const colors: Palette = palettes[facts.isDark ? "dark" : "light"];
  const inner = width - 2 * timelineInset;
  const x = (timeMs: number) => timelineInset + shareOf(facts.window, timeMs) * inner;
  const clamp = (at: number) => Math.min(width - timelineInset, Math.max(timelineInset, at));
  g.clearRect(0, 0, width, timelineHeight);
  g.fillStyle = colors.rail;
  g.fillRect(timelineInset, lineTop, inner, lineHeight);
  if (facts.from !== null) {
    const [left, right] = [clamp(x(facts.from)), clamp(x(facts.nowMs))];
    g.fillStyle = colors.stored;
    g.fillRect(left, lineTop, right - left, lineHeight);
  }
  for (const gap of facts.gaps) paintGap(g, clamp(x(gap.from)), clamp(x(gap.to)), colors);
  paintTicks(g, inner, facts, x, colors);
  if (facts.loop !== null) {
    const left = clamp(x(facts.loop.from));
    const right = clamp(x(facts.loop.to ?? facts.momentMs ?? facts.nowMs));
    g.fillStyle = colors.loop;
    g.fillRect(Math.min(left, right), 0, Math.max(2, Math.abs(right - left)), lineTop + lineHeight + 2);
  }
  paintMarks(g, facts, x, colors);
  paintThumb(g, facts, x, colors);
}

/** Nothing was stored: the line is broken, and its ends are marked. */
function paintGap(g: CanvasRenderingContext2D, left: number, right: number, colors: Palette): void {
  const width = Math.max(2, right - left);
  g.fillStyle = colors.gap;
  g.fillRect(left, lineTop - 1, width, lineHeight + 2);
  g.fillStyle = colors.gapEdge;
  if (width < 8) {
    g.fillRect(left, lineTop + 2, width, 2);
    return;
  }
  for (let at = left + 1; at < right - 2; at += 6) g.fillRect(at, lineTop + 2, 3, 2);
}

function paintTicks(
  g: CanvasRenderingContext2D,
  inner: number,
  { window }: TimelineFacts,
  x: (timeMs: number) => number,
  colors: Palette,
): void {
  const zoneMs = -new Date(window.to).getTimezoneOffset() * 60_000;
  const { stepMs, times } = ticksOf(window, Math.max(2, inner / 86), zoneMs);
  g.font = "11px system-ui, sans-serif";
  g.textAlign = "center";
  g.textBaseline = "alphabetic";
  for (const time of times) {
    const at = x(time);
    g.fillStyle = colors.tick;
    g.fillRect(Math.round(at), lineTop + lineHeight + 1, 1, 3);
    const text = tickLabel(time, stepMs);
    const half = g.measureText(text).width / 2;
    if (at - half < 0 || at + half > inner + 2 * timelineInset) continue;
    g.fillStyle = colors.text;
    g.fillText(text, at, labelBase);
  }
}

function tickLabel(time: number, stepMs: number): string {
  if (stepMs >= 86_400_000) {
    return new Date(time).toLocaleDateString(undefined, { month: "short", day: "numeric" });
  }
  const clock = formatClock(time);
  if (stepMs >= 60_000) return clock.slice(0, 5);
  return stepMs < 1000 ? `${clock.slice(3)}.${Math.round((time % 1000) / 100)}` : clock;
}

/** One mark for each few pixels, the gravest of them: an hour has thousands of events. */
function paintMarks(
  g: CanvasRenderingContext2D,
  { marks, window }: TimelineFacts,
  x: (timeMs: number) => number,
  colors: Palette,
): void {
  const byPlace = new Map<number, Mark>();
  for (const mark of marks) {
    if (mark.time < window.from || mark.time > window.to) continue;
    const place = Math.round(x(mark.time) / 3);
    const known = byPlace.get(place);
    if (known === undefined || gravity(mark) >= gravity(known)) byPlace.set(place, mark);
  }
  const drawn = [...byPlace.values()].sort((a, b) => gravity(a) - gravity(b));
  for (const mark of drawn) {
    const at = x(mark.time);
    g.fillStyle = colorOf(mark, colors);
    if (mark.kind === "stop") {
      g.beginPath();
      g.moveTo(at, lineTop - 1);
      g.lineTo(at - 5, markTop);
      g.lineTo(at + 5, markTop);
      g.fill();
      g.fillRect(at - 1, markTop, 2, lineTop + lineHeight - markTop);
    } else {
      const isGrave = gravity(mark) > 0;
      const top = isGrave ? markTop + 3 : markTop + (mark.kind === "command" ? 7 : 10);
      g.fillRect(at - 1, top, 2, lineTop - 1 - top);
      if (isGrave) {
        g.beginPath();
        g.arc(at, top, 3, 0, 2 * Math.PI);
        g.fill();
      }
    }
  }
}

function colorOf({ kind, severity }: Mark, colors: Palette): string {
  if (kind === "stop") return colors.stop;
  if (severity === "error") return colors.error;
  if (severity === "warning") return colors.warning;
  return kind === "command" ? colors.command : colors.event;
}

function paintThumb(
  g: CanvasRenderingContext2D,
  { window, momentMs, nowMs }: TimelineFacts,
  x: (timeMs: number) => number,
  colors: Palette,
): void {
  const time = momentMs ?? nowMs;
  if (time < window.from || time > window.to + 1) return;
  const at = x(Math.min(time, window.to));
  g.fillStyle = momentMs === null ? colors.live : colors.moment;
  if (momentMs !== null) g.fillRect(at - 1, 0, 2, lineTop + lineHeight + 4);
  g.beginPath();
  g.arc(at, lineTop + lineHeight / 2, 7, 0, 2 * Math.PI);
  g.fill();
  g.lineWidth = 2;
  g.strokeStyle = colors.thumbEdge;
  g.stroke();
}
