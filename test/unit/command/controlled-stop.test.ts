import { describe, expect, it } from "vitest";
import type { JointPath } from "../../../src/command/joint-path.ts";
import type { MotionCommand } from "../../../src/command/motion-command.ts";
import { createMotionSample } from "../../../src/robot/trajectory/motion-profile.ts";
import { FollowingController } from "./following-controller.ts";
import { GateAtHand, twist } from "./gate-at-hand.ts";

const far: MotionCommand = { kind: "jointPosition", positions: { a: 1.8, b: 0.9 }, speed: 1 };

/** A robot that is stopped by braking, with a controller that follows; `obeys`: whether it takes a braking goal. */
class Braked extends GateAtHand {
  readonly controller = new FollowingController(["a", "b"], [0, 0]);
  readonly ends: string[] = [];
  readonly path: { at: number; positions: number[]; velocities: number[] }[] = [];
  obeys = true;
  seen = true;
  stopKind: "controlled" | "immediate" = "controlled";
  private taken = 0;

  constructor() {
    super();
    Object.assign(this.out, {
      stopEnds: (how: string, reason: string) => this.ends.push(`${how} ${reason}`),
    });
  }

  override robot() {
    return { ...super.robot(), stop: this.stopKind };
  }

  /** Cycles of 10 ms in which the controller takes each goal and the joints are measured. */
  go(ms: number): void {
    for (let passed = 0; passed < ms; passed += 10) {
      const isBraking = this.gate.latch.current() !== null;
      for (const goal of this.out.goals.slice(this.taken)) {
        if (this.obeys || !isBraking) this.controller.follow(goal, this.now);
        this.gate.goalReport(
          { goalId: goal.id, stage: "accepted", code: "ok", message: "" },
          this.now,
          this.robot(),
        );
      }
      this.taken = this.out.goals.length;
      this.run(10);
      const { positions, velocities } = this.controller.state(this.now);
      this.path.push({ at: this.now, positions, velocities });
      for (const [i, joint] of ["a", "b"].entries()) {
        this.joints.positions.set(joint, positions[i] as number);
        this.joints.velocities.set(joint, velocities[i] as number);
      }
      if (this.seen) this.joints.received = this.now;
    }
  }

  speed(): number {
    return Math.max(...(this.path.at(-1)?.velocities ?? [0]).map(Math.abs));
  }
}

function moving(command: MotionCommand = far, ms = 900): Braked {
  const at = new Braked();
  at.acquire();
  at.send(1, command);
  at.go(ms);
  expect(at.speed()).toBeGreaterThan(0.2);
  return at;
}

/** Where b is on a way when a, which rises, is at `position`. */
function besideOn(way: ReadonlyMap<string, { path: JointPath }>, position: number): number {
  const sample = createMotionSample();
  const [a, b] = [way.get("a")?.path, way.get("b")?.path];
  let [low, high] = [0, a?.duration ?? 0];
  for (let i = 0; i < 60; i++) {
    const middle = (low + high) / 2;
    a?.sample(middle, sample);
    if (sample.position < position) low = middle;
    else high = middle;
  }
  b?.sample(low, sample);
  return sample.position;
}

const press = (at: Braked, immediate = false) => at.gate.stop("Ada", "", at.now, at.robot(), immediate);

