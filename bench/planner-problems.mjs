// Random problems for the planner: a robot at a table with a shelf and boxes on it, a free start and a free end, half of the ends
// inside the shelf; only those whose direct motion collides. The same for the same seed.
import { readFileSync } from "node:fs";
import { join } from "node:path";
import { usualMargins } from "../dist/command/collision-guard.js";
import { robotLimits } from "../dist/command/robot-limits.js";
import { Chance } from "../dist/core/chance.js";
import { alwaysTouching } from "../dist/robot/collision/always-touching.js";
import { createCollisionModel } from "../dist/robot/collision/collision-model.js";
import { readMeshVertices } from "../dist/robot/collision/mesh-vertices.js";
import { withScene } from "../dist/robot/collision/scene.js";
import { collides } from "../dist/robot/collision/self-collision.js";
import { neutralConfiguration } from "../dist/robot/configuration.js";
import { createData } from "../dist/robot/data.js";
import { forwardKinematics } from "../dist/robot/forward-kinematics.js";
import { createModel } from "../dist/robot/model.js";
import { chainJoints } from "../dist/robot/path/solve-pose.js";
import { StraightEdges } from "../dist/robot/planning/straight-edge.js";
import { parseUrdf } from "../dist/robot/reading/urdf.js";
import { toolLink } from "../dist/robot/tool-link.js";

const shelfBoards = [0.05, 0.35, 0.65];
const shelf = { x: 0.68, depth: 0.3, width: 0.8, height: 0.65 };

export function loadRobot(file, packages) {
  const { description } = parseUrdf(readFileSync(file, "utf8"));
  const robot = createModel(description);
  const verticesOf = (uri) => {
    const path = uri.replace("package://", `${packages}/`);
    const read = readMeshVertices(readFileSync(path), path);
    return read.ok ? read.value : null;
  };
  const first = createCollisionModel(description, robot, { verticesOf });
  const disabledPairs = alwaysTouching(first.model);
  const own = createCollisionModel(description, robot, {
    verticesOf,
    hulls: first.hulls,
    disabledPairs,
  }).model;
  const limits = robotLimits(robot, {}).joints;
  const tool = robot.linkIndex.get(toolLink(robot));
  const moved = chainJoints(robot, tool).filter(({ name, nq }) => nq === 1 && limits.has(name));
  return { file, packages: join(packages), robot, own, limits, tool, moved };
}

/** `count` problems: {scene, start, goal}, positions by joint. */
export function* problemsOf(loaded, count, seed) {
  const { robot, own, limits, tool, moved } = loaded;
  const chance = new Chance(seed);
  const within = (low, high) => low + (high - low) * chance.next();
  const data = createData(robot);
  const draw = () =>
    Float64Array.from(moved, ({ lower, upper }) =>
      within(Math.max(lower, -Math.PI), Math.min(upper, Math.PI)),
    );
  const rest = neutralConfiguration(robot);
  const placed = (positions) => {
    const q = rest.slice();
    for (const [j, { qIndex }] of moved.entries()) q[qIndex] = positions[j];
    forwardKinematics(robot, data, q);
    return data.rootFromLink.subarray(12 * tool + 9, 12 * tool + 12);
  };
  const joints = moved.map(({ name, qIndex, vIndex, lower, upper }) => ({
    name,
    qIndex,
    vIndex,
    lower,
    upper,
    weight: 1,
  }));
  const named = (positions) => Object.fromEntries(moved.map(({ name }, j) => [name, positions[j]]));
  for (let made = 0; made < count; ) {
    const scene = sceneOf(within);
    const model = withScene(own, scene, { hulls: new Map() });
    const free = (fits) => {
      for (let i = 0; i < 20_000; i += 1) {
        const positions = draw();
        if (fits(placed(positions)) && !collides(model, data, usualMargins)) return positions;
      }
      return null;
    };
    const start = free(([, , z]) => z > 0.1);
    const isInShelf = ([x, y, z]) =>
      Math.abs(x - shelf.x) < shelf.depth / 2 && Math.abs(y) < shelf.width / 2 && z > 0 && z < shelf.height;
    const goal = free(made % 2 === 0 ? isInShelf : ([, , z]) => z > 0.05);
    if (start === null || goal === null) continue;
    if (new StraightEdges(model, joints, rest, usualMargins).isFree(start, goal)) continue;
    made += 1;
    yield {
      scene,
      model,
      limits,
      joints: moved.map(({ name }) => name),
      start: named(start),
      goal: named(goal),
    };
  }
}

function sceneOf(within) {
  const object = (id, size, position, yaw = 0) => ({
    id,
    role: "obstacle",
    geometry: { kind: "box", size },
    link: null,
    touching: [],
    pose: { position, quaternion: [0, 0, Math.sin(yaw / 2), Math.cos(yaw / 2)] },
  });
  const { x, depth, width, height } = shelf;
  const objects = [object("table", [0.8, 1.6, 0.05], [0.6, 0, -0.05])];
  for (const z of shelfBoards) objects.push(object(`board ${z}`, [depth, width, 0.02], [x, 0, z]));
  for (const side of [-1, 1])
    objects.push(object(`side ${side}`, [depth, 0.02, height], [x, (side * width) / 2, height / 2]));
  objects.push(object("back", [0.02, width, height], [x + depth / 2, 0, height / 2]));
  for (let i = 0; i < 4; i += 1) {
    const size = [within(0.08, 0.25), within(0.08, 0.25), within(0.1, 0.5)];
    const angle = within(0.7, 2 * Math.PI - 0.7);
    const far = within(0.35, 0.65);
    objects.push(
      object(
        `box ${i}`,
        size,
        [far * Math.cos(angle), far * Math.sin(angle), size[2] / 2],
        within(0, Math.PI),
      ),
    );
  }
  return objects;
}
