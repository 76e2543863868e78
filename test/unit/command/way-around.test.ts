import { readFileSync } from "node:fs";
import { join } from "node:path";
import { beforeAll, describe, expect, it } from "vitest";
import { readCollisions } from "../../../src/app/read-collisions.ts";
import type { PlanOutcome, PlanRequest } from "../../../src/command/plan-request.ts";
import { type PlanContext, PlanWork } from "../../../src/command/plan-work.ts";
import { robotLimits } from "../../../src/command/robot-limits.ts";
import { WayAround } from "../../../src/command/way-around.ts";
import { collisionsOf } from "../../../src/engine/robot/robot-collisions.ts";
import { loadDescription } from "../../../src/engine/robot/robot-description.ts";
import { createCollisionModel } from "../../../src/robot/collision/collision-model.ts";
import { type SceneObject, withScene } from "../../../src/robot/collision/scene.ts";
import { collides } from "../../../src/robot/collision/self-collision.ts";
import { neutralConfiguration, setJointPositions } from "../../../src/robot/configuration.ts";
import { createData } from "../../../src/robot/data.ts";
import { forwardKinematics } from "../../../src/robot/forward-kinematics.ts";
import { createModel } from "../../../src/robot/model.ts";
import { linkPoseAt } from "../../../src/robot/path/line-way.ts";
import { createPathSample, PathSampler } from "../../../src/robot/path/timed-path-sample.ts";
import { parseUrdf } from "../../../src/robot/reading/urdf.ts";

const root = join(import.meta.dirname, "../../..");
const margins = { self: 0, scene: 0.01 };
const start = { shoulder_pan: -1, shoulder_lift: 0, elbow: 0, wrist_1: 0, wrist_2: 0, wrist_3: 0 };
const goal = { ...start, shoulder_pan: 1 };
let context: PlanContext;

function box(position: readonly number[], size: [number, number, number]): SceneObject {
  return {
    id: "box",
    role: "obstacle",
    geometry: { kind: "box", size },
    link: null,
    touching: [],
    pose: { position: position as [number, number, number], quaternion: [0, 0, 0, 1] },
  };
}

function configurationOf(positions: Record<string, number>): Float64Array {
  const q = neutralConfiguration(context.model);
  setJointPositions(context.model, q, (name) => positions[name]);
  return q;
}

function work(scene: SceneObject[], avoid = true): PlanOutcome {
  const limits = Object.fromEntries(robotLimits(context.model, {}).joints);
  const measured = Object.fromEntries(
    context.model.joints.map(({ name }) => [name, (start as Record<string, number>)[name] ?? 0]),
  );
  const request: PlanRequest = {
    id: "1",
    robot: "robot",
    description: "h",
    command: { kind: "jointPosition", positions: goal },
    purpose: "motion",
    avoid,
    start: measured,
    limits,
    frames: {},
    scene,
    sceneHulls: new Map(),
    margins,
  };
  const plan = new PlanWork(request, context);
  for (let i = 0; i < 100_000; i += 1) {
    const outcome = plan.advance();
    if (outcome !== null) return outcome;
  }
  throw new Error("the plan does not end");
}

beforeAll(async () => {
  const file = join(root, "urdf/arm.urdf");
  const urdf = readFileSync(file, "utf8");
  const loaded = loadDescription(urdf);
  if ("fault" in loaded) throw new Error(loaded.fault);
  const roots = { packages: { twinbridge: root }, prefixes: [], models: [], besides: null };
  const srdf = readFileSync(join(root, "urdf/arm.srdf"), "utf8");
  const { geometry } = await readCollisions({ robot: "robot", hash: loaded.hash, urdf, srdf, roots });
  context = { model: loaded.model, collisions: collisionsOf(loaded, geometry).model };
});

