import { describe, expect, it } from "vitest";
import type { MotionCommand } from "../../../src/command/motion-command.ts";
import { checkTrajectory } from "../../../src/command/validate-motion.ts";
import { randomFrom } from "../robot/random-from.ts";
import { FollowingController } from "./following-controller.ts";
import { GateAtHand, jointLimits, robotLimits, StandingJoints } from "./gate-at-hand.ts";

type Points = Extract<MotionCommand, { kind: "jointTrajectory" }>["points"];

const still = new StandingJoints();

function standingIn(joints: StandingJoints) {
  return (joint: string) => ({ position: joints.position(joint) ?? 0, velocity: 0, acceleration: 0 });
}

function codeOf(points: Points, joints = new StandingJoints()): string {
  const checked = checkTrajectory(
    { kind: "jointTrajectory", points },
    robotLimits,
    joints,
    standingIn(joints),
  );
  return "code" in checked ? checked.code : "ok";
}

/** The objection to points of joint "a", whose acceleration limit of 3 is the robot's own when `isKnown`. */
function messageOf(points: Points, isKnown: boolean): string {
  const joints = new Map([["a", { ...jointLimits, isAccelerationKnown: isKnown }]]);
  const command = { kind: "jointTrajectory", points } as const;
  const checked = checkTrajectory(command, { ...robotLimits, joints }, still, standingIn(still));
  return "code" in checked ? checked.message : "ok";
}

describe("a joint trajectory is refused", () => {
  const cases: [string, Points, string][] = [
    [
      "when times stand still",
      [
        { time: 1, positions: { a: 0.1 } },
        { time: 1, positions: { a: 0.2 } },
      ],
      "invalid_trajectory",
    ],
    [
      "when times fall",
      [
        { time: 2, positions: { a: 0.1 } },
        { time: 1, positions: { a: 0.2 } },
      ],
      "invalid_trajectory",
    ],
    ["when a time is NaN", [{ time: Number.NaN, positions: { a: 0.1 } }], "invalid_trajectory"],
    ["when a time is negative", [{ time: -2, positions: { a: 0.1 } }], "invalid_trajectory"],
    [
      "when points name different joints",
      [
        { time: 1, positions: { a: 0.1 } },
        { time: 2, positions: { b: 0.1 } },
      ],
      "invalid_trajectory",
    ],
    [
      "when a later point names more joints",
      [
        { time: 1, positions: { a: 0.1 } },
        { time: 2, positions: { a: 0.1, b: 0 } },
      ],
      "invalid_trajectory",
    ],
    [
      "when a point names fewer joints",
      [
        { time: 1, positions: { a: 0.1, b: 0 } },
        { time: 2, positions: { a: 0.1 } },
      ],
      "invalid_trajectory",
    ],
    ["when a point lies outside the limits", [{ time: 9, positions: { a: 2.1 } }], "outside_limits"],
    ["when a position is NaN", [{ time: 1, positions: { a: Number.NaN } }], "not_finite"],
    [
      "when a velocity is missing for a joint",
      [{ time: 1, positions: { a: 0.1, b: 0 }, velocities: { a: 0 } }],
      "invalid_trajectory",
    ],
    [
      "when a velocity is NaN",
      [{ time: 1, positions: { a: 0.1 }, velocities: { a: Number.NaN } }],
      "invalid_trajectory",
    ],
    [
      "when it would end in motion",
      [{ time: 1, positions: { a: 0.1 }, velocities: { a: 0.1 } }],
      "invalid_trajectory",
    ],
    ["when a joint would be too fast", [{ time: 0.5, positions: { a: 1 } }], "too_fast"],
    [
      "when a given velocity is too fast",
      [
        { time: 2, positions: { a: 1 }, velocities: { a: 1.5 } },
        { time: 4, positions: { a: 1.5 }, velocities: { a: 0 } },
      ],
      "too_fast",
    ],
    [
      "when it would swing outside between points",
      [
        { time: 4, positions: { a: 1.9 }, velocities: { a: 0.9 } },
        { time: 8, positions: { a: 1.95 }, velocities: { a: 0 } },
      ],
      "outside_limits",
    ],
    [
      "when it starts elsewhere than the robot stands",
      [
        { time: 0, positions: { a: 0.2 } },
        { time: 2, positions: { a: 0.4 } },
      ],
      "start_mismatch",
    ],
    ["when it is only a point for now", [{ time: 0, positions: { a: 0 } }], "invalid_trajectory"],
    ["when it names a joint the robot lacks", [{ time: 1, positions: { q: 0 } }], "unknown_joint"],
  ];
  for (const [when, points, code] of cases) it(when, () => expect(codeOf(points)).toBe(code));

  it("when its velocities ask for more acceleration than the limit, with joint, time and figures", () => {
    const points: Points = [
      { time: 1, positions: { a: 0.2 }, velocities: { a: 0.3 } },
      { time: 1.2, positions: { a: 0.23 }, velocities: { a: 0 } },
    ];
    // The cubic of the second piece: 2 (3 · 0.07 − 2 · 0.3 · 0.2) / 0.2² at its start.
    expect(messageOf(points, false)).toBe("ok");
    const abrupt: Points = points.map((point, i) => (i === 0 ? point : { ...point, positions: { a: 0.27 } }));
    expect(messageOf(abrupt, false)).toBe("a would need 4.5 rad/s² at 1 s; its limit is 3 rad/s²");
    expect(codeOf(abrupt)).toBe("too_fast");
  });

  it("when velocities of our own ask for more than a limit the robot has, but not for our usual one", () => {
    const points: Points = [{ time: 0.3, positions: { a: 0.1 } }];
    expect(messageOf(points, true)).toBe("a would need 6.667 rad/s² at 0 s; its limit is 3 rad/s²");
    expect(messageOf(points, false)).toBe("ok");
  });

  it("when a joint is not measured", () => {
    const joints = new StandingJoints();
    joints.stale.add("a");
    expect(codeOf([{ time: 1, positions: { a: 0.1 } }], joints)).toBe("stale_state");
  });
});

