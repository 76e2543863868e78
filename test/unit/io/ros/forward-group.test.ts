import { beforeEach, describe, expect, it } from "vitest";
import type { TrajectoryGoal } from "../../../../src/command/trajectory.ts";
import { ForwardGroup, float64MultiArray } from "../../../../src/io/ros/forward-group.ts";
import { MeasuredJoints } from "../../../../src/io/ros/measured-joints.ts";
import { FakeRos, type OutsideSubscriber } from "./fake-ros.ts";

const topic = "/group/commands";
/** One second from rest to rest, the elbow at rest. */
const goal: TrajectoryGoal = {
  ...{ id: "g1", controller: topic, joints: ["shoulder", "elbow"], circular: [false, false] },
  ...{
    start: 10_000,
    from: null,
    pathTolerance: [0.1, 0.1],
    goalTolerance: [0.01, 0.01],
    goalTimeTolerance: 1,
  },
  points: [{ time: 1, positions: [1, 0], velocities: [0, 0] }],
};

let ros: FakeRos;
let listener: OutsideSubscriber;
let measured: MeasuredJoints;
let reports: string[];
let group: ForwardGroup;
/** What the group does each 5 ms; null while it does nothing. */
let tick: (() => void) | null;

/** The guard of velocities: what it is told, in order with what is published. */
let isArmed: boolean;
let beats: [moves: boolean, published: number][];
const guard = {
  isArmed: () => isArmed,
  watch: () => undefined,
  unwatch: () => undefined,
  beat: (_: string, moves: boolean) => beats.push([moves, sent().length]),
};

beforeEach(() => {
  ros = new FakeRos();
  reports = [];
  isArmed = true;
  beats = [];
  tick = null;
  measured = new MeasuredJoints();
});

/** A group of the elbow and the shoulder, in another order than the goal's. */
function make(kind: string): void {
  listener = ros.subscriber("/group", topic, float64MultiArray);
  ros.service("/group/get_parameters", "rcl_interfaces/srv/GetParameters", (request) => {
    const [name] = (request as { names: string[] }).names;
    const value =
      name === "joints"
        ? { type: 9, string_array_value: ["elbow", "shoulder"] }
        : { type: 4, string_value: kind };
    return { values: [value] };
  });
  group = new ForwardGroup(
    ros.node(),
    topic,
    {
      report: ({ stage, code }) => reports.push(`${stage} ${code}`),
      ...{
        rejected: () => undefined,
        cancelRefused: () => undefined,
        stampOf: () => ({ sec: 0, nanosec: 0 }),
      },
    },
    measured,
    () => ros.now,
    (_, act) => {
      tick = act;
      return () => {
        tick = null;
      };
    },
    guard,
  );
  group.askJoints();
}

/** The joints are measured. */
function at(shoulder: number, elbow = 0): void {
  measured.note(["shoulder", "elbow"], [shoulder, elbow], ros.now);
  group.judge();
}

/** Goes on in steps of 5 ms; `robot` moves the joints by what was sent last. */
function run(ms: number, robot: (sent: number[], dt: number) => void = () => undefined): void {
  for (let passed = 0; passed < ms; passed += 5) {
    ros.now += 5;
    robot(last(), 0.005);
    tick?.();
  }
}

const sent = (): number[][] => listener.heard.map((message) => (message as { data: number[] }).data);
const last = (): number[] => sent().at(-1) ?? [0, 0];
const cubic = (t: number) => 3 * t * t - 2 * t ** 3;

