import type { PastEvent } from "../../client/history-api.ts";
import type { ServerAddress } from "../../client/server-address.ts";
import { Signal } from "../../client/signal.ts";
import { ask } from "../net/address.ts";
import type { TwinStore } from "../store/twin-store.ts";
import { readEvents, readGaps, readStored, type Stored } from "./history-answers.ts";
import { type Mark, marksOf, merged } from "./marks.ts";
import { containing, type TimeRange, type TimeWindow, windowOf } from "./time-range.ts";

const firstSpanMs = 60_000;
const settleMs = 150;
const statusEveryMs = 5000;
/** What arrived later than this before now may not be stored yet. */
const newestMs = 300;
/** Events of one fetch, and of all that the page keeps of the past. */
const mostEvents = 2000;

/** What is known of the time that the timeline shows: what is stored, what happened, and when nothing was recorded. */
export class Timeline {
  readonly range = new Signal<TimeRange>({ spanMs: firstSpanMs, endMs: null });
  /** Null before the server answered. */
  readonly stored = new Signal<Stored | null>(null);
  readonly marks = new Signal<readonly Mark[]>([]);
  readonly gaps = new Signal<readonly TimeWindow[]>([]);
  private fetched: PastEvent[] = [];
  private all: PastEvent[] = [];
  private timer: ReturnType<typeof setTimeout> | null = null;
  private asked = 0;

  constructor(
    private readonly address: ServerAddress,
    private readonly store: TwinStore,
    /** Server ms now; null before it is known. */
    readonly nowMs: () => number | null,
    /** The moment of the past that is shown; null: the present is. */
    readonly shownMs: () => number | null,
  ) {
    this.range.subscribe(() => this.fetchSoon());
    store.events.subscribe(() => this.mark());
    setInterval(() => void this.fetchStored(), statusEveryMs);
  }

  /** The time from the left end to the right end. */
  window(): TimeWindow {
    return windowOf(this.range.get(), this.nowMs() ?? Date.now());
  }

  /** The span of everything that is stored. */
  spanOfAll(): number {
    const from = this.stored.get()?.from ?? null;
    const now = this.nowMs();
    return from === null || now === null ? firstSpanMs : Math.max(firstSpanMs, (now - from) * 1.02);
  }

  /** Whether there is a past to go to. */
  get hasPast(): boolean {
    const from = this.stored.get()?.from ?? null;
    return from !== null && from < (this.nowMs() ?? 0);
  }

  /** A moment between the first that is stored and the newest that can be shown. */
  clamped(timeMs: number): number {
    const newest = (this.nowMs() ?? timeMs + newestMs) - newestMs;
    return Math.max(this.stored.get()?.from ?? 0, Math.min(newest, timeMs));
  }

  /** What had happened by a moment, newest first, as far back as the timeline knows. */
  eventsUntil(momentMs: number, most: number): PastEvent[] {
    const end = this.all.findLastIndex(({ time }) => time <= momentMs) + 1;
    return this.all.slice(Math.max(0, end - most), end).reverse();
  }

  /** Moves the shown time so that a moment is in it. */
  reveal(momentMs: number): void {
    const now = this.nowMs();
    if (now !== null) this.range.update((range) => containing(range, now, momentMs));
  }

  /** A connection began. */
  refresh(): void {
    void this.fetchStored();
    this.fetchSoon();
  }

  private fetchSoon(): void {
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = setTimeout(() => {
      this.timer = null;
      void this.fetchMarks();
    }, settleMs);
  }

  private async fetchStored(): Promise<void> {
    if (document.visibilityState === "hidden") return;
    const answer = await ask(this.address, "api/history/status").catch(() => null);
    if (answer === null) return;
    const none: Stored = { state: "off", reason: "This server keeps no history.", from: null };
    const stored = answer.ok ? readStored(await answer.json().catch(() => null)) : null;
    const before = this.stored.get();
    if (answer.ok && stored === null) return;
    this.stored.set(stored ?? none);
    if (before?.state !== (stored ?? none).state) this.fetchSoon();
  }

  /** A span more at both ends, so that a small step needs no fetch before it shows anything. */
  private async fetchMarks(): Promise<void> {
    if (this.stored.get()?.from == null) return;
    const { from, to } = this.window();
    const query = `from=${Math.floor(from - (to - from))}&to=${Math.ceil(to + (to - from))}`;
    const turn = ++this.asked;
    const [events, gaps] = await Promise.all([
      this.fetchJson(`api/events?${query}&limit=${mostEvents}`),
      this.fetchJson(`api/history/gaps?${query}`),
    ]);
    if (turn !== this.asked) return;
    this.fetched = readEvents(events).slice(-mostEvents);
    this.gaps.set(readGaps(gaps));
    this.mark();
  }

  private async fetchJson(path: string): Promise<unknown> {
    const answer = await ask(this.address, path).catch(() => null);
    return answer?.ok ? answer.json().catch(() => null) : null;
  }

  private mark(): void {
    const live = this.store.events.get();
    this.all = merged([...this.fetched, ...live]);
    this.marks.set(marksOf(this.all));
    this.store.setPastEvents(this.fetched);
  }
}
