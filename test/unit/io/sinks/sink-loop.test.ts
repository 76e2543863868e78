import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import type { SinkRow } from "../../../../src/history/sink-row.ts";
import { CursorFile } from "../../../../src/io/sinks/cursor-file.ts";
import type { Away, Outgoing, Ready, RowSender, SendOutcome } from "../../../../src/io/sinks/row-sender.ts";
import type { RowBatch, RowSource } from "../../../../src/io/sinks/row-source.ts";
import { SinkLoop } from "../../../../src/io/sinks/sink-loop.ts";
import { eventually } from "../../../support/eventually.ts";
import { sinkRow } from "../../../support/sink-rows.ts";

const away: Away = { kind: "away", state: "lost", reason: "it does not answer", remedy: "start it" };

class ListSource implements RowSource {
  readonly store = "store";
  asked: number[] = [];
  constructor(
    readonly rows: SinkRow[],
    private readonly oldest = 0,
  ) {}

  async next(cursor: number, most: number): Promise<RowBatch> {
    this.asked.push(cursor);
    const from = Math.max(cursor, this.oldest);
    const rows = this.rows.slice(from, from + most);
    const end = from + rows.length;
    return { rows, cursor: end, lost: from - cursor, waiting: this.rows.length - end };
  }

  async close(): Promise<void> {}
}

/** A store in memory whose answers are chosen by the test. */
class ListSender implements RowSender<number> {
  readonly name = "list:store";
  readonly keepsCursor: boolean = false;
  readonly stored: number[] = [];
  encoded = 0;
  through = 0;
  connections = 0;
  answer: (part: number[]) => SendOutcome = () => ({ kind: "stored", refused: 0, reason: "" });
  ready: () => Ready | Away = () => ({ kind: "ready", from: null });

  encode(row: SinkRow): number | null {
    this.encoded++;
    return row.numbers.length === 0 ? null : (row.numbers[0] as number);
  }

  async connect(): Promise<Ready | Away> {
    this.connections++;
    return this.ready();
  }

  async send({ items }: Outgoing<number>, from: number, to: number, through: number): Promise<SendOutcome> {
    const part = items.slice(from, to);
    const answer = this.answer(part);
    if (answer.kind === "stored") {
      this.stored.push(...part);
      this.through = through;
    }
    return answer;
  }

  settled(): number {
    return this.through;
  }

  state(): unknown {
    return { encoded: this.encoded };
  }

  async close(): Promise<void> {}
}

const rowsOf = (values: (number | null)[]): SinkRow[] =>
  values.map((value, i) => ({
    ...sinkRow({ received: 1, ...(value === null ? {} : { numbers: [value] }) }),
    number: i + 1,
  }));

