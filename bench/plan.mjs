// `plan` of a direct move of all joints that lasts 5 s, from the question to the answer, by the engine and the thread that
// computes motions: our arm, and UR5 and Panda where PyPI's example-robot-data is. And what cycles of 10 ms are late
// meanwhile, beside the same time without plans.
import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { PlanThread } from "../dist/app/plan-thread.js";
import { readCollisions } from "../dist/app/read-collisions.js";
import { Engine } from "../dist/engine/engine.js";
import { pinocchioPrefix, robotFile } from "./example-robots.mjs";
import { root, sleep } from "./support.mjs";

const plans = Number(process.env.PLAN_COUNT ?? 100);
const moveSeconds = 5;

export async function run() {
  const prefix = pinocchioPrefix();
  const names = prefix === null ? [] : ["ur5_robot.urdf", "panda.urdf"];
  if (prefix === null) console.log("example-robot-data is not here: our arm only");
  for (const file of [join(root, "urdf/arm.urdf"), ...names.map((name) => robotFile(prefix, name))]) {
    await measure(file, prefix);
  }
}

async function measure(file, prefix) {
  const replies = [];
  let thread = null;
  const engine = new Engine({
    robots: [{ id: "robot", limits: {}, stop: null, isGeometryRead: true }],
    emit: (output) => {
      if (output.kind === "reply") replies.push({ ...output.message, at: performance.now() });
      if (output.kind === "plan") thread.compute(output.request);
    },
    runName: "bench",
    version: "0",
  });
  const now = () => Date.now();
  thread = new PlanThread(() => engine, now, console.error);
  const push = (input) => engine.inbox.push("bench", now(), input);
  const urdf = readFileSync(file, "utf8");
  push({ kind: "description", robot: "robot", text: urdf });
  engine.cycle(now());
  const twin = engine.robots.get("robot");
  const { hash } = twin.description;
  const packages = prefix === null ? {} : { "example-robot-data": join(prefix, "share/example-robot-data") };
  const srdf = file.replace(/\.urdf$/, ".srdf");
  const roots = { packages: { twinbridge: root, ...packages }, prefixes: [], models: [], besides: null };
  const semantics = existsSync(srdf) ? readFileSync(srdf, "utf8") : null;
  const { geometry } = await readCollisions({ robot: "robot", hash, urdf, srdf: semantics, roots });
  push({ kind: "collisionGeometry", robot: "robot", hash, geometry });
  const joints = twin.model.joints.filter(({ nq, mimic }) => nq === 1 && mimic === null);
  const start = joints.map(({ lower, upper }) => middle(lower, upper));
  const measured = () =>
    push({
      kind: "jointState",
      robot: "robot",
      message: {
        stamp: stampOf(now()),
        name: joints.map(({ name }) => name),
        position: start,
        velocity: [],
        effort: [],
      },
    });

  const late = [];
  let next = performance.now();
  let isOver = false;
  const cycle = () => {
    if (isOver) return;
    const at = performance.now();
    late.push(Math.max(0, at - next));
    next = Math.max(next + 10, at);
    measured();
    engine.cycle(now());
    setTimeout(cycle, Math.max(0, next - performance.now()));
  };
  cycle();
  await sleep(500);
  late.length = 0;
  await sleep(3000);
  const idle = late.splice(0);

  const took = [];
  let refused = 0;
  let [speed, duration] = [0.5, 0];
  for (let i = 0; i < plans + 5; i += 1) {
    const positions = Object.fromEntries(
      joints.map(({ name, lower, upper }, j) => [
        name,
        start[j] + 0.3 * Math.sin(i + j) * room(lower, upper),
      ]),
    );
    replies.length = 0;
    const asked = performance.now();
    push({
      kind: "client",
      session: "s",
      name: "s",
      message: {
        op: "plan",
        id: i,
        robot: "robot",
        avoid: false,
        command: { kind: "jointPosition", positions, speed },
      },
    });
    engine.read(now());
    while (replies.length === 0) await sleep(1);
    const [answer] = replies;
    if (answer.op !== "planned") refused += 1;
    // The first answers find the speed at which the move lasts as long as it is to.
    else if (i < 5) speed = Math.max(0.01, Math.min(1, (speed * answer.duration) / moveSeconds));
    else {
      took.push(answer.at - asked);
      duration += answer.duration;
    }
  }
  isOver = true;
  await thread.stop();
  const name = `${twin.model.name}, ${joints.length} joints, ${twin.collisions.model?.pairA.length ?? 0} pairs`;
  took.sort((a, b) => a - b);
  console.log(
    `${name}: a plan of ${(duration / took.length).toFixed(1)} s p50 ${at(took, 0.5)} ms, p95 ${at(took, 0.95)}, greatest ${at(took, 1)} (wanted: at most 50); ${refused} of ${plans} refused`,
  );
  console.log(
    `  cycles late p99 ${at(late, 0.99)} ms, greatest ${at(late, 1)}; without plans ${at(idle, 0.99)}, ${at(idle, 1)}`,
  );
}

const middle = (lower, upper) => (Number.isFinite(lower + upper) ? (lower + upper) / 2 : 0);
const room = (lower, upper) => (Number.isFinite(upper - lower) ? Math.min(3, (upper - lower) / 2) : 1.5);
const stampOf = (ms) => ({ sec: Math.floor(ms / 1000), nanosec: (ms % 1000) * 1e6 });
const at = (values, share) => {
  const sorted = [...values].sort((a, b) => a - b);
  return (sorted[Math.min(sorted.length - 1, Math.floor(share * sorted.length))] ?? Number.NaN).toFixed(1);
};
