import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { neutralConfiguration } from "../../../src/robot/configuration.ts";
import { createData } from "../../../src/robot/data.ts";
import { forwardKinematics, readLinkPose } from "../../../src/robot/forward-kinematics.ts";
import { InverseKinematics } from "../../../src/robot/inverse-kinematics/inverse-kinematics.ts";
import type { RobotModel } from "../../../src/robot/model.ts";
import { modelOf } from "./model-of.ts";

const arm = modelOf(readFileSync(new URL("../../../urdf/arm.urdf", import.meta.url), "utf8"));
const tool = arm.linkIndex.get("tool0") ?? -1;

/** 0 … 1, the same row in every run. */
function chances(seed: number): () => number {
  let state = seed;
  return () => {
    state = (state * 16807) % 2147483647;
    return state / 2147483647;
  };
}

function randomInside(model: RobotModel, chance: () => number): Float64Array {
  const q = neutralConfiguration(model);
  for (const joint of model.joints) {
    if (joint.nv !== 1) continue;
    const [lower, upper] = [Math.max(joint.lower, -Math.PI), Math.min(joint.upper, Math.PI)];
    q[joint.qIndex] = lower + (upper - lower) * chance();
  }
  return q;
}

function poseOf(model: RobotModel, q: Float64Array, link: number): Float64Array {
  const data = createData(model);
  const pose = new Float64Array(7);
  forwardKinematics(model, data, q);
  readLinkPose(data, link, pose);
  return pose;
}

function poseTarget(model: RobotModel, q: Float64Array, link: number) {
  const pose = poseOf(model, q, link);
  return { link, position: pose.slice(0, 3), quaternion: pose.slice(3) };
}

function expectInside(model: RobotModel, q: Float64Array): void {
  for (const joint of model.joints) {
    if (joint.nq !== 1) continue;
    expect(q[joint.qIndex]).toBeGreaterThanOrEqual(joint.lower);
    expect(q[joint.qIndex]).toBeLessThanOrEqual(joint.upper);
  }
}