describe("the loop of a sink", () => {
  let folder = "";
  let loop: SinkLoop<number> | null = null;
  const file = () => new CursorFile(join(folder, "sinks", "list.json"));
  const start = (source: RowSource, sender: ListSender, cursor = 0, batchRows = 4): SinkLoop<number> => {
    loop = new SinkLoop({
      sender,
      source,
      file: file(),
      cursor,
      now: () => Date.now(),
      batchRows,
      retryMs: [1, 2],
      idleMs: 1,
    });
    loop.start();
    return loop;
  };
  const done = (running: SinkLoop<number>, cursor: number) =>
    eventually("it is done", () => running.done === cursor, 5000);

  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twin-loop-"));
  });
  afterEach(async () => {
    await loop?.stop();
    loop = null;
    rmSync(folder, { recursive: true, force: true });
  });

  it("sends all rows in order, and keeps how far it is with what the encoder depends on", async () => {
    const sender = new ListSender();
    const running = start(new ListSource(rowsOf([1, 2, 3, 4, 5, null, 7])), sender);
    await done(running, 7);
    expect(sender.stored).toEqual([1, 2, 3, 4, 5, 7]);
    expect(running.status).toMatchObject({
      state: "ok",
      sent: 6,
      leftOut: 1,
      refused: 0,
      lost: 0,
      waiting: 0,
    });
    await running.stop();
    expect(await file().read()).toEqual({ store: "store", cursor: 7, state: { encoded: 7 } });
  });

  it("sends a batch again as it was encoded, until the server takes it", async () => {
    const sender = new ListSender();
    let failures = 5;
    sender.answer = () => (failures-- > 0 ? away : { kind: "stored", refused: 0, reason: "" });
    const running = start(new ListSource(rowsOf([1, 2, 3])), sender);
    await done(running, 3);
    expect(sender.stored).toEqual([1, 2, 3]);
    expect(sender.encoded).toBe(3);
    expect(sender.connections).toBe(6);
  });

  it("says why the server is away, and since when", async () => {
    const sender = new ListSender();
    sender.ready = () => away;
    const running = start(new ListSource(rowsOf([1])), sender);
    await eventually("it is lost", () => running.status.state === "lost");
    expect(running.status).toMatchObject({ reason: "it does not answer", remedy: "start it", sent: 0 });
    expect(running.done).toBe(0);
  });

  it("keeps nothing of a batch that is under way when it is stopped", async () => {
    const sender = new ListSender();
    sender.answer = (part) => (part.includes(5) ? away : { kind: "stored", refused: 0, reason: "" });
    const running = start(new ListSource(rowsOf([1, 2, 3, 4, 5, 6])), sender);
    await eventually("it is lost", () => running.status.state === "lost");
    await running.stop();
    const kept = await file().read();
    expect([null, 4]).toContain(kept?.cursor ?? null);
    if (kept !== null) expect(kept.state).toEqual({ encoded: 4 });
  });

  it("finds the rows that a server refuses, drops and counts them, and sends all others once", async () => {
    const sender = new ListSender();
    const bad = [3, 4, 9];
    sender.answer = (part) =>
      part.some((value) => bad.includes(value))
        ? { kind: "refused", reason: "no such column", at: null, isTooLarge: false }
        : { kind: "stored", refused: 0, reason: "" };
    const running = start(new ListSource(rowsOf([1, 2, 3, 4, 5, 6, 7, 8, 9])), sender, 0, 9);
    await done(running, 9);
    expect(sender.stored).toEqual([1, 2, 5, 6, 7, 8]);
    expect(running.status).toMatchObject({ sent: 6, refused: 3, refusal: "no such column" });
  });

  it("drops the row that a server names", async () => {
    const sender = new ListSender();
    const parts: number[][] = [];
    sender.answer = (part) => {
      parts.push(part);
      const at = part.indexOf(3);
      return at < 0
        ? { kind: "stored", refused: 0, reason: "" }
        : { kind: "refused", reason: "line", at, isTooLarge: false };
    };
    const running = start(new ListSource(rowsOf([1, 2, 3, 4])), sender);
    await done(running, 4);
    expect(sender.stored).toEqual([1, 2, 4]);
    expect(parts).toEqual([[1, 2, 3, 4], [1, 2], [4]]);
  });

  it("sends less at once where that is too much", async () => {
    const sender = new ListSender();
    const sizes: number[] = [];
    sender.answer = (part) => {
      sizes.push(part.length);
      return part.length > 150
        ? { kind: "refused", reason: "413", at: null, isTooLarge: true }
        : { kind: "stored", refused: 0, reason: "" };
    };
    const values = Array.from({ length: 1000 }, (_, i) => i);
    const running = start(new ListSource(rowsOf(values)), sender, 0, 400);
    await done(running, 1000);
    expect(sender.stored).toEqual(values);
    expect(sizes.slice(-2).every((size) => size <= 150)).toBe(true);
  });

  it("sends less at once to a server that is too slow for more, and more when it is well again", async () => {
    const sender = new ListSender();
    const sizes: number[] = [];
    let isSlow = true;
    sender.answer = (part) => {
      sizes.push(part.length);
      return isSlow && part.length > 130 ? away : { kind: "stored", refused: 0, reason: "" };
    };
    const values = Array.from({ length: 5000 }, (_, i) => i);
    const rows = rowsOf(values);
    const source = new ListSource(rows.slice(0, 1000));
    const running = start(source, sender, 0, 1000);
    await done(running, 1000);
    isSlow = false;
    source.rows.push(...rows.slice(1000));
    await done(running, 5000);
    expect(sender.stored).toEqual(values);
    expect(sender.encoded).toBe(5000);
    expect(sizes).toContain(1000);
    expect(running.status).toMatchObject({ sent: 5000, refused: 0 });
  });

  it("counts rows that were deleted before they were sent", async () => {
    const sender = new ListSender();
    const running = start(new ListSource(rowsOf([1, 2, 3, 4, 5]), 3), sender);
    await done(running, 5);
    expect(sender.stored).toEqual([4, 5]);
    expect(running.status.lost).toBe(3);
  });

  it("goes on where the store says it is, not where a lost answer left it", async () => {
    const source = new ListSource(rowsOf([1, 2, 3, 4, 5, 6, 7, 8]));
    class Keeping extends ListSender {
      override readonly keepsCursor = true;
    }
    const sender = new Keeping();
    sender.ready = () => ({ kind: "ready", from: sender.through });
    let lose = true;
    // The first answer is lost: all of it is stored, and the sender does not know.
    const send = sender.send.bind(sender);
    sender.send = async (batch, from, to, through) => {
      const outcome = await send(batch, from, to, through);
      if (!lose) return outcome;
      lose = false;
      return away;
    };
    const running = start(source, sender);
    await done(running, 8);
    expect(sender.stored).toEqual([1, 2, 3, 4, 5, 6, 7, 8]);
  });

  it("says so where the place of its rows cannot be kept, and loses none", async () => {
    const sender = new ListSender();
    const source = new ListSource(rowsOf([1, 2, 3]));
    const broken = new CursorFile("/dev/null/list.json");
    loop = new SinkLoop({
      sender,
      source,
      file: broken,
      cursor: 0,
      now: () => Date.now(),
      batchRows: 4,
      retryMs: [1, 2],
      idleMs: 1,
    });
    loop.start();
    const running = loop;
    await eventually("it says so", () => running.status.state === "error");
    expect(running.status.reason).toContain("cannot be read or their place cannot be kept");
    expect(sender.stored).toEqual([1, 2, 3]);
    expect(running.done).toBe(0);
  });
});
