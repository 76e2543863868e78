import type { CursorFile } from "./cursor-file.ts";
import { everythingRefused, spoolFault } from "./loop-faults.ts";
import type { Away, Outgoing, RowSender } from "./row-sender.ts";
import type { RowBatch, RowSource } from "./row-source.ts";
import { newStatus, type SinkStatus } from "./sink-status.ts";

export type SinkLoopOptions<Item> = {
  sender: RowSender<Item>;
  source: RowSource;
  file: CursorFile;
  /** What `file` held: the rows up to it are dealt with. */
  cursor: number;
  now: () => number;
  /** Rows of one request. */
  batchRows: number;
  /** The first and the longest pause after a failure, in ms. */
  retryMs: [number, number];
  /** Pause while there are no rows, in ms. */
  idleMs: number;
};

/** How often the cursor is written at most, in ms; more seldom where the file is large, so that it takes 20 kB/s. */
const keepEveryMs = 1000;
const keepBytesPerMs = 20;
/** So many refused rows in a row, and none that was taken, are a fault of the server's set-up and not of the rows. */
const mostRefusedInARow = 1000;

/** A request is not made smaller than this. */
const fewestRows = 100;

/** The store says that it is elsewhere in the journal than this loop. */
class Rewind extends Error {
  constructor(readonly from: number) {
    super(`go on after row ${from}`);
  }
}

/**
 * Carries rows from the journal to one store, in order, one request at a time. While the server is away the rows wait in
 * the journal. A row that the server refuses is dropped and counted, so that it does not hold up those behind it.
 */
export class SinkLoop<Item> {
  readonly status: SinkStatus;
  private cursor: number;
  private kept: number;
  private keepPauseMs = keepEveryMs;
  private keptAt = Number.NEGATIVE_INFINITY;
  private restedAt = Number.NEGATIVE_INFINITY;
  /** Rows of one request: fewer where the server was too slow for more, or said that they are too many (`limit`). */
  private most: number;
  private limit: number;
  private refusedInARow = 0;
  private failures = 0;
  private isConnected = false;
  private readonly end = new AbortController();
  private running: Promise<void> | null = null;
  /** Encoded, but not dealt with yet. Rows are encoded once: what they become depends on those before. */
  private pending: { outgoing: Outgoing<Item>; batch: RowBatch } | null = null;
  private prefetched: { after: number; batch: Promise<RowBatch> } | null = null;

  constructor(private readonly options: SinkLoopOptions<Item>) {
    this.status = newStatus(options.sender.name, options.now());
    this.cursor = options.cursor;
    this.kept = options.cursor;
    this.most = options.batchRows;
    this.limit = options.batchRows;
  }

  /** Everything up to this number may be deleted from the journal. */
  get done(): number {
    return this.kept;
  }

  start(): void {
    this.running ??= this.run();
  }

  /** Ends after the request that is under way, and keeps the cursor. */
  async stop(): Promise<void> {
    this.end.abort();
    await this.running;
    await this.prefetched?.batch.catch(() => undefined);
    await this.options.sender.close();
    await this.options.source.close();
  }

  private get isOver(): boolean {
    return this.end.signal.aborted;
  }

  private async run(): Promise<void> {
    while (!this.isOver) {
      try {
        await this.connected();
        await this.step();
      } catch (error) {
        if (error instanceof Rewind) {
          this.cursor = error.from;
          this.pending = null;
        } else if (!this.isOver) await this.pause(spoolFault(error));
      }
    }
    await this.keep(true).catch(() => undefined);
  }

  private async step(): Promise<void> {
    this.pending ??= await this.next();
    if (this.pending === null) return;
    const { outgoing, batch } = this.pending;
    await this.deliver(outgoing, 0, outgoing.items.length, batch.cursor);
    this.pending = null;
    this.cursor = batch.cursor;
    this.status.waiting = batch.waiting;
    await this.keep(false);
  }

  /** The next rows, encoded; null where there are none. */
  private async next(): Promise<{ outgoing: Outgoing<Item>; batch: RowBatch } | null> {
    const { source, sender } = this.options;
    const batch = await this.read();
    this.status.lost += batch.lost;
    this.status.waiting = batch.waiting + batch.rows.length;
    if (batch.rows.length === 0) {
      this.cursor = batch.cursor;
      await this.rest();
      return null;
    }
    const after = batch.cursor;
    if (batch.waiting > 0) {
      this.prefetched = { after, batch: source.next(after, this.most) };
      // Whoever reads it handles its failure; until then it must not be an unhandled one.
      this.prefetched.batch.catch(() => undefined);
    }
    const items: Item[] = [];
    const numbers: number[] = [];
    for (const row of batch.rows) {
      const item = sender.encode(row);
      if (item === null) {
        this.status.leftOut++;
        continue;
      }
      items.push(item);
      numbers.push(row.number);
    }
    return { outgoing: { items, numbers }, batch };
  }

  /** Without rows: what was sent may have settled meanwhile, and the cursor may have gone past rows of no interest. */
  private async rest(): Promise<void> {
    const { sender, idleMs, now } = this.options;
    if (sender.settled() < this.cursor && now() - this.restedAt >= keepEveryMs) {
      this.restedAt = now();
      const outcome = await sender.send({ items: [], numbers: [] }, 0, 0, this.cursor);
      if (outcome.kind === "away") {
        this.isConnected = false;
        await this.pause(outcome);
        return;
      }
    }
    await this.keep(false);
    await this.sleep(idleMs);
  }

