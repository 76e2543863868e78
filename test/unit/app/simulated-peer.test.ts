import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { SimulatedPeer, type SimulatedPeerOptions } from "../../../src/app/simulated-peer.ts";
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

  constructor(more: Partial<SimulatedPeerOptions> = {}) {
    const loaded = loadDescription(urdf);
    if ("fault" in loaded) throw new Error(loaded.fault);
    this.peer = new SimulatedPeer(
      { robot: "robot", urdf, model: loaded.model, base: "diff_drive", ...more },
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

  const goal = (id: string, position: number) => ({
    id,
    controller: "joint_trajectory_controller",
    joints: ["elbow"],
    start: 0,
    from: null,
    circular: [],
    points: [{ time: 2, positions: [position], velocities: [0], accelerations: [0] }],
    pathTolerance: [0.3],
    goalTolerance: [0.02],
    goalTimeTolerance: 2,
  });

  /** What it says of its goals in these ms. */
  const saidIn = (at: Rover, ms: number): string[] => {
    const said: string[] = [];
    for (let passed = 0; passed < ms; passed += 10) {
      at.now += 10;
      at.peer.step(at.now);
      for (const { input } of at.arrivals.splice(0)) {
        if (input.kind === "goal") said.push(`${input.goalId} ${input.stage} ${input.code}`);
      }
    }
    return said;
  };

  it("gives the SRDF before the description, so that both are judged together", () => {
    const at = new Rover({ srdf: "<robot name='rover'/>" });
    expect(at.arrivals.map(({ input }) => input.kind).slice(0, 2)).toEqual(["semantics", "description"]);
  });

  it("ends a goal by canceling it where it is asked to, and at a stop", () => {
    for (const end of ["cancel", "stop"]) {
      const at = new Rover();
      at.run(100);
      at.peer.sendTrajectory(goal("one", 0.5));
      saidIn(at, 200);
      if (end === "cancel") at.peer.cancelTrajectory("one");
      else at.peer.setStopped(true);
      expect(saidIn(at, 100)).toContain("one aborted canceled");
    }
  });

  it("is not touched by the end of a stop, nor by the cancel of a goal that it does not have", () => {
    const at = new Rover();
    at.run(100);
    at.peer.sendTrajectory(goal("one", 0.5));
    saidIn(at, 200);
    at.peer.setStopped(false);
    at.peer.cancelTrajectory("another");
    expect(saidIn(at, 200).every((line) => line === "one executing ok")).toBe(true);
  });

  it("says how far a goal is ten times a second at most", () => {
    const at = new Rover();
    at.run(100);
    at.peer.sendTrajectory(goal("one", 0.5));
    const feedback = saidIn(at, 1000).filter((line) => line === "one executing ok");
    expect(feedback.length).toBeGreaterThanOrEqual(9);
    expect(feedback.length).toBeLessThanOrEqual(11);
  });

  it("drives by a twist, and stands again after a zero", () => {
    const at = new Rover();
    at.run(50);
    at.peer.sendTwist({ x: 0.3, y: 0, yaw: 0 });
    expect(at.run(300)).toBeGreaterThan(0.05);
    at.peer.sendTwist({ x: 0, y: 0, yaw: 0 });
    at.run(2000);
    expect(at.run(100)).toBeCloseTo(0, 6);
  });

  it("says nothing of joints that are measured elsewhere, and does not offer to drive them", () => {
    const elsewhere = ["left_finger", "right_finger"];
    const at = new Rover({ elsewhere });
    const [capabilities] = at.arrivals.flatMap(({ input }) =>
      input.kind === "capabilities" ? [input.capabilities.trajectory[0]?.joints ?? []] : [],
    );
    at.arrivals.length = 0;
    at.now += 10;
    at.peer.step(at.now);
    const message = at.arrivals.flatMap(({ input }) =>
      input.kind === "jointState" ? [input.message] : [],
    )[0];
    for (const names of [capabilities, message?.name]) {
      expect(names).toContain("elbow");
      for (const joint of elsewhere) expect(names).not.toContain(joint);
    }
    expect(message?.position).toHaveLength(message?.name.length ?? -1);
    expect(message?.effort).toHaveLength(message?.name.length ?? -1);
  });

  it("has no odometry and takes no twist where its base is fixed", () => {
    const at = new Rover({ base: "fixed" });
    at.peer.sendTwist({ x: 1, y: 0, yaw: 0 });
    at.arrivals.length = 0;
    at.now += 10;
    at.peer.step(at.now);
    expect(at.arrivals.map(({ input }) => input.kind)).toEqual(["jointState"]);
  });
});
