import { parentPort, workerData } from "node:worker_threads";
import { serverNow } from "../clock.ts";
import { SinkGroup } from "./sink-group.ts";
import type { FromSinks, SinksOptions, ToSinks } from "./sinks-messages.ts";

/*
 * The thread of the sinks: it reads the history's journal beside the thread that writes it, and sends rows to the stores.
 * Nothing that a server does or leaves undone reaches another thread.
 */

const tellEveryMs = 1000;
const group = new SinkGroup(workerData as SinksOptions, serverNow);
const post = (message: FromSinks): void => parentPort?.postMessage(message);

let isTending = false;
const tend = (): void => {
  if (isTending) return;
  isTending = true;
  void group.tend().then(() => {
    isTending = false;
    post({ op: "status", statuses: group.statuses(), needed: group.needed() });
  });
};
const timer = setInterval(tend, tellEveryMs);
tend();

parentPort?.on("message", (message: ToSinks) => {
  if (message.op !== "stop") return;
  clearInterval(timer);
  void group.stop().then(() => {
    post({ op: "status", statuses: group.statuses(), needed: group.needed() });
    post({ op: "stopped" });
    parentPort?.close();
  });
});