describe("a way around", () => {
  const middle = () =>
    linkPoseAt(
      context.model,
      configurationOf({ ...start, shoulder_pan: 0 }),
      context.model.linkIndex.get("gripper_tcp") ?? 0,
    );

  it("is found where a box stands in the direct way, is free at each 5 ms, and is the same again", () => {
    const [x, y, z] = middle();
    const obstacle = box([x as number, y as number, z as number], [0.12, 0.12, 0.3]);
    expect(work([obstacle], false)).toMatchObject({ found: "objection", objection: { code: "collision" } });
    const found = work([obstacle]);
    if (found.found !== "motion") throw new Error(JSON.stringify(found));
    expect(found.motion.kind).toBe("around");
    expect(found.motion.leastDistance?.metres).toBeGreaterThan(0.0089);
    const among = withScene(context.collisions as never, [obstacle], { hulls: new Map() });
    const data = createData(context.model);
    const q = configurationOf(start);
    const sampler = new PathSampler(found.motion.path);
    const sample = createPathSample(found.motion.path);
    for (let time = 0; time <= sampler.duration; time += 0.005) {
      sampler.at(time, sample);
      for (const [j, name] of found.motion.path.joints.entries()) {
        setJointPositions(context.model, q, (joint) => (joint === name ? sample.position[j] : undefined));
      }
      forwardKinematics(context.model, data, q);
      expect(collides(among, data, 0)).toBe(false);
    }
    const last = found.motion.path.knots.at(-1);
    for (const [j, name] of found.motion.path.joints.entries()) {
      expect(last?.positions[j]).toBeCloseTo((goal as Record<string, number>)[name] ?? 0, 9);
    }
    expect(work([obstacle])).toEqual(found);
  });

  it("is not looked for where the goal itself is not free", () => {
    const there = linkPoseAt(
      context.model,
      configurationOf(goal),
      context.model.linkIndex.get("gripper_tcp") ?? 0,
    );
    const outcome = work([box(Array.from(there.slice(0, 3)), [0.1, 0.1, 0.1])]);
    expect(outcome).toMatchObject({ found: "objection", objection: { code: "collision" } });
  });

  it("is not needed where the direct motion is free", () => {
    const outcome = work([box([3, 3, 0], [0.2, 0.2, 0.2])]);
    expect(outcome).toMatchObject({ found: "motion", motion: { kind: "direct" } });
  });

  it("goes the short way round with a continuous joint", () => {
    const arm = (name: string, size: string, x: number): string =>
      `<link name="${name}"><collision><origin xyz="${x} 0 0"/><geometry><box size="${size}"/></geometry></collision></link>`;
    const urdf = `<robot name="turret">${arm("base", "0.1 0.1 0.1", 0)}${arm("turning", "0.05 0.05 0.05", 0)}${arm("boom", "0.8 0.05 0.05", 0.5)}
      <joint name="pan" type="continuous"><parent link="base"/><child link="turning"/><origin xyz="0 0 0.2"/><axis xyz="0 0 1"/>
        <limit velocity="1" effort="100"/></joint>
      <joint name="lift" type="revolute"><parent link="turning"/><child link="boom"/><axis xyz="0 1 0"/>
        <limit lower="-1.5" upper="1.5" velocity="1" effort="100"/></joint></robot>`;
    const { description } = parseUrdf(urdf);
    if (description === null) throw new Error("no robot");
    const model = createModel(description);
    const own = createCollisionModel(description, model, { verticesOf: () => null }).model;
    const among = withScene(own, [box([-0.6, 0, 0.2], [0.3, 0.1, 0.2])]);
    const limits = Object.fromEntries(robotLimits(model, {}).joints);
    const begin = neutralConfiguration(model);
    setJointPositions(model, begin, (joint) => (joint === "pan" ? 2.6 : 0));
    const around = new WayAround(among, margins, begin, { pan: -2.6, lift: 0 }, limits, 1);
    let found = around.advance(10);
    while (found === null) found = around.advance(10);
    if ("reason" in found) throw new Error(found.reason);
    const { joints, knots } = found.path;
    const pan = knots.map(({ positions }) => positions[joints.indexOf("pan")] as number);
    expect(pan[0]).toBeCloseTo(2.6, 9);
    expect(pan.at(-1)).toBeCloseTo(2 * Math.PI - 2.6, 9);
    expect(Math.max(...pan)).toBeLessThan(2 * Math.PI - 2.6 + 0.5);
    expect(Math.min(...pan)).toBeGreaterThan(2.6 - 0.5);
    const lift = knots.map(({ positions }) => Math.abs(positions[joints.indexOf("lift")] as number));
    expect(Math.max(...lift)).toBeGreaterThan(0.1);
  });
});
