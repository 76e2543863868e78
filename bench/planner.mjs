// Ways around for UR5 and Panda (PyPI's example-robot-data) between a table, a shelf and boxes, as a plan is computed: the share
// solved within 1 s, and how long it takes, in CPU time of the process, which other work on the machine changes little.
// PLAN_PROBLEMS: how many for each robot. PLAN_OUT: a file for the problems and paths, which scripts/truth/compare-plans.py
// verifies by coal and scripts/truth/compare-ompl.py puts beside OMPL.
import { createWriteStream } from "node:fs";
import { join } from "node:path";
import { usualMargins } from "../dist/command/collision-guard.js";
import { PlanWork } from "../dist/command/plan-work.js";
import { createPathSample, PathSampler } from "../dist/robot/path/timed-path-sample.js";
import { pinocchioPrefix, robotFile } from "./example-robots.mjs";
import { loadRobot, problemsOf } from "./planner-problems.mjs";

const count = Number(process.env.PLAN_PROBLEMS ?? 50);
const seed = Number(process.env.PLAN_SEED ?? 15);
const giveUpMs = 5000;
/** rad: what a joint moves between two of the samples that are written. */
const resolution = 1e-3;

export async function run() {
  const prefix = pinocchioPrefix();
  if (prefix === null) return console.log("example-robot-data is not here: not measured");
  const out = process.env.PLAN_OUT === undefined ? null : createWriteStream(process.env.PLAN_OUT);
  for (const name of ["ur5_robot.urdf", "panda.urdf"]) {
    measure(loadRobot(robotFile(prefix, name), join(prefix, "share")), out);
  }
  if (out !== null) await new Promise((resolve) => out.end(resolve));
}

function measure(loaded, out) {
  const took = [];
  const reasons = new Map();
  let first = true;
  for (const problem of problemsOf(loaded, count, seed)) {
    // The first is computed twice, so that the compiler is not measured.
    if (first) planned(loaded, problem);
    first = false;
    const begin = process.cpuUsage();
    const outcome = planned(loaded, problem);
    const { user, system } = process.cpuUsage(begin);
    const ms = (user + system) / 1000;
    const isFound = outcome?.found === "motion";
    if (isFound) took.push(ms);
    else {
      const why = outcome === null ? "over 5 s" : outcome.objection.code;
      reasons.set(why, (reasons.get(why) ?? 0) + 1);
    }
    const { scene, joints, start, goal } = problem;
    const limits = Object.fromEntries(joints.map((joint) => [joint, problem.limits.get(joint)]));
    const file = { file: loaded.file, packages: loaded.packages, pairs: pairsOf(problem.model), limits };
    const motion = isFound ? { ms, kind: outcome.motion.kind, ...sampled(outcome.motion.path) } : null;
    out?.write(`${JSON.stringify({ ...file, scene, joints, start, goal, motion })}\n`);
  }
  took.sort((a, b) => a - b);
  const at = (share) =>
    (took[Math.min(took.length - 1, Math.floor(share * took.length))] ?? Number.NaN).toFixed(0);
  const soon = took.filter((ms) => ms <= 1000).length;
  console.log(
    `${loaded.robot.name}: ${soon} of ${count} solved within 1 s (${((100 * soon) / count).toFixed(1)} %, wanted 98), ${took.length} within 5 s; ` +
      `median ${at(0.5)} ms (wanted 150), p95 ${at(0.95)}, longest ${at(1)}; not solved: ${JSON.stringify([...reasons])}`,
  );
}

function planned({ robot, own }, { scene, limits, start, goal }) {
  const request = {
    id: "bench",
    robot: "robot",
    description: "",
    command: { kind: "jointPosition", positions: goal, speed: 1 },
    purpose: "motion",
    avoid: true,
    start: {
      ...Object.fromEntries(robot.joints.filter(({ nq }) => nq === 1).map(({ name }) => [name, 0])),
      ...start,
    },
    limits: Object.fromEntries(limits),
    scene,
    sceneHulls: new Map(),
    margins: usualMargins,
    frames: {},
  };
  const work = new PlanWork(request, { model: robot, collisions: own });
  const begin = process.cpuUsage();
  for (let portion = 1; ; portion += 1) {
    const outcome = work.advance();
    if (outcome !== null) return outcome;
    // To ask for the time takes long.
    if (portion % 50 > 0) continue;
    const { user, system } = process.cpuUsage(begin);
    if (user + system > 1000 * giveUpMs) return null;
  }
}

function pairsOf({ robot, shapes, pairA, pairB }) {
  const name = ({ role, link, label }) => (role === null ? robot.links[link] : label);
  const pairs = new Map();
  for (const [i, a] of pairA.entries()) {
    const pair = [name(shapes[a]), name(shapes[pairB[i]])];
    pairs.set(pair.join(" "), pair);
  }
  return [...pairs.values()];
}

function sampled(path) {
  const sampler = new PathSampler(path);
  const sample = createPathSample(path);
  const at = (time) => {
    sampler.at(time, sample);
    return [...sample.position];
  };
  const positions = [at(0)];
  let time = 0;
  let step = 1e-3;
  while (time < sampler.duration) {
    const next = Math.min(sampler.duration, time + step);
    const there = at(next);
    const moved = Math.max(...there.map((value, j) => Math.abs(value - positions.at(-1)[j])));
    if (moved > resolution && step > 1e-7) {
      step /= 2;
      continue;
    }
    positions.push(there);
    time = next;
    step = Math.min(1e-2, step * 1.5);
  }
  return {
    duration: sampler.duration,
    joints: path.joints,
    positions: positions.map((q) => q.map((v) => +v.toFixed(7))),
  };
}
