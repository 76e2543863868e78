// 10,000 reachable random poses for each of three arms, from random starts: how many are solved to 1e-6 within 2 ms, and the
// median time. The arms: UR5 and Panda of PyPI's example-robot-data where it is, and our own.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { neutralConfiguration } from "../dist/robot/configuration.js";
import { createData } from "../dist/robot/data.js";
import { forwardKinematics, readLinkPose } from "../dist/robot/forward-kinematics.js";
import { InverseKinematics } from "../dist/robot/inverse-kinematics/inverse-kinematics.js";
import { createModel } from "../dist/robot/model.js";
import { parseUrdf } from "../dist/robot/reading/urdf.js";
import { pinocchioPrefix, robotFile } from "./example-robots.mjs";
import { root } from "./root.mjs";

const targets = 10_000;
const warmUp = 500;

export function run() {
  const prefix = pinocchioPrefix();
  const arms = [[join(root, "urdf/arm.urdf"), "tool0"]];
  if (prefix === null) console.log("example-robot-data is not here, so only our own arm is tried");
  else {
    arms.unshift([robotFile(prefix, "panda.urdf"), "panda_hand_tcp"]);
    arms.unshift([robotFile(prefix, "ur5_robot.urdf"), "tool0"]);
  }
  for (const [file, tip] of arms) solveAll(file, tip);
}

function solveAll(file, tip) {
  const model = createModel(parseUrdf(readFileSync(file, "utf8")).description);
  const data = createData(model);
  const link = model.linkIndex.get(tip);
  const solver = new InverseKinematics(model, [{ link, quaternion: [0, 0, 0, 1] }]);
  const chance = chances(20261123);
  const pose = new Float64Array(7);
  const times = [];
  let inTime = 0;
  let solved = 0;
  for (let i = 0; i < warmUp + targets; i += 1) {
    forwardKinematics(model, data, inside(model, chance));
    readLinkPose(data, link, pose);
    const start = inside(model, chance);
    const target = { link, position: pose.slice(0, 3), quaternion: pose.slice(3) };
    const begun = performance.now();
    const answer = solver.solve(start, [target]);
    const took = performance.now() - begun;
    if (i < warmUp) continue;
    times.push(took);
    if (answer.outcome !== "converged") continue;
    solved += 1;
    if (took <= 2) inTime += 1;
  }
  times.sort((a, b) => a - b);
  const share = (count) => `${((100 * count) / targets).toFixed(2)} %`;
  console.log(
    `${model.name}: solved ${share(solved)}, within 2 ms ${share(inTime)} (wanted: 99.5 %); median ${times[targets / 2].toFixed(3)} ms (wanted: 0.3), 99th of 100 ${times[0.99 * targets].toFixed(2)} ms, longest ${times.at(-1).toFixed(1)} ms`,
  );
}

/** Joints anywhere in their ranges, those without limits in a whole turn. */
function inside(model, chance) {
  const q = neutralConfiguration(model);
  for (const joint of model.joints) {
    if (joint.nv !== 1) continue;
    const [lower, upper] = [Math.max(joint.lower, -Math.PI), Math.min(joint.upper, Math.PI)];
    q[joint.qIndex] = lower + (upper - lower) * chance();
  }
  return q;
}

function chances(seed) {
  let state = seed % 2147483647;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}
