import { describe, expect, it } from "vitest";
import type { MotionCommand } from "../../../src/command/motion-command.ts";
import { FollowingController } from "./following-controller.ts";
import { GateAtHand, twist } from "./gate-at-hand.ts";

const far: MotionCommand = { kind: "jointPosition", positions: { a: 1.8, b: 0.9 }, speed: 1 };

/** A robot with a controller that follows, driven by "s". */
class Paced extends GateAtHand {
  readonly controller = new FollowingController(["a", "b"], [0, 0]);
  readonly path: { positions: number[]; velocities: number[]; accelerations: number[] }[] = [];
  private taken = 0;
  private readonly ends = new Map<string, number>();

  override robot() {
    return { ...super.robot(), speedScale: this.gate.override() / 100 };
  }

  go(ms: number): void {
    for (let passed = 0; passed < ms; passed += 10) {
      for (const goal of this.out.goals.slice(this.taken)) {
        for (const id of this.ends.keys()) this.ends.delete(id);
        this.controller.follow(goal, this.now);
        this.gate.goalReport(
          { goalId: goal.id, stage: "accepted", code: "ok", message: "" },
          this.now,
          this.robot(),
        );
        this.ends.set(goal.id, this.now + (goal.points.at(-1)?.time ?? 0) * 1000);
      }
      this.taken = this.out.goals.length;
      this.run(10);
      const state = this.controller.state(this.now);
      this.path.push(state);
      for (const [i, joint] of ["a", "b"].entries()) {
        this.joints.positions.set(joint, state.positions[i] as number);
        this.joints.velocities.set(joint, state.velocities[i] as number);
      }
      for (const [goalId, end] of this.ends) {
        if (this.now < end) continue;
        this.ends.delete(goalId);
        this.gate.goalReport({ goalId, stage: "done", code: "ok", message: "" }, this.now, this.robot());
      }
    }
  }

  set(percent: number, session = "s") {
    return this.gate.setOverride(session, percent, this.now);
  }

  speed(): number {
    return Math.abs(this.path.at(-1)?.velocities[0] ?? 0);
  }
}

function driven(): Paced {
  const at = new Paced();
  at.acquire();
  at.go(20);
  return at;
}

/** How long the move takes at a percentage, ms. */
function timeOf(percent: number): number {
  const at = driven();
  at.set(percent);
  at.send(1, far);
  let ms = 0;
  while (!at.out.answers(1).some((answer) => answer.startsWith("done")) && ms < 60_000) {
    at.go(50);
    ms += 50;
  }
  return ms;
}

