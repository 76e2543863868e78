import {
  type ColumnIndex,
  type FacetColumns,
  indexColumns,
  type JointColumns,
} from "../../client/column-index.ts";
import { Listeners } from "../../client/listeners.ts";
import type { Facet } from "../../core/quality.ts";
import type { BinaryStateFrame } from "../../protocol/state-frame.ts";
import type { LayoutColumn } from "../../protocol/state-messages.ts";
import { FrameBuffer } from "./frame-buffer.ts";
import { type Freshness, freshnessOf } from "./freshness.ts";
import { interpolate } from "./interpolate.ts";

const unknownPeriodMs = 20;

/**
 * Joint and base motion as it comes from the server: the newest numbers as they are, and the drawn ones,
 * interpolated a little behind server time. Columns are those of the newest frame's layout.
 */
export class Motion {
  readonly buffer = new FrameBuffer();
  /** A frame was taken. */
  readonly arrived = new Listeners<[]>();
  /**
   * Frames are moments of the past: each is drawn as it is, since nobody knows what was between two of them, and how
   * old a value was then is judged by the quality that it had.
   */
  isPast = false;
  /** Server ms at which the newest frame arrived, as this page reckons it, and the moment that is drawn. */
  arrivedMs = Number.NEGATIVE_INFINITY;
  drawnMs = Number.NEGATIVE_INFINITY;
  /** False once the server has not been heard for a while: then ages alone decide what is stale. */
  serverHeard = false;
  private readonly layouts = new Map<number, ColumnIndex>();
  private index: ColumnIndex | null = null;
  private drawn = new Float64Array(0);
  /** How often a column is renewed, by column. */
  private readonly periods = new Map<number, { lastMs: number; periodMs: number }>();

  setLayout(layout: number, columns: readonly LayoutColumn[]): void {
    this.layouts.set(layout, indexColumns(columns));
  }

  /** False when the frame is late, or of a layout that was not announced. */
  push(frame: BinaryStateFrame, arrivedMs: number): boolean {
    const index = this.layouts.get(frame.layout);
    if (!index || index.columns !== frame.values.length) return false;
    if (this.isPast) this.buffer.showOnly(frame);
    else if (!this.buffer.push(frame, arrivedMs)) return false;
    if (index !== this.index) {
      this.index = index;
      this.drawn = Float64Array.from(frame.values);
      this.periods.clear();
    }
    if (!this.isPast) this.learnPeriods(frame);
    this.arrivedMs = arrivedMs;
    this.arrived.emit();
    return true;
  }

  /** Frames of another moment follow, or those of the present: they are no neighbours of those before. */
  jump(isPast: boolean): void {
    this.isPast = isPast;
    this.buffer.clear();
  }

  /** Another connection: frames before it are no neighbours of frames after it. */
  restart(): void {
    this.buffer.clear();
    this.layouts.clear();
  }

  /** Moves the drawn numbers to what the server had at `serverTimeMs`, less the drawing delay in the present. */
  advance(serverTimeMs: number): void {
    this.drawnMs = serverTimeMs - (this.isPast ? 0 : this.buffer.delayMs);
    const pair = this.buffer.at(this.drawnMs);
    if (pair && this.index) interpolate(pair, this.index.quaternions, this.drawn);
  }

  facet(robot: string, facet: Facet): FacetColumns | undefined {
    return this.index?.robots.get(robot)?.get(facet);
  }

  /** The column of one number of a property, which is the motion of a joint or of a base; −1 where frames have none. */
  columnOf(robot: string, facet: Facet, path: string, component: number): number {
    const columns = this.facet(robot, facet);
    if (columns === undefined) return -1;
    const [, joint, leaf] = /^joint\/(.+)\/(position|velocity|effort)$/.exec(path) ?? [];
    if (joint !== undefined) return columns.joints.get(joint)?.[leaf as keyof JointColumns] ?? -1;
    const first = path === "base/pose" ? columns.basePose : path === "base/twist" ? columns.baseTwist : -1;
    return first < 0 ? -1 : first + component;
  }

  robots(): Iterable<string> {
    return this.index?.robots.keys() ?? [];
  }

  /** The newest number of a column, exactly as the server has it; null when it never had one. */
  newest(column: number): number | null {
    const frame = this.buffer.newest;
    if (!frame || column < 0 || !((frame.agesMs[column] ?? -1) >= 0)) return null;
    return frame.values[column] ?? null;
  }

  /** The number drawn now; null when the column never had one. */
  shown(column: number): number | null {
    return this.newest(column) === null ? null : (this.drawn[column] ?? null);
  }

  /** The age that the newest measured joint of a robot had when the newest frame was made, ms; −1: none ever had a value. */
  freshestAgeMs(robot: string): number {
    let least = -1;
    for (const { position } of this.facet(robot, "reported")?.joints.values() ?? []) {
      const age = this.buffer.newest?.agesMs[position] ?? -1;
      if (age >= 0 && (least < 0 || age < least)) least = age;
    }
    return least;
  }

  /** Age in ms at `serverTimeMs`; −1 when the column never had a value. */
  ageMs(column: number, serverTimeMs: number): number {
    const frame = this.buffer.newest;
    const atFrame = frame?.agesMs[column] ?? -1;
    return frame && atFrame >= 0 ? atFrame + Math.max(0, serverTimeMs - frame.time) : -1;
  }

  /** Server time in ms at which a column got its newest value; −∞ when it never had one. */
  renewedMs(column: number): number {
    const frame = this.buffer.newest;
    const age = frame?.agesMs[column] ?? -1;
    return frame && age >= 0 ? frame.time - age : Number.NEGATIVE_INFINITY;
  }

  freshness(column: number, serverTimeMs: number): Freshness {
    const quality = this.buffer.newest?.qualityCodes[column] ?? 2;
    const period = this.isPast
      ? Number.POSITIVE_INFINITY
      : (this.periods.get(column)?.periodMs ?? unknownPeriodMs);
    const ageThere = this.buffer.newest?.agesMs[column] ?? -1;
    return freshnessOf(this.ageMs(column, serverTimeMs), ageThere, quality, period, this.serverHeard);
  }

  /** Each joint and each base has its own rhythm: a gripper at 2 Hz is on time beside an arm at 100 Hz. */
  private learnPeriods(frame: BinaryStateFrame): void {
    for (const robot of this.index?.robots.values() ?? []) {
      for (const facet of robot.values()) {
        for (const { position } of facet.joints.values()) this.learnPeriod(frame, position);
        this.learnPeriod(frame, facet.basePose);
      }
    }
  }

  private learnPeriod(frame: BinaryStateFrame, column: number): void {
    const age = frame.agesMs[column] ?? -1;
    if (age < 0) return;
    const renewedMs = frame.time - age;
    const known = this.periods.get(column);
    if (!known) this.periods.set(column, { lastMs: renewedMs, periodMs: unknownPeriodMs });
    else if (renewedMs - known.lastMs > 0.5) {
      known.periodMs += (Math.min(renewedMs - known.lastMs, 2000) - known.periodMs) / 8;
      known.lastMs = renewedMs;
    }
  }
}
