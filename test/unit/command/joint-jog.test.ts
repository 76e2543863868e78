import { describe, expect, it } from "vitest";
import { randomFrom } from "../robot/random-from.ts";
import { FollowingController } from "./following-controller.ts";
import { GateAtHand, robotLimits } from "./gate-at-hand.ts";

const joints = ["a", "b"];

/** A gate whose goals are followed without error, and what the joints did, each millisecond. */
class Jogged {
  readonly at = new GateAtHand();
  readonly controller = new FollowingController(joints, [0, 0]);
  readonly trace: { positions: number[]; velocities: number[] }[] = [];
  private taken = 0;

  constructor() {
    this.at.acquire();
  }

  wish(velocities: Record<string, number>, id: string | number = 1): string[] {
    return this.at.send(id, { kind: "jointVelocity", velocities });
  }

  /** One cycle of 10 ms. */
  step(): void {
    this.at.run(10);
    this.at.accept();
    for (const goal of this.at.out.goals.slice(this.taken)) this.controller.follow(goal, this.at.now);
    this.taken = this.at.out.goals.length;
    for (let ms = 1; ms <= 10; ms++) this.trace.push(this.controller.state(this.at.now + ms));
    const { positions } = this.controller.state(this.at.now + 10);
    for (const [j, joint] of joints.entries()) this.at.joints.positions.set(joint, positions[j] as number);
  }

  run(ms: number): void {
    for (let passed = 0; passed < ms; passed += 10) this.step();
  }

  last() {
    return this.trace.at(-1) ?? { positions: [0, 0], velocities: [0, 0] };
  }
}

/** The worst that the trace did against the limits: how far outside, how much too fast, how much too hard. */
function excesses(trace: Jogged["trace"]): { position: number; velocity: number; acceleration: number } {
  const worst = { position: 0, velocity: 0, acceleration: 0 };
  for (const [j, joint] of joints.entries()) {
    const limit = robotLimits.joints.get(joint);
    if (limit === undefined) throw new Error(joint);
    for (const [i, { positions, velocities }] of trace.entries()) {
      const [p, v] = [positions[j] as number, velocities[j] as number];
      worst.position = Math.max(worst.position, p - limit.upper, limit.lower - p);
      worst.velocity = Math.max(worst.velocity, Math.abs(v) - limit.velocity);
      const before = trace[i - 1]?.velocities[j] ?? 0;
      worst.acceleration = Math.max(worst.acceleration, Math.abs(v - before) / 0.001 - limit.acceleration);
    }
  }
  return worst;
}

