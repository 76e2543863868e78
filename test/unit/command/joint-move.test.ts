import { describe, expect, it } from "vitest";
import { jointMove } from "../../../src/command/joint-move.ts";
import type { JointPath } from "../../../src/command/joint-path.ts";
import { pointsOf } from "../../../src/command/path-points.ts";
import type { JointLimits } from "../../../src/command/robot-limits.ts";
import type { TrajectoryPoint } from "../../../src/command/trajectory.ts";
import { createMotionSample } from "../../../src/robot/trajectory/motion-profile.ts";
import type { MotionState } from "../../../src/robot/trajectory/motion-state.ts";
import { randomFrom } from "../robot/random-from.ts";
import { FollowingController } from "./following-controller.ts";
import { GateAtHand, jointLimits, robotLimits } from "./gate-at-hand.ts";

const names = ["a", "b", "c"];

function standing(position: number): MotionState {
  return { position, velocity: 0, acceleration: 0 };
}

function moveOf(
  from: readonly MotionState[],
  to: readonly number[],
  limits: readonly JointLimits[],
  speed = 1,
): { paths: JointPath[]; points: TrajectoryPoint[] } {
  const paths = jointMove(names.slice(0, from.length), from, to, limits, speed);
  if ("code" in paths) throw new Error(paths.message);
  return { paths, points: pointsOf(paths, true) };
}

/** Where a controller that lays quintics through the points is, every `step` seconds from the given start. */
function followed(
  from: readonly MotionState[],
  points: TrajectoryPoint[],
  step: number,
): ReturnType<FollowingController["state"]>[] {
  const joints = names.slice(0, from.length);
  const controller = new FollowingController(joints, []);
  const columns = (pick: (state: MotionState) => number): number[] => from.map(pick);
  // A point for now is how a test gives the controller its start in motion.
  controller.follow(
    {
      id: "g",
      controller: "",
      joints,
      start: 0,
      from: null,
      circular: [],
      points: [
        {
          time: 0,
          positions: columns((s) => s.position),
          velocities: columns((s) => s.velocity),
          accelerations: columns((s) => s.acceleration),
        },
        ...points,
      ],
      pathTolerance: [],
      goalTolerance: [],
      goalTimeTolerance: 0,
    },
    0,
  );
  const states = [];
  for (let time = 0; time < (points.at(-1)?.time ?? 0); time += step)
    states.push(controller.state(1000 * time));
  return states;
}