describe("a controlled stop", () => {
  it("brakes on the path, harder than driving, and cancels once the rest is measured", () => {
    const at = moving();
    const before = at.path.length;
    const way = new Map(at.gate.sent());
    expect(press(at)).toBe(true);
    expect(at.out.answers(1).at(-1)).toBe("aborted stopped");
    expect(at.out.cancels).toEqual([]);
    expect(at.gate.braking()?.controllers).toEqual(new Set(["arm"]));
    at.go(110);
    // The goal that it replaces is given up, the braking one is not.
    expect(at.out.cancels).not.toContain(at.out.goals.at(-1)?.id);
    at.go(600);
    expect(at.out.cancels).toContain(at.out.goals.at(-1)?.id);
    expect(at.ends).toEqual(["rest "]);
    expect(at.gate.braking()).toBeNull();
    // Where a is, b is where the way that they were on has it.
    for (const { positions } of at.path.slice(before)) {
      expect(Math.abs((positions[1] as number) - besideOn(way, positions[0] as number))).toBeLessThan(1e-6);
    }
    const deceleration = at.path
      .slice(before)
      .map(
        ({ velocities }, i) =>
          ((at.path[before + i - 1]?.velocities[0] as number) - (velocities[0] as number)) / 0.01,
      );
    expect(Math.max(...deceleration)).toBeGreaterThan(5);
    expect(Math.max(...deceleration)).toBeLessThan(9.1);
    expect(at.gate.latch.current()?.by).toBe("Ada");
  });

  it("the braking goal ends at rest by itself, so that a twin that dies meanwhile leaves a robot that stops", () => {
    const at = moving();
    press(at);
    const goal = at.out.goals.at(-1);
    expect(goal?.points.at(-1)?.velocities).toEqual([0, 0]);
    expect(goal?.points.at(-1)?.time).toBeLessThan(0.4);
    expect(goal?.from?.velocities[0]).toBeGreaterThan(0.5);
  });

  it("brakes a jog on its way, and nothing takes it up again", () => {
    const at = new Braked();
    at.acquire();
    for (let i = 0; i < 16; i++) {
      at.send(100 + i, { kind: "jointVelocity", velocities: { a: 0.9 } });
      at.go(50);
    }
    expect(at.speed()).toBeGreaterThan(0.8);
    const from = at.path.at(-1)?.positions[0] as number;
    press(at);
    expect(at.send(200, { kind: "jointVelocity", velocities: { a: 0.9 } })).toEqual(["refused stopped"]);
    at.go(800);
    expect(at.ends).toEqual(["rest "]);
    // 0.9² / (2 · 9), plus the time in which the deceleration is built up.
    expect((at.path.at(-1)?.positions[0] as number) - from).toBeLessThan(0.045 + 0.9 * 0.05);
  });

  it("ramps the base down at the deceleration of a stop, to a zero", () => {
    const at = new Braked();
    at.acquire();
    for (let i = 0; i < 16; i++) {
      at.send(100 + i, twist(0.5));
      at.go(50);
    }
    const count = at.out.twists.length;
    press(at);
    expect(at.out.twists.length).toBe(count);
    expect(at.gate.braking()?.twist).toBe(true);
    at.go(400);
    const ramp = at.out.twists.slice(count).map(({ x }) => x);
    expect(at.ends).toEqual(["rest "]);
    // 0.5 m/s at 3 m/s² in sends of 20 ms, then the zero, and the zero of the end.
    expect(ramp.length).toBeGreaterThan(6);
    expect(ramp.length).toBeLessThan(13);
    expect(ramp.slice(-2)).toEqual([0, 0]);
    for (const [i, x] of ramp.entries()) expect(x).toBeLessThanOrEqual(ramp[i - 1] ?? 0.5);
  });

  it("becomes immediate where the joints go on", () => {
    const at = moving();
    at.obeys = false;
    press(at);
    at.go(600);
    expect(at.ends).toHaveLength(1);
    expect(at.ends[0]).toMatch(/^escalated [ab] still moves at/);
    expect(at.out.cancels.at(-1)).toBe(at.out.goals.at(-1)?.id);
  });

  it("becomes immediate in time: within 0.35 s of the press", () => {
    const at = moving();
    at.obeys = false;
    press(at);
    at.go(350);
    expect(at.ends).toHaveLength(1);
  });

  it("becomes immediate where the joints are not measured any more", () => {
    const at = moving();
    press(at);
    at.joints.stale.add("b");
    at.go(10);
    expect(at.ends).toEqual(["escalated b is not measured any more"]);
  });

  it("becomes immediate where no measurement shows the rest", () => {
    const at = moving();
    press(at);
    at.go(50);
    at.seen = false;
    at.go(900);
    expect(at.ends).toHaveLength(1);
    expect(at.ends[0]).toMatch(/^escalated /);
  });

  it("becomes immediate where the controller does not take the braking goal", () => {
    const at = moving();
    press(at);
    const goalId = at.out.goals.at(-1)?.id as string;
    at.gate.goalReport(
      { goalId, stage: "aborted", code: "controller_rejected", message: "not active" },
      at.now,
      at.robot(),
    );
    expect(at.ends).toEqual(["escalated the controller does not brake: not active"]);
    // What it was to replace may still run.
    expect(at.out.cancels.length).toBeGreaterThan(0);
  });

  it("becomes immediate at a second press, and is immediate where it is asked to be", () => {
    const at = moving();
    press(at);
    at.go(50);
    expect(press(at)).toBe(false);
    expect(at.gate.braking()).toBeNull();
    expect(at.out.cancels.at(-1)).toBe(at.out.goals.at(-1)?.id);
    expect(at.out.twists).toEqual([{ x: 0, y: 0, yaw: 0 }]);

    const other = moving();
    const goals = other.out.goals.length;
    press(other, true);
    expect(other.out.goals).toHaveLength(goals);
    expect(other.out.cancels).toEqual([other.out.goals.at(-1)?.id]);
    expect(other.gate.braking()).toBeNull();
  });

  it("is immediate where a joint is not where its motion has it: that motion is not ours", () => {
    const at = moving();
    at.joints.positions.set("a", -1.5);
    press(at);
    expect(at.ends).toEqual(["escalated a is not where its motion has it"]);
    expect(at.out.cancels).toHaveLength(1);
  });

  it("is immediate, without a word, where nothing of ours moves", () => {
    const at = new Braked();
    press(at);
    expect([at.ends, at.gate.braking()]).toEqual([[], null]);
    expect(at.out.twists).toEqual([{ x: 0, y: 0, yaw: 0 }]);
  });

  it("is left as it was where the robot is stopped at once", () => {
    const at = moving();
    at.stopKind = "immediate";
    press(at);
    expect(at.gate.braking()).toBeNull();
    expect(at.out.cancels).toHaveLength(1);
  });

  it("at every moment of a move and of its end comes to rest, in order, and leaves nothing under way", () => {
    for (let ms = 10; ms < 2600; ms += 170) {
      const at = new Braked();
      at.acquire();
      at.send(1, far);
      at.go(ms);
      press(at);
      at.go(1500);
      expect(at.gate.braking()).toBeNull();
      expect(at.speed()).toBe(0);
      expect(at.ends.filter((end) => end.startsWith("escalated"))).toEqual([]);
      const goals = at.out.goals.length;
      at.gate.reset();
      at.go(300);
      expect(at.out.goals).toHaveLength(goals);
    }
  });
});

