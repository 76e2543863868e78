import { readFileSync } from "node:fs";
import { beforeAll, describe, expect, it } from "vitest";
import {
  type CollisionModel,
  createCollisionModel,
} from "../../../../src/robot/collision/collision-model.ts";
import { type SceneObject, withScene } from "../../../../src/robot/collision/scene.ts";
import { collides } from "../../../../src/robot/collision/self-collision.ts";
import { neutralConfiguration } from "../../../../src/robot/configuration.ts";
import { createData } from "../../../../src/robot/data.ts";
import { forwardKinematics } from "../../../../src/robot/forward-kinematics.ts";
import { createModel, type RobotModel } from "../../../../src/robot/model.ts";
import { cornerPoint } from "../../../../src/robot/path/corner-blend.ts";
import { PathPlanner, type PlannerOutcome } from "../../../../src/robot/planning/path-planner.ts";
import { type PlannedJoint, StraightEdges } from "../../../../src/robot/planning/straight-edge.ts";
import { parseUrdf } from "../../../../src/robot/reading/urdf.ts";
import { randomFrom } from "../random-from.ts";

const draws = Number(process.env.EDGES ?? 150);
const margins = { self: 0, scene: 0.01 };
/** m: free ways of which the check may say that they are not, because they are hardly free. */
const strict = 2e-3;

let robot: RobotModel;
let model: CollisionModel;
let joints: PlannedJoint[];
let rest: Float64Array;

function box(id: string, position: [number, number, number], size: [number, number, number]): SceneObject {
  const pose = { position, quaternion: [0, 0, 0, 1] as const };
  return { id, role: "obstacle", geometry: { kind: "box", size }, link: null, touching: [], pose };
}

beforeAll(() => {
  const text = readFileSync(new URL("../../../../urdf/rover.urdf", import.meta.url), "utf8");
  const { description } = parseUrdf(text);
  if (description === null) throw new Error("no robot");
  robot = createModel(description);
  const own = createCollisionModel(description, robot, { verticesOf: () => null });
  model = withScene(own.model, [
    box("shelf", [0.45, 0, 0.45], [0.2, 0.5, 0.02]),
    box("post", [0.2, 0.35, 0.3], [0.05, 0.05, 0.6]),
  ]);
  joints = robot.joints
    .filter(({ name }) => /shoulder|elbow|wrist/.test(name))
    .map(({ name, qIndex, vIndex, lower, upper }) => ({
      name,
      qIndex,
      vIndex,
      lower: Math.max(lower, -3),
      upper: Math.min(upper, 3),
      weight: 1,
    }));
  rest = neutralConfiguration(robot);
});

const edges = () => new StraightEdges(model, joints, rest, margins);

function nearAt(positions: Float64Array, more: number): boolean {
  const q = rest.slice();
  for (const [j, { qIndex }] of joints.entries()) q[qIndex] = positions[j] as number;
  const data = createData(robot);
  forwardKinematics(robot, data, q);
  return collides(model, data, { self: margins.self + more, scene: margins.scene + more });
}

/** Whether any of 400 places of a way is nearer than its margin and `more`. */
function nearOn(at: (share: number) => Float64Array, more: number): boolean {
  for (let i = 0; i <= 400; i += 1) if (nearAt(at(i / 400), more)) return true;
  return false;
}

const along = (from: Float64Array, to: Float64Array) => (share: number) =>
  from.map((value, j) => value + share * ((to[j] as number) - value));

function drawer(seed: number) {
  const random = randomFrom(seed);
  return () => Float64Array.from(joints, ({ lower, upper }) => lower + (upper - lower) * random.next());
}

