import { createInterface } from "node:readline";
import { float64MultiArray } from "./forward-group.ts";
import { GuardedTopics, zeroEveryMs } from "./guarded-topics.ts";
import { lightNode, loadRclnodejs } from "./rclnodejs-api.ts";
import type { GuardOrder, GuardReport } from "./velocity-guard.ts";

/*
 * The process that sends zeros to velocity groups where the twin does not speak any more; see `VelocityGuard`. It ends when the
 * twin does, after its zeros, and by nothing else: a signal to all of the twin's processes must not end it first.
 */

const reportEveryMs = 100;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
// Nobody may read any more what it says.
process.stdout.on("error", () => undefined);

const now = () => performance.now();

async function guard(rclnodejs: string): Promise<void> {
  const rcl = await loadRclnodejs(rclnodejs);
  await rcl.init();
  const node = lightNode(rcl, "twin_velocity_guard");
  const topics = new GuardedTopics((topic) => {
    const publisher = node.createPublisher(float64MultiArray, topic);
    return {
      send: (size) =>
        publisher.publish({ layout: { dim: [], data_offset: 0 }, data: new Array<number>(size).fill(0) }),
      isMatched: () => publisher.subscriptionCount > 0,
      end: () => node.destroyPublisher(publisher),
    };
  });
  let isGone = false;
  const lines = createInterface(process.stdin);
  lines.on("line", (line) => topics.take(JSON.parse(line) as GuardOrder, now()));
  lines.on("close", () => {
    isGone = true;
  });
  let said = "";
  let saidAt = Number.NEGATIVE_INFINITY;
  setInterval(() => {
    const owes = topics.step(now(), isGone);
    if (isGone && !owes) process.exit(0);
    if (isGone || now() - saidAt < reportEveryMs) return;
    saidAt = now();
    const report = JSON.stringify({ armed: topics.armed() } satisfies GuardReport);
    if (report !== said) process.stdout.write(`${report}\n`);
    said = report;
  }, zeroEveryMs);
}

guard(process.argv[2] ?? "").catch((error: unknown) => {
  process.stderr.write(
    `the guard of velocity groups: ${error instanceof Error ? error.message : String(error)}\n`,
  );
  process.exit(1);
});
