import { performance } from "node:perf_hooks";
import { parentPort } from "node:worker_threads";
import { type PlanMessage, PlanService } from "./plan-service.ts";

/*
 * The thread that computes motions (plan-thread.ts): a plan among obstacles may take a second, which no cycle is to wait for.
 */

const service = new PlanService(
  () => performance.now(),
  (answer) => parentPort?.postMessage(answer),
);
let isRunning = false;

function run(): void {
  service.step();
  if (service.isIdle()) isRunning = false;
  else setImmediate(run);
}

parentPort?.on("message", (message: PlanMessage) => {
  service.take(message);
  if (isRunning || service.isIdle()) return;
  isRunning = true;
  setImmediate(run);
});
