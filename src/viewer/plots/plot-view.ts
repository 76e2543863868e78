import uPlot from "uplot";
import { type AngleUnit, formatClockFine, formatNumber, shownUnit } from "../store/format.ts";
import { rangeOf } from "../time/time-range.ts";
import type { Timeline } from "../time/timeline.ts";
import type { PlotBoard } from "./plot-board.ts";
import { colorsOf, dashes } from "./plot-colors.ts";
import { lineKey, type PlotLine } from "./plot-line.ts";

export type PlotLook = { angles: AngleUnit; isDark: boolean };

/** A click moves less than this; more is a zoom. */
const clickPx = 4;
const momentColor = { light: "#6741d9", dark: "#b197fc" } as const;

/** One plot of all lines, with an axis for each unit. It draws at most once a screen frame, and only what changed. */
export class PlotView {
  private readonly plot: uPlot;
  private readonly lines: readonly PlotLine[];
  private frame = 0;
  private readonly ends: (() => void)[];
  private readonly resized: ResizeObserver;

  constructor(
    private readonly container: HTMLElement,
    private readonly board: PlotBoard,
    private readonly timeline: Timeline,
    private readonly look: PlotLook,
    /** The person points at a moment (null: at none), and at one to go to. */
    private readonly on: { point(timeMs: number | null): void; seek(timeMs: number): void },
    private readonly momentMs: () => number | null,
  ) {
    this.lines = board.lines.get();
    this.plot = new uPlot(this.options(), this.data(), container);
    this.resized = new ResizeObserver(() => this.plot.setSize(this.size()));
    this.resized.observe(container);
    this.ends = [board.changed.subscribe(() => this.soon()), timeline.range.subscribe(() => this.soon())];
  }

  /** The present moves, or the moment that is shown does. */
  soon(): void {
    if (this.frame === 0) this.frame = requestAnimationFrame(() => this.draw());
  }

  /** What each line had at a time, in the page's units; null where it had nothing. */
  valuesAt(timeMs: number): (number | null)[] {
    const [times] = this.plot.data;
    if (times === undefined || times.length === 0) return this.lines.map(() => null);
    return this.lines.map((_, at) => valueBefore(times, this.plot.data[at + 1], timeMs / 1000));
  }

  /** Times in s, then the values of each line in the page's units. */
  get shownData(): uPlot.AlignedData {
    return this.plot.data;
  }

  get canvas(): HTMLCanvasElement {
    return this.plot.ctx.canvas;
  }

  destroy(): void {
    for (const end of this.ends) end();
    this.resized.disconnect();
    cancelAnimationFrame(this.frame);
    this.plot.destroy();
  }

  private draw(): void {
    this.frame = 0;
    const { from, to } = this.timeline.window();
    this.plot.batch(() => {
      this.plot.setData(this.data(), false);
      this.plot.setScale("x", { min: from / 1000, max: to / 1000 });
    });
  }

  /** Times that only another line has are undefined, which joins; null is a gap, which does not. */
  private data(): uPlot.AlignedData {
    const window = this.timeline.window();
    if (this.lines.length === 0) return [[]];
    const tables = this.lines.map((line): uPlot.AlignedData => {
      const { times, values } = this.board.samplesOf(line).within(window);
      const factor = this.factorOf(line);
      return [
        times.map((time) => time / 1000),
        factor === 1 ? values : values.map((value) => (value === null ? null : value * factor)),
      ];
    });
    return uPlot.join(tables);
  }

  private factorOf({ unit }: PlotLine): number {
    return shownUnit(unit, this.look.angles) === unit ? 1 : 180 / Math.PI;
  }

  private size(): { width: number; height: number } {
    return { width: this.container.clientWidth, height: this.container.clientHeight };
  }

