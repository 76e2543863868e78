// Moves a link to a point by inverse kinematics and says how: node reach.mjs ROBOT.urdf LINK X Y Z
import { readFileSync } from "node:fs";
import {
  createData,
  gravityEfforts,
  InverseKinematics,
  neutralConfiguration,
  readRobot,
} from "twinbridge/model";

const [file, link, ...point] = process.argv.slice(2);
const { model, findings } = readRobot(readFileSync(file, "utf8"));
if (model === null) {
  console.error(`${file}:${findings[0].line}: ${findings[0].message}`);
  process.exit(1);
}
const target = { link: model.linkIndex.get(link), position: point.map(Number) };
const answer = new InverseKinematics(model, [target]).solve(neutralConfiguration(model), [target]);
console.log(`${answer.outcome} after ${answer.steps} steps`);
for (const joint of model.joints) {
  if (joint.nq === 1) console.log(`${joint.name}: ${answer.q[joint.qIndex].toFixed(4)}`);
}
const efforts = new Float64Array(model.nv);
gravityEfforts(model, createData(model), answer.q, efforts);
console.log(`efforts against gravity: ${[...efforts].map((effort) => effort.toFixed(2)).join(" ")}`);
