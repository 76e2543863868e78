import { describe, expect, it } from "vitest";
import { BasePlanWork } from "../../../src/command/base-plan-work.ts";
import type { BaseRequest, FoundWay } from "../../../src/command/base-request.ts";
import type { PlanOutcome } from "../../../src/command/plan-request.ts";
import { createCollisionModel } from "../../../src/robot/collision/collision-model.ts";
import type { SceneObject } from "../../../src/robot/collision/scene.ts";
import { OccupiedCells } from "../../../src/robot/footprint/occupied-cells.ts";
import { createModel } from "../../../src/robot/model.ts";
import { parseUrdf } from "../../../src/robot/reading/urdf.ts";
import { randomFrom } from "../robot/random-from.ts";

/** A box of 0.6 × 0.4 m with a mast whose bar turns, 0.5 m long. */
const urdf = `<robot name="cart"><link name="base"><collision><geometry><box size="0.6 0.4 0.2"/></geometry></collision></link>
  <link name="bar"><collision><origin xyz="0.25 0 0"/><geometry><box size="0.5 0.1 0.1"/></geometry></collision></link>
  <joint name="a" type="revolute"><parent link="base"/><child link="bar"/><origin xyz="0 0 0.6"/><axis xyz="0 0 1"/>
    <limit lower="-2" upper="2" velocity="1" effort="1"/></joint></robot>`;
const { description } = parseUrdf(urdf);
if (description === null) throw new Error("no robot");
const model = createModel(description);
const collisions = createCollisionModel(description, model, { verticesOf: () => null }).model;
const context = { model, collisions };

const limits = { linear: 0.5, angular: 1.5, linearAcceleration: 1, angularAcceleration: 3 };
const identity = [0, 0, 0, 0, 0, 0, 1];
const basic: Omit<BaseRequest, "command"> = {
  ...{ id: "q", robot: "r", description: "d", purpose: "motion", start: { a: 0 } },
  ...{ frame: "map", frameFromRoot: identity, limits, scene: [], sceneHulls: new Map(), world: [] },
  ...{ margins: { self: 0, scene: 0.01 }, footprint: null, grid: null },
};
const onMap = { grid: { topic: "/map", frame: "map", frameFromGrid: identity } };

function gridOf(size: number, resolution: number, taken: (x: number, y: number) => boolean) {
  const origin = { x: (-size * resolution) / 2, y: (-size * resolution) / 2, yaw: 0 };
  const cells = Uint8Array.from({ length: size * size }, (_, i) => {
    const x = origin.x + ((i % size) + 0.5) * resolution;
    const y = origin.y + (Math.floor(i / size) + 0.5) * resolution;
    return taken(x, y) ? 1 : 0;
  });
  const shape = { width: size, height: size, resolution, origin };
  return { frame: "map", cells: new OccupiedCells(shape, cells) };
}

function run(request: BaseRequest, grid: ReturnType<typeof gridOf> | null = null): PlanOutcome {
  const work = new BasePlanWork(request, context, grid);
  for (let portion = 0; portion < 100_000; portion += 1) {
    const outcome = work.advance();
    if (outcome !== null) return outcome;
  }
  throw new Error("no end");
}

function wayOf(outcome: PlanOutcome): FoundWay {
  if (outcome.found !== "way") throw new Error(JSON.stringify(outcome));
  return outcome.way;
}

function codeOf(outcome: PlanOutcome): string {
  return outcome.found === "objection" ? outcome.objection.code : outcome.found;
}

function navigate(x: number, y: number, yaw: number): BaseRequest["command"] {
  return { kind: "navigate", frame: "map", position: [x, y], yaw };
}

function box(
  id: string,
  x: number,
  y: number,
  z: number,
  role: SceneObject["role"] = "obstacle",
): SceneObject {
  const geometry = { kind: "box" as const, size: [0.2, 0.2, 0.2] as const };
  const pose = { position: [x, y, z] as const, quaternion: [0, 0, 0, 1] as const };
  return { id, role, geometry, link: null, touching: [], pose };
}

