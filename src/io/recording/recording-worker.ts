import { parentPort } from "node:worker_threads";
import { openCompressor } from "./compression.ts";
import { Recording } from "./recording.ts";
import type { RecordingOrder, RecordingReport } from "./recording-messages.ts";

/*
 * The thread that writes a recording (recording-thread.ts): a message costs some 20 µs, and the end of a chunk tens of
 * milliseconds, which nothing else is to wait for.
 */

const tickMs = 200;

let recording: Recording | null = null;
let ticking: NodeJS.Timeout | null = null;
/** Orders are dealt with one after the other; opening takes a moment. */
let last: Promise<void> = Promise.resolve();

function report(message: RecordingReport): void {
  parentPort?.postMessage(message);
}

function end(): void {
  if (ticking !== null) clearInterval(ticking);
  ticking = null;
  recording = null;
  parentPort?.close();
}

function failed(error: unknown): void {
  recording?.abandon();
  report({ op: "failed", reason: error instanceof Error ? error.message : String(error) });
  end();
}

async function obey(order: RecordingOrder): Promise<void> {
  if (order.op === "open") {
    const { path, library, maxBytes, maxSeconds } = order;
    const compressor = await openCompressor(order.compression);
    recording = new Recording({ path, library, compressor, maxBytes, maxSeconds });
    ticking = setInterval(() => {
      try {
        recording?.tick(performance.now());
      } catch (error) {
        failed(error);
      }
    }, tickMs);
    report({ op: "opened" });
    return;
  }
  if (recording === null) return;
  if (order.op === "channel") recording.register(order.id, order.channel);
  else if (order.op === "block") {
    recording.add(order.block, performance.now());
    report({ op: "taken", bytes: order.block.length, progress: recording.progress() });
  } else {
    const summary = recording.close();
    report({ op: "closed", summary });
    end();
  }
}

parentPort?.on("message", (order: RecordingOrder) => {
  last = last.then(() => obey(order)).catch(failed);
});
