// stdin: {"file", "link", "count", "seed"}; stdout: one line a random pose that solvePose does not reach: {"position", "quaternion",
// "start": {joint: position}, "code", "message", "breach"}; last {"reached", "asked"}, by the built dist/. A helper of
// compare-unreachable.py.
import { readFileSync } from "node:fs";
import { jointPosition, neutralConfiguration } from "../../dist/robot/configuration.js";
import { createData } from "../../dist/robot/data.js";
import { forwardKinematics } from "../../dist/robot/forward-kinematics.js";
import { chainReach, firstMovingLink } from "../../dist/robot/inverse-kinematics/reach.js";
import { createModel } from "../../dist/robot/model.js";
import { linkPoseAt } from "../../dist/robot/path/line-way.js";
import { chainJoints, solvePose } from "../../dist/robot/path/solve-pose.js";
import { parseUrdf } from "../../dist/robot/reading/urdf.js";
import { mulberry } from "./mulberry.mjs";

const { file, link: name, count, seed } = JSON.parse(readFileSync(0, "utf8"));
const robot = createModel(parseUrdf(readFileSync(file, "utf8")).description);
const random = mulberry(seed);
const link = robot.linkIndex.get(name);
const chain = chainJoints(robot, link);
const reach = chainReach(robot, link);
const first = firstMovingLink(robot, link);
const normal = () => Math.sqrt(-2 * Math.log(1 - random())) * Math.cos(2 * Math.PI * random());
const unit = (size) => {
  const raw = Array.from({ length: size }, normal);
  const length = Math.hypot(...raw);
  return raw.map((value) => value / length);
};
const data = createData(robot);

/** Around the chain's first joint, up to a fifth beyond its reach. */
function anywhere(from) {
  const away = 1.2 * reach * Math.cbrt(random());
  return { position: unit(3).map((value, k) => from[k] + away * value), quaternion: unit(4) };
}

/** Where the link would be if the joints had no limits. */
function beyondLimits() {
  const q = neutralConfiguration(robot);
  for (const { qIndex, type, lower, upper } of chain) {
    q[qIndex] =
      type === "prismatic" ? lower + (upper - lower) * (2 * random() - 0.5) : 2 * Math.PI * (random() - 0.5);
  }
  const pose = linkPoseAt(robot, q, link);
  return { position: [...pose.slice(0, 3)], quaternion: [...pose.slice(3)] };
}

let asked = 0;
let refused = 0;
while (refused < count) {
  asked += 1;
  const start = neutralConfiguration(robot);
  for (const { qIndex, lower, upper } of chain) {
    const [from, to] = [Math.max(lower, -Math.PI), Math.min(upper, Math.PI)];
    start[qIndex] = from + (to - from) * random();
  }
  forwardKinematics(robot, data, start);
  const from = data.rootFromLink.subarray(12 * first + 9, 12 * first + 12);
  const { position, quaternion } = random() < 0.5 ? anywhere(from) : beyondLimits();
  const away = Math.hypot(...position.map((value, k) => value - from[k]));
  const { ok, code, message, breach } = solvePose(robot, start, { link, position, quaternion });
  if (ok) continue;
  refused += 1;
  const positions = Object.fromEntries(
    chain.map((joint) => [joint.name, jointPosition(robot, start, joint.name)]),
  );
  process.stdout.write(
    `${JSON.stringify({ position, quaternion, start: positions, away, code, message, breach: breach ?? null })}\n`,
  );
}
const joints = chain.map((joint) => joint.name);
process.stdout.write(`${JSON.stringify({ asked, reached: asked - refused, reach, joints })}\n`);
