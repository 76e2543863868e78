import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { neutralConfiguration, setJointConfiguration } from "../../../src/robot/configuration.ts";
import { createData } from "../../../src/robot/data.ts";
import { forwardKinematics, readLinkPose } from "../../../src/robot/forward-kinematics.ts";
import { modelOf } from "./model-of.ts";

type Truth = {
  cases: {
    file: string;
    links: string[];
    states: { joints: Record<string, number[]>; poses: number[][] }[];
  }[];
};

const truth: Truth = JSON.parse(
  readFileSync(new URL("../../truth/kinematics.json", import.meta.url), "utf8"),
);

function urdfNamed(file: string): string {
  return readFileSync(new URL(`../../truth/${file}`, import.meta.url), "utf8");
}

describe("forward kinematics", () => {
  it("has a truth for five robots and at least 20 states each", () => {
    expect(truth.cases.length).toBeGreaterThanOrEqual(5);
    for (const one of truth.cases) expect(one.states.length).toBeGreaterThanOrEqual(20);
  });

  it.each(truth.cases)("places every link of $file where pinocchio places it", (one) => {
    const model = modelOf(urdfNamed(one.file));
    expect([...model.links].sort()).toEqual([...one.links].sort());
    const data = createData(model);
    let worst = 0;
    for (const { joints, poses } of one.states) {
      const q = neutralConfiguration(model);
      for (const [joint, values] of Object.entries(joints)) {
        expect(setJointConfiguration(model, q, joint, values), joint).toBe(true);
      }
      forwardKinematics(model, data, q);
      for (const [i, link] of one.links.entries()) {
        const at = 12 * (model.linkIndex.get(link) ?? Number.NaN);
        for (const [k, b] of (poses[i] ?? []).entries()) {
          const a = data.rootFromLink[at + k] ?? Number.NaN;
          worst = Math.max(worst, Math.abs(a - b) / (1 + Math.abs(b)));
        }
      }
    }
    expect(worst).toBeLessThanOrEqual(1e-12);
  });

  it("gives a pose whose quaternion turns as the matrix does, near half turns, too", () => {
    const model = modelOf(urdfNamed("urdf/every-joint.urdf"));
    const data = createData(model);
    const free = model.linkIndex.get("free") ?? -1;
    const pose = new Float64Array(7);
    const turns = [
      [1, 0, 0, 0],
      [0, 1, 0, 0],
      [0, 0, 1, 0],
      [0, 0, 0, 1],
      [0.8, -0.6, 0, 1e-9],
      [0.5, 0.5, -0.5, -0.5],
    ];
    for (const quaternion of turns) {
      const q = neutralConfiguration(model);
      setJointConfiguration(model, q, "j_free", [0.1, 0.2, 0.3, ...quaternion]);
      forwardKinematics(model, data, q);
      readLinkPose(data, free, pose);
      const [x = 0, y = 0, z = 0, w = 0] = pose.subarray(3);
      const r = data.rootFromLink.subarray(12 * free);
      expect(w).toBeGreaterThanOrEqual(0);
      expect(Math.hypot(x, y, z, w)).toBeCloseTo(1, 14);
      expect(r[0]).toBeCloseTo(1 - 2 * (y * y + z * z), 12);
      expect(r[1]).toBeCloseTo(2 * (x * y - z * w), 12);
      expect(r[5]).toBeCloseTo(2 * (y * z - x * w), 12);
      expect(r[6]).toBeCloseTo(2 * (x * z - y * w), 12);
      expect(r[8]).toBeCloseTo(1 - 2 * (x * x + y * y), 12);
    }
  });

  it("moves the whole robot with a floating base", () => {
    const text = urdfNamed("urdf/arm-seven.urdf");
    const fixed = modelOf(text);
    const floating = modelOf(text, "floating");
    expect([floating.nq, floating.nv]).toEqual([fixed.nq + 7, fixed.nv + 6]);
    const [here, there] = [createData(fixed), createData(floating)];
    forwardKinematics(fixed, here, neutralConfiguration(fixed));
    const q = neutralConfiguration(floating);
    // Half a turn about z: x and y change sign.
    q.set([1, 2, 3, 0, 0, 1, 0]);
    forwardKinematics(floating, there, q);
    const at = 12 * (fixed.linkIndex.get("tool0") ?? -1) + 9;
    const [x = 0, y = 0, z = 0] = here.rootFromLink.subarray(at);
    const moved = there.rootFromLink.subarray(at);
    expect(moved[0]).toBeCloseTo(1 - x, 14);
    expect(moved[1]).toBeCloseTo(2 - y, 14);
    expect(moved[2]).toBeCloseTo(3 + z, 14);
  });

  it("refuses a configuration that is too short and a link that is not there", () => {
    const model = modelOf(urdfNamed("urdf/arm-seven.urdf"));
    const data = createData(model);
    expect(() => forwardKinematics(model, data, new Float64Array(6))).toThrow("needs 7");
    expect(() => readLinkPose(data, 99, new Float64Array(7))).toThrow("no link 99");
    expect(() => readLinkPose(data, -1, new Float64Array(7))).toThrow("no link -1");
  });
});
