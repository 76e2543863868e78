import { parentPort } from "node:worker_threads";
import { rosSchemaText } from "../../protocol/ros-schema-text.ts";
import { installedMessageText } from "../ros/installed-message-text.ts";
import { openCompressor } from "./compression.ts";
import type { TriggerOrder, TriggerReport } from "./trigger-messages.ts";
import { TriggerRing } from "./trigger-ring.ts";

/*
 * The thread that keeps the last seconds of what came in, and writes them when something happens (trigger-thread.ts).
 */

let ring: TriggerRing | null = null;
let last: Promise<void> = Promise.resolve();

function report(message: TriggerReport): void {
  parentPort?.postMessage(message);
}

async function obey(order: TriggerOrder): Promise<void> {
  switch (order.op) {
    case "open": {
      const compressor = await openCompressor(order.compression);
      ring = new TriggerRing(order.options, compressor, (saved) => report({ op: "saved", saved }));
      return;
    }
    case "channel": {
      const { channel } = order;
      const { name, encoding, text } = channel.schema;
      // Definitions are read here: a dozen files are too much for the thread of the cycle.
      const found = encoding === "ros2msg" && text === "" ? rosSchemaText(name, installedMessageText) : text;
      const schema =
        found === null ? { name, encoding: "" as const, text: "" } : { name, encoding, text: found };
      ring?.register(order.id, { ...channel, schema });
      return;
    }
    case "block":
      try {
        ring?.add(order.block, order.at, order.dropped);
      } finally {
        report({ op: "taken", bytes: order.block.length });
      }
      return;
    case "trigger":
      ring?.trigger(order.kind, order.at);
      return;
    case "tick":
      ring?.tick(order.at);
      return;
    case "close":
      try {
        ring?.end();
      } finally {
        report({ op: "closed" });
        parentPort?.close();
      }
  }
}

parentPort?.on("message", (order: TriggerOrder) => {
  last = last
    .then(() => obey(order))
    .catch((error: unknown) => {
      try {
        ring?.abandon();
      } catch {
        // The file is closed already.
      }
      report({ op: "failed", reason: error instanceof Error ? error.message : String(error) });
    });
});
