import { describe, expect, it } from "vitest";
import type { MotionCommand } from "../../../src/command/motion-command.ts";
import { type CollisionModel, createCollisionModel } from "../../../src/robot/collision/collision-model.ts";
import { createModel } from "../../../src/robot/model.ts";
import { parseUrdf } from "../../../src/robot/reading/urdf.ts";
import { FollowingController } from "./following-controller.ts";
import { GateAtHand, robotLimits } from "./gate-at-hand.ts";

const joints = ["a", "b"];

/** A gate whose goals are followed without error by one controller for both joints, or by one for each. */
class Moved {
  readonly at = new GateAtHand();
  /** Each millisecond: positions and velocities of a and b. */
  readonly trace: { positions: number[]; velocities: number[] }[] = [];
  private readonly controllers: { joints: string[]; controller: FollowingController }[];
  private taken = 0;
  private id = 0;

  constructor(isSplit = false) {
    this.controllers = (isSplit ? [["a"], ["b"]] : [joints]).map((names) => ({
      joints: names,
      controller: new FollowingController(
        names,
        names.map(() => 0),
      ),
    }));
    if (isSplit) {
      const trajectory = joints.map((joint) => ({ name: joint, joints: [joint] }));
      this.at.can = { ...this.at.can, trajectory };
    }
    this.at.acquire();
  }

  send(command: MotionCommand): number {
    const id = ++this.id;
    this.at.send(id, command);
    return id;
  }

  run(ms: number, each?: () => void): void {
    for (let passed = 0; passed < ms; passed += 10) {
      if (passed % 50 === 0) each?.();
      this.follow();
      for (let fine = 1; fine <= 10; fine++) {
        const states = this.controllers.map((c) => c.controller.state(this.at.now + fine));
        this.trace.push({
          positions: states.flatMap((s) => s.positions),
          velocities: states.flatMap((s) => s.velocities),
        });
      }
      const last = this.trace.at(-1);
      for (const [j, joint] of joints.entries()) {
        this.at.joints.positions.set(joint, last?.positions[j] as number);
        this.at.joints.velocities.set(joint, last?.velocities[j] as number);
      }
      this.at.run(10, false);
      this.at.gate.lease.renew("s", this.at.epoch, this.at.now);
      this.follow();
      this.at.accept();
    }
  }

  /** The controllers take the goals that were sent, from when these count. */
  private follow(): void {
    for (const goal of this.at.out.goals.slice(this.taken)) {
      const owner = this.controllers.find((c) => c.joints.includes(goal.joints[0] ?? ""));
      owner?.controller.follow(goal, goal.start);
    }
    this.taken = this.at.out.goals.length;
  }

  /** The hardest acceleration from sample `from` on, as a share of each joint's limit. */
  hardest(from: number): number {
    let worst = 0;
    for (let i = Math.max(1, from); i < this.trace.length; i++) {
      for (const [j, joint] of joints.entries()) {
        const change = (this.trace[i]?.velocities[j] ?? 0) - (this.trace[i - 1]?.velocities[j] ?? 0);
        worst = Math.max(worst, Math.abs(change) / 1e-3 / (robotLimits.joints.get(joint)?.acceleration ?? 1));
      }
    }
    return worst;
  }

  /** How far joint `j` went back after sample `from`, rad. */
  wentBack(j: number, from: number): number {
    let [most, back] = [Number.NEGATIVE_INFINITY, 0];
    for (const { positions } of this.trace.slice(from)) {
      most = Math.max(most, positions[j] as number);
      back = Math.max(back, most - (positions[j] as number));
    }
    return back;
  }

  /** Milliseconds from sample `from` until joint `j` rests for good. */
  restsAfter(j: number, from: number): number {
    const moving = this.trace.findLastIndex(({ velocities }) => Math.abs(velocities[j] as number) > 1e-9);
    return moving + 1 - from;
  }
}

function fast(isSplit = false): Moved {
  const moved = new Moved(isSplit);
  moved.send({ kind: "jointPosition", positions: { a: 1.9 }, speed: 1 });
  moved.run(700);
  expect(moved.trace.at(-1)?.velocities[0]).toBeGreaterThan(0.9);
  return moved;
}

/** The shortest way to rest from 1 rad/s with 3 rad/s² and 30 rad/s³ takes 0.43 s. */
const shortestMs = 1000 * (1 / 3 + 3 / 30) + 20;

/** Joint a swings a rod just inside a ring of posts: looking for collision along its way takes many cycles. */
function ringOfPosts(): CollisionModel {
  const posts = Array.from({ length: 40 }, (_, i) => {
    const angle = -2 + i * 0.1;
    const xyz = `${1.055 * Math.cos(angle)} ${1.055 * Math.sin(angle)} 0`;
    return `<link name="post${i}"><collision><geometry><cylinder radius="0.04" length="1"/></geometry></collision></link>
      <joint name="stand${i}" type="fixed"><parent link="base"/><child link="post${i}"/><origin xyz="${xyz}"/></joint>`;
  });
  const { description } = parseUrdf(`<robot name="ring"><link name="base"/><link name="hub"/>
    <link name="rod"><collision><origin xyz="0.5 0 0"/><geometry><box size="1 0.02 0.02"/></geometry></collision></link>
    <joint name="a" type="revolute"><parent link="base"/><child link="hub"/><axis xyz="0 0 1"/><limit lower="-2" upper="2" velocity="1" effort="1"/></joint>
    <joint name="b" type="revolute"><parent link="hub"/><child link="rod"/><axis xyz="1 0 0"/><limit lower="-1" upper="1" velocity="0.5" effort="1"/></joint>
    ${posts.join("")}</robot>`);
  if (description === null) throw new Error("no robot");
  return createCollisionModel(description, createModel(description), { verticesOf: () => null }).model;
}

