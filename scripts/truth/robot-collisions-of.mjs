// stdin: {"file", "srdf", "packages": folder that package:// names lie in, "states": [{joint: [numbers]}]}; stdout: {"pairs":
// [[link, link]], "states": [{"positions": {joint: number}, "distances": [by pair]}], "findings"} by the built dist/.
// Fails when selfCollision, collides and collidingPairs contradict one another. A helper of compare-collisions.py.
import { existsSync, readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { createCollisionModel } from "../../dist/robot/collision/collision-model.js";
import { readMeshVertices } from "../../dist/robot/collision/mesh-vertices.js";
import { collides, collidingPairs, selfCollision } from "../../dist/robot/collision/self-collision.js";
import {
  jointPosition,
  neutralConfiguration,
  setJointConfiguration,
} from "../../dist/robot/configuration.js";
import { createData } from "../../dist/robot/data.js";
import { forwardKinematics } from "../../dist/robot/forward-kinematics.js";
import { createModel } from "../../dist/robot/model.js";
import { parseSrdf } from "../../dist/robot/reading/srdf.js";
import { parseUrdf } from "../../dist/robot/reading/urdf.js";

const { file, srdf, packages, states } = JSON.parse(readFileSync(0, "utf8"));
const { description } = parseUrdf(readFileSync(file, "utf8"));
const robot = createModel(description);
const refusals = [];

function verticesOf(uri) {
  const path = uri.startsWith("package://") ? join(packages, uri.slice(10)) : join(dirname(file), uri);
  if (!existsSync(path)) return null;
  const read = readMeshVertices(readFileSync(path), path);
  if (read.ok) return read.value;
  refusals.push(`${uri}: ${read.path}: ${read.reason}`);
  return null;
}

const disabledPairs =
  srdf === null
    ? []
    : (parseSrdf(readFileSync(srdf, "utf8"), description).semantics?.disabledCollisions ?? []);
const { model, findings } = createCollisionModel(description, robot, { verticesOf, disabledPairs });
const data = createData(robot);
const keyOf = ({ link1, link2 }) => `${link1} ${link2}`;
let pairs = null;
const answers = states.map((state) => {
  const q = neutralConfiguration(robot);
  for (const [joint, values] of Object.entries(state)) setJointConfiguration(robot, q, joint, values);
  forwardKinematics(robot, data, q);
  const all = collidingPairs(model, data, Number.POSITIVE_INFINITY);
  pairs ??= all.map(({ link1, link2 }) => [link1, link2]);
  if (all.length !== pairs.length) throw new Error(`${all.length} pairs, then ${pairs.length}`);
  const nearest = selfCollision(model, data);
  const least = Math.min(...all.map(({ distance }) => distance));
  if (nearest !== null && Math.abs(nearest.distance - least) > 1e-8) {
    throw new Error(`nearest ${nearest.distance}, least of all ${least}`);
  }
  for (const margin of [0, 0.02]) {
    if (Math.abs(least - margin) > 1e-8 && collides(model, data, margin) !== least <= margin) {
      throw new Error(`collides(${margin}) is wrong at ${least}`);
    }
    const within = collidingPairs(model, data, margin).map(keyOf).join();
    const wanted = all.filter(({ distance }) => distance <= margin);
    const isClose = all.some(({ distance }) => Math.abs(distance - margin) < 1e-8);
    if (!isClose && within !== wanted.map(keyOf).join()) throw new Error(`pairs within ${margin}: ${within}`);
  }
  const named = robot.joints.map((joint) => [joint.name, jointPosition(robot, q, joint.name)]);
  return {
    positions: Object.fromEntries(named.filter(([, value]) => value !== undefined)),
    distances: all.map(({ distance }) => distance),
  };
});
process.stdout.write(JSON.stringify({ pairs: pairs ?? [], states: answers, findings, refusals }));
