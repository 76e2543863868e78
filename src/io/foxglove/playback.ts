import type { History, SampleChunk } from "../../history/history-query.ts";
import type { ClientFrame } from "../../protocol/foxglove/client-frames.ts";
import { playbackStateFrame, timeFrame } from "../../protocol/foxglove/server-frames.ts";
import { milliseconds, nanoseconds, type PlaybackStatus } from "../../protocol/foxglove/server-messages.ts";
import type { TwinJson } from "../../protocol/state-messages.ts";
import type { Channel } from "./channel-table.ts";
import type { Outgoing } from "./outgoing.ts";
import type { PastFeed } from "./past-feed.ts";
import { PastGraph } from "./past-graph.ts";

type Request = Extract<ClientFrame, { op: "playback" }>;

const leastSpeed = 0.01;
const mostSpeed = 100;
/** No step is longer, whatever held up the one before: the past goes by more slowly then. ms */
const mostStepMs = 100;
/** Samples that are taken in one piece before the cycle has its turn. */
const slice = 1000;
/** A thing that came into being later is asked for again so long after the last time. ms */
const lookAgainMs = 1000;

/** Joint states of one step, at most: played fast, not each of them is of use. */
const mostMoments = 24;

/** Two times in ms since 1970 are not nearer to each other, unless they are equal: what a double holds. */
const leastMs = 2 ** -12;

/** One sample of a chunk. */
type At = { time: number; chunk: SampleChunk; index: number };

/**
 * One client's walk through the past, by its own clock: play, pause, seek, speed. A seek shows the whole state of its
 * moment; playing goes on from it by the samples that came then. Times are server ms.
 */
export class Playback {
  private graph: PastGraph | null = null;
  private time: number;
  /** Samples from here on are not in the graph yet. */
  private next = 0;
  private speed = 1;
  private isPlaying = false;
  private isBusy = false;
  private isOver = false;
  private lastTick = Number.NaN;
  private lookedAt = Number.NEGATIVE_INFINITY;
  /** The newest seek that waits, with the id of its request. */
  private wanted: { time: number; request: string } | null = null;
  private fault = "";

  constructor(
    private readonly history: History,
    private readonly feed: PastFeed,
    private readonly out: Outgoing,
    private readonly range: { from: number; to: number },
    /** Whether the client understands playback states. */
    private readonly isTold: boolean,
    private readonly onFault: (reason: string) => void,
  ) {
    this.time = range.from;
  }

  /** Shows the first moment, and which topics there are. */
  begin(plays: boolean): void {
    this.isPlaying = plays;
    this.work(async () => {
      await this.feed.advertise(new PastGraph(await this.twinAt(this.range.to)));
      const first = new PastGraph(await this.twinAt(this.range.from));
      await this.feed.advertise(first);
      this.tell("");
      this.show(first);
    });
  }

  end(): void {
    this.isOver = true;
  }

  /** Play, pause, seek, speed. The answer is a playback state with the id of the request. */
  request({ command, speed, seek, request }: Request): string | null {
    if (!(speed > 0)) return `the playback speed must be above 0, and is ${speed}`;
    this.speed = Math.min(mostSpeed, Math.max(leastSpeed, speed));
    this.isPlaying = command === "play";
    const time =
      seek === null ? null : Math.min(this.range.to, Math.max(this.range.from, milliseconds(seek)));
    if (time === null) {
      if (this.isEnded()) this.isPlaying = false;
      this.tell(request);
      return null;
    }
    this.wanted = { time, request };
    this.seekWanted();
    return null;
  }

  /** A client asks for a topic: it gets what is shown now. */
  subscribing(channel: Channel): void {
    if (this.graph === null) return;
    const { graph, time } = this;
    // Behind the answer to its request.
    setImmediate(() => {
      if (!this.isOver) this.feed.show(graph, time, channel);
    });
  }

  tick(now: number): void {
    const past = Number.isNaN(this.lastTick) ? 0 : Math.min(mostStepMs, now - this.lastTick);
    // The past waits for a client that reads slowly; nothing of it is left out.
    if (this.isBusy || !this.isPlaying || this.graph === null || this.out.isBehind()) {
      this.lastTick = this.isBusy ? this.lastTick : now;
      return;
    }
    this.lastTick = now;
    const target = Math.min(this.range.to, this.time + past * this.speed);
    if (target < this.next && !this.isEnded()) return;
    this.work(() => this.step(target, now));
  }

  private isEnded(): boolean {
    return this.time >= this.range.to;
  }

