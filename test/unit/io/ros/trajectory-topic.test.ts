import { beforeEach, expect, it } from "vitest";
import { MeasuredJoints } from "../../../../src/io/ros/measured-joints.ts";
import type { RclNode } from "../../../../src/io/ros/rclnodejs-api.ts";
import { TrajectoryTopic } from "../../../../src/io/ros/trajectory-topic.ts";
import { goal as base } from "./goal.ts";

type Sent = { joint_names: string[]; points: { positions: number[] }[] };

const goal = {
  ...base,
  from: null,
  points: [{ time: 1, positions: [1, 0], velocities: [0, 0] }],
  pathTolerance: [0.1, 0.1],
  goalTolerance: [0.01, 0.01],
  goalTimeTolerance: 1,
};
let now: number;
let sent: Sent[];
let reports: string[];
let measured: MeasuredJoints;
let topic: TrajectoryTopic;
let subscribers: number;

beforeEach(() => {
  [now, sent, reports, subscribers] = [10_000, [], [], 1];
  measured = new MeasuredJoints();
  const publisher = {
    publish: (message: object) => sent.push(message as Sent),
    get subscriptionCount() {
      return subscribers;
    },
  };
  const node = { createPublisher: () => publisher } as unknown as RclNode;
  const link = {
    report: ({ stage, code }: { stage: string; code: string }) => reports.push(`${stage} ${code}`),
    rejected: () => undefined,
    cancelRefused: () => undefined,
    stampOf: () => ({ sec: 0, nanosec: 0 }),
  };
  topic = new TrajectoryTopic(node, "/arm/joint_trajectory", link, measured, () => now);
});

function at(ms: number, shoulder: number): void {
  now = 10_000 + ms;
  measured.note(["shoulder", "elbow"], [shoulder, 0], now);
  topic.judge();
}

/** The cubic from 0 to 1 in a second. */
const cubic = (t: number) => 3 * t * t - 2 * t ** 3;

it("done means measured: not at the planned end, but when the joints are there", () => {
  at(0, 0);
  topic.send(goal);
  for (let ms = 50; ms <= 1000; ms += 50) at(ms, cubic(ms / 1000) - 0.02);
  expect(reports).toEqual(["accepted ok"]);
  at(1050, 0.995);
  expect(reports).toEqual(["accepted ok", "done ok"]);
  expect(sent).toHaveLength(1);
});

it("a joint that leaves its path is held where it was measured", () => {
  at(0, 0);
  topic.send(goal);
  at(200, cubic(0.2));
  at(500, 0.1);
  expect(reports).toEqual(["accepted ok", "aborted path_tolerance"]);
  expect(sent[1]?.points[0]?.positions).toEqual([0.1, 0]);
});

it("a joint that rests short of the goal ends it after the tolerated time", () => {
  at(0, 0);
  topic.send(goal);
  for (let ms = 50; ms <= 2050; ms += 50) at(ms, Math.min(0.95, cubic(Math.min(1, ms / 1000))));
  expect(reports.at(-1)).toBe("aborted goal_tolerance");
});

it("a stop holds the measured place, also of others' motions once the joints are known", () => {
  at(0, 0);
  expect(topic.cancelEverything()).toBe(false);
  topic.send(goal);
  at(500, 0.48);
  expect(topic.cancelEverything()).toBe(true);
  expect(sent[1]?.points[0]?.positions).toEqual([0.48, 0]);
  expect(reports.at(-1)).toBe("aborted canceled");
});

it("without a measurement nothing is sent, and one that ends aborts the goal with a hold on its path", () => {
  topic.send(goal);
  expect([reports, sent]).toEqual([["aborted stale_state"], []]);
  at(0, 0);
  topic.send(goal);
  at(200, cubic(0.2));
  now += 300;
  topic.judge();
  expect(reports.at(-1)).toBe("aborted stale_state");
  expect(sent[1]?.points[0]?.positions[0]).toBeCloseTo(cubic(0.5), 9);
});

it("sends nothing to a controller that is gone", () => {
  at(0, 0);
  subscribers = 0;
  topic.send(goal);
  expect([reports, sent]).toEqual([["aborted controller_gone"], []]);
});
