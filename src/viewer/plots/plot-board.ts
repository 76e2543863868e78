import type { ServerAddress } from "../../client/server-address.ts";
import { Signal } from "../../client/signal.ts";
import type { TwinStore } from "../store/twin-store.ts";
import type { Timeline } from "../time/timeline.ts";
import { fetchLines } from "./line-history.ts";
import { LineSamples } from "./line-samples.ts";
import { componentOf, lineKey, type PlotLine } from "./plot-line.ts";
import { withLines } from "./plot-lines.ts";
import { type FollowTopic, TopicLines, topicOf } from "./topic-lines.ts";

const settleMs = 150;
const pixels = 800;

/** The lines that are plotted, and what is known of them. It goes on for as long as the panel is open. */
export class PlotBoard {
  /** Counts what was drawn anew: samples or history arrived. */
  readonly changed = new Signal(0);
  /** The newest answer is still to come. */
  readonly isLoading = new Signal(false);
  private readonly samples = new Map<string, LineSamples>();
  private readonly ends: (() => void)[];
  private due: ReturnType<typeof setTimeout> | null = null;
  private asked = 0;
  private fetchedAtMs = 0;

  constructor(
    private readonly address: ServerAddress,
    private readonly store: TwinStore,
    private readonly timeline: Timeline,
    readonly lines: Signal<readonly PlotLine[]>,
    follow: FollowTopic,
  ) {
    this.ends = [
      this.lines.subscribe(() => {
        this.dropOthers();
        this.fetchSoon(0);
      }),
      timeline.range.subscribe(() => this.fetchSoon(settleMs)),
      timeline.stored.subscribe(() => this.follow()),
      store.motion.arrived.add(() => this.takeFrame()),
      store.things.subscribe(() => this.takeThings()),
    ];
    const topics = new TopicLines(
      follow,
      () => this.lines.get(),
      (line, timeMs, value) => {
        if (!store.motion.isPast && this.samplesOf(line).add(timeMs, value)) this.note();
      },
    );
    topics.update();
    this.ends.push(
      this.lines.subscribe(() => topics.update()),
      () => topics.end(),
    );
    const beat = setInterval(() => this.follow(), 1000);
    this.ends.push(() => clearInterval(beat));
    this.fetchSoon(0);
  }

  add(line: PlotLine): void {
    this.lines.update((all) => withLines(all, [line]));
  }

  remove(line: PlotLine): void {
    this.lines.update((all) => all.filter((one) => one !== line));
  }

  clear(): void {
    this.lines.set([]);
  }

  samplesOf(line: PlotLine): LineSamples {
    const key = lineKey(line);
    let known = this.samples.get(key);
    if (known === undefined) {
      known = new LineSamples();
      this.samples.set(key, known);
    }
    return known;
  }

  end(): void {
    if (this.due !== null) clearTimeout(this.due);
    this.asked++;
    for (const end of this.ends) end();
  }

  /** A line that comes back later must not be drawn from before it went. */
  private dropOthers(): void {
    const plotted = new Set(this.lines.get().map(lineKey));
    for (const key of this.samples.keys()) if (!plotted.has(key)) this.samples.delete(key);
  }

  /** What goes along with the present is fetched again before it is coarse, and at once after a pause of the stream. */
  private follow(): void {
    const { spanMs, endMs } = this.timeline.range.get();
    if (endMs !== null || this.lines.get().length === 0) return;
    const everyMs = this.store.motion.isPast ? 2000 : Math.max(10_000, spanMs / 100);
    if (performance.now() - this.fetchedAtMs > everyMs) this.fetchSoon(0);
  }

  private fetchSoon(ms: number): void {
    if (this.due !== null) clearTimeout(this.due);
    this.due = setTimeout(() => {
      this.due = null;
      void this.fetch();
    }, ms);
  }

  private async fetch(): Promise<void> {
    const lines = this.lines.get().filter((line) => topicOf(line) === null);
    if (lines.length === 0 || this.timeline.stored.get()?.from == null) return;
    const turn = ++this.asked;
    this.fetchedAtMs = performance.now();
    this.isLoading.set(true);
    const { from, to } = this.timeline.window();
    const margin = (to - from) * 0.05;
    const window = { from: from - margin, to: to + margin };
    const all = await fetchLines(this.address, lines, window, pixels, this.timeline.gaps.get());
    if (turn !== this.asked) return;
    this.isLoading.set(false);
    for (const [line, points] of all) this.samplesOf(line).setStored(points);
    this.note();
  }

  private takeFrame(): void {
    const { motion } = this.store;
    if (motion.isPast) {
      for (const line of this.lines.get()) this.samplesOf(line).interrupt();
      return;
    }
    let isNew = false;
    for (const line of this.lines.get()) {
      const column = motion.columnOf(line.thing, line.facet, line.path, line.component);
      const value = motion.newest(column);
      if (value !== null) isNew = this.samplesOf(line).add(motion.renewedMs(column), value) || isNew;
    }
    if (isNew) this.note();
  }

  private takeThings(): void {
    const { motion } = this.store;
    if (motion.isPast) return;
    let isNew = false;
    const things = this.store.things.get();
    for (const line of this.lines.get()) {
      if (motion.columnOf(line.thing, line.facet, line.path, line.component) >= 0) continue;
      const register = things[line.thing]?.properties[line.path]?.[line.facet];
      const value = componentOf(register?.value, line.component);
      if (register === undefined || value === undefined || register.quality === "bad") continue;
      isNew = this.samplesOf(line).add(register.received, value) || isNew;
    }
    if (isNew) this.note();
  }

  private note(): void {
    this.changed.update((count) => count + 1);
  }
}