describe("a reset", () => {
  it("sends nothing, and the next motion starts where the robot is measured", () => {
    const at = moving();
    press(at, true);
    // The robot was pushed, or rolled on, while it was stopped.
    at.joints.positions.set("a", -0.7).set("b", 0.4);
    at.joints.velocities.set("a", 0).set("b", 0);
    const before = at.out.motions();
    expect(at.gate.reset()).toBe(true);
    at.run(300);
    expect(at.out.motions()).toBe(before);
    at.acquire();
    expect(at.send(2, { kind: "jointPosition", positions: { a: -0.2 } })[0]).toBe("accepted ok");
    const goal = at.out.goals.at(-1);
    expect(goal?.from).toBeNull();
    expect(goal?.joints).toEqual(["a", "b"]);
    // b, which is not asked to move, is held where it is measured and not where the old motion was to bring it.
    for (const point of goal?.points ?? []) expect(point.positions[1]).toBe(0.4);
    const [path] = [...at.gate.sent().values()];
    const sample = createMotionSample();
    path?.path.sample(0, sample);
    expect(sample.position).toBe(-0.7);
  });

  it("in the middle of the braking ends it at once, so that nothing moves on", () => {
    const at = moving();
    press(at);
    at.go(50);
    expect(at.gate.reset()).toBe(true);
    expect(at.ends).toEqual(["escalated it was reset before the robot was at rest"]);
    expect(at.out.cancels.at(-1)).toBe(at.out.goals.at(-1)?.id);
    const goals = at.out.goals.length;
    at.run(500);
    expect(at.out.goals).toHaveLength(goals);
  });
});