describe("the way of a base", () => {
  it("is straight, in the frame of the command, with at most 200 poses and the footprint of all links", () => {
    const way = wayOf(run({ ...basic, command: navigate(3, 0, Math.PI / 2) }));
    expect(way).toMatchObject({ path: "straight", frame: "map", leastDistance: null, leavesMap: null });
    expect(way.duration).toBeCloseTo(3 / 0.5 + 0.5 + Math.PI / 2 / 1.5 + 0.5, 9);
    expect(way.poses).toHaveLength(200);
    expect(way.poses.at(-1)).toMatchObject({ x: expect.closeTo(3, 9), yaw: expect.closeTo(Math.PI / 2, 9) });
    const right = way.footprint?.points.reduce((most, [x]) => Math.max(most, x), 0);
    expect(right).toBeCloseTo(0.5, 9);
  });

  it("has the footprint of the configuration measured now", () => {
    const way = wayOf(run({ ...basic, start: { a: Math.PI / 2 }, command: navigate(3, 0, 0) }));
    const high = way.footprint?.points.reduce((most, [, y]) => Math.max(most, y), 0);
    expect(high).toBeCloseTo(0.5, 9);
  });

  it("of a twist is what the jog sends: up to speed, on, and down again", () => {
    const command = {
      kind: "twist" as const,
      linear: { x: 0.4, y: 0, z: 0 },
      angular: { x: 0, y: 0, z: 0.8 },
      seconds: 2,
    };
    const way = wayOf(run({ ...basic, command }));
    expect(way.path).toBe("twist");
    // 0.4 s up, on until 2 s, 0.4 s down: 0.8 m in all; the turn has its ramps of 0.267 s: 1.6 rad.
    expect(way.duration).toBeCloseTo(2.4, 1);
    expect(way.poses.at(-1)?.yaw).toBeCloseTo(1.6, 2);
    let length = 0;
    for (const [i, { x, y }] of way.poses.entries()) {
      const before = way.poses[i - 1];
      if (before !== undefined) length += Math.hypot(x - before.x, y - before.y);
    }
    expect(length).toBeCloseTo(0.8, 2);
  });

  it("of steered wheels is as wide as they turn, and is not straight", () => {
    const steered = { ...basic, limits: { ...limits, turningRadius: 1 } };
    const command = {
      kind: "twist" as const,
      linear: { x: 0.4, y: 0, z: 0 },
      angular: { x: 0, y: 0, z: 1.5 },
      seconds: 2,
    };
    expect(wayOf(run({ ...steered, command })).poses.at(-1)?.yaw).toBeCloseTo(0.8, 2);
    expect(codeOf(run({ ...steered, command: navigate(3, 0, 0) }))).toBe("no_path");
  });
});

