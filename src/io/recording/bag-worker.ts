import { parentPort } from "node:worker_threads";
import { MessageBlock } from "../../protocol/mcap/message-block.ts";
import type { BagChannel, BagMessage, BagSource } from "./bag-source.ts";
import { openBag } from "./open-bag.ts";

/*
 * The thread that reads a bag (bag-thread.ts): to open a chunk takes up to some tenths of a second. It gives blocks
 * of messages, one for each `next`; an empty block is the end, after which `next` begins anew.
 */

export type BagOrder = { op: "open"; path: string } | { op: "next" } | { op: "close" };

export type BagReport =
  | { op: "opened"; channels: readonly BagChannel[]; start: bigint; end: bigint; notes: readonly string[] }
  | { op: "block"; block: Uint8Array<ArrayBuffer>; isEnd: boolean }
  | { op: "failed"; reason: string };

const blockBytes = 256 * 1024;
const blockMessages = 256;

let bag: BagSource | null = null;
let reading: AsyncGenerator<BagMessage> | null = null;
let last: Promise<void> = Promise.resolve();

function report(message: BagReport, transfer: ArrayBuffer[] = []): void {
  parentPort?.postMessage(message, transfer);
}

async function next(source: BagSource): Promise<void> {
  reading ??= source.messages();
  const block = new MessageBlock(blockBytes);
  let isEnd = false;
  while (block.size < blockBytes && block.count < blockMessages) {
    const { value, done } = await reading.next();
    if (done === true) {
      isEnd = true;
      reading = null;
      break;
    }
    block.add(value.channel, value.logTime, value.publishTime, value.data);
  }
  const bytes = block.take();
  report({ op: "block", block: bytes, isEnd }, [bytes.buffer]);
}

async function obey(order: BagOrder): Promise<void> {
  if (order.op === "open") {
    bag = await openBag(order.path);
    const { channels, start, end, notes } = bag;
    report({ op: "opened", channels, start, end, notes });
  } else if (order.op === "close") {
    await bag?.close();
    parentPort?.close();
  } else if (bag !== null) await next(bag);
}

parentPort?.on("message", (order: BagOrder) => {
  last = last
    .then(() => obey(order))
    .catch((error: unknown) =>
      report({ op: "failed", reason: error instanceof Error ? error.message : String(error) }),
    );
});
