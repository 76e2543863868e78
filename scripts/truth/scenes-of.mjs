// stdin: {"file", "srdf", "packages", "scenes", "moves", "seed"}; stdout: one line a random scene: {"objects", "pairs": [[name, name]],
// "states": [{"others", "distances": [by pair]}], "moves": [as motions-of.mjs]}, by the built dist/. A helper of compare-scenes.py.
import { readFileSync } from "node:fs";
import { dirname, join } from "node:path";
import { CollisionGuard, usualMargins } from "../../dist/command/collision-guard.js";
import { jointMove } from "../../dist/command/joint-move.js";
import { robotLimits } from "../../dist/command/robot-limits.js";
import { alwaysTouching } from "../../dist/robot/collision/always-touching.js";
import { createCollisionModel } from "../../dist/robot/collision/collision-model.js";
import { readMeshVertices } from "../../dist/robot/collision/mesh-vertices.js";
import { withScene } from "../../dist/robot/collision/scene.js";
import { collides, collidingPairs } from "../../dist/robot/collision/self-collision.js";
import { jointPosition, neutralConfiguration } from "../../dist/robot/configuration.js";
import { createData } from "../../dist/robot/data.js";
import { forwardKinematics } from "../../dist/robot/forward-kinematics.js";
import { createModel } from "../../dist/robot/model.js";
import { parseSrdf } from "../../dist/robot/reading/srdf.js";
import { parseUrdf } from "../../dist/robot/reading/urdf.js";
import { mulberry } from "./mulberry.mjs";

const { file, srdf, packages, scenes, moves, seed } = JSON.parse(readFileSync(0, "utf8"));
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
const own = createCollisionModel(description, robot, { verticesOf, hulls: first.hulls, disabledPairs }).model;

const random = mulberry(seed);
const within = (low, high) => low + (high - low) * random();
const limits = robotLimits(robot, {});
const movable = robot.joints.filter((joint) => joint.nq === 1 && limits.joints.has(joint.name));
const draw = (joint) => within(Math.max(joint.lower, -Math.PI), Math.min(joint.upper, Math.PI));
const data = createData(robot);

// How far the robot reaches, from some states.
let reach = 0.1;
for (let i = 0; i < 50; i += 1) {
  const q = neutralConfiguration(robot);
  for (const joint of movable) q[joint.qIndex] = draw(joint);
  forwardKinematics(robot, data, q);
  for (let link = 0; link < robot.links.length; link += 1) {
    reach = Math.max(reach, Math.hypot(...data.rootFromLink.subarray(12 * link + 9, 12 * link + 12)));
  }
}
const turned = () => {
  const raw = [0, 0, 0, 0].map(() => random() + random() + random() - 1.5);
  const length = Math.hypot(...raw);
  return raw.map((value) => value / length);
};
// Of a small robot they are smaller.
const size = Math.min(1, reach);
const geometries = [
  () => ({ kind: "box", size: [1, 1, 1].map((one) => one * size * within(0.05, 0.4)) }),
  () => ({ kind: "cylinder", radius: size * within(0.03, 0.15), length: size * within(0.05, 0.5) }),
  () => ({ kind: "capsule", radius: size * within(0.03, 0.1), length: size * within(0.05, 0.5) }),
  () => ({ kind: "sphere", radius: size * within(0.03, 0.2) }),
  () => ({ kind: "mesh", filename: "hull", scale: [1, 1, 1] }),
];
const tip = robot.links.at(-1);

function scene() {
  const points = Float64Array.from({ length: 3 * 12 }, () => size * within(-0.15, 0.15));
  const place = () => ({
    position: [within(-reach, reach), within(-reach, reach), within(-0.2, reach)],
    quaternion: turned(),
  });
  const objects = geometries.map((make, i) => ({
    id: `object ${i}`,
    role: i === 0 ? "keepout" : "obstacle",
    geometry: make(),
    link: null,
    touching: [],
    pose: place(),
  }));
  const tilt = within(-0.1, 0.1);
  objects.push({
    id: "ground",
    role: "obstacle",
    geometry: { kind: "plane" },
    link: null,
    touching: [],
    pose: { position: [0, 0, within(-0.4, 0)], quaternion: [Math.sin(tilt), 0, 0, Math.cos(tilt)] },
  });
  if (random() < 0.5) {
    const carried = { position: [within(-0.05, 0.05), within(-0.05, 0.05), 0.1], quaternion: turned() };
    objects.push({
      ...objects[0],
      id: "carried",
      role: "obstacle",
      geometry: { kind: "box", size: [0.08, 0.06, 0.1] },
      link: tip,
      pose: carried,
      touching: robot.links.filter((link) => link !== tip),
    });
  }
  return { objects, points };
}

function positions(q) {
  return Object.fromEntries(
    robot.joints.flatMap((joint) => {
      const position = jointPosition(robot, q, joint.name);
      return position === undefined ? [] : [[joint.name, position]];
    }),
  );
}

for (let count = 0; count < scenes; count += 1) {
  const { objects, points } = scene();
  const model = withScene(own, objects, {
    verticesOf: (uri) => (uri === "hull" ? points : null),
    hulls: first.hulls,
  });
  let pairs = null;
  const states = [];
  for (let i = 0; i < 5; i += 1) {
    const q = neutralConfiguration(robot);
    for (const joint of movable) q[joint.qIndex] = draw(joint);
    forwardKinematics(robot, data, q);
    const all = collidingPairs(model, data, Number.POSITIVE_INFINITY);
    pairs ??= all.map(({ link1, link2 }) => [link1, link2]);
    states.push({ others: positions(q), distances: all.map(({ distance }) => distance) });
  }
  const made = [];
  for (let tries = 0; made.length < moves && tries < 50 * moves; tries += 1) {
    const move = oneMove(model);
    if (move !== null) made.push(move);
  }
  process.stdout.write(`${JSON.stringify({ objects, points: [...points], pairs, states, moves: made })}\n`);
}

function oneMove(model) {
  const q = neutralConfiguration(robot);
  for (const joint of movable) q[joint.qIndex] = draw(joint);
  forwardKinematics(robot, data, q);
  if (collides(model, data, usualMargins)) return null;
  const chosen = movable.filter(() => random() < 0.7);
  if (chosen.length === 0) chosen.push(movable[0]);
  const names = chosen.map((joint) => joint.name);
  const from = chosen.map((joint) => ({ position: q[joint.qIndex], velocity: 0, acceleration: 0 }));
  const to = chosen.map((joint) => {
    const near = q[joint.qIndex] + 1.5 * (random() - 0.5);
    return random() < 0.3 ? draw(joint) : Math.min(joint.upper, Math.max(joint.lower, near));
  });
  const ofName = names.map((name) => limits.joints.get(name));
  const paths = jointMove(names, from, to, ofName, within(0.1, 1));
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
  const moved = Object.fromEntries(names.map((name, i) => [name, bends[i]]));
  const hit = verdict === "pass" ? null : { ...verdict.collision, code: verdict.code };
  const kept = Object.fromEntries(names.map((name, i) => [name, limitsOf(ofName[i])]));
  return { moved, others: positions(q), limits: kept, hit, portions };
}

/** JSON has no Infinity: null stands for it. */
function limitsOf({ lower, upper, velocity, acceleration, jerk }) {
  return { position: [lower, upper], velocity, acceleration, jerk };
}

/** Time, position, velocity, acceleration, jerk. */
function stateAt(path, time) {
  const sample = { position: 0, velocity: 0, acceleration: 0, jerk: 0 };
  path.sample(time, sample);
  return [time, sample.position, sample.velocity, sample.acceleration, sample.jerk];
}
