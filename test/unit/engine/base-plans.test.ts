import { describe, expect, it } from "vitest";
import { PlanService } from "../../../src/app/plan-service.ts";
import type { GridAtHand } from "../../../src/command/base-plan-work.ts";
import type { BaseCommand } from "../../../src/command/motion-command.ts";
import type { EngineRobot } from "../../../src/engine/ports/engine-robot.ts";
import type { PlannedWayMessage } from "../../../src/protocol/planned-message.ts";
import { OccupiedCells } from "../../../src/robot/footprint/occupied-cells.ts";
import { EngineAtHand, twoJointUrdf } from "./engine-at-hand.ts";

const navigators = { toPose: "/navigate_to_pose", throughPoses: null, goalTopic: null, initialTopic: null };
const map = { topic: "/map", framePrefix: "" };

/** A map of 20 × 20 m with a wall at x = 3, in the middle of which the origin is. */
function walled(): GridAtHand {
  const taken = Uint8Array.from({ length: 400 * 400 }, (_, i) => (i % 400 === 260 ? 1 : 0));
  const shape = { width: 400, height: 400, resolution: 0.05, origin: { x: -10, y: -10, yaw: 0 } };
  return { frame: "map", cells: new OccupiedCells(shape, taken) };
}

class Driving extends EngineAtHand {
  private readonly service = new PlanService(
    () => this.now,
    (answer) => this.push("plan:robot", { kind: "planAnswer", answer }),
    () => this.grid,
  );
  grid: GridAtHand | null = null;

  constructor(robot: Partial<EngineRobot> = {}) {
    super({ robots: [{ id: "robot", limits: {}, stop: null, footprint: 0.3, ...robot }] });
    this.describe();
    this.push("ros", {
      kind: "capabilities",
      robot: "robot",
      capabilities: { trajectory: [], twist: true, navigators, map },
    });
    this.joints([0, 0]);
    this.stand(0, 0);
    const description = this.engine.robots.get("robot")?.description?.hash ?? "";
    this.service.take({ kind: "robot", robot: "robot", description, urdf: twoJointUrdf, geometry: null });
  }

  /** Where tf has the root link in the map. */
  stand(x: number, y: number): void {
    const stamp = { sec: Math.floor(this.now / 1000), nanosec: 0 };
    const root = this.engine.robots.get("robot")?.model?.rootLink ?? "";
    const transforms = [{ stamp, parent: "map", child: root, pose: [x, y, 0, 0, 0, 0, 1] }];
    this.push("ros:/tf", { kind: "transforms", robot: "robot", isStatic: true, transforms });
    this.cycle();
  }

  takeMap(grid: GridAtHand): void {
    this.grid = grid;
    this.push("ros:/map", { kind: "map", robot: "robot", map: { topic: "/map", frame: grid.frame } });
    this.cycle();
  }

  compute(): void {
    for (const request of this.leaving.baseRequests.splice(0))
      this.service.take({ kind: "request", request });
    while (!this.service.isIdle()) this.service.step();
    this.cycle();
  }

  plan(command: BaseCommand) {
    this.client("s", { op: "plan", id: "p", robot: "robot", command, avoid: true });
    this.cycle();
    this.compute();
    const entries = this.leaving.of("reply").filter((entry) => entry[1] === "s");
    return entries.at(-1)?.[2] as PlannedWayMessage | { op: "result"; code: string; message: string };
  }
}

const goal = (x: number, frame = "map"): BaseCommand => ({
  kind: "navigate",
  frame,
  position: [x, 0],
  yaw: 0,
});
const still = { x: 0, y: 0, z: 0 };