describe("what stands on the way of a base", () => {
  it("refuses it with cell, place and time", () => {
    const wall = gridOf(200, 0.05, (x) => x > 2 && x < 2.1);
    const outcome = run({ ...basic, ...onMap, command: navigate(3, 0, 0) }, wall);
    if (outcome.found !== "objection") throw new Error(outcome.found);
    const { code, message, collision } = outcome.objection;
    expect(code).toBe("collision");
    expect(message).toMatch(/cell \(140, \d+\) of \/map/);
    // The bar reaches 0.5 m: it is 1 cm from the wall where the base is at 1.49 m, at 0.5 m/s after 0.25 m of ramp.
    expect(collision?.time).toBeCloseTo(0.5 + (1.49 - 0.125) / 0.5, 1);
    expect(collision?.link1).toBe("footprint");
  });

  it("tells the least distance, and whether it leaves the map", () => {
    const wall = gridOf(200, 0.05, (_, y) => y > 1);
    const request = { ...basic, ...onMap, command: navigate(3, 0, 0) };
    const way = wayOf(run(request, wall));
    expect(way.leastDistance?.metres).toBeCloseTo(0.8, 2);
    expect(way.leastDistance?.between[1]).toMatch(/^cell \(\d+, 120\) of \/map$/);
    expect(way.leavesMap).toBe(false);
    expect(wayOf(run({ ...request, command: navigate(4.6, 0, 0) }, wall)).leavesMap).toBe(true);
    expect(wayOf(run({ ...request, command: navigate(4.49, 0, 0) }, wall)).leavesMap).toBe(false);
  });

  it("may be left where it is near at the start, but not approached", () => {
    const near = gridOf(200, 0.05, (x) => x < -0.305 && x > -0.4);
    // The base ends 5 cm or less before these cells.
    const close = gridOf(200, 0.05, (x, y) => x > 0.5 && x < 0.6 && Math.abs(y) < 0.1);
    const disc = { ...basic, ...onMap, footprint: 0.295, command: navigate(2, 0, 0) };
    expect(codeOf(run(disc, near))).toBe("way");
    const request = { ...basic, ...onMap, footprint: 0.495, command: navigate(1, 0, 0) };
    expect(codeOf(run(request, close))).toBe("collision");
    const back = {
      kind: "twist" as const,
      linear: { x: -0.3, y: 0, z: 0 },
      angular: { x: 0, y: 0, z: 0 },
      seconds: 1,
    };
    expect(codeOf(run({ ...request, command: back }, close))).toBe("way");
  });

  it("cannot be told by a map where nobody knows the footprint: the way is refused, and goals pass", () => {
    const bare = { model, collisions: null };
    const wall = gridOf(200, 0.05, (x) => x > 2 && x < 2.1);
    const judged = (request: BaseRequest) => new BasePlanWork(request, bare, wall).advance();
    const refused = judged({ ...basic, ...onMap, command: navigate(1, 0, 0) });
    expect(refused).toMatchObject({
      objection: { code: "not_checked", message: expect.stringMatching(/footprint/) },
    });
    const goal = { ...basic, ...onMap, purpose: "goal" as const, command: navigate(2, 0, 0) };
    expect(judged(goal)).toEqual({ found: "free" });
  });

  it("is an object or a keep-out area of the scene, with its height: the bar passes over what the base does not", () => {
    const low = { ...basic, command: navigate(3, 0, 0), world: ["low"] };
    expect(codeOf(run({ ...low, scene: [box("low", 1.5, 0, 0.3)] }))).toBe("way");
    expect(codeOf(run({ ...low, scene: [box("low", 1.5, 0, 0)] }))).toBe("collision");
    expect(codeOf(run({ ...low, scene: [box("low", 1.5, 0.29, 0.6, "keepout")] }))).toBe("way");
    expect(codeOf(run({ ...low, scene: [box("low", 1.5, 0.15, 0.6, "keepout")] }))).toBe("keep_out");
    // A given footprint is as high as the base is, and as wide as it says.
    const wide = [
      [-1, -0.5],
      [1, -0.5],
      [1, 0.5],
      [-1, 0.5],
    ] as const;
    const beside = { ...low, scene: [box("low", 1.5, 0.45, 0.05)] };
    expect(codeOf(run(beside))).toBe("way");
    expect(codeOf(run({ ...beside, footprint: wide }))).toBe("collision");
  });

  it("is found as brute force finds it, on random maps", () => {
    const random = randomFrom(11).next;
    const counts = { way: 0, collision: 0 };
    for (let trial = 0; trial < 24; trial += 1) {
      const posts = Array.from({ length: 6 }, () => [4 * random() - 1, 3 * random() - 1.5] as const);
      const taken = (x: number, y: number) => posts.some(([px, py]) => Math.hypot(x - px, y - py) < 0.04);
      const grid = gridOf(200, 0.04, taken);
      const command = navigate(1 + 2 * random(), 2 * random() - 1, 6 * random() - 3);
      const outcome = run({ ...basic, ...onMap, command, footprint: 0.3 }, grid);
      const free = wayOf(run({ ...basic, command, footprint: 0.3 }));
      // A disc does not turn: it is where its middle is, so the least distance is that of a segment to a cell.
      const [end, places] = [free.poses.at(-1), 2000];
      let least = Number.POSITIVE_INFINITY;
      for (let row = 0; row < 200; row += 1) {
        for (let column = 0; column < 200; column += 1) {
          const [x, y] = [-4 + (column + 0.5) * 0.04, -4 + (row + 0.5) * 0.04];
          if (!taken(x, y)) continue;
          for (let k = 0; k <= places; k += 10) {
            const [bx, by] = [((end?.x ?? 0) * k) / places, ((end?.y ?? 0) * k) / places];
            const apart = Math.hypot(
              Math.max(0, Math.abs(x - bx) - 0.02),
              Math.max(0, Math.abs(y - by) - 0.02),
            );
            least = Math.min(least, apart - 0.3);
          }
        }
      }
      const start = grid.cells.nearest({ points: [[0, 0]], radius: 0.3 }, 0, 0, 0, 0.01);
      if (start !== null) continue;
      if (Math.abs(least - 0.01) < 0.006) continue;
      expect(codeOf(outcome), `trial ${trial}: ${least}`).toBe(least > 0.01 ? "way" : "collision");
      counts[least > 0.01 ? "way" : "collision"] += 1;
      if (outcome.found === "way" && least < 0.9) {
        expect(Math.abs((outcome.way.leastDistance?.metres ?? 9) - least)).toBeLessThan(0.013);
      }
    }
    expect(counts.way).toBeGreaterThan(3);
    expect(counts.collision).toBeGreaterThan(3);
  });
});