describe("a joint move", () => {
  it("keeps every limit on a controller that lays quintics through its points, and is the profile's own motion", () => {
    const random = randomFrom(5);
    const sample = createMotionSample();
    let [pastVelocity, pastAcceleration, pastJerk, deviation, most] = [0, 0, 0, 0, 0];
    for (let trial = 0; trial < 150; trial += 1) {
      const limits = names.map(() => ({
        ...jointLimits,
        velocity: 0.1 + 3 * random.next(),
        acceleration: 0.2 + 10 * random.next(),
        jerk: 5 + 60 * random.next(),
      }));
      const isMoving = trial % 3 === 0;
      const from = names.map(() => ({
        position: 3 * random.next() - 1.5,
        velocity: isMoving ? 0.1 * (random.next() - 0.5) : 0,
        acceleration: isMoving ? 0.2 * (random.next() - 0.5) : 0,
      }));
      const to = names.map(() => 3.8 * random.next() - 1.9);
      const speed = 0.1 + 0.9 * random.next();
      const { points, paths } = moveOf(from, to, limits, speed);
      most = Math.max(most, points.length);
      expect(points.at(-1)).toMatchObject({ positions: to, velocities: [0, 0, 0], accelerations: [0, 0, 0] });
      const step = 1e-3;
      const states = followed(from, points, step);
      for (const [k, { positions, velocities, accelerations }] of states.entries()) {
        for (const [j, path] of paths.entries()) {
          const limit = limits[j] ?? jointLimits;
          path.sample(k * step, sample);
          const [v, a] = [velocities[j] ?? 0, accelerations[j] ?? 0];
          deviation = Math.max(deviation, Math.abs((positions[j] ?? 0) - sample.position));
          deviation = Math.max(deviation, Math.abs(v - sample.velocity));
          pastVelocity = Math.max(pastVelocity, Math.abs(v) - limit.velocity * speed);
          pastAcceleration = Math.max(pastAcceleration, Math.abs(a) - limit.acceleration);
          const before = states[k - 1]?.accelerations[j] ?? a;
          pastJerk = Math.max(pastJerk, Math.abs(a - before) / step - limit.jerk);
        }
      }
    }
    expect(deviation).toBeLessThan(1e-9);
    expect(pastVelocity).toBeLessThan(1e-9);
    expect(pastAcceleration).toBeLessThan(1e-6);
    expect(pastJerk).toBeLessThan(1e-2);
    expect(most).toBeLessThan(45);
  });

  it("takes the time its slowest joint needs: 4 (d / 2j)^⅓ where only jerk binds", () => {
    const limit = { ...jointLimits, velocity: 9, acceleration: 90, jerk: 4 };
    const { points } = moveOf([standing(0), standing(1)], [1, 1.01], [limit, limit]);
    expect(points.at(-1)?.time).toBeCloseTo(4 * Math.cbrt(1 / 8), 12);
  });

  it("takes 0.2 s at least, also for no distance", () => {
    for (const to of [0, 1e-9]) {
      expect(moveOf([standing(0)], [to], [jointLimits]).points.at(-1)?.time).toBe(0.2);
    }
  });

  it("is refused when a joint moves too fast to turn before its end", () => {
    const from = { position: 1.95, velocity: 1, acceleration: 0 };
    const move = jointMove(["a"], [from], [1], [jointLimits], 1);
    expect(move).toMatchObject({ code: "outside_limits" });
    expect("message" in move && move.message).toMatch(/^a moves too fast .* swing to 2\./);
  });

  it("brings a joint in that stands outside its limits", () => {
    expect(moveOf([standing(2.1)], [1], [jointLimits]).points.at(-1)?.positions).toEqual([1]);
  });

  it("of many joints has a bounded number of points", () => {
    const many = Array.from({ length: 300 }, (_, i) => i);
    const move = jointMove(
      many.map(String),
      many.map(() => standing(0)),
      many.map((i) => 1 + 0.001 * i),
      many.map((i) => ({ ...jointLimits, velocity: 1 + 0.01 * i })),
      1,
    );
    if ("code" in move) throw new Error(move.message);
    expect(pointsOf(move, true).length).toBeLessThanOrEqual(1001);
  });
});

