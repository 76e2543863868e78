import { describe, expect, it } from "vitest";
import { robotLimits } from "../../../src/command/robot-limits.ts";
import { neutralConfiguration, setJointPositions } from "../../../src/robot/configuration.ts";
import type { RobotModel } from "../../../src/robot/model.ts";
import { ChainRates } from "../../../src/robot/path/chain-rates.ts";
import { linkPoseAt } from "../../../src/robot/path/line-way.ts";
import { chainJoints } from "../../../src/robot/path/solve-pose.ts";
import { toolLink } from "../../../src/robot/tool-link.ts";
import { createMotionSample } from "../../../src/robot/trajectory/motion-profile.ts";
import { armSeven, exampleArms, modelOf, ownArm } from "../robot/example-arms.ts";
import { type Random, randomFrom } from "../robot/random-from.ts";
import { GateAtHand } from "./gate-at-hand.ts";

/** Streams for each robot. */
const streams = Number(process.env.JOG_STREAMS ?? 6);
const still = { x: 0, y: 0, z: 0 };

const robots = [ownArm, armSeven, ...exampleArms()].map((file): [string, RobotModel] => {
  const model = modelOf(file);
  return [model.name, model];
});

type Worst = { position: number; velocity: number; acceleration: number; jerk: number };

/** An arm that follows its goals exactly, looked at each millisecond. */
class Arm extends GateAtHand {
  readonly name: string;
  readonly link: number;
  readonly chain: string[];
  readonly rates: ChainRates;
  readonly worst: Worst = { position: 0, velocity: 0, acceleration: 0, jerk: 0 };
  /** Where the tool is, and its twist, each millisecond. */
  poses: Float64Array[] = [];
  twists: Float64Array[] = [];
  private readonly sample = createMotionSample();
  readonly q: Float64Array;

  constructor(
    readonly arm: RobotModel,
    random: Random,
  ) {
    super();
    this.model = arm;
    this.limits = robotLimits(arm, {});
    this.name = toolLink(arm) ?? "";
    this.link = arm.linkIndex.get(this.name) ?? 0;
    const joints = chainJoints(arm, this.link);
    this.rates = new ChainRates(arm, this.link, joints);
    this.chain = joints.map(({ name }) => name);
    this.q = neutralConfiguration(arm);
    for (const { name, nq, lower, upper } of arm.joints) {
      if (nq !== 1) continue;
      const [from, to] = [Math.max(lower, -2), Math.min(upper, 2)];
      const at = this.chain.includes(name) ? 0.15 + 0.7 * random.next() : 0.5;
      this.joints.positions.set(name, from + at * (to - from));
    }
    this.can = { trajectory: [{ name: "arm", joints: this.chain }], twist: false };
    this.acquire();
  }

  /** A cycle of 10 ms. */
  cycle(): void {
    const rate = new Float64Array(this.chain.length);
    for (let ms = 1; ms <= 10; ms += 1) {
      for (const [j, joint] of this.chain.entries()) {
        const under = this.gate.sent().get(joint);
        if (under === undefined) continue;
        under.path.sample((this.now + ms - under.since) / 1000, this.sample);
        this.joints.positions.set(joint, this.sample.position);
        rate[j] = this.sample.velocity;
        this.judge(joint);
      }
      setJointPositions(this.arm, this.q, (joint) => this.joints.position(joint));
      this.rates.place(this.q);
      const twist = new Float64Array(6);
      this.rates.twist(rate, twist);
      this.twists.push(twist);
      this.poses.push(linkPoseAt(this.arm, this.q, this.link));
    }
    this.run(10);
    this.accept();
  }

  private judge(joint: string): void {
    const limit = this.limits.joints.get(joint);
    if (limit === undefined) throw new Error(joint);
    const { position, velocity, acceleration, jerk } = this.sample;
    const { worst } = this;
    worst.position = Math.max(worst.position, position - limit.upper, limit.lower - position);
    worst.velocity = Math.max(worst.velocity, Math.abs(velocity) - limit.velocity);
    worst.acceleration = Math.max(worst.acceleration, Math.abs(acceleration) - limit.acceleration);
    worst.jerk = Math.max(worst.jerk, (Math.abs(jerk) - limit.jerk) / limit.jerk);
  }
}

function direction({ next }: Random): { x: number; y: number; z: number } {
  for (;;) {
    const v = [2 * next() - 1, 2 * next() - 1, 2 * next() - 1] as [number, number, number];
    const length = Math.hypot(...v);
    if (length > 0.1 && length < 1) return { x: v[0] / length, y: v[1] / length, z: v[2] / length };
  }
}

const scaled = (v: { x: number; y: number; z: number }, by: number) => ({
  x: v.x * by,
  y: v.y * by,
  z: v.z * by,
});