describe("a motion that another takes over is never halted", () => {
  it("though looking for self-collision takes many cycles", () => {
    const moved = fast();
    moved.at.collisions = { state: "ready", model: ringOfPosts() };
    const from = moved.trace.length;
    const id = moved.send({ kind: "jointPosition", positions: { a: -1.5 } });
    moved.run(30);
    expect(moved.at.out.answers(id)).toEqual([]);
    moved.run(7000);
    expect(moved.at.out.answers(id).slice(0, 2)).toEqual(["accepted ok", "sent ok"]);
    expect(moved.trace.at(-1)?.positions[0]).toBeCloseTo(-1.5, 3);
    expect(moved.hardest(from)).toBeLessThan(1.05);
  });

  for (const velocity of [0.6, -0.6]) {
    it(`by a jog of the same joint at ${velocity}`, () => {
      const moved = fast();
      const from = moved.trace.length;
      moved.run(800, () => moved.send({ kind: "jointVelocity", velocities: { a: velocity } }));
      expect(moved.trace.at(-1)?.velocities[0]).toBeCloseTo(velocity, 6);
      moved.run(1500);
      expect(moved.hardest(from)).toBeLessThan(1.02);
      if (velocity > 0) expect(moved.wentBack(0, from)).toBe(0);
    });
  }

  it("by a jog of another joint: it brakes within its limits, and stays", () => {
    for (const isSplit of [false, true]) {
      const moved = fast(isSplit);
      const from = moved.trace.length;
      moved.run(1500, () => moved.send({ kind: "jointVelocity", velocities: { b: 0.3 } }));
      expect(moved.trace.at(-1)?.velocities[1]).toBeCloseTo(0.3, 6);
      expect(moved.restsAfter(0, from)).toBeLessThan(shortestMs);
      moved.run(1500);
      expect(moved.wentBack(0, from)).toBeLessThan(1e-9);
      expect(moved.hardest(from)).toBeLessThan(1.02);
    }
  });

  it("by a move or a trajectory of another joint: it brakes by its own shortest way, however long that takes", () => {
    for (const isSplit of [false, true]) {
      for (const command of [
        { kind: "jointPosition", positions: { b: 0.9 }, speed: 0.1 },
        { kind: "jointPosition", positions: { b: 0.01 }, speed: 1 },
        { kind: "jointTrajectory", points: [{ time: 4, positions: { b: 0.5 } }] },
        { kind: "jointTrajectory", points: [{ time: 0.1, positions: { b: 0.001 } }] },
      ] as const) {
        const moved = fast(isSplit);
        const from = moved.trace.length;
        const id = moved.send(command as MotionCommand);
        expect(moved.at.out.answers(id)[0]).toBe("accepted ok");
        moved.run(20_000);
        expect(moved.restsAfter(0, from)).toBeLessThan(shortestMs);
        expect(moved.wentBack(0, from)).toBeLessThan(1e-9);
        expect(moved.hardest(from)).toBeLessThan(1.02);
        const target = command.kind === "jointPosition" ? command.positions.b : command.points[0].positions.b;
        expect(moved.trace.at(-1)?.positions[1]).toBeCloseTo(target, 9);
      }
    }
  });

  it("by the end of the lease: joints brake within their limits, and the goal is not cancelled", () => {
    const moved = fast();
    const from = moved.trace.length;
    const [first] = moved.at.out.goals;
    moved.at.gate.releaseSession("s", moved.at.now, moved.at.robot());
    expect(moved.at.out.cancels).toEqual([]);
    expect(moved.at.out.answers(1).at(-1)).toBe("aborted lease_lost");
    moved.run(2000);
    expect(moved.restsAfter(0, from)).toBeLessThan(shortestMs);
    expect(moved.hardest(from)).toBeLessThan(1.02);
    expect(moved.wentBack(0, from)).toBeLessThan(1e-9);
    // Once the controller has the newer goal, the old one is cancelled for servers that run both.
    expect(moved.at.out.cancels).toEqual([first?.id]);
  });

  it("by the end of the lease in the middle of a trajectory of the client's", () => {
    const moved = new Moved();
    moved.send({ kind: "jointTrajectory", points: [{ time: 4, positions: { a: 1.5, b: 0.4 } }] });
    moved.run(2000);
    const from = moved.trace.length;
    moved.at.gate.releaseSession("s", moved.at.now, moved.at.robot());
    moved.run(2000);
    expect(moved.hardest(from)).toBeLessThan(1.02);
    expect(moved.wentBack(0, from)).toBeLessThan(1e-9);
    expect(moved.trace.at(-1)?.velocities).toEqual([0, 0]);
  });

  it("but by the stop it is, at once", () => {
    const moved = fast();
    moved.at.gate.stop("Ann", "", moved.at.now, moved.at.robot());
    expect(moved.at.out.cancels).toEqual([moved.at.out.goals[0]?.id]);
  });
});

describe("what braking at the end of a lease leaves behind", () => {
  it("is cancelled where the controller rejects the braking goal", () => {
    const moved = fast();
    const [first] = moved.at.out.goals;
    moved.at.gate.releaseSession("s", moved.at.now, moved.at.robot());
    const braking = moved.at.out.goals.at(-1)?.id ?? "";
    moved.at.report(braking, "aborted", "controller_rejected");
    expect(moved.at.out.cancels).toEqual([first?.id]);
  });
});