describe("a plan of the base", () => {
  it("is the straight way from where tf has the robot, in the frame of the command", () => {
    const at = new Driving();
    at.stand(1, 0);
    const way = at.plan(goal(3));
    expect(way).toMatchObject({
      op: "planned",
      path: "straight",
      frame: "map",
      footprint: { points: [[0, 0]], radius: 0.3 },
    });
    if (!("poses" in way)) throw new Error("no way");
    expect(way.poses[0]).toEqual({ time: 0, position: [1, 0], yaw: 0 });
    expect(way.duration).toBeCloseTo(2 / 0.5 + 0.5, 9);
    expect("leavesMap" in way).toBe(false);
    expect(at.leaving.of("task")).toEqual([]);
  });

  it("of a twist is in the frame of the map where there is one, else of the root link", () => {
    const at = new Driving();
    const twist: BaseCommand = { kind: "twist", linear: { ...still, x: 0.2 }, angular: still, seconds: 1 };
    expect(at.plan(twist)).toMatchObject({
      path: "twist",
      frame: at.engine.robots.get("robot")?.model?.rootLink,
    });
    at.takeMap(walled());
    expect(at.plan(twist)).toMatchObject({ path: "twist", frame: "map", leavesMap: false });
    expect(at.plan({ ...twist, linear: { ...still, z: 1 } })).toMatchObject({ code: "unsupported_axis" });
  });

  it("is refused by the map with pair, place and time, and where a frame is not known", () => {
    const at = new Driving();
    at.takeMap(walled());
    expect(at.plan(goal(4))).toMatchObject({
      ...{ op: "result", stage: "refused", code: "collision" },
      collision: { link1: "footprint", link2: expect.stringMatching(/^cell \(260, \d+\) of \/map$/) },
    });
    expect(at.plan(goal(1))).toMatchObject({ op: "planned", leavesMap: false });
    expect(at.plan(goal(1, "nowhere"))).toMatchObject({ code: "unknown_frame" });
    at.takeMap({ ...walled(), frame: "other" });
    expect(at.plan(goal(1))).toMatchObject({
      code: "not_checked",
      message: expect.stringMatching(/"other"/),
    });
  });

  it("is not for MoveIt, and the initial pose is none", () => {
    const at = new Driving();
    at.client("s", { op: "plan", id: "m", robot: "robot", command: goal(1), avoid: true, planner: "moveit" });
    at.cycle();
    expect(at.leaving.answers("s", "m")).toEqual(["refused no_planner"]);
    expect(at.plan({ ...goal(1), as: "initial" } as BaseCommand)).toMatchObject({ code: "unsupported" });
  });
});

describe("the map of a robot", () => {
  it("is asked for once its topic is there", () => {
    const at = new Driving();
    expect(at.leaving.maps).toEqual(["robot /map"]);
  });

  it("has goals of the base checked before they are sent, and only then", () => {
    const at = new Driving();
    const epoch = at.acquire();
    at.command(epoch, "free", goal(5) as never);
    at.cycle();
    expect(at.leaving.answers("s", "free")).toEqual(["accepted ok", "sent ok"]);
    at.takeMap(walled());
    at.command(epoch, "wall", goal(2.8) as never);
    at.cycle();
    expect(at.leaving.answers("s", "wall")).toEqual([]);
    at.compute();
    expect(at.leaving.answers("s", "wall")).toEqual(["refused goal_not_free"]);
    // Beyond the wall: the way is the navigator's.
    at.command(epoch, "beyond", goal(5) as never);
    at.cycle();
    at.compute();
    expect(at.leaving.answers("s", "beyond").slice(0, 2)).toEqual(["accepted ok", "sent ok"]);
  });

  it("does not stop goals where that is configured", () => {
    const at = new Driving({ checkGoals: false });
    const epoch = at.acquire();
    at.takeMap(walled());
    at.command(epoch, "wall", goal(2.8) as never);
    at.cycle();
    expect(at.leaving.answers("s", "wall")).toEqual(["accepted ok", "sent ok"]);
  });

  it("has the frame without the prefix of the robot's own frames", () => {
    const at = new Driving();
    const prefixed = { trajectory: [], twist: true, navigators, map: { topic: "/map", framePrefix: "r1/" } };
    at.push("ros", { kind: "capabilities", robot: "robot", capabilities: prefixed });
    at.cycle();
    at.push("ros:/map", { kind: "map", robot: "robot", map: { topic: "/map", frame: "r1/map" } });
    at.cycle();
    expect(at.engine.control.get("robot")?.base.grid).toEqual({ topic: "/map", frame: "map" });
  });
});
