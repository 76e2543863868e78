import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { SimulatedPeer } from "../../../src/app/simulated-peer.ts";
import { Inbox } from "../../../src/engine/ports/inbox.ts";
import type { Arrival } from "../../../src/engine/ports/inputs.ts";
import { loadDescription } from "../../../src/engine/robot/robot-description.ts";

const urdf = readFileSync(new URL("../../../urdf/rover.urdf", import.meta.url), "utf8");

/** A simulated rover by itself. */
class Rover {
  now = 1_700_000_000_000;
  readonly arrivals: Arrival[] = [];
  readonly peer: SimulatedPeer;
  private readonly inbox = new Inbox(undefined, (arrival) => this.arrivals.push(arrival));

  constructor() {
    const loaded = loadDescription(urdf);
    if ("fault" in loaded) throw new Error(loaded.fault);
    this.peer = new SimulatedPeer(
      { robot: "robot", urdf, model: loaded.model, base: "diff_drive" },
      this.inbox,
    );
    this.peer.start(this.now);
  }
  /** The fastest that the base was in these ms. */
  run(ms: number): number {
    let fastest = 0;
    for (let passed = 0; passed < ms; passed += 10) {
      this.now += 10;
      this.arrivals.length = 0;
      this.peer.step(this.now);
      for (const { input } of this.arrivals) {
        if (input.kind === "odometry") fastest = Math.max(fastest, Math.abs(input.message.twist?.[0] ?? 0));
      }
      this.inbox.drain(
        () => undefined,
        () => undefined,
      );
    }
    return fastest;
  }
}

describe("the simulated robot of the demo", () => {
  it("introduces itself as a robot on ROS would", () => {
    const at = new Rover();
    expect(at.arrivals.map(({ input }) => input.kind)).toEqual(["description", "capabilities", "status"]);
  });

  it("moves by nothing but what it is sent", () => {
    const at = new Rover();
    expect(at.run(40_000)).toBe(0);
  });

  it("answers a goal by its action's stages, and a second one by aborting the first", () => {
    const at = new Rover();
    at.run(100);
    const goal = (id: string, position: number) => ({
      id,
      controller: "joint_trajectory_controller",
      joints: ["elbow"],
      start: 0,
      from: null,
      circular: [],
      points: [{ time: 0.5, positions: [position], velocities: [0], accelerations: [0] }],
      pathTolerance: [0.3],
      goalTolerance: [0.02],
      goalTimeTolerance: 2,
    });
    const told: string[] = [];
    const run = (ms: number) => {
      for (let passed = 0; passed < ms; passed += 10) {
        at.now += 10;
        at.peer.step(at.now);
        for (const { input } of at.arrivals.splice(0)) {
          if (input.kind === "goal") told.push(`${input.goalId} ${input.stage} ${input.code}`);
        }
      }
    };
    at.peer.sendTrajectory(goal("one", 0.1));
    run(100);
    at.peer.sendTrajectory(goal("two", 0.2));
    run(1500);
    expect([...new Set(told)]).toEqual([
      "one accepted ok",
      "one executing ok",
      "two accepted ok",
      "one aborted controller_-1",
      "two executing ok",
      "two done ok",
    ]);
    at.peer.sendTrajectory({ ...goal("three", 0), joints: ["nobody"] });
    run(10);
    expect(told.at(-1)).toBe("three aborted controller_-2");
  });
});