describe("a straight way between configurations", () => {
  it("is free exactly where no place of it is nearer than the margin, but for hardly free ones", () => {
    const draw = drawer(3);
    const seen = { free: 0, not: 0 };
    const checked = edges();
    for (let i = 0; i < draws; i += 1) {
      const from = draw();
      if (nearAt(from, 0)) continue;
      const to = draw().map((value, j) => (from[j] as number) + 0.5 * (value - (from[j] as number)));
      const isFree = checked.isFree(from, to);
      seen[isFree ? "free" : "not"] += 1;
      expect(nearOn(along(from, to), isFree ? 0 : strict), `way ${i}`).toBe(!isFree);
      if (!nearAt(to, 0)) expect(checked.isFreeBetween(from, to)).toBe(isFree);
    }
    expect(Math.min(seen.free, seen.not)).toBeGreaterThan(draws / 10);
  });

  it("may be left on a curve past a corner: the same holds there", () => {
    const draw = drawer(5);
    const seen = { free: 0, not: 0 };
    const checked = edges();
    const unit = (way: Float64Array) => [...way].map((value) => value / Math.hypot(...way));
    for (let i = 0; i < draws; i += 1) {
      const [corner, before, after] = [draw(), unit(draw()), unit(draw())];
      const out = new Float64Array(corner.length);
      const at = (share: number) => {
        cornerPoint([...corner], before, after, 0.8, share, out);
        return out;
      };
      const isFree = checked.isCornerFree(corner, before, after, 0.8);
      seen[isFree ? "free" : "not"] += 1;
      expect(nearOn(at, isFree ? 0 : strict), `corner ${i}`).toBe(!isFree);
    }
    expect(Math.min(seen.free, seen.not)).toBeGreaterThan(draws / 10);
  });

  it("may lead away from where the robot is nearer than its margin, but not nearer", () => {
    const checked = edges();
    const draw = drawer(9);
    let left = 0;
    for (let i = 0; i < 40 * draws && left < 3; i += 1) {
      const start = draw();
      // Nearer than the margin, not touching.
      if (!nearAt(start, 0) || nearAt(start, -margins.scene)) continue;
      expect(checked.isClear(start)).toBe(false);
      const away = draw().map((value, j) => (start[j] as number) + 0.3 * (value - (start[j] as number)));
      if (!checked.isFree(start, away)) continue;
      left += 1;
      expect(nearOn(along(start, away), -margins.scene)).toBe(false);
    }
    expect(left).toBe(3);
  });
});

describe("a planner of a robot", () => {
  const planner = (checked: StraightEdges, start: Float64Array, goal: Float64Array) =>
    new PathPlanner(checked, joints, start, goal, { seed: 4, mostEdges: 3000 });
  const finish = (one: PathPlanner): PlannerOutcome => {
    for (;;) {
      const outcome = one.advance(5);
      if (outcome !== null) return outcome;
    }
  };
  const ends = () => {
    const draw = drawer(22);
    const checked = edges();
    for (;;) {
      const [start, goal] = [draw(), draw()];
      if (!nearAt(start, 0) && !nearAt(goal, 0) && !checked.isFree(start, goal)) return { start, goal };
    }
  };

  it("finds a way that is free and within the joints' ranges", () => {
    const { start, goal } = ends();
    const outcome = finish(planner(edges(), start, goal));
    if (!outcome.found) throw new Error(JSON.stringify(outcome));
    for (const [i, point] of outcome.waypoints.entries()) {
      for (const [j, { lower, upper }] of joints.entries()) {
        expect(point[j]).toBeGreaterThanOrEqual(lower);
        expect(point[j]).toBeLessThanOrEqual(upper);
      }
      if (i === 0) continue;
      expect(nearOn(along(outcome.waypoints[i - 1] as Float64Array, point), 0)).toBe(false);
    }
  });

  it("finds the same beside another that is dropped half-way, on the same model", () => {
    const { start, goal } = ends();
    const alone = finish(planner(edges(), start, goal));
    const dropped = planner(edges(), goal, start);
    expect(dropped.advance(3)).toBeNull();
    const one = planner(edges(), start, goal);
    expect(one.advance(3)).toBeNull();
    dropped.advance(3);
    expect(finish(one)).toEqual(alone);
  });

  it("refuses a goal that collides", () => {
    const { start } = ends();
    const draw = drawer(2);
    let goal = draw();
    while (!nearAt(goal, 0)) goal = draw();
    expect(finish(planner(edges(), start, goal))).toEqual({ found: false, reason: "goal", edges: 0 });
  });
});
