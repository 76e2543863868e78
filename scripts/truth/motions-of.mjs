// stdin: {"file", "srdf", "packages", "moves", "seed"}; stdout: a line of {"pairs": [[link, link]]}, then one a random joint move
// from rest in a free configuration: {"profiles": {joint: phases}, "others": {joint: position}, "hit": null | {link1, link2, time}}, by
// the built dist/ as the command gate plans and checks it. A helper of compare-motions.py.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CollisionGuard } from "../../dist/command/collision-guard.js";
import { jointMove } from "../../dist/command/joint-move.js";
import { robotLimits } from "../../dist/command/robot-limits.js";
import { alwaysTouching } from "../../dist/robot/collision/always-touching.js";
import { createCollisionModel } from "../../dist/robot/collision/collision-model.js";
import { readMeshVertices } from "../../dist/robot/collision/mesh-vertices.js";
import { collides } from "../../dist/robot/collision/self-collision.js";
import { jointPosition, neutralConfiguration } from "../../dist/robot/configuration.js";
import { createData } from "../../dist/robot/data.js";
import { forwardKinematics } from "../../dist/robot/forward-kinematics.js";
import { createModel } from "../../dist/robot/model.js";
import { parseSrdf } from "../../dist/robot/reading/srdf.js";
import { parseUrdf } from "../../dist/robot/reading/urdf.js";
import { mulberry } from "./mulberry.mjs";

const { file, srdf, packages, moves, seed } = JSON.parse(readFileSync(0, "utf8"));
const { description } = parseUrdf(readFileSync(file, "utf8"));
const robot = createModel(description);
const verticesOf = (uri) => {
  const path = uri.startsWith("package://") ? join(packages, uri.slice(10)) : join(dirname(file), uri);
  const read = readMeshVertices(readFileSync(path), path);
  return read.ok ? read.value : null;
};
const named =
  srdf === null
    ? null
    : (parseSrdf(readFileSync(srdf, "utf8"), description).semantics?.disabledCollisions ?? []);
const first = createCollisionModel(description, robot, { verticesOf, disabledPairs: named ?? [] });
const disabledPairs = named ?? alwaysTouching(first.model);
const { model } = createCollisionModel(description, robot, { verticesOf, hulls: first.hulls, disabledPairs });
const linkPairs = new Set();
for (const [i, a] of model.pairA.entries()) {
  const pair = [model.shapes[a].link, model.shapes[model.pairB[i]].link].map((link) => robot.links[link]);
  linkPairs.add(JSON.stringify(pair));
}
process.stdout.write(`${JSON.stringify({ pairs: [...linkPairs].map((pair) => JSON.parse(pair)) })}\n`);

const random = mulberry(seed);
const limits = robotLimits(robot, {});
const movable = robot.joints.filter((joint) => joint.nq === 1 && limits.joints.has(joint.name));
const draw = (joint) => {
  const [lower, upper] = [Math.max(joint.lower, -Math.PI), Math.min(joint.upper, Math.PI)];
  return lower + (upper - lower) * random();
};
const data = createData(robot);
for (let count = 0; count < moves; ) {
  const q = neutralConfiguration(robot);
  for (const joint of movable) q[joint.qIndex] = draw(joint);
  forwardKinematics(robot, data, q);
  if (collides(model, data)) continue;
  count += 1;
  const chosen = movable.filter(() => random() < 0.7);
  if (chosen.length === 0) chosen.push(movable[0]);
  const names = chosen.map((joint) => joint.name);
  const from = chosen.map((joint) => ({ position: q[joint.qIndex], velocity: 0, acceleration: 0 }));
  const to = chosen.map((joint) =>
    random() < 0.3 ? draw(joint) : clamp(joint, q[joint.qIndex] + 1.5 * (random() - 0.5)),
  );
  const paths = jointMove(
    names,
    from,
    to,
    names.map((name) => limits.joints.get(name)),
    0.1 + 0.9 * random(),
  );
  const measured = {
    position: (name) => jointPosition(robot, q, name),
    velocity: () => 0,
    isFresh: () => true,
  };
  const commanded = {
    limits,
    measured,
    can: { trajectory: [], twist: false },
    collisions: { state: "ready", model },
  };
  const guard = new CollisionGuard({ joints: names, paths, isSmooth: true }, 0);
  let verdict = "wait";
  let portions = 0;
  while (verdict === "wait") {
    verdict = guard.advance(commanded, 0);
    portions += 1;
  }
  const bends = paths.map((path) => path.bends.map((time) => stateAt(path, time)));
  const others = Object.fromEntries(
    robot.joints.flatMap((joint) => {
      const position = jointPosition(robot, q, joint.name);
      return position === undefined ? [] : [[joint.name, position]];
    }),
  );
  const hit = verdict === "pass" ? null : verdict.collision;
  const moved = Object.fromEntries(names.map((name, i) => [name, bends[i]]));
  process.stdout.write(`${JSON.stringify({ moved, others, hit, portions })}\n`);
}

/** Time, position, velocity, acceleration. */
function stateAt(path, time) {
  const sample = { position: 0, velocity: 0, acceleration: 0, jerk: 0 };
  path.sample(time, sample);
  return [time, sample.position, sample.velocity, sample.acceleration, sample.jerk];
}

function clamp(joint, position) {
  return Math.min(joint.upper, Math.max(joint.lower, position));
}