describe("a goal of the base", () => {
  const goal = { ...basic, ...onMap, purpose: "goal" as const };
  const wall = gridOf(200, 0.05, (x) => x > 2 && x < 2.1);

  it("is refused where the footprint stands in a cell that is not free, with the cell and its place", () => {
    expect(run({ ...goal, command: navigate(1.4, 0, 0) }, wall)).toEqual({ found: "free" });
    // The wall on the way is the navigator's concern.
    expect(run({ ...goal, command: navigate(3, 0, 0) }, wall)).toEqual({ found: "free" });
    const outcome = run({ ...goal, command: navigate(1.6, 0, 0) }, wall);
    if (outcome.found !== "objection") throw new Error(outcome.found);
    expect(outcome.objection.code).toBe("goal_not_free");
    expect(outcome.objection.message).toMatch(
      /cell \(140, \d+\) of \/map, at \(2\.0[23], -?\d\.\d\d\) in map/,
    );
  });

  it("is refused in a keep-out area, which is named, as are the poses on the way", () => {
    const scene = [box("door", 2, 0, 0, "keepout")];
    const command = { kind: "navigate" as const, frame: "map", position: [4, 0], yaw: 0 };
    const asked = { ...goal, grid: null, scene, world: ["door"] };
    expect(run({ ...asked, command })).toEqual({ found: "free" });
    const outcome = run({ ...asked, command: { ...command, via: [{ position: [2.1, 0], yaw: 0 }] } });
    if (outcome.found !== "objection") throw new Error(outcome.found);
    expect(outcome.objection.message).toMatch(/pose 1 of 2.*keep-out area door/);
  });

  it("is in the frame of the command, whatever frames the map and the base are in", () => {
    // The map is turned by a right angle and moved in "odom"; the base stands at (5, 5) of "odom".
    const s = Math.SQRT1_2;
    const grid = { topic: "/map", frame: "map", frameFromGrid: [1, 0, 0, 0, 0, s, s] };
    const asked = { ...goal, frame: "odom", frameFromRoot: [5, 5, 0, 0, 0, 0, 1], grid };
    // x of the map is y of "odom": the wall is at y = 2 there.
    const to = (x: number, y: number) => ({
      kind: "navigate" as const,
      frame: "odom",
      position: [x, y],
      yaw: Math.PI / 2,
    });
    expect(codeOf(run({ ...asked, command: to(1, 1.4) }, wall))).toBe("free");
    expect(codeOf(run({ ...asked, command: to(1, 1.6) }, wall))).toBe("goal_not_free");
  });

  it("is not judged by a map that has just changed its frame", () => {
    const outcome = run({ ...goal, command: navigate(1, 0, 0) }, { ...wall, frame: "other" });
    expect(codeOf(outcome)).toBe("not_checked");
  });
});
