import { describe, expect, it } from "vitest";
import type { Output } from "../../../src/engine/ports/outputs.ts";
import { FollowingController } from "../command/following-controller.ts";
import { EngineAtHand } from "./engine-at-hand.ts";

/** An engine whose robot brakes on its path when it is stopped, in the middle of a move. */
function moving() {
  const outputs: Output[] = [];
  const at = new EngineAtHand({
    robots: [{ id: "robot", limits: {}, stop: null, stopKind: "controlled" }],
    emit: (output) => {
      outputs.push(output);
      at.leaving.emit(output);
    },
  });
  const controller = new FollowingController(["a", "b"], [0, 0]);
  let taken = 0;
  const go = (ms: number): void => {
    for (let passed = 0; passed < ms; passed += 10) {
      const goals = at.leaving.goals();
      for (const goal of goals.slice(taken)) {
        controller.follow(goal, at.now);
        const report = { goalId: goal.id, stage: "accepted", code: "ok", message: "" } as const;
        at.push("ros", { kind: "goal", robot: "robot", ...report });
      }
      taken = goals.length;
      const { positions, velocities } = controller.state(at.now + 10);
      at.now += 10;
      at.joints(positions, { velocity: velocities });
      at.engine.cycle(at.now);
    }
  };
  at.describe();
  go(200);
  const epoch = at.acquire();
  at.command(epoch, 1, { kind: "jointPosition", positions: { a: 1.9 }, speed: 1 });
  go(800);
  const speed = () => Math.abs(controller.state(at.now).velocities[0] as number);
  const stops = () => outputs.filter((output) => output.kind === "stopped");
  return { at, go, speed, stops };
}

describe("a stop of a robot that brakes on its path", () => {
  it("leaves its controller alone until it is measured at rest, then cancels everything", () => {
    const { at, go, speed, stops } = moving();
    expect(speed()).toBeGreaterThan(0.5);
    at.client("x", { op: "stop", robot: "robot", holder: "Ada" });
    at.cycle(0);
    expect(stops()).toMatchObject([{ stopped: true, braking: { controllers: ["arm"], twist: false } }]);
    expect(at.leaving.of("remember")).toHaveLength(1);
    go(1000);
    expect(speed()).toBe(0);
    expect(stops()).toHaveLength(2);
    expect(stops()[1]).toEqual({ kind: "stopped", robot: "robot", stopped: true });
    expect(at.events("stop.complete")).toHaveLength(1);
    expect(at.events("stop.escalated")).toEqual([]);
  });

  it("is immediate where the message says so, and nothing is left alone", () => {
    const { at, stops } = moving();
    at.client("x", { op: "stop", robot: "*", immediate: true });
    at.cycle(0);
    expect(stops()).toEqual([{ kind: "stopped", robot: "robot", stopped: true }]);
  });

  it("says when it becomes immediate, and why", () => {
    const { at, go, stops } = moving();
    at.client("x", { op: "stop", robot: "robot" });
    at.cycle(0);
    at.client("y", { op: "stop", robot: "robot" });
    at.cycle(0);
    expect(stops().at(-1)).toEqual({ kind: "stopped", robot: "robot", stopped: true });

    const other = moving();
    other.at.client("x", { op: "stop", robot: "robot" });
    other.at.cycle(0);
    // Nothing is measured any more.
    for (let i = 0; i < 300; i++) other.at.cycle(10);
    expect(other.at.events("stop.escalated")[0]).toMatch(/is not measured any more|still moves/);
    expect(other.stops()).toHaveLength(2);
    go(10);
  });

  it("a twin that starts again while it is stopped moves nothing and refuses everything", () => {
    const stop = { by: "Ada", at: 1, reason: "" };
    const at = new EngineAtHand({
      robots: [{ id: "robot", limits: {}, stop, stopKind: "controlled" }],
    });
    at.describe();
    at.joints([0, 0]);
    at.cycle();
    const epoch = at.acquire();
    at.command(epoch, 1, { kind: "jointPosition", positions: { a: 1 } });
    for (let i = 0; i < 50; i++) at.cycle();
    expect(at.leaving.answers("s", 1)).toEqual(["refused stopped"]);
    expect(at.leaving.goals()).toEqual([]);
  });
});
