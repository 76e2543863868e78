import { describe, expect, it } from "vitest";
import { PathPlanner, type PlannerOutcome } from "../../../../src/robot/planning/path-planner.ts";
import { distanceOf, type PlannedJoint } from "../../../../src/robot/planning/straight-edge.ts";

type Rectangle = { x: [number, number]; y: [number, number] };
type Options = { seed?: number; mostEdges?: number; portion?: number };

/** A point among rectangles, in a square of ± 3: a way is looked at every thousandth of it. */
class FlatWorld {
  readonly joints: PlannedJoint[] = ["x", "y"].map((name, i) => ({
    name,
    qIndex: i,
    vIndex: i,
    lower: -3,
    upper: 3,
    weight: 1,
  }));
  edges = 0;

  constructor(private readonly obstacles: readonly Rectangle[]) {}

  isClear([x = 0, y = 0]: Float64Array): boolean {
    return !this.obstacles.some((o) => x >= o.x[0] && x <= o.x[1] && y >= o.y[0] && y <= o.y[1]);
  }

  isFree(from: Float64Array, to: Float64Array): boolean {
    this.edges += 1;
    for (let i = 0; i <= 1000; i += 1) {
      const at = from.map((value, j) => value + (i / 1000) * ((to[j] as number) - value));
      if (!this.isClear(at)) return false;
    }
    return true;
  }

  isFreeBetween(from: Float64Array, to: Float64Array): boolean {
    return this.isFree(from, to);
  }

  planner(start: number[], goal: number[], { seed = 1, mostEdges = 3000 }: Options = {}): PathPlanner {
    const options = { seed, mostEdges };
    return new PathPlanner(this, this.joints, Float64Array.from(start), Float64Array.from(goal), options);
  }

  plan(start: number[], goal: number[], options: Options = {}): PlannerOutcome {
    return finish(this.planner(start, goal, options), options.portion);
  }
}

function finish(planner: PathPlanner, portion = 7): PlannerOutcome {
  for (let i = 0; i < 20_000; i += 1) {
    const outcome = planner.advance(portion);
    if (outcome !== null) return outcome;
  }
  throw new Error("the planner does not end");
}

function wayOf(outcome: PlannerOutcome): number[][] {
  if (!outcome.found) throw new Error(JSON.stringify(outcome));
  return outcome.waypoints.map((point) => [...point]);
}

/** A wall across the square at x = 0, with a gap about y = 2. */
const wall = (gap: number): Rectangle[] => [
  { x: [-0.2, 0.2], y: [-3, 2 - gap / 2] },
  { x: [-0.2, 0.2], y: [2 + gap / 2, 3] },
];
const [left, right] = [[-2, -2], [2, -2]]; // biome-ignore format: two places

describe("a planner", () => {
  it("finds a free way between its ends, within the ranges of the joints", () => {
    const world = new FlatWorld(wall(0.5));
    for (let seed = 1; seed <= 20; seed += 1) {
      const way = wayOf(world.plan(left, right, { seed }));
      expect(way[0]).toEqual(left);
      expect(way.at(-1)).toEqual(right);
      for (const [i, point] of way.entries()) {
        for (const value of point) expect(Math.abs(value)).toBeLessThanOrEqual(3);
        if (i === 0) continue;
        const [one, two] = [way[i - 1] as number[], point];
        expect(world.isFree(Float64Array.from(one), Float64Array.from(two))).toBe(true);
      }
    }
  });

  it("finds the same way for the same seed, in portions of any size, and others for others", () => {
    const world = new FlatWorld(wall(0.5));
    const way = wayOf(world.plan(left, right));
    expect(wayOf(world.plan(left, right, { portion: 1 }))).toEqual(way);
    expect(wayOf(world.plan(left, right, { portion: 1e6 }))).toEqual(way);
    expect(wayOf(world.plan(left, right, { seed: 2 }))).not.toEqual(way);
  });

  it("finds a gap of a hundredth of the square", () => {
    const world = new FlatWorld(wall(0.06));
    for (let seed = 1; seed <= 5; seed += 1) {
      const way = wayOf(world.plan(left, right, { seed, mostEdges: 20_000 }));
      const through = way.some(([, y = 0]) => Math.abs(y - 2) < 0.1);
      expect(through, `seed ${seed}`).toBe(true);
    }
  });

  it("leaves out what is not needed: past one corner a way is hardly longer than it must be", () => {
    const world = new FlatWorld([{ x: [-0.2, 0.2], y: [-3, 1] }]);
    // Past both corners of the obstacle.
    const shortest = 2 * Math.hypot(1.8, 3) + 0.4;
    for (let seed = 1; seed <= 20; seed += 1) {
      const way = wayOf(world.plan(left, right, { seed }));
      expect(way.length).toBeLessThanOrEqual(5);
      let length = 0;
      for (const [i, point] of way.entries()) {
        if (i === 0) continue;
        const [one, two] = [way[i - 1] as number[], point];
        length += distanceOf(world.joints, Float64Array.from(one), Float64Array.from(two));
      }
      expect(length).toBeLessThan(1.1 * shortest);
    }
  });

  it("takes the straight way where that is free, and stays where it is", () => {
    const world = new FlatWorld([{ x: [-1, 1], y: [-1, 1] }]);
    expect(wayOf(world.plan([-2, -2], [2, -2]))).toEqual([[-2, -2], [2, -2]]); // biome-ignore format: two places
    expect(wayOf(world.plan([-2, -2], [-2, -2]))).toEqual([[-2, -2], [-2, -2]]); // biome-ignore format: two places
    expect(world.edges).toBe(2);
  });

  it("refuses a goal that is not free at once", () => {
    const world = new FlatWorld(wall(0.5));
    expect(world.plan(left, [0, 0])).toEqual({ found: false, reason: "goal", edges: 0 });
    expect(world.edges).toBe(0);
  });

  it("ends after the most ways where there is none", () => {
    const world = new FlatWorld([{ x: [-0.2, 0.2], y: [-3, 3] }]);
    const outcome = world.plan(left, right, { mostEdges: 500 });
    expect(outcome).toMatchObject({ found: false, reason: "edges" });
    expect(world.edges).toBeGreaterThanOrEqual(500);
    expect(world.edges).toBeLessThan(510);
    expect(outcome.found || outcome.edges).toBe(world.edges);
  });

  it("ends where the start is enclosed", () => {
    const world = new FlatWorld([{ x: [-3, 3], y: [-3, 3] }]);
    const out = new FlatWorld([{ x: [-2.5, -1.5], y: [-2.5, -1.5] }]);
    expect(world.plan(left, right)).toMatchObject({ found: false, reason: "goal" });
    expect(out.plan(left, right, { mostEdges: 300 })).toMatchObject({ found: false, reason: "edges" });
  });

  it("does a bounded piece of work in each portion, and may be dropped in the middle of it", () => {
    const world = new FlatWorld(wall(0.5));
    const dropped = world.planner(left, right);
    for (let portions = 1; portions <= 5; portions += 1) {
      const before = world.edges;
      expect(dropped.advance(4)).toBeNull();
      // A tree that grows towards the other ends its portion when it meets it or something in its way.
      expect(world.edges - before).toBeLessThan(40);
    }
    const way = wayOf(world.plan(left, right));
    expect(way).toEqual(wayOf(finish(dropped)));
  });
});
