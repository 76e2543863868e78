import { createInterface } from "node:readline";
import { lightNode, loadRclnodejs } from "../ros/rclnodejs-api.ts";
import { loadJpegEncoder } from "./jpeg-encoder.ts";
import { RosTopics } from "./ros-topics.ts";
import { messageFrame, reportFrame, type TopicOrder } from "./topic-orders.ts";

/*
 * The process that listens to the topics that viewers watch, and makes them small; see `TopicProcess`. Orders come as lines on its
 * standard input; it ends when that ends, so with the twin.
 */

const pollPeriodMs = 300;
const stepPeriodMs = 20;
const spinTimeoutMs = 20;
/** Beyond this the twin does not keep up: what is newer takes the place of what waits. */
const mostWaiting = 32 * 1024 * 1024;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
process.stdout.on("error", () => process.exit(0));

async function listen(rclnodejs: string, clockOffset: number): Promise<void> {
  // The monotonic clock of the machine is the same for both.
  const now = () => Number(process.hrtime.bigint()) / 1e6 + clockOffset;
  const [rcl, jpeg] = await Promise.all([loadRclnodejs(rclnodejs), loadJpegEncoder()]);
  await rcl.init();
  const node = lightNode(rcl, "twin_topics");
  const topics = new RosTopics(
    rcl,
    node,
    jpeg,
    now,
    (report) => process.stdout.write(reportFrame(report)),
    (message) => {
      if (process.stdout.writableLength > mostWaiting) return;
      const [head, bytes] = messageFrame(message);
      process.stdout.cork();
      process.stdout.write(head);
      process.stdout.write(bytes);
      process.stdout.uncork();
    },
  );
  const lines = createInterface(process.stdin);
  lines.on("line", (line) => topics.take(JSON.parse(line) as TopicOrder));
  lines.on("close", () => process.exit(0));
  rcl.spin(node, spinTimeoutMs);
  setInterval(() => topics.poll(), pollPeriodMs);
  setInterval(() => topics.step(), stepPeriodMs);
}

listen(process.argv[2] ?? "", Number(process.argv[3] ?? 0)).catch((error: unknown) => {
  process.stderr.write(`the process for topics: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
