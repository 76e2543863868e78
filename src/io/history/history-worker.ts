import { parentPort, workerData } from "node:worker_threads";
import type { SampleChunk } from "../../history/history-query.ts";
import { HistoryFault } from "../../history/history-query.ts";
import { serverNow } from "../clock.ts";
import { writeBody } from "./body-writer.ts";
import { HistoryKeeper } from "./history-keeper.ts";
import type { FromHistory, HistoryCall, ToHistory, WorkerOptions } from "./history-messages.ts";
import { Retention } from "./retention.ts";
import type { HistoryStore } from "./store.ts";
import { StoreQueries } from "./store-queries.ts";

/*
 * The thread of the history. It stores what it is sent, answers queries between batches, and does the rest of its work
 * (blocks, the disk, retention) in small pieces.
 */

const tickMs = 100;
const statusMs = 1000;
/** Samples in one answer of a stream. */
const streamSamples = 50_000;

const options = workerData as WorkerOptions;
const port = parentPort;
let needed = Number.POSITIVE_INFINITY;
let nextStatus = 0;
let asked: { store: HistoryStore; queries: StoreQueries } | null = null;
const streams = new Map<number, Generator<SampleChunk>>();
const bodies = new Map<number, AsyncGenerator<Uint8Array<ArrayBuffer>>>();

const send = (message: FromHistory, transfer: ArrayBuffer[] = []): void =>
  port?.postMessage(message, transfer);

const keeper = new HistoryKeeper({
  ...options,
  onEvent: (severity, kind, message) => send({ op: "event", severity, kind, message }),
  needed: () => needed,
});

function tick(): void {
  const now = serverNow();
  const more = keeper.tick(now);
  if (now >= nextStatus) {
    nextStatus = now + statusMs;
    send({ op: "status", status: keeper.status(), end: keeper.store?.end ?? 0 });
  }
  if (more) setImmediate(() => keeper.tick(serverNow()));
}

/** The queries of the store that is open now. */
function queries(): StoreQueries {
  const { store } = keeper;
  if (store === null) {
    const { reason, remedy } = keeper.status();
    throw new HistoryFault(503, reason === "" ? "the history is being opened" : `${reason}. ${remedy}`);
  }
  if (asked?.store !== store) {
    asked = { store, queries: new StoreQueries(store) };
    streams.clear();
    bodies.clear();
  }
  return asked.queries;
}

function nextSamples(id: number): SampleChunk[] | null {
  const stream = streams.get(id);
  if (stream === undefined) return null;
  const chunks: SampleChunk[] = [];
  let count = 0;
  const until = performance.now() + 5;
  while (count < streamSamples && performance.now() < until) {
    const { value, done } = stream.next();
    if (done === true) {
      streams.delete(id);
      return chunks.length > 0 ? chunks : null;
    }
    chunks.push(value);
    count += value.time.length;
  }
  return chunks;
}

async function answer(call: HistoryCall): Promise<unknown> {
  const ask = queries();
  switch (call.method) {
    case "series":
      return ask.series(...call.args);
    case "points":
      return ask.points(...call.args);
    case "count":
      return ask.count(...call.args);
    case "lastValues":
      return ask.lastValues(...call.args);
    case "twinAt":
      return ask.twinAt(...call.args);
    case "moment":
      return ask.moment(...call.args);
    case "forgetViewer":
      return ask.forgetViewer(...call.args);
    case "events":
      return ask.events(...call.args);
    case "gaps":
      return ask.gaps(...call.args);
    case "description":
      return ask.description(...call.args);
    case "nextSamples": {
      const [id, query] = call.args;
      if (query !== null) streams.set(id, ask.samples(query));
      return nextSamples(id);
    }
    case "endSamples":
      streams.delete(call.args[0]);
      return undefined;
    case "nextBody": {
      const [id, request] = call.args;
      if (request !== null) bodies.set(id, writeBody(ask, request));
      const next = await bodies.get(id)?.next();
      if (next !== undefined && next.done !== true) return next.value;
      bodies.delete(id);
      return null;
    }
    case "endBody":
      await bodies.get(call.args[0])?.return(undefined);
      bodies.delete(call.args[0]);
      return undefined;
    case "prune": {
      const { store } = keeper;
      if (store !== null) new Retention(store, options).prune(call.args[0]);
      return undefined;
    }
  }
}

port?.on("message", (message: ToHistory) => {
  switch (message.op) {
    case "batch": {
      const isStored = keeper.take(message.batch, message.now);
      send({ op: "taken", buffer: message.batch.buffer, isStored }, [message.batch.buffer]);
      return;
    }
    case "needed":
      needed = message.sample;
      return;
    case "call":
      answer(message).then(
        (value) => {
          const transfer = value instanceof Uint8Array ? [value.buffer as ArrayBuffer] : [];
          send({ op: "answer", id: message.id, value }, transfer);
        },
        (error: Error) => {
          const status = error instanceof HistoryFault ? error.status : 500;
          send({ op: "refused", id: message.id, status, message: error.message });
        },
      );
      return;
    case "close":
      clearInterval(timer);
      keeper.close(message.now);
      send({ op: "closed" });
      port?.close();
  }
});

tick();
const timer = setInterval(tick, tickMs);
