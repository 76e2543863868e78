import type { WayOutcome } from "../../command/way-question.ts";
import { getMotionPlan, motionPlanRequest, readMotionPlan } from "../../protocol/moveit-plan.ts";
import { simplifyWay } from "../../robot/path/simplify-way.ts";
import { linesOf, type PlannerOrder, type PlannerReport } from "./move-group-process.ts";
import { lightNode, loadRclnodejs } from "./rclnodejs-api.ts";

/*
 * The process that asks MoveIt's move_group for ways; see `MoveGroup`. It ends when the twin does, and by nothing else: a signal to
 * all of the twin's processes must not end it first.
 */

const lookEveryMs = 200;
const spinTimeoutMs = 50;
/** How far a way may be from the points of MoveIt's that are left out, rad or m. */
const simplifiedWithin = 2e-4;

for (const signal of ["SIGINT", "SIGTERM", "SIGHUP"] as const) process.on(signal, () => undefined);
// Nobody may read any more what it says.
process.stdout.on("error", () => undefined);
process.stdin.on("end", () => process.exit(0));

function say(report: PlannerReport): void {
  process.stdout.write(`${JSON.stringify(report)}\n`);
}

async function ask(rclnodejs: string, service: string): Promise<void> {
  const rcl = await loadRclnodejs(rclnodejs);
  try {
    rcl.require(getMotionPlan);
  } catch {
    const fault = `${service} is there, but ${getMotionPlan} is not installed where the twin runs: install moveit_msgs, then run \`twin ros setup\``;
    say({ fault });
    return;
  }
  await rcl.init();
  rcl.removeSignalHandlers();
  const node = lightNode(rcl, "twin_planner");
  const client = node.createClient(getMotionPlan, service);
  rcl.spin(node, spinTimeoutMs);
  linesOf<PlannerOrder>(process.stdin, (order) => {
    if ("ping" in order) {
      say({ pong: true });
      return;
    }
    const { plan } = order;
    try {
      client.sendRequest(motionPlanRequest(plan), (response) => {
        say({ id: plan.id, outcome: simplified(readMotionPlan(response)) });
      });
    } catch (error) {
      const message = `MoveIt could not be asked: ${error instanceof Error ? error.message : String(error)}`;
      say({ id: plan.id, outcome: { found: "objection", objection: { code: "ros_error", message } } });
    }
  });
  let wasReady = false;
  setInterval(() => {
    const ready = client.isServiceServerAvailable();
    if (ready !== wasReady) say({ ready });
    wasReady = ready;
  }, lookEveryMs);
}

/** Points on straight lines are left out: MoveIt's are close to one another, for a motion by its own times. */
function simplified(outcome: WayOutcome): WayOutcome {
  if (outcome.found !== "way") return outcome;
  const { joints, points } = outcome.way;
  return { found: "way", way: { joints, points: simplifyWay(points, simplifiedWithin) } };
}

ask(process.argv[2] ?? "", process.argv[3] ?? "").catch((error: unknown) => {
  process.stderr.write(`asking MoveIt: ${error instanceof Error ? error.message : String(error)}\n`);
  process.exit(1);
});