  /** One at a time, so that no answer of the store overtakes another. */
  private work(job: () => Promise<void>): void {
    this.isBusy = true;
    void job()
      .then(() => {
        this.fault = "";
      })
      .catch((error: unknown) => this.tellFault(error))
      .finally(() => {
        this.isBusy = false;
        this.seekWanted();
      });
  }

  private tellFault(error: unknown): void {
    const reason = error instanceof Error ? error.message : String(error);
    this.isPlaying = false;
    if (this.isOver || reason === this.fault) return;
    this.fault = reason;
    this.onFault(`the history cannot be played: ${reason}`);
  }

  private seekWanted(): void {
    const { wanted } = this;
    if (wanted === null || this.isBusy || this.isOver) return;
    this.wanted = null;
    this.work(async () => {
      const twin = await this.twinAt(wanted.time);
      // A newer one is on its way already: this client has let go of this moment.
      if (this.wanted !== null) return;
      const graph = new PastGraph(twin);
      await this.feed.advertise(graph);
      if (this.wanted !== null) return;
      this.time = wanted.time;
      if (this.isEnded()) this.isPlaying = false;
      this.out.dropWaiting();
      this.tell(wanted.request, true);
      this.show(graph);
    });
  }

  /** The whole of this moment. */
  private show(graph: PastGraph): void {
    if (this.isOver) return;
    this.graph = graph;
    this.lastTick = Number.NaN;
    // The graph has those of this very moment.
    this.next = this.time + leastMs;
    this.out.time(timeFrame(nanoseconds(this.time)));
    this.feed.show(graph, this.time, null);
  }

  /** Goes on to `target` by the samples between. */
  private async step(target: number, now: number): Promise<void> {
    const { graph, time } = this;
    if (graph === null) return;
    const found: At[] = [];
    const selection = {
      patterns: ["*"],
      facet: "*" as const,
      from: this.next,
      to: target,
      clock: "arrival" as const,
    };
    for await (const chunk of this.history.samples(selection)) {
      for (let index = 0; index < chunk.time.length; index++) {
        found.push({ time: chunk.time[index] as number, chunk, index });
      }
    }
    // One after the other as they came, whatever their series.
    found.sort((a, b) => a.time - b.time);
    let isNew = false;
    let shown = Number.NEGATIVE_INFINITY;
    const least = momentsOf(found) > mostMoments ? (target - time) / mostMoments : 0;
    for (let i = 0; i < found.length; i++) {
      const { chunk, index } = found[i] as At;
      if (this.isOver || this.wanted !== null) return;
      if (graph.apply(chunk, index)) this.feed.moved(chunk.series);
      else isNew = true;
      const isLastOfMoment = (found[i + 1]?.time ?? Number.NaN) !== (found[i] as At).time;
      const at = (found[i] as At).time;
      // The last is shown whatever came just before it: a client that stops here has the newest values.
      if (isLastOfMoment && (at >= shown + least || i === found.length - 1)) {
        shown = at;
        this.feed.showMoment(graph, at);
      }
      if (i % slice === slice - 1) await new Promise((resolve) => setImmediate(resolve));
    }
    await this.feed.showEvents(time, target);
    if (isNew && now - this.lookedAt > lookAgainMs) {
      this.lookedAt = now;
      graph.learn(await this.twinAt(target));
      await this.feed.advertise(graph);
    }
    if (this.isOver || this.wanted !== null) return;
    this.time = target;
    this.next = Math.max(this.next, target);
    this.out.time(timeFrame(nanoseconds(target)));
    this.feed.showFrames(graph, target);
    if (!this.isEnded()) return;
    this.isPlaying = false;
    this.tell("");
  }

  private async twinAt(at: number): Promise<TwinJson> {
    return JSON.parse(await this.history.twinAt(at, "arrival")) as TwinJson;
  }

  /** `request` is what is answered; empty: it changed by itself. */
  private tell(request: string, didSeek = false): void {
    if (!this.isTold || this.isOver) return;
    const status: PlaybackStatus = this.isPlaying ? "playing" : this.isEnded() ? "ended" : "paused";
    const time = nanoseconds(this.time);
    this.out.control(playbackStateFrame({ status, time, speed: this.speed, didSeek, request }));
  }
}

/** How many different times there are. */
function momentsOf(sorted: readonly At[]): number {
  return sorted.reduce((count, { time }, i) => (time === sorted[i - 1]?.time ? count : count + 1), 0);
}