describe("a position group", () => {
  /** A robot that is at once where it is sent. */
  const follow = ([elbow, shoulder]: number[]): void => at(shoulder as number, elbow);

  it("is known once its node has told its joints and that it takes positions", () => {
    make("position");
    expect(group.joints).toEqual(["elbow", "shoulder"]);
    expect(group.kind()).toBe("position");
    make("effort");
    expect(group.joints).toBeNull();
  });

  it("is sent every 5 ms along the goal's path, in its own order, and is done when it is measured", () => {
    make("position");
    at(0);
    group.send(goal);
    run(1000, follow);
    expect(sent()[101]?.[1]).toBeCloseTo(cubic(0.505), 9);
    expect(reports).toEqual(["accepted ok"]);
    run(10, follow);
    expect(reports).toEqual(["accepted ok", "done ok"]);
    expect(last()).toEqual([0, 1]);
    expect(tick).toBeNull();
    const count = sent().length;
    run(100);
    expect(sent()).toHaveLength(count);
  });

  it("joins a goal that continues a motion where that is now", () => {
    make("position");
    ros.now = 10_100;
    at(cubic(0.1));
    group.send({ ...goal, from: { time: 0, positions: [0, 0], velocities: [0, 0] } });
    expect(last()[1]).toBeCloseTo(cubic(0.1), 9);
  });

  it("never jumps after a pause of this program, and ends the motion after a longer one", () => {
    make("position");
    at(0);
    group.send(goal);
    run(500, follow);
    const before = last()[1] as number;
    ros.now += 200;
    tick?.();
    expect((last()[1] as number) - before).toBeLessThan(0.035);
    follow(last());
    ros.now += 300;
    at(last()[1] as number);
    tick?.();
    expect(reports.at(-1)).toBe("aborted stalled");
  });

  it("is never sent a step: what it is off a new path is taken back in a quarter of a second, and too much begins nothing", () => {
    make("position");
    at(0);
    group.send(goal);
    run(500, follow);
    const before = last()[1] as number;
    const later = (ahead: number) => ({
      ...goal,
      ...{
        id: "g2",
        start: ros.now,
        from: { time: 0, positions: [before + ahead, 0], velocities: [1.5, 0] },
      },
    });
    group.send(later(0.05));
    expect(last()[1]).toBeCloseTo(before, 12);
    run(260, follow);
    const steps = sent()
      .slice(1)
      .map(([, shoulder], i) => Math.abs((shoulder as number) - (sent()[i]?.[1] as number)));
    expect(Math.max(...steps)).toBeLessThan(0.012);
    expect(reports.at(-1)).toBe("accepted ok");
    const place = last()[1] as number;
    group.send({ ...later(0), id: "g3", from: { time: 0, positions: [place + 0.2, 0], velocities: [0, 0] } });
    expect(reports.slice(-2)).toEqual(["aborted preempted", "aborted start_mismatch"]);
    expect(last()[1]).toBe(measured.position("shoulder", 0));
    expect(tick).toBeNull();
  });

  it("holds where the joints are measured when it is cancelled, and the same places when a stop is repeated", () => {
    make("position");
    at(0);
    group.send(goal);
    run(500, ([, shoulder]) => at((shoulder as number) - 0.02, -0.001));
    const place = measured.position("shoulder", 0);
    group.cancel("other");
    expect(reports).toEqual(["accepted ok"]);
    group.cancel("g1");
    expect(last()).toEqual([-0.001, place]);
    expect(reports.at(-1)).toBe("aborted canceled");
    at(0.4, -0.005);
    expect(group.cancelEverything()).toBe(true);
    ros.now += 250;
    at(0.39, -0.006);
    group.cancelEverything();
    expect(sent().slice(-2)).toEqual([
      [-0.001, place],
      [-0.001, place],
    ]);
    ros.now += 2000;
    at(0.38, -0.007);
    group.cancelEverything();
    expect(last()).toEqual([-0.007, 0.38]);
  });

  it("keeps a joint that rests where it was sent: held anew where it sags to, it would sink", () => {
    make("position");
    at(0);
    group.send(goal);
    run(1010, ([elbow, shoulder]) => at(shoulder as number, (elbow as number) - 0.004));
    expect(reports.at(-1)).toBe("done ok");
    group.send({ ...goal, id: "g2", points: [{ time: 1, positions: [0.5, -0.004], velocities: [0, 0] }] });
    run(500);
    expect(last()[0]).toBe(0);
  });

  it.each([
    ["leaves its path", () => run(500, () => at(0)), "aborted path_tolerance"],
    [
      "rests short of its goal",
      () => run(2500, ([, s]) => at(Math.min(s as number, 0.95))),
      "aborted goal_tolerance",
    ],
    [
      "is not measured any more",
      () => {
        run(300);
        group.judge();
      },
      "aborted stale_state",
    ],
    ["is deactivated", () => group.deactivated(), "aborted controller_inactive"],
    ["is gone", () => group.serverGone(), "aborted controller_gone"],
  ])("that %s ends its goal", (_, act, end) => {
    make("position");
    at(0);
    group.send(goal);
    act();
    expect(reports).toEqual(["accepted ok", end]);
    expect(tick).toBeNull();
  });

  it("refuses a goal while a joint of it is not measured, or nobody listens", () => {
    make("position");
    measured.note(["shoulder"], [0], ros.now);
    group.send(goal);
    expect(reports).toEqual(["aborted stale_state"]);
    at(0);
    group.send({ ...goal, joints: ["shoulder"] });
    expect(reports.at(-1)).toBe("aborted stale_state");
    listener.isMatched = false;
    group.send(goal);
    expect(reports.at(-1)).toBe("aborted controller_gone");
    expect(sent()).toEqual([]);
  });

  it("takes a newer goal over without a hold in between", () => {
    make("position");
    at(0);
    group.send(goal);
    run(500, follow);
    const before = last();
    group.send({
      ...goal,
      ...{
        id: "g2",
        start: ros.now,
        from: { time: 0, positions: [before[1] as number, 0], velocities: [1.5, 0] },
      },
    });
    expect(reports).toEqual(["accepted ok", "aborted preempted", "accepted ok"]);
    expect(last()).toEqual(before);
    run(5, follow);
    expect((last()[1] as number) - (before[1] as number)).toBeCloseTo(0.0075, 3);
  });
});