describe("a joint jog", () => {
  it("stays inside position, velocity and acceleration limits whatever is commanded, and ends at rest", () => {
    for (let seed = 1; seed <= 20; seed++) {
      const random = randomFrom(seed);
      const jogged = new Jogged();
      for (let i = 0; i < 40; i++) {
        if (random.next() < 0.8) {
          const wide = () => (random.next() - 0.5) * random.pick([0.1, 1, 5, 1000]);
          const push = random.pick([{ a: wide(), b: wide() }, { a: wide() }, { b: wide() }, { a: 9, b: -9 }]);
          jogged.wish(push, i);
        }
        jogged.run(random.pick([10, 40, 40, 90, 170, 400]));
      }
      jogged.run(1500);
      const worst = excesses(jogged.trace);
      expect(worst.position, `seed ${seed}`).toBeLessThan(1e-6);
      expect(worst.velocity, `seed ${seed}`).toBeLessThan(1e-3);
      expect(worst.acceleration, `seed ${seed}`).toBeLessThan(0.1);
      expect(jogged.last().velocities).toEqual([0, 0]);
      const goals = jogged.at.out.goals.length;
      jogged.run(500);
      expect(jogged.at.out.goals.length).toBe(goals);
    }
  });

  it("reaches the commanded velocity and runs up to its limit without passing it", () => {
    const jogged = new Jogged();
    for (let i = 0; i < 25; i++) {
      jogged.wish({ a: 0.8 }, i);
      jogged.run(40);
    }
    expect(jogged.last().velocities[0]).toBeCloseTo(0.8, 9);
    for (let i = 0; i < 80; i++) {
      jogged.wish({ a: 0.8 }, `on${i}`);
      jogged.run(40);
    }
    expect(jogged.last().positions[0]).toBeLessThanOrEqual(2);
    expect(jogged.last().positions[0]).toBeGreaterThan(1.999);
    expect(jogged.last().velocities[0]).toBeCloseTo(0, 3);
  });

  it("begins to brake within 95 ms of its last command", () => {
    for (let offset = 0; offset < 50; offset += 10) {
      const jogged = new Jogged();
      for (let i = 0; i < 25; i++) {
        jogged.wish({ a: 0.8 }, i);
        jogged.run(40);
      }
      jogged.run(offset);
      jogged.wish({ a: 0.8 }, "last");
      const at = jogged.trace.length;
      jogged.run(1000);
      const braking = jogged.trace.slice(at).findIndex((s) => (s.velocities[0] as number) < 0.8 - 1e-6);
      expect(braking).toBeLessThanOrEqual(95 + 10 + 1);
      const resting = jogged.trace.slice(at).findIndex((s) => s.velocities[0] === 0);
      // The deceleration takes a / jerk to be built up and taken away.
      expect(resting).toBeLessThanOrEqual(95 + 10 + 1 + 1000 * (0.8 / 3 + 3 / 30));
    }
  });

  it("is said to be done only when the joint rests", () => {
    const jogged = new Jogged();
    for (let i = 0; i < 10; i++) {
      jogged.wish({ a: 0.9 }, i);
      jogged.run(40);
    }
    while (jogged.at.out.answers(9).at(-1) !== "done ok") {
      jogged.step();
      expect(jogged.trace.length).toBeLessThan(5000);
    }
    expect(Math.abs(jogged.last().velocities[0] as number)).toBeLessThan(0.04);
  });

  it("leaves behind a goal that ends at rest when this program dies", () => {
    const jogged = new Jogged();
    jogged.wish({ a: 0.9 });
    jogged.run(200);
    for (const goal of jogged.at.out.goals) {
      expect(goal.points.at(-1)?.velocities.every((v) => v === 0)).toBe(true);
      const times = goal.points.map((p) => p.time);
      expect(times.every((t, i) => t > (times[i - 1] ?? 0))).toBe(true);
      expect(times.at(-1)).toBeLessThan(0.22 + 0.9 / 3 + 3 / 30 + 1e-9);
    }
  });

  it("says that it cut a command, and refuses none for being too fast", () => {
    const jogged = new Jogged();
    expect(jogged.wish({ a: 1 }, 1)).toEqual(["accepted ok"]);
    expect(jogged.wish({ a: 1.001 }, 2)).toEqual(["accepted limited"]);
  });

  it("moves a joint that stands outside its limits inwards only", () => {
    const at = new GateAtHand();
    at.joints.positions.set("a", 2.2);
    at.acquire();
    at.send(1, { kind: "jointVelocity", velocities: { a: 0.5 } });
    at.run(200);
    for (const goal of at.out.goals) for (const p of goal.points) expect(p.positions[0]).toBeCloseTo(2.2, 12);
    const before = at.out.goals.length;
    at.send(2, { kind: "jointVelocity", velocities: { a: -0.5 } });
    at.run(20);
    expect(at.out.goals[before]?.points.at(-1)?.positions[0]).toBeLessThan(2.2);
  });

  it("is aborted when the joint does not follow, and begins again only after the control was released", () => {
    const at = new GateAtHand();
    at.acquire();
    const push = (id: number) => at.send(id, { kind: "jointVelocity", velocities: { a: 1 } });
    for (let i = 0; i < 40; i++) {
      push(i);
      at.run(50);
      at.accept();
    }
    const refusal = at.out.results.find(({ stage }) => stage === "aborted");
    expect(refusal?.code).toBe("not_following");
    expect(refusal?.message).toMatch(/^a is 0\.\d+ from where the jog has it/);
    const sent = at.out.goals.length;
    expect(push(100)).toEqual(["refused not_following"]);
    at.run(240);
    expect(push(101)).toEqual(["refused not_following"]);
    expect(at.out.goals).toHaveLength(sent);
    at.run(260);
    expect(push(102)).toEqual(["accepted ok"]);
  });

  it("tells when its controller rejects or aborts a goal, and does not go on when the controller is back", () => {
    for (const code of ["controller_rejected", "controller_-1"]) {
      const at = new GateAtHand();
      at.acquire();
      const push = (id: string) => at.send(id, { kind: "jointVelocity", velocities: { a: 0.1 } });
      push("first");
      at.run(10);
      at.report(at.out.goals.at(-1)?.id ?? "", "aborted", code, "not active");
      expect(at.out.answers("first").at(-1)).toBe(`aborted ${code}`);
      expect(at.out.results.at(-1)?.message).toBe("not active");
      for (let i = 0; i < 20; i++) {
        expect(push(`held${i}`)).toEqual([`refused ${code}`]);
        at.run(40);
      }
      expect(at.out.goals).toHaveLength(1);
      at.run(300);
      expect(push("pressed again")).toEqual(["accepted ok"]);
    }
  });

  it("takes the end of a goal that a newer one preempted for no fault, but its rejection for one", () => {
    const at = new GateAtHand();
    at.acquire();
    for (let i = 0; i < 5; i++) {
      at.send(i, { kind: "jointVelocity", velocities: { a: 0.1 } });
      at.run(50);
      at.accept();
    }
    const [first, second] = at.out.goals.map(({ id }) => id);
    at.report(first ?? "", "aborted", "controller_-1");
    at.report(second ?? "", "aborted", "controller_0");
    expect(at.out.answers(4)).toEqual(["accepted ok"]);
    at.report(second ?? "", "aborted", "controller_rejected");
    expect(at.out.answers(4)).toEqual(["accepted ok", "aborted controller_rejected"]);
  });

  it("is aborted when its controller answers nothing", () => {
    const at = new GateAtHand();
    at.acquire();
    for (let i = 0; i < 25; i++) {
      at.send(i, { kind: "jointVelocity", velocities: { a: 0.1 } });
      at.run(50);
    }
    expect(at.out.results.find(({ stage }) => stage === "aborted")?.code).toBe("no_answer");
  });

  it("is not said to be done where nothing was sent, whatever moves the joint meanwhile", () => {
    const at = new GateAtHand();
    at.acquire();
    at.collisions = { state: "reading" };
    at.send(1, { kind: "jointVelocity", velocities: { a: 0.2 } });
    at.run(400);
    expect(at.out.goals).toEqual([]);
    expect(at.out.answers(1)).toEqual(["accepted ok", "aborted not_moved"]);
    expect(at.out.results.at(-1)?.message).toContain("collision geometry is being read");
  });

  it("is not said to be done where the joint is measured elsewhere", () => {
    const at = new GateAtHand();
    at.acquire();
    at.send(1, { kind: "jointVelocity", velocities: { a: 0.2 } });
    at.run(100);
    at.accept();
    at.run(1500);
    expect(at.out.answers(1)).toEqual(["accepted ok", "done not_reached"]);
    expect(at.out.wishes.at(-1)?.state).toBe("timedOut");
  });

  it("of a robot whose description is replaced needs a fresh press", () => {
    const jogged = new Jogged();
    const { at } = jogged;
    for (let i = 0; i < 10; i++) {
      jogged.wish({ a: 1 }, i);
      jogged.run(40);
    }
    at.gate.endMotion("reloaded", "the robot's description changed", at.now);
    const sent = at.out.goals.length;
    for (let i = 0; i < 20; i++) {
      expect(jogged.wish({ a: 1 }, `held${i}`)).toEqual(["refused reloaded"]);
      jogged.run(40);
    }
    expect(at.out.goals).toHaveLength(sent);
    jogged.run(300);
    expect(jogged.wish({ a: 1 }, "pressed")).toEqual(["accepted ok"]);
  });

  it("of a joint that is not measured for a while needs a fresh press, however long it is held", () => {
    const jogged = new Jogged();
    const { at } = jogged;
    for (let i = 0; i < 10; i++) {
      jogged.wish({ a: 1 }, i);
      jogged.run(40);
    }
    at.joints.stale.add("a");
    expect(jogged.wish({ a: 1 }, "blind")).toEqual(["refused stale_state"]);
    jogged.run(40);
    at.joints.stale.delete("a");
    for (let i = 0; i < 40; i++) {
      expect(jogged.wish({ a: 1 }, `held${i}`)).toEqual(["refused stale_state"]);
      jogged.run(40);
    }
    const sent = at.out.goals.length;
    jogged.run(300);
    expect(at.out.goals).toHaveLength(sent);
    expect(jogged.wish({ a: 1 }, "pressed")).toEqual(["accepted ok"]);
  });

  it("is cancelled by the stop, also while it brakes", () => {
    const jogged = new Jogged();
    for (let i = 0; i < 10; i++) {
      jogged.wish({ a: 1 }, i);
      jogged.run(40);
    }
    jogged.wish({ a: 0 }, "release");
    jogged.run(50);
    const { at } = jogged;
    at.gate.stop("Ann", "", at.now, at.robot());
    expect(at.out.cancels).toEqual([at.out.goals.at(-1)?.id]);
    expect(at.out.answers("release")).toEqual(["accepted ok", "aborted stopped"]);
  });

  it("gives way to a move, and a move to it", () => {
    const jogged = new Jogged();
    const { at } = jogged;
    jogged.wish({ a: 1 });
    jogged.run(50);
    const jog = at.out.goals.at(-1)?.id;
    at.send("move", { kind: "jointPosition", positions: { a: 0 } });
    // The controller gives the jog's goal up for the move's by itself.
    expect(at.out.cancels).toEqual([]);
    const move = at.out.goals.at(-1)?.id;
    jogged.wish({ a: 1 }, "again");
    expect(at.out.cancels).toEqual([]);
    expect(at.out.answers("move").at(-1)).toBe("aborted replaced");
    jogged.run(20);
    expect(at.out.cancels).toEqual([move, jog]);
  });
});