describe("a joint that stands outside its limits", () => {
  const outside = new StandingJoints();
  outside.positions.set("a", 2.003);

  it("is brought in by a trajectory, with or without a point where it stands", () => {
    const inwards = { time: 2, positions: { a: 1.5 } };
    expect(codeOf([inwards], outside)).toBe("ok");
    expect(codeOf([{ time: 0, positions: { a: 2.003 } }, inwards], outside)).toBe("ok");
    expect(codeOf([{ time: 0, positions: { a: 2.0035 } }, inwards], outside)).toBe("ok");
    expect(codeOf([{ time: 0.5, positions: { a: 2.001 } }, inwards], outside)).toBe("ok");
  });

  it("goes no farther out, not even back to where it stood, and does not stay outside", () => {
    const further = [
      { time: 0.5, positions: { a: 2.004 } },
      { time: 3, positions: { a: 1.5 } },
    ];
    expect(codeOf(further, outside)).toBe("outside_limits");
    const back = [
      { time: 0.5, positions: { a: 2.001 } },
      { time: 1, positions: { a: 2.002 } },
      { time: 3, positions: { a: 1.5 } },
    ];
    expect(codeOf(back, outside)).toBe("outside_limits");
    expect(codeOf([{ time: 1, positions: { a: 2.002 } }], outside)).toBe("outside_limits");
    expect(codeOf([{ time: 1, positions: { a: 2.5 } }], outside)).toBe("outside_limits");
  });
});

describe("a joint trajectory that is taken", () => {
  it("has velocities at every point, rests at the end and may begin with a point for now", () => {
    const checked = checkTrajectory(
      {
        kind: "jointTrajectory",
        points: [
          { time: 0, positions: { a: 0.01 } },
          { time: 2, positions: { a: 0.5 } },
          { time: 4, positions: { a: 1 } },
        ],
      },
      robotLimits,
      still,
      standingIn(still),
    );
    if ("code" in checked) throw new Error(checked.message);
    expect(checked.points.map((p) => p.time)).toEqual([2, 4]);
    expect(checked.points[0]?.velocities[0]).toBeGreaterThan(0);
    expect(checked.points[1]?.velocities).toEqual([0]);
  });

  it("never leaves the limits nor passes the velocity limit on a cubic controller", () => {
    const random = randomFrom(77);
    let taken = 0;
    let outside = 0;
    let tooFast = 0;
    for (let trial = 0; trial < 400; trial++) {
      const withVelocities = random.next() < 0.3;
      const times = Array.from({ length: 1 + random.below(6) }, () => 0.5 + 5 * random.next());
      let time = 0;
      const points: Points = times.map((gap, i) => {
        time += gap;
        const positions = { a: 4.2 * random.next() - 2.1, b: 2 * random.next() - 1 };
        const velocities = { a: i + 1 < times.length ? 0.6 * random.next() : 0, b: 0 };
        return withVelocities ? { time, positions, velocities } : { time, positions };
      });
      const at = new GateAtHand();
      at.acquire();
      if (at.send(trial, { kind: "jointTrajectory", points })[0] !== "accepted ok") continue;
      taken++;
      const controller = new FollowingController(["a", "b"], [0, 0]);
      const [goal] = at.out.goals;
      if (goal === undefined) throw new Error("no goal");
      controller.follow(goal, 0);
      for (let ms = 0; ms <= 1000 * time + 10; ms += 5) {
        const { positions, velocities } = controller.state(ms);
        for (const [j, joint] of ["a", "b"].entries()) {
          const { lower = 0, upper = 0, velocity = 0 } = robotLimits.joints.get(joint) ?? {};
          const [p, v] = [positions[j] as number, Math.abs(velocities[j] as number)];
          outside = Math.max(outside, p - upper, lower - p);
          tooFast = Math.max(tooFast, v / velocity);
        }
      }
    }
    expect(outside).toBeLessThan(0.01);
    expect(tooFast).toBeLessThan(1.01);
    expect(taken).toBeGreaterThan(60);
  });

  it("goes to the controller with tolerances and a bound on its time", () => {
    const at = new GateAtHand();
    at.acquire();
    at.send(1, { kind: "jointTrajectory", points: [{ time: 2, positions: { a: 0.5, b: 0.2 } }] });
    const [goal] = at.out.goals;
    expect(goal?.joints).toEqual(["a", "b"]);
    expect(goal?.pathTolerance).toEqual([0.3, 0.3]);
    expect(goal?.goalTolerance).toEqual([0.02, 0.02]);
    expect(goal?.goalTimeTolerance).toBeGreaterThan(0);
  });
});
