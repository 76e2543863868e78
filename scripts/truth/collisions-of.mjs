// stdin: {"cases": [{"a": shape, "b": shape, "poseA": 7 numbers, "poseB": 7 numbers}]}, a shape as in a description's
// geometry or {"kind": "hull", "points": […]}; stdout: [[distance, point1, point2], …], by the built dist/.
// A helper of make-collisions.py.
import { readFileSync } from "node:fs";
import { createCollisionModel } from "../../dist/robot/collision/collision-model.js";
import { selfCollision } from "../../dist/robot/collision/self-collision.js";
import { setJointConfiguration } from "../../dist/robot/configuration.js";
import { createData } from "../../dist/robot/data.js";
import { forwardKinematics } from "../../dist/robot/forward-kinematics.js";
import { createModel } from "../../dist/robot/model.js";
import { parseUrdf } from "../../dist/robot/reading/urdf.js";

const { description } = parseUrdf(`<robot name="pair"><link name="world"/><link name="a"/><link name="b"/>
  <joint name="ja" type="floating"><parent link="world"/><child link="a"/></joint>
  <joint name="jb" type="floating"><parent link="world"/><child link="b"/></joint></robot>`);
const robot = createModel(description);
const data = createData(robot);
const q = new Float64Array(robot.nq);
const origin = { xyz: [0, 0, 0], rpy: [0, 0, 0] };
const collisionOf = (shape, uri) => [
  {
    name: "",
    origin,
    geometry: shape.kind === "hull" ? { kind: "mesh", filename: uri, scale: [1, 1, 1] } : shape,
  },
];
const answers = JSON.parse(readFileSync(0, "utf8")).cases.map(({ a, b, poseA, poseB }) => {
  description.links[1].collisions = collisionOf(a, "a");
  description.links[2].collisions = collisionOf(b, "b");
  const verticesOf = (uri) => Float64Array.from((uri === "a" ? a : b).points);
  const { model, findings } = createCollisionModel(description, robot, { verticesOf });
  if (findings.length > 0) throw new Error(JSON.stringify(findings));
  setJointConfiguration(robot, q, "ja", poseA);
  setJointConfiguration(robot, q, "jb", poseB);
  forwardKinematics(robot, data, q);
  const { distance, point1, point2 } = selfCollision(model, data);
  return [distance, point1, point2];
});
process.stdout.write(JSON.stringify(answers));
