// A self-collision query of our arm, and of UR5 and Panda where PyPI's example-robot-data is (PINOCCHIO_PREFIX, else the
// `pin` of `python3`): nearest pair with distance and points, and whether anything collides; at jumping and at
// creeping states. And what one query leaves on the heap.
import { spawnSync } from "node:child_process";
import { existsSync, readdirSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { createCollisionModel } from "../dist/robot/collision/collision-model.js";
import { readMeshVertices } from "../dist/robot/collision/mesh-vertices.js";
import { collides, selfCollision } from "../dist/robot/collision/self-collision.js";
import { neutralConfiguration } from "../dist/robot/configuration.js";
import { createData } from "../dist/robot/data.js";
import { forwardKinematics } from "../dist/robot/forward-kinematics.js";
import { createModel } from "../dist/robot/model.js";
import { parseUrdf } from "../dist/robot/reading/urdf.js";
import { root } from "./support.mjs";

const states = 256;

export async function run() {
  const share = shareFolder();
  if (share === null) console.log("example-robot-data is not here: our arm only");
  const robots = ["ur5_robot.urdf", "panda.urdf"].flatMap((name) =>
    share === null ? [] : [found(share, name)],
  );
  for (const file of [join(root, "urdf/arm.urdf"), ...robots]) measure(file, share);
}

function measure(file, share) {
  const { description } = parseUrdf(readFileSync(file, "utf8"));
  const robot = createModel(description);
  const begin = performance.now();
  const { model, findings } = createCollisionModel(description, robot, {
    verticesOf: (uri) => {
      const path = uri.startsWith("package://example-robot-data/") ? join(share, "..", uri.slice(10)) : uri;
      const read = existsSync(path) ? readMeshVertices(readFileSync(path), path) : { ok: false };
      return read.ok ? read.value : null;
    },
  });
  const made = performance.now() - begin;
  const vertices = model.shapes.reduce(
    (sum, { hull }) => sum + (hull === null ? 0 : hull.vertices.length / 3),
    0,
  );
  console.log(
    `${robot.name}: ${model.shapes.length} shapes, ${vertices} hull vertices, ${model.pairA.length} pairs of shapes, ` +
      `${findings.length} findings, made in ${made.toFixed(0)} ms`,
  );
  const jumping = placed(robot, (joint, k) => fraction(0.618034 * (k + 1) * (joint + 1)));
  const creeping = placed(robot, (joint, k) => 0.45 + 0.1 * Math.sin(joint + (0.01 * k * Math.PI) / 4));
  for (const [name, poses] of [
    ["jumping", jumping],
    ["creeping", creeping],
  ]) {
    const nearest = microseconds((k) => selfCollision(model, poses[k % states]));
    const any = microseconds((k) => collides(model, poses[k % states]));
    const hits = poses.filter((data) => collides(model, data)).length;
    console.log(
      `  ${name} states, ${hits} of ${states} in collision: nearest pair ${nearest.toFixed(1)} µs, any ${any.toFixed(1)} µs`,
    );
  }
  if (globalThis.gc === undefined)
    return console.log("  bytes a query: ? (run with NODE_OPTIONS=--expose-gc)");
  const bytes = (call) => {
    for (let k = 0; k < 20_000; k += 1) call(k);
    globalThis.gc();
    const before = process.memoryUsage().heapUsed;
    for (let k = 0; k < 100_000; k += 1) call(k);
    return Math.max(0, (process.memoryUsage().heapUsed - before) / 1e5).toFixed(1);
  };
  console.log(`  bytes a query left on the heap: any ${bytes((k) => collides(model, jumping[k % states]))}`);
}

/** Forward kinematics of the joints at fractions of their ranges. */
function placed(robot, fractionOf) {
  return Array.from({ length: states }, (_, k) => {
    const q = neutralConfiguration(robot);
    for (const [i, { qIndex, nq, lower, upper }] of robot.joints.entries()) {
      const [low, high] = [Math.max(lower, -Math.PI), Math.min(upper, Math.PI)];
      if (nq === 1) q[qIndex] = low + (high - low) * fractionOf(i, k);
    }
    const data = createData(robot);
    forwardKinematics(robot, data, q);
    return data;
  });
}

const fraction = (value) => value - Math.floor(value);

/** The least of five rounds, a call. */
function microseconds(call) {
  let least = Number.POSITIVE_INFINITY;
  for (let round = 0; round < 5; round += 1) {
    const begin = performance.now();
    for (let k = 0; k < 20 * states; k += 1) call(k);
    least = Math.min(least, (1000 * (performance.now() - begin)) / (20 * states));
  }
  return least;
}

function shareFolder() {
  let prefix = process.env.PINOCCHIO_PREFIX;
  if (prefix === undefined) {
    const asked = spawnSync("python3", ["-c", "import pinocchio; print(pinocchio.__path__[0])"], {
      encoding: "utf8",
    });
    prefix = asked.status === 0 ? asked.stdout.trim().replace(/cmeel\.prefix.*$/, "cmeel.prefix") : "";
  }
  const share = join(prefix, "share/example-robot-data");
  return existsSync(share) ? share : null;
}

function found(share, name) {
  return join(
    share,
    readdirSync(share, { recursive: true }).find((one) => one.endsWith(`/${name}`)),
  );
}
