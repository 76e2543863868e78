import { describe, expect, it } from "vitest";
import { jointPosition, neutralConfiguration } from "../../../../src/robot/configuration.ts";
import type { RobotModel } from "../../../../src/robot/model.ts";
import { LineWay, linkPoseAt } from "../../../../src/robot/path/line-way.ts";
import type { PathLimits } from "../../../../src/robot/path/path-limits.ts";
import { planLine } from "../../../../src/robot/path/plan-line.ts";
import { chainJoints, type PoseTarget, solvePose } from "../../../../src/robot/path/solve-pose.ts";
import { createPathSample, PathSampler } from "../../../../src/robot/path/timed-path-sample.ts";
import { toolLink } from "../../../../src/robot/tool-link.ts";
import { armSeven, exampleArms, modelOf, ownArm } from "../example-arms.ts";
import { type Random, randomFrom } from "../random-from.ts";

/** 10,000 poses and 1,000 lines of each robot take some minutes. */
const poses = Number(process.env.TOOL_POSES ?? 60);
const lines = Number(process.env.TOOL_LINES ?? 8);

/** UR5 and Panda, where they are, besides our own arms. */
function robots(): [string, RobotModel, string][] {
  return [ownArm, armSeven, ...exampleArms()].map((file) => {
    const model = modelOf(file);
    return [
      model.name,
      model,
      model.linkIndex.has("panda_hand_tcp") ? "panda_hand_tcp" : (toolLink(model) ?? ""),
    ];
  });
}

function randomConfiguration(model: RobotModel, random: Random): Float64Array {
  const q = neutralConfiguration(model);
  for (const { nq, qIndex, lower, upper } of model.joints) {
    if (nq !== 1) continue;
    const [from, to] = [Math.max(lower, -Math.PI), Math.min(upper, Math.PI)];
    q[qIndex] = from + (to - from) * random.next();
  }
  return q;
}

function targetAt(model: RobotModel, q: Float64Array, link: number): PoseTarget {
  const pose = linkPoseAt(model, q, link);
  return { link, position: pose.slice(0, 3), quaternion: pose.slice(3) };
}

const limits: PathLimits = { velocity: 1, acceleration: 3, jerk: 30 };