describe("the speed override", () => {
  it("stretches a move that begins, and leaves it as it is at 100 %", () => {
    const whole = timeOf(100);
    expect(timeOf(50) / whole).toBeCloseTo(2, 1);
    expect(timeOf(20) / whole).toBeCloseTo(5, 0);
  });

  it("slows a move under way down along its path and up again, within the limits, to the same end", () => {
    const at = driven();
    at.send(1, far);
    at.go(700);
    expect(at.speed()).toBeGreaterThan(0.9);
    at.set(30);
    at.go(600);
    expect(at.speed()).toBeLessThan(0.31);
    expect(at.speed()).toBeGreaterThan(0.25);
    at.set(100);
    at.go(4000);
    expect(at.out.answers(1).at(-1)).toBe("done ok");
    expect(at.out.answers(1).filter((answer) => answer.startsWith("accepted"))).toHaveLength(1);
    expect(at.path.at(-1)?.positions[0]).toBeCloseTo(1.8, 6);
    for (const { velocities, accelerations } of at.path) {
      expect(Math.abs(velocities[0] as number)).toBeLessThan(1 + 1e-6);
      expect(Math.abs(accelerations[0] as number)).toBeLessThan(3 + 1e-3);
      expect(Math.abs(velocities[1] as number)).toBeLessThan(0.5 + 1e-6);
    }
  });

  it("holds a move on its path at 0 % for as long as that takes, and goes on to its end", () => {
    const at = driven();
    at.send(1, far);
    at.go(600);
    at.set(0);
    at.go(1500);
    const held = at.path.at(-1)?.positions[0] as number;
    expect(at.speed()).toBe(0);
    expect(held).toBeLessThan(1.5);
    // Longer than any time-out of a motion.
    at.go(60_000);
    expect(at.path.at(-1)?.positions[0]).toBe(held);
    expect(at.out.answers(1).some((answer) => /done|aborted/.test(answer))).toBe(false);
    expect(at.send(2, far)).toEqual(["refused paused"]);
    at.set(100);
    at.go(4000);
    expect(at.out.answers(1).at(-1)).toBe("done ok");
    expect(at.path.at(-1)?.positions[0]).toBeCloseTo(1.8, 6);
    const back = at.path.some(
      ({ positions }, i) => (positions[0] as number) < (at.path[i - 1]?.positions[0] ?? 0) - 1e-9,
    );
    expect(back).toBe(false);
  });

  it("does not let a paused move go on from another place, after its lease, or after a stop", () => {
    const at = driven();
    at.send(1, far);
    at.go(600);
    at.set(0);
    at.go(1000);
    const goals = at.out.goals.length;
    at.joints.positions.set("a", -1);
    at.set(100);
    at.run(100);
    expect(at.out.answers(1).at(-1)).toBe("aborted not_following");
    expect(at.out.goals).toHaveLength(goals);

    const released = driven();
    released.send(1, far);
    released.go(600);
    released.set(0);
    released.go(1000);
    released.gate.releaseSession("s", released.now, released.robot());
    expect(released.out.answers(1).at(-1)).toBe("aborted lease_lost");
    released.acquire("other");
    expect(released.gate.override()).toBe(100);
    const after = released.out.goals.length;
    released.run(500, false);
    expect(released.out.goals).toHaveLength(after);

    const stopped = driven();
    stopped.send(1, far);
    stopped.go(600);
    stopped.set(0);
    stopped.go(1000);
    stopped.gate.stop("Ada", "", stopped.now, stopped.robot());
    stopped.gate.reset();
    const before = stopped.out.goals.length;
    stopped.acquire();
    stopped.set(100);
    stopped.go(500);
    expect(stopped.out.goals).toHaveLength(before);
  });

  it("is lowered by anyone and raised by the lease holder alone", () => {
    const at = driven();
    expect(at.set(40, "other")).toBeNull();
    expect(at.set(41, "other")?.code).toBe("no_lease");
    expect(at.gate.override()).toBe(40);
    expect(at.set(100)).toBeNull();
  });

  it("scales the base's twists while they are held", () => {
    const at = driven();
    const hold = (ms: number) => {
      for (let passed = 0; passed < ms; passed += 50) {
        at.send(`t${at.now}`, twist(0.4));
        at.go(50);
      }
    };
    hold(800);
    expect(at.out.twists.at(-1)?.x).toBeCloseTo(0.4, 6);
    at.set(25);
    hold(600);
    expect(at.out.twists.at(-1)?.x).toBeCloseTo(0.1, 6);
    at.set(0);
    hold(400);
    expect(at.out.twists.at(-1)?.x).toBe(0);
    at.set(100);
    hold(800);
    expect(at.out.twists.at(-1)?.x).toBeCloseTo(0.4, 6);
  });

  it("sends at most ten goals a second, however the slider is moved", () => {
    const at = driven();
    at.send(1, { ...far, speed: 0.2 } as MotionCommand);
    at.go(500);
    const goals = at.out.goals.length;
    for (let i = 0; i < 50; i++) {
      at.set(50 + 50 * Math.abs(Math.sin(i / 5)));
      at.go(20);
    }
    expect(at.out.goals.length - goals).toBeLessThanOrEqual(11);
  });

  it("leaves the braking at the end of a lease as fast as it is", () => {
    const at = driven();
    at.send(1, far);
    at.go(700);
    at.set(0);
    at.gate.releaseSession("s", at.now, at.robot());
    at.go(600);
    expect(at.speed()).toBe(0);
    expect(at.out.goals.at(-1)?.points.at(-1)?.time).toBeLessThan(0.6);
  });
});