describe("a velocity group", () => {
  let place: [shoulder: number, elbow: number];
  /** A robot that reaches `gain` of each velocity. */
  const drive =
    (gain: number) =>
    ([elbow, shoulder]: number[], dt: number): void => {
      place = [place[0] + gain * (shoulder as number) * dt, place[1] + gain * (elbow as number) * dt];
      at(...place);
    };

  beforeEach(() => {
    place = [0, 0];
    make("velocity");
    at(0);
    group.send(goal);
  });

  it.each([1, 0.9, 1.1])("that reaches %d of its velocity arrives, with a zero at the end", (gain) => {
    run(1950, drive(gain));
    expect(reports).toEqual(["accepted ok", "done ok"]);
    expect(place[0]).toBeCloseTo(1, 1);
    expect(last()).toEqual([0, 0]);
    expect(tick).toBeNull();
  });

  it("is corrected by no more than a quarter of the path's greatest speed", () => {
    group.send({
      ...goal,
      id: "g2",
      pathTolerance: [5, 5],
      start: ros.now,
      points: [{ time: 1, positions: [1, 0], velocities: [2, 0] }],
    });
    run(900, () => at(0));
    const most = Math.max(...sent().map(([, shoulder]) => shoulder as number));
    expect(most).toBeLessThan(2 + 0.5 + 1e-9);
  });

  it.each([
    ["a cancel", () => group.cancel("g1"), "aborted canceled"],
    ["a stop", () => group.cancelEverything(), "aborted canceled"],
    ["its end", () => group.destroy(), "aborted controller_gone"],
    [
      "a stall",
      () => {
        ros.now += 300;
        tick?.();
      },
      "aborted stalled",
    ],
  ] as const)("has a zero at once by %s", (_, act, end) => {
    run(500, drive(1));
    expect(last()[1]).toBeGreaterThan(1);
    act();
    expect(last()).toEqual([0, 0]);
    expect(reports.at(-1)).toBe(end);
  });

  it("is used only under a guard, which is told before each message, and ends where the guard is gone", () => {
    run(500, drive(1));
    expect(beats).toHaveLength(sent().length);
    expect(beats.every(([, published], i) => published === i)).toBe(true);
    expect(beats.at(-1)?.[0]).toBe(true);
    isArmed = false;
    group.watch();
    expect(reports.at(-1)).toBe("aborted no_guard");
    expect(last()).toEqual([0, 0]);
    expect(beats.at(-1)?.[0]).toBe(false);
    expect(group.joints).toBeNull();
    group.send({ ...goal, id: "g2" });
    expect(reports.at(-1)).toBe("aborted controller_gone");
    isArmed = true;
    expect(group.joints).toEqual(["elbow", "shoulder"]);
  });

  it("does not turn a joint that nobody sees", () => {
    run(300);
    expect(last()).toEqual([0, 0]);
  });
});