  private options(): uPlot.Options {
    const units = [...new Set(this.lines.map(({ unit }) => unit))];
    const colors = colorsOf(this.lines, this.look.isDark);
    const text = this.look.isDark ? "#98a2ad" : "#5c6773";
    const grid = { stroke: this.look.isDark ? "#2c3138" : "#e6e9ec", width: 1 };
    const axis = { stroke: text, font: "11px system-ui, sans-serif", ticks: { ...grid, size: 4 } };
    return {
      ...this.size(),
      ms: 1e-3,
      pxAlign: 0,
      legend: { show: false },
      scales: {
        x: { time: true },
        ...Object.fromEntries(units.map((unit) => [scaleOf(unit), {}])),
      },
      axes: [
        {
          ...axis,
          grid,
          values: (_, splits) => splits.map((s) => clockLabel(s, splits)),
          space: 70,
          size: 30,
        },
        ...units.map((unit, at) => ({
          ...axis,
          scale: scaleOf(unit),
          // The first at the left, all others at the right, of which one alone draws lines across.
          side: (at === 0 ? 3 : 1) as uPlot.Axis.Side,
          grid: at === 0 ? grid : { show: false },
          label: shownUnit(unit, this.look.angles) || "no unit",
          labelFont: "11px system-ui, sans-serif",
          labelSize: 16,
          labelGap: 0,
          size: 46,
          values: (_: uPlot, splits: number[]) => splits.map(axisNumber),
        })),
      ],
      series: [
        {},
        ...this.lines.map((line, at) => ({
          label: lineKey(line),
          scale: scaleOf(line.unit),
          stroke: colors[at] ?? "#888888",
          width: 1.5,
          dash: dashes[line.facet],
          spanGaps: false,
          points: { show: false },
        })),
      ],
      cursor: {
        drag: { x: true, y: false, setScale: false },
        bind: {
          mouseup: (self, _, handler) => (event: MouseEvent) => {
            handler(event);
            if (event.button === 0) this.released(self);
            return null;
          },
          dblclick: () => () => null,
        },
      },
      hooks: {
        setCursor: [
          (self) => {
            const { left = -1 } = self.cursor;
            this.on.point(left < 0 ? null : self.posToVal(left, "x") * 1000);
          },
        ],
        draw: [(self) => this.drawMoment(self)],
      },
    };
  }

  /** Dragged: that stretch is shown. Pressed: the page goes to that moment. */
  private released(self: uPlot): void {
    const { left, width } = self.select;
    const now = this.timeline.nowMs();
    if (width > clickPx && now !== null) {
      const [from, to] = [self.posToVal(left, "x") * 1000, self.posToVal(left + width, "x") * 1000];
      this.timeline.range.set(rangeOf({ from, to }, now));
    } else if ((self.cursor.left ?? -1) >= 0) {
      this.on.seek(self.posToVal(self.cursor.left ?? 0, "x") * 1000);
    }
    self.setSelect({ left: 0, top: 0, width: 0, height: 0 }, false);
  }

  private drawMoment(self: uPlot): void {
    const moment = this.momentMs();
    if (moment === null) return;
    const at = self.valToPos(moment / 1000, "x", true);
    const { left, top, width, height } = self.bbox;
    if (at < left || at > left + width) return;
    self.ctx.save();
    self.ctx.fillStyle = momentColor[this.look.isDark ? "dark" : "light"];
    self.ctx.fillRect(at - devicePixelRatio, top, 2 * devicePixelRatio, height);
    self.ctx.restore();
  }
}

function scaleOf(unit: string): string {
  return `unit ${unit}`;
}

/** The last value at or before a time; null in a gap and before the first. */
function valueBefore(
  times: ArrayLike<number>,
  values: ArrayLike<number | null | undefined> | undefined,
  time: number,
): number | null {
  if (values === undefined) return null;
  let [low, high] = [0, times.length];
  while (low < high) {
    const middle = (low + high) >> 1;
    if ((times[middle] ?? 0) > time) high = middle;
    else low = middle + 1;
  }
  for (let at = low - 1; at >= 0; at--) {
    const value = values[at];
    if (value !== undefined) return value;
  }
  return null;
}

function clockLabel(seconds: number, splits: readonly number[]): string {
  const step = ((splits[1] ?? 0) - (splits[0] ?? 0)) * 1000;
  if (step >= 86_400_000) {
    return new Date(seconds * 1000).toLocaleDateString(undefined, { month: "short", day: "numeric" });
  }
  const clock = formatClockFine(seconds * 1000, step < 1000 ? 1 : 0);
  return step >= 60_000 ? clock.slice(0, 5) : clock;
}

function axisNumber(value: number): string {
  const size = Math.abs(value);
  if (size !== 0 && (size >= 1e5 || size < 1e-3)) return value.toExponential(0);
  return formatNumber(value, 3)
    .replace(/(\.\d*?)0+$/, "$1")
    .replace(/\.$/, "");
}