describe("a move of joints that move already", () => {
  it("goes on from the motion under way, without a step in velocity or acceleration", () => {
    const at = new GateAtHand();
    at.acquire();
    const controller = new FollowingController(["a", "b"], [0, 0]);
    let taken = 0;
    let before = { velocities: [0, 0], accelerations: [0, 0] };
    let [stepOfVelocity, stepOfAcceleration] = [0, 0];
    const targets = [1, -1, 0.5, 1.5, -0.3, 1.9];
    for (let ms = 0; ms < 9000; ms += 10) {
      const target = targets[ms / 700];
      if (target !== undefined) {
        const sent = at.send(ms, {
          kind: "jointPosition",
          positions: { a: target, b: target / 2 },
          speed: 1,
        });
        expect(sent).toEqual(["accepted ok", "sent ok"]);
      }
      for (; taken < at.out.goals.length; taken += 1) {
        const goal = at.out.goals[taken];
        if (goal !== undefined) controller.follow(goal, at.now);
        at.report(goal?.id ?? "", "accepted", "ok", "");
      }
      for (let fine = 0; fine < 10; fine += 1) {
        const { positions, velocities, accelerations } = controller.state(at.now + fine);
        for (const [j, joint] of ["a", "b"].entries()) {
          const limit = robotLimits.joints.get(joint) ?? jointLimits;
          expect(Math.abs(velocities[j] ?? 0)).toBeLessThan(limit.velocity * (1 + 1e-9));
          expect(Math.abs(accelerations[j] ?? 0)).toBeLessThan(limit.acceleration * (1 + 1e-6));
          stepOfVelocity = Math.max(
            stepOfVelocity,
            Math.abs((velocities[j] ?? 0) - (before.velocities[j] ?? 0)),
          );
          stepOfAcceleration = Math.max(
            stepOfAcceleration,
            Math.abs((accelerations[j] ?? 0) - (before.accelerations[j] ?? 0)),
          );
          at.joints.positions.set(joint, positions[j] ?? 0);
          at.joints.velocities.set(joint, velocities[j] ?? 0);
        }
        before = { velocities, accelerations };
      }
      at.run(10);
    }
    // In a millisecond: 3 rad/s² and 30 rad/s³.
    expect(stepOfVelocity).toBeLessThan(0.003 * (1 + 1e-6));
    expect(stepOfAcceleration).toBeLessThan(0.03 * (1 + 1e-6));
    expect(controller.state(at.now).positions[0]).toBeCloseTo(1.9, 9);
    // Each was cancelled only when its successor had been accepted.
    expect(at.out.cancels).toEqual(at.out.goals.slice(0, -1).map((goal) => goal.id));
  });

  it("starts at the measured velocity where nothing of ours is under way, and takes noise for standing", () => {
    for (const [velocity, later] of [
      [0.4, 1],
      [-0.4, -1],
      [0.015, 0],
    ] as const) {
      const at = new GateAtHand();
      at.acquire();
      at.joints.velocities.set("a", velocity);
      at.send(1, { kind: "jointPosition", positions: { a: 0 } });
      const furthest = at.out.goals[0]?.points.map((point) => point.positions[0] ?? 0) ?? [];
      const most = furthest.reduce((a, b) => (Math.abs(b) > Math.abs(a) ? b : a), 0);
      expect(Math.sign(most)).toBe(later);
    }
  });

  it("counts a measured velocity beyond the limit as the limit", () => {
    const at = new GateAtHand();
    at.acquire();
    at.joints.velocities.set("a", 500);
    at.send(1, { kind: "jointPosition", positions: { a: 0 } });
    const swing = at.out.goals[0]?.points.map((point) => point.positions[0] ?? 0) ?? [];
    expect(Math.max(...swing)).toBeGreaterThan(0.1);
    expect(Math.max(...swing)).toBeLessThan(0.5);
  });

  it("starts from where the joint is measured when it has lost its way", () => {
    const at = new GateAtHand();
    at.acquire();
    at.send(1, { kind: "jointPosition", positions: { a: 1 } });
    at.run(1000);
    at.send(2, { kind: "jointPosition", positions: { a: 0 } });
    // It never left 0: nothing is to be done but to stand.
    for (const point of at.out.goals[1]?.points ?? []) expect(point.positions[0]).toBe(0);
  });

  it("brings the joints beside it to rest, which move for the motion it replaces", () => {
    const at = new GateAtHand();
    at.acquire();
    const controller = new FollowingController(["a", "b"], [0, 0]);
    const measure = (): void => {
      const { positions, velocities } = controller.state(at.now);
      for (const [j, joint] of ["a", "b"].entries()) {
        at.joints.positions.set(joint, positions[j] ?? 0);
        at.joints.velocities.set(joint, velocities[j] ?? 0);
      }
    };
    at.send(1, { kind: "jointPosition", positions: { a: 1, b: 0.8 } });
    const [first] = at.out.goals;
    if (first === undefined) throw new Error("no goal");
    controller.follow(first, at.now);
    for (let i = 0; i < 80; i += 1) {
      at.run(10);
      measure();
    }
    const speed = at.joints.velocities.get("b") ?? 0;
    const position = at.joints.positions.get("b") ?? 0;
    expect(speed).toBeGreaterThan(0.1);
    at.send(2, { kind: "jointPosition", positions: { a: 0 } });
    const second = at.out.goals[1];
    const b = second?.joints.indexOf("b") ?? -1;
    const last = second?.points.at(-1);
    expect(last?.velocities[b]).toBe(0);
    // Farther than it is, by no more than braking with the limit's acceleration and jerk takes.
    expect(last?.positions[b]).toBeGreaterThan(position + speed ** 2 / 6);
    expect(last?.positions[b]).toBeLessThan(position + speed ** 2 / 6 + speed * 0.1 + 0.01);
  });
});