describe("inverse kinematics", () => {
  it("finds 995 of 1000 reachable poses from random starts, to 1e-6, inside the limits", () => {
    const chance = chances(7);
    const solver = new InverseKinematics(arm, [{ link: tool, quaternion: [0, 0, 0, 1] }]);
    let found = 0;
    for (let i = 0; i < 1000; i += 1) {
      const target = poseTarget(arm, randomInside(arm, chance), tool);
      const answer = solver.solve(randomInside(arm, chance), [target]);
      if (answer.outcome !== "converged") continue;
      found += 1;
      expectInside(arm, answer.q);
      const reached = poseOf(arm, answer.q, tool);
      const apart = Math.hypot(...[0, 1, 2].map((k) => (reached[k] ?? 0) - (target.position[k] ?? 0)));
      const alike = Math.abs(
        [0, 1, 2, 3].reduce((sum, k) => sum + (reached[3 + k] ?? 0) * (target.quaternion[k] ?? 0), 0),
      );
      expect(apart).toBeLessThanOrEqual(1e-6);
      expect(2 * Math.acos(Math.min(1, alike))).toBeLessThanOrEqual(1e-5);
    }
    expect(found).toBeGreaterThanOrEqual(995);
  });

  it("stays by a warm start: a small shift is found at the first attempt, nearby", () => {
    const solver = new InverseKinematics(arm, [{ link: tool, quaternion: [0, 0, 0, 1] }]);
    const q = randomInside(arm, chances(3)).map((one) => 0.4 * one);
    const target = poseTarget(arm, q, tool);
    target.position[2] = (target.position[2] ?? 0) + 0.01;
    const answer = solver.solve(q, [target]);
    expect(answer).toMatchObject({ outcome: "converged", attempts: 1 });
    for (const [i, one] of answer.q.entries()) expect(Math.abs(one - (q[i] ?? 0))).toBeLessThan(0.3);
  });

  it("says out of reach for what no configuration reaches, and stretches towards it", () => {
    const solver = new InverseKinematics(arm, [{ link: tool }]);
    const answer = solver.solve(neutralConfiguration(arm), [{ link: tool, position: [5, 0, 0.5] }]);
    expect(answer.outcome).toBe("outOfReach");
    const near = poseOf(arm, answer.q, tool);
    expect(near[0]).toBeGreaterThan(0.5);
    expect(answer.positionError).toBeCloseTo(
      Math.hypot(5 - (near[0] ?? 0), near[1] ?? 0, 0.5 - (near[2] ?? 0)),
      9,
    );
  });

  it("says stuck for a place inside the reach that the limits do not allow", () => {
    const limited = modelOf(
      `<robot name="r"><link name="a"/><link name="b"/><link name="c"/>
        <joint name="j" type="revolute"><axis xyz="0 0 1"/><limit lower="-1" upper="1" velocity="1" effort="1"/><parent link="a"/><child link="b"/></joint>
        <joint name="k" type="fixed"><origin xyz="1 0 0"/><parent link="b"/><child link="c"/></joint></robot>`,
    );
    const solver = new InverseKinematics(limited, [{ link: 2 }]);
    const answer = solver.solve(new Float64Array(1), [{ link: 2, position: [-1, 0, 0] }]);
    expect(answer.outcome).toBe("stuck");
    expect(Math.abs(answer.q[0] ?? 0)).toBeLessThanOrEqual(1);
    expect(answer.positionError).toBeGreaterThan(1);
  });

  it("uses what a place leaves free to come nearer to the posture", () => {
    const solver = new InverseKinematics(arm, [{ link: tool }]);
    const start = randomInside(arm, chances(11)).map((one) => 0.5 * one);
    const position = poseOf(arm, start, tool).slice(0, 3);
    const posture = start.map((one, i) => (i === 5 ? one + 0.8 : one));
    const without = solver.solve(start, [{ link: tool, position }]).q.slice();
    const answer = solver.solve(start, [{ link: tool, position: [...position.map((one) => one + 0.02)] }], {
      posture,
    });
    expect(answer.outcome).toBe("converged");
    const far = (q: Float64Array) => Math.hypot(...q.map((one, i) => one - (posture[i] ?? 0)));
    expect(far(answer.q)).toBeLessThan(far(without));
  });

  it("meets several frames of one robot together", () => {
    const model = modelOf(
      readFileSync(new URL("../../truth/urdf/every-joint.urdf", import.meta.url), "utf8"),
      "floating",
    );
    const q = randomInside(model, chances(5));
    const last = model.links.length - 1;
    const links = [last, Math.floor(last / 2)];
    const targets = links.map((link) => ({ link, position: poseOf(model, q, link).slice(0, 3) }));
    const solver = new InverseKinematics(model, targets);
    const answer = solver.solve(neutralConfiguration(model), targets, { moveBase: true });
    expect(answer.outcome).toBe("converged");
    for (const { link, position } of targets) {
      const reached = poseOf(model, answer.q, link);
      for (let k = 0; k < 3; k += 1) expect(reached[k]).toBeCloseTo(position[k] ?? Number.NaN, 5);
    }
  });

  it("gives the same answer to the same question, whatever was asked before", () => {
    const chance = chances(2);
    const solver = new InverseKinematics(arm, [{ link: tool, quaternion: [0, 0, 0, 1] }]);
    const target = poseTarget(arm, randomInside(arm, chance), tool);
    const start = randomInside(arm, chance);
    const first = solver.solve(start, [target]).q.slice();
    solver.solve(randomInside(arm, chance), [poseTarget(arm, randomInside(arm, chance), tool)]);
    expect(solver.solve(start, [target]).q).toEqual(first);
  });

  it("does not converge on a target that is no number, and stays at the start", () => {
    const solver = new InverseKinematics(arm, [{ link: tool, quaternion: [0, 0, 0, 1] }]);
    const target = poseTarget(arm, randomInside(arm, chances(3)), tool);
    expect(solver.solve(neutralConfiguration(arm), [target]).outcome).toBe("converged");
    const start = randomInside(arm, chances(4));
    const answer = solver.solve(start, [{ ...target, position: [Number.NaN, 0, 0] }]);
    expect(answer.outcome).toBe("stuck");
    expect(answer.q).toEqual(start);
  });

  it("refuses links that are not there and targets it was not made for", () => {
    expect(() => new InverseKinematics(arm, [])).toThrow("needs a target");
    expect(() => new InverseKinematics(arm, [{ link: 99 }])).toThrow("no link 99");
    const solver = new InverseKinematics(arm, [{ link: tool }]);
    const pose = { link: tool, position: [0, 0, 0], quaternion: [0, 0, 0, 1] };
    expect(() => solver.solve(neutralConfiguration(arm), [pose])).toThrow("made for 3");
  });
});