  private async read(): Promise<RowBatch> {
    const { prefetched, cursor } = this;
    this.prefetched = null;
    if (prefetched?.after === cursor) return prefetched.batch;
    // The source does one thing at a time.
    await prefetched?.batch.catch(() => undefined);
    return this.options.source.next(cursor, this.most);
  }

  /** Returns when each of the items is stored or dropped. */
  private async deliver(batch: Outgoing<Item>, from: number, to: number, through: number): Promise<void> {
    for (;;) {
      this.leaveIfOver();
      const outcome = await this.options.sender.send(batch, from, to, through);
      switch (outcome.kind) {
        case "stored":
          this.failures = 0;
          this.refusedInARow = 0;
          this.most = Math.min(this.limit, this.most * 2);
          if (this.status.state !== "ok") this.setState("ok", "", "");
          this.status.sent += to - from - outcome.refused;
          if (outcome.refused > 0) this.refuse(outcome.refused, outcome.reason);
          return;
        case "away":
          this.isConnected = false;
          this.most = Math.max(fewestRows, Math.floor(this.most / 2));
          await this.pause(outcome);
          await this.connected();
          if (to - from <= this.most) continue;
          return this.deliverHalves(batch, from, to, through);
        case "refused": {
          if (outcome.isTooLarge) {
            this.limit = Math.max(fewestRows, Math.floor(Math.min(this.most, to - from) / 2));
            this.most = this.limit;
          }
          if (to - from <= 1) {
            if (++this.refusedInARow > mostRefusedInARow) {
              await this.pause(everythingRefused(outcome.reason));
              continue;
            }
            this.refuse(to - from, outcome.reason);
            // What keeps the cursor has to move it past the row.
            if (from < to && this.options.sender.keepsCursor) await this.deliver(batch, to, to, through);
            return;
          }
          const bad = outcome.at === null ? null : from + outcome.at;
          if (bad !== null && bad >= from && bad < to) {
            if (bad > from) await this.deliver(batch, from, bad, batch.numbers[bad - 1] as number);
            this.refuse(1, outcome.reason);
            await this.deliver(batch, bad + 1, to, through);
            return;
          }
          return this.deliverHalves(batch, from, to, through);
        }
      }
    }
  }

  private async deliverHalves(
    batch: Outgoing<Item>,
    from: number,
    to: number,
    through: number,
  ): Promise<void> {
    const half = from + Math.ceil((to - from) / 2);
    await this.deliver(batch, from, half, batch.numbers[half - 1] as number);
    await this.deliver(batch, half, to, through);
  }

  private refuse(rows: number, reason: string): void {
    this.status.refused += rows;
    this.status.refusal = reason;
  }

  /** Returns when the server is there. */
  private async connected(): Promise<void> {
    while (!this.isConnected) {
      this.leaveIfOver();
      const answer = await this.options.sender.connect(this.kept);
      if (answer.kind === "away") {
        await this.pause(answer);
        continue;
      }
      this.isConnected = true;
      this.setState("ok", "", "");
      if (answer.from !== null && answer.from !== this.cursor) throw new Rewind(answer.from);
    }
  }

  private async pause({ state, reason, remedy }: Away): Promise<void> {
    this.setState(state, reason, remedy);
    const [first, longest] = this.options.retryMs;
    const wait = Math.min(longest, first * 2 ** Math.min(this.failures++, 20));
    // Not all twins at once, when a server that they share is back.
    await this.sleep(wait * (0.8 + 0.4 * Math.random()));
  }

  private setState(state: SinkStatus["state"], reason: string, remedy: string): void {
    const { status } = this;
    if (status.state !== state) status.since = this.options.now();
    status.state = state;
    status.reason = reason;
    status.remedy = remedy;
  }

  private async keep(always: boolean): Promise<void> {
    const { sender, source, file, now } = this.options;
    const cursor = sender.keepsCursor ? this.cursor : Math.min(this.cursor, sender.settled());
    const isDue = now() - this.keptAt >= this.keepPauseMs;
    // While a batch is under way, the state of the encoder is ahead of the cursor.
    if (cursor === this.kept || this.pending !== null || !(always || isDue)) return;
    if (!sender.keepsCursor) {
      const bytes = await file.write({ store: source.store, cursor, state: sender.state() });
      this.keepPauseMs = Math.max(keepEveryMs, Math.min(30_000, bytes / keepBytesPerMs));
    }
    this.kept = cursor;
    this.keptAt = now();
  }

  private leaveIfOver(): void {
    if (this.isOver) throw new Error("stopped");
  }

  private sleep(ms: number): Promise<void> {
    const { signal } = this.end;
    if (signal.aborted) return Promise.resolve();
    return new Promise((resolve) => {
      const timer = setTimeout(done, ms);
      function done(): void {
        clearTimeout(timer);
        signal.removeEventListener("abort", done);
        resolve();
      }
      signal.addEventListener("abort", done);
    });
  }
}