describe.each(robots())("tool space of %s", (_, model, tool) => {
  const link = model.linkIndex.get(tool) ?? 0;
  const chain = chainJoints(model, link);

  it(`reaches ${poses} poses that can be reached, inside the limits`, () => {
    const random = randomFrom(7);
    let missed = 0;
    for (let i = 0; i < poses; i += 1) {
      const [start, there] = [randomConfiguration(model, random), randomConfiguration(model, random)];
      const target = targetAt(model, there, link);
      const solved = solvePose(model, start, target);
      if (!solved.ok) {
        missed += 1;
        continue;
      }
      const found = LineWay.apart(linkPoseAt(model, solved.q, link), [
        ...Array.from(target.position),
        ...Array.from(target.quaternion),
      ]);
      expect(found.position).toBeLessThan(1e-5);
      expect(found.orientation).toBeLessThan(1e-5);
      for (const { name, lower, upper } of chain) {
        const value = jointPosition(model, solved.q, name) ?? Number.NaN;
        expect(value).toBeGreaterThanOrEqual(lower - 1e-9);
        expect(value).toBeLessThanOrEqual(upper + 1e-9);
      }
    }
    console.info(`${model.name}: ${missed} of ${poses} reachable poses were not found`);
    expect(missed).toBeLessThanOrEqual(poses / 1000);
  });

  it("stays where it is for the pose that it has, in the same branch and turn", () => {
    const random = randomFrom(3);
    for (let i = 0; i < 20; i += 1) {
      const start = randomConfiguration(model, random);
      const solved = solvePose(model, start, targetAt(model, start, link));
      expect(solved.ok).toBe(true);
      if (!solved.ok) continue;
      for (const { qIndex } of chain) expect(solved.q[qIndex]).toBeCloseTo(start[qIndex] as number, 5);
    }
  });

  it("takes another branch where the nearest is not free, and the nearest where none is", () => {
    const random = randomFrom(9);
    let others = 0;
    for (let i = 0; i < 10; i += 1) {
      const [start, there] = [randomConfiguration(model, random), randomConfiguration(model, random)];
      const target = targetAt(model, there, link);
      const nearest = solvePose(model, start, target);
      if (!nearest.ok) continue;
      const isOther = (q: Float64Array) =>
        chain.some(({ qIndex }) => Math.abs((q[qIndex] as number) - (nearest.q[qIndex] as number)) > 0.1);
      const other = solvePose(model, start, target, isOther);
      if (!other.ok) throw new Error(other.message);
      const { position } = LineWay.apart(linkPoseAt(model, other.q, link), [
        ...Array.from(target.position),
        ...Array.from(target.quaternion),
      ]);
      expect(position).toBeLessThan(1e-5);
      if (isOther(other.q)) others += 1;
      else expect(other.q).toEqual(nearest.q);
      expect(solvePose(model, start, target, () => false)).toEqual(nearest);
    }
    expect(others).toBeGreaterThan(5);
  });

  it("says that a place is too far away, and how far the arm reaches", () => {
    const solved = solvePose(model, randomConfiguration(model, randomFrom(1)), {
      link,
      position: [5, 0, 0],
      quaternion: [0, 0, 0, 1],
    });
    expect(solved).toMatchObject({ ok: false, code: "unreachable" });
    if (!solved.ok) expect(solved.message).toMatch(/m from .* at most/);
  });

  it(`goes on ${lines} straight lines, to 0.5 mm and within the limits at each millisecond`, () => {
    const random = randomFrom(11);
    let [went, worst, tries, share] = [0, 0, 0, 0];
    const codes = new Map<string, number>();
    while (went < lines && tries < 40 * lines) {
      tries += 1;
      const start = randomConfiguration(model, random);
      const at = targetAt(model, start, link);
      const target = {
        ...at,
        position: Array.from(at.position).map((value) => value + 0.3 * (random.next() - 0.5)),
      };
      const planned = planLine(model, start, target, () => limits);
      if (!planned.ok) {
        codes.set(planned.code, (codes.get(planned.code) ?? 0) + 1);
        expect(planned.message.length).toBeGreaterThan(20);
        continue;
      }
      went += 1;
      const sampler = new PathSampler(planned.path);
      const sample = createPathSample(planned.path);
      const from = linkPoseAt(model, start, link);
      const [a, b] = [Array.from(from.slice(0, 3)), target.position];
      const q = start.slice();
      for (let time = 0; time <= sampler.duration; time += 0.001) {
        sampler.at(time, sample);
        for (let j = 0; j < planned.path.joints.length; j += 1) {
          share = Math.max(
            share,
            Math.abs(sample.velocity[j] as number) / limits.velocity,
            Math.abs(sample.acceleration[j] as number) / limits.acceleration,
            Math.abs(sample.jerk[j] as number) / limits.jerk,
          );
        }
        if (Math.round(time * 1000) % 10 !== 0) continue;
        for (const [j, { qIndex }] of chain.entries()) q[qIndex] = sample.position[j] as number;
        worst = Math.max(worst, distanceFromLine(linkPoseAt(model, q, link), a, b));
      }
      sampler.at(sampler.duration, sample);
      for (const [j, { qIndex }] of chain.entries()) q[qIndex] = sample.position[j] as number;
      expect(
        LineWay.apart(linkPoseAt(model, q, link), [...target.position, ...Array.from(at.quaternion)])
          .position,
      ).toBeLessThan(1e-4);
    }
    console.info(
      `${model.name}: ${went} lines, at most ${(1000 * worst).toFixed(3)} mm off; refused: ${JSON.stringify(Object.fromEntries(codes))}`,
    );
    expect(went).toBe(lines);
    expect(share).toBeLessThanOrEqual(1);
    expect(worst).toBeLessThan(5e-4);
  });
});

function distanceFromLine(pose: Float64Array, a: readonly number[], b: readonly number[]): number {
  const way = b.map((value, k) => value - (a[k] as number));
  const off = a.map((value, k) => (pose[k] as number) - value);
  const square = way.reduce((sum, value) => sum + value * value, 0);
  const share = way.reduce((sum, value, k) => sum + value * (off[k] as number), 0) / square;
  return Math.hypot(...off.map((value, k) => value - share * (way[k] as number)));
}
