import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import {
  configurationFault,
  jointPosition,
  neutralConfiguration,
  setJointConfiguration,
  setJointPosition,
  setJointPositions,
} from "../../../src/robot/configuration.ts";
import { createModel } from "../../../src/robot/model.ts";
import { parseUrdf } from "../../../src/robot/reading/urdf.ts";
import { modelOf } from "./model-of.ts";

function urdf(name: string): string {
  return readFileSync(new URL(`../../truth/urdf/${name}.urdf`, import.meta.url), "utf8");
}

describe("the robot model", () => {
  it("orders links parents first, with joint i above link i + 1", () => {
    const model = modelOf(urdf("fixed-chains"));
    expect(model.rootLink).toBe("f0");
    for (const [i, joint] of model.joints.entries()) {
      expect(model.links[i + 1]).toBe(joint.childLink);
      expect(model.linkIndex.get(joint.parentLink)).toBeLessThan(i + 1);
      expect(model.parent[i + 1]).toBe(model.linkIndex.get(joint.parentLink));
    }
  });

  it("gives each independent joint its own numbers and every number one joint", () => {
    const model = modelOf(urdf("every-joint"));
    const owners = new Array<string>(model.nq).fill("");
    for (const joint of model.joints) {
      for (let i = 0; i < joint.nq; i += 1) owners[joint.qIndex + i] += joint.name;
    }
    expect(owners.filter((owner) => owner === "j_free")).toHaveLength(7);
    expect(owners.filter((owner) => owner === "j_plane")).toHaveLength(3);
    expect(new Set(owners)).toEqual(
      new Set(["j_rev", "j_cont", "j_slide", "j_free", "j_plane", "j_default", "j_long"]),
    );
    expect([model.nq, model.nv]).toEqual([15, 14]);
  });

  it("resolves a chain of followers to its master", () => {
    const model = modelOf(urdf("mimic-chain"));
    const third = model.joints[model.jointIndex.get("third_joint") ?? -1];
    const master = model.joints[model.jointIndex.get("driver_joint") ?? -1];
    // third = −0.75 (1.25 driver − 0.3) + 0.2
    expect(third?.mimic?.joint).toBe("driver_joint");
    expect(third?.mimic?.multiplier).toBeCloseTo(-0.9375, 15);
    expect(third?.mimic?.offset).toBeCloseTo(0.425, 15);
    expect([third?.nq, third?.qIndex, model.nq]).toEqual([0, master?.qIndex, 2]);
    const q = neutralConfiguration(model);
    setJointPosition(model, q, "driver_joint", 0.4);
    expect(jointPosition(model, q, "third_joint")).toBeCloseTo(-0.9375 * 0.4 + 0.425, 15);
  });

  it("has no bounds for a continuous joint and those of the file for a revolute one", () => {
    const model = modelOf(urdf("every-joint"));
    const [rev, cont] = ["j_rev", "j_cont"].map((name) => model.joints[model.jointIndex.get(name) ?? -1]);
    expect(rev).toMatchObject({ lower: -2.5, upper: 2.5, velocity: 2, effort: 20 });
    expect(cont).toMatchObject({ lower: -Infinity, upper: Infinity, velocity: 2, effort: 20 });
  });

  it("turns an inertia from its own frame into the link's", () => {
    const model = modelOf(`<robot name="r"><link name="a"><inertial>
      <origin xyz="1 2 3" rpy="0 0 1.5707963267948966"/><mass value="4"/>
      <inertia ixx="1" iyy="2" izz="2.5" ixy="0.1" ixz="0.2" iyz="0.3"/></inertial></link></robot>`);
    expect([...model.mass]).toEqual([4]);
    expect([...model.centerOfMass]).toEqual([1, 2, 3]);
    // A quarter turn about z: x′ = y, y′ = −x of the link.
    const expected = [2, -0.1, -0.3, 1, 0.2, 2.5];
    for (const [i, value] of expected.entries()) expect(model.inertia[i]).toBeCloseTo(value, 14);
  });

  it("is frozen", () => {
    expect(Object.isFrozen(modelOf(urdf("arm-seven")))).toBe(true);
  });

  it("throws for a description that is no tree", () => {
    const { description } = parseUrdf(urdf("arm-seven"));
    if (description === null) throw new Error("unreadable");
    expect(() => createModel({ ...description, joints: description.joints.slice(1) })).toThrow("no tree");
  });
});

describe("a configuration", () => {
  it("takes positions by name and refuses what a joint does not have", () => {
    const model = modelOf(urdf("every-joint"));
    const q = neutralConfiguration(model);
    expect(setJointPosition(model, q, "j_rev", 0.5)).toBe(true);
    expect(jointPosition(model, q, "j_rev")).toBe(0.5);
    for (const name of ["j_rigid", "j_plane", "j_free", "nobody"]) {
      expect(setJointPosition(model, q, name, 1), name).toBe(false);
      expect(jointPosition(model, q, name), name).toBeUndefined();
    }
    expect(setJointConfiguration(model, q, "j_plane", [1, 2])).toBe(false);
    expect(setJointConfiguration(model, q, "j_plane", [1, 2, 3])).toBe(true);
    expect(setJointPosition(modelOf(urdf("mimic-chain")), q, "third_joint", 1)).toBe(false);
  });

  it("takes many positions from a lookup and leaves those it has none for", () => {
    const model = modelOf(urdf("arm-seven"));
    const q = new Float64Array(7).fill(9);
    setJointPositions(model, q, (name) => (name === "joint_3" ? undefined : Number(name.slice(6))));
    expect(model.joints.filter((joint) => joint.nq === 1).map((joint) => q[joint.qIndex])).toEqual([
      1, 2, 9, 4, 5, 6, 7,
    ]);
  });

  it("tells a wrong length, a number that is not finite and a quaternion that is not of length 1", () => {
    const model = modelOf(urdf("every-joint"));
    const q = neutralConfiguration(model);
    expect(configurationFault(model, q)).toBeNull();
    expect(configurationFault(model, new Float64Array(3))).toContain("needs 15");
    q[2] = Number.NaN;
    expect(configurationFault(model, q)).toContain("q[2] is NaN");
    q[2] = 0;
    setJointConfiguration(model, q, "j_free", [0, 0, 0, 0, 0, 0, 1.1]);
    expect(configurationFault(model, q)).toContain('joint "j_free"');
  });
});
