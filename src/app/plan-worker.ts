import { performance } from "node:perf_hooks";
import { parentPort } from "node:worker_threads";
import { serverNow } from "../io/clock.ts";
import { startTopicProcess, TopicProcess } from "../io/topics/topic-process.ts";
import { MapIntake } from "./map-intake.ts";
import { type PlanMessage, PlanService } from "./plan-service.ts";

/*
 * The thread that computes motions (plan-thread.ts): a plan among obstacles may take a second, which no cycle is to wait for. Maps
 * come here from a process of their own, so that not a byte of them passes the thread of the cycles.
 */

let rclnodejs = "";
const maps = new MapIntake(
  (ends) =>
    new TopicProcess(
      serverNow,
      () => startTopicProcess("io/topics/topic-process-main.js", rclnodejs, serverNow),
      ends,
    ),
  (report) => parentPort?.postMessage(report),
);
const service = new PlanService(
  () => performance.now(),
  (answer) => parentPort?.postMessage(answer),
  (robot) => maps.gridOf(robot),
);
let isRunning = false;

function run(): void {
  service.step();
  if (service.isIdle()) isRunning = false;
  else setImmediate(run);
}

parentPort?.on("message", (message: PlanMessage) => {
  if (message.kind === "listen") {
    rclnodejs = message.rclnodejs;
    maps.listen(message.robot, message.topic, message.settings);
    return;
  }
  if (message.kind === "ping") {
    parentPort?.postMessage({ kind: "pong" });
    return;
  }
  service.take(message);
  if (isRunning || service.isIdle()) return;
  isRunning = true;
  setImmediate(run);
});
