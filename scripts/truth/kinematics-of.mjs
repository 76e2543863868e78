// stdin: {"file", "states": [{joint: [numbers]}]}; stdout: {"nq", "poses": [{link: [12 numbers]}],
// "positions": [{joint: number}]}, computed with the built dist/. A helper of compare-kinematics.py.
import { readFileSync } from "node:fs";
import {
  jointPosition,
  neutralConfiguration,
  setJointConfiguration,
} from "../../dist/robot/configuration.js";
import { createData } from "../../dist/robot/data.js";
import { forwardKinematics } from "../../dist/robot/forward-kinematics.js";
import { createModel } from "../../dist/robot/model.js";
import { parseUrdf } from "../../dist/robot/reading/urdf.js";

const request = JSON.parse(readFileSync(0, "utf8"));
const { description, findings } = parseUrdf(readFileSync(request.file, "utf8"));
if (description === null) {
  const { line, element, message } = findings.find((finding) => finding.severity === "error");
  process.stderr.write(`line ${line}: ${element}: ${message}\n`);
  process.exit(1);
}
const model = createModel(description);
const data = createData(model);
const poses = [];
const positions = [];
for (const state of request.states) {
  const q = neutralConfiguration(model);
  for (const [joint, values] of Object.entries(state)) setJointConfiguration(model, q, joint, values);
  forwardKinematics(model, data, q);
  const pose = (index) => [...data.rootFromLink.subarray(12 * index, 12 * index + 12)];
  poses.push(Object.fromEntries(model.links.map((name, index) => [name, pose(index)])));
  const named = model.joints.map((joint) => [joint.name, jointPosition(model, q, joint.name)]);
  positions.push(Object.fromEntries(named.filter(([, value]) => value !== undefined)));
}
process.stdout.write(JSON.stringify({ nq: model.nq, poses, positions }));