describe.each(robots)("jogs of the tool of %s", (_, arm) => {
  it(`keep to their line, their speed and all limits, in ${streams} random streams`, () => {
    const most = { off: 0, turned: 0, speed: 0, way: 0 };
    const worst: Worst = { position: 0, velocity: 0, acceleration: 0, jerk: 0 };
    let moved = 0;
    for (let seed = 1; seed <= streams; seed += 1) {
      const random = randomFrom(seed);
      const at = new Arm(arm, random);
      const along = direction(random);
      const speed = random.pick([0.02, 0.1, 0.2, 0.25]);
      for (let ms = 0; ms < 3200; ms += 10) {
        if (ms < 2000 && ms % 40 === 0 && random.next() < 0.95)
          at.send(`jog ${ms}`, {
            kind: "cartesianVelocity",
            linear: scaled(along, speed),
            angular: still,
          });
        at.cycle();
      }
      const [first, last] = [at.poses[0], at.poses.at(-1)] as [Float64Array, Float64Array];
      for (const [i, pose] of at.poses.entries()) {
        const e = [0, 1, 2].map((k) => (pose[k] as number) - (first[k] as number)) as [
          number,
          number,
          number,
        ];
        const way = e[0] * along.x + e[1] * along.y + e[2] * along.z;
        most.off = Math.max(
          most.off,
          Math.hypot(e[0] - way * along.x, e[1] - way * along.y, e[2] - way * along.z),
        );
        const t = at.twists[i] as Float64Array;
        const now = Math.hypot(t[0] as number, t[1] as number, t[2] as number);
        most.speed = Math.max(most.speed, now / speed);
        const chord = Math.hypot(...[3, 4, 5, 6].map((k) => (pose[k] as number) - (first[k] as number)));
        most.turned = Math.max(most.turned, 2 * Math.min(chord, 2 - chord));
      }
      const way = Math.hypot(...[0, 1, 2].map((k) => (last[k] as number) - (first[k] as number)));
      if (way > 0.5 * speed) moved += 1;
      most.way = Math.max(most.way, way);
      for (const key of Object.keys(worst) as (keyof Worst)[])
        worst[key] = Math.max(worst[key], at.worst[key]);
      expect(Math.hypot(...(at.twists.at(-1) ?? [])), `seed ${seed}`).toBe(0);
    }
    console.info(
      `${arm.name}: ${moved} of ${streams} went more than half of a second's way; at most ${(1e6 * most.off).toFixed(2)} µm beside the line, ${(1e6 * most.turned).toFixed(1)} µrad turned, ${most.speed.toFixed(4)} of the speed`,
    );
    expect(moved).toBeGreaterThanOrEqual(streams / 4);
    expect(most.off).toBeLessThan(5e-5);
    expect(most.turned).toBeLessThan(1e-3);
    expect(most.speed).toBeLessThan(1.001);
    for (const excess of Object.values(worst)) expect(excess).toBeLessThanOrEqual(1e-9);
  });

  it(`change their direction, take over from moves and give way to them within the limits, in ${streams} random streams`, () => {
    const worst: Worst = { position: 0, velocity: 0, acceleration: 0, jerk: 0 };
    let [fastest, jerkOfTakeover] = [0, 0];
    for (let seed = 1; seed <= streams; seed += 1) {
      const random = randomFrom(1000 + seed);
      const at = new Arm(arm, random);
      let command = { linear: still, angular: still, frame: "" };
      const takesOver = random.next() < 0.5;
      if (takesOver) {
        const positions = Object.fromEntries(
          at.chain.map((joint) => [joint, (at.joints.position(joint) ?? 0) + random.next() - 0.5]),
        );
        at.send("move", { kind: "jointPosition", positions, speed: 0.8 });
      }
      const begin = takesOver ? 100 + 10 * Math.floor(random.next() * 40) : 0;
      for (let ms = 0; ms < 3200; ms += 10) {
        if (ms % 200 === 0) {
          command = {
            linear: scaled(direction(random), random.pick([0, 0.1, 0.25])),
            angular: scaled(direction(random), random.pick([0, 0, 0.5, 1])),
            frame: random.pick(["", "", at.name]),
          };
        }
        if (ms >= begin && ms < 2000 && ms % 40 === 0) {
          const { frame, ...twist } = command;
          at.send(`jog ${ms}`, {
            kind: "cartesianVelocity",
            ...twist,
            ...(frame === "" ? {} : { frame }),
          });
        }
        at.cycle();
        if (takesOver && ms === begin + 600) {
          // What a motion's own jerk adds to that of braking on it: see `planStop`.
          jerkOfTakeover = Math.max(jerkOfTakeover, at.worst.jerk);
          at.worst.jerk = 0;
        }
      }
      for (const twist of at.twists.slice(begin + 600)) {
        fastest = Math.max(fastest, Math.hypot(twist[0] as number, twist[1] as number, twist[2] as number));
      }
      for (const key of Object.keys(worst) as (keyof Worst)[])
        worst[key] = Math.max(worst[key], at.worst[key]);
      expect(Math.hypot(...(at.twists.at(-1) ?? [])), `seed ${seed}`).toBe(0);
    }
    console.info(
      `${arm.name}: at most ${fastest.toFixed(4)} m/s; jerk of takeovers up to ${(100 * jerkOfTakeover).toFixed(0)} % beyond its limit`,
    );
    expect(fastest).toBeLessThan(0.2501);
    expect(jerkOfTakeover).toBeLessThanOrEqual(1 + 1e-5);
    for (const excess of Object.values(worst)) expect(excess).toBeLessThanOrEqual(1e-9);
  });
});
