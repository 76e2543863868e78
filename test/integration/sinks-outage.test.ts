import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it } from "vitest";
import { type OpenSink, openSink } from "../../src/io/sinks/open-sink.ts";
import { eventually } from "../support/eventually.ts";
import { JournalMaker, type MadeRow } from "../support/journal-maker.ts";
import {
  type AnyStore,
  newStore,
  optionsFor,
  plans,
  type SinkKind,
  sinkKinds,
  testPace,
} from "../support/sink-options.ts";
import { hasServer, type StoredRow } from "../support/store-server.ts";

/*
 * A server is away for 30 s in the middle of a stream: frozen with requests in its sockets, or killed and started again.
 * Then everything is read back from it and compared with what was written.
 */

const awayMs = 30_000;
/** Samples of 7 joints at 50 Hz, so that each has a ms of its own. */
const joints = 7;
const hz = 50;

class Stream {
  readonly written = new Map<string, number>();
  private readonly timer: NodeJS.Timeout;
  private count = 0;
  private tick = 0;
  private readonly begin = Date.now();

  constructor(private readonly maker: JournalMaker) {
    this.timer = setInterval(() => this.step(), 100);
  }

  end(): void {
    clearInterval(this.timer);
    this.step();
  }

  private step(): void {
    const rows: MadeRow[] = [];
    const due = Math.floor(((Date.now() - this.begin) / 1000) * hz);
    for (; this.tick < due; this.tick++) {
      const ms = this.begin + (this.tick * 1000) / hz;
      const [sec, nanosec] = [Math.floor(ms / 1000), (ms % 1000) * 1_000_000];
      for (let joint = 0; joint < joints; joint++) {
        const value = ++this.count;
        this.written.set(`joint/${joint} ${BigInt(sec) * 1_000_000_000n + BigInt(nanosec)}`, value);
        rows.push({ path: `joint/${joint}`, received: ms + 1.5, stamp: [sec, nanosec], numbers: [value] });
      }
    }
    this.maker.add(rows);
  }
}

/** What differs between the rows of a server and those that were written. */
function difference(written: ReadonlyMap<string, number>, stored: readonly StoredRow[]): object {
  const found = new Map<string, number>();
  let twice = 0;
  let wrong = 0;
  for (const { labels, time, fields } of stored) {
    const key = `${labels.path} ${time}`;
    if (found.has(key)) twice++;
    found.set(key, Number(fields.value));
    if (written.get(key) !== fields.value) wrong++;
  }
  const missing = [...written.keys()].filter((key) => !found.has(key)).length;
  return { rows: stored.length, missing, twice, wrong };
}

async function outage(kind: SinkKind, how: "frozen" | "killed"): Promise<void> {
  const folder = mkdtempSync(join(tmpdir(), "twin-sink-"));
  const store: AnyStore = newStore(kind);
  const maker = new JournalMaker(join(folder, "journal"));
  let sink: OpenSink | null = null;
  let stream: Stream | null = null;
  try {
    await store.start();
    stream = new Stream(maker);
    sink = await openSink(folder, optionsFor(store), Date.now, testPace);
    sink.start();
    const { status } = sink;
    await eventually("rows flow", () => status.sent > 1000, 30_000);
    if (how === "frozen") store.signal("SIGSTOP");
    else await store.kill();
    await new Promise((resolve) => setTimeout(resolve, awayMs));
    expect(status.state).toBe("lost");
    expect(status.remedy).not.toBe("");
    if (how === "frozen") store.signal("SIGCONT");
    else await store.start();
    await eventually("it is back", () => status.state === "ok", 20_000);
    await new Promise((resolve) => setTimeout(resolve, 2000));
    stream.end();
    const { written } = stream;
    await eventually(
      "nothing waits",
      () =>
        status.state === "ok" &&
        status.waiting === 0 &&
        (sink?.done === maker.end.sample || kind === "postgres"),
      30_000,
    );
    await eventually(
      "everything is there",
      async () => (await store.readAll()).length >= written.size,
      10_000,
    ).catch(() => undefined);
    expect(difference(written, await store.readAll())).toEqual({
      rows: written.size,
      missing: 0,
      twice: 0,
      wrong: 0,
    });
    expect(written.size).toBeGreaterThan((awayMs / 1000) * hz * joints);
    expect(status).toMatchObject({ refused: 0, lost: 0, leftOut: 0 });
  } finally {
    stream?.end();
    await sink?.stop();
    maker.close();
    await store.remove();
    rmSync(folder, { recursive: true, force: true });
  }
}

describe("a server that is away for 30 s has every row exactly once", () => {
  for (const kind of sinkKinds) {
    for (const how of ["frozen", "killed"] as const) {
      it.skipIf(!hasServer(plans[kind])).concurrent(`${kind}, ${how}`, () => outage(kind, how), 150_000);
    }
  }
});
