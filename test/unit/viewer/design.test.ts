import { readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { configurationFault } from "../../../src/robot/configuration.ts";
import { createModel, type RobotModel } from "../../../src/robot/model.ts";
import { parseUrdf } from "../../../src/robot/reading/urdf.ts";
import { DesignPose, farthestLink, quaternionOf } from "../../../src/viewer/design/design-pose.ts";
import { DesignTwin } from "../../../src/viewer/design/design-twin.ts";
import { readDesignReport } from "../../../src/viewer/net/design-report.ts";
import { rollPitchYaw } from "../../../src/viewer/store/format.ts";
import { readNumber } from "../../../src/viewer/ui/design-numbers.ts";

const everyJoint = readFileSync(new URL("../../truth/urdf/every-joint.urdf", import.meta.url), "utf8");
const arm = readFileSync(new URL("../../../urdf/arm.urdf", import.meta.url), "utf8");

function modelOf(urdf: string): RobotModel {
  const { description } = parseUrdf(urdf);
  if (description === null) throw new Error("the robot has an error");
  return createModel(description);
}

function jointOf(model: RobotModel, name: string) {
  const joint = model.joints[model.jointIndex.get(name) ?? -1];
  if (joint === undefined) throw new Error(`there is no joint "${name}"`);
  return joint;
}

/** A joint that cannot stand at 0, carrying 2 kg at 0.5 m. */
const lifted = `<robot name="r"><link name="a"/><link name="b"><inertial><origin xyz="0.5 0 0"/><mass value="2"/>
  <inertia ixx="1" iyy="1" izz="1" ixy="0" ixz="0" iyz="0"/></inertial></link>
  <joint name="j" type="revolute"><axis xyz="0 -1 0"/><parent link="a"/><child link="b"/>
  <limit lower="0.25" upper="1" effort="20" velocity="1"/></joint></robot>`;

describe("a design's pose", () => {
  it("starts at 0, or at the limit nearest to it, and has a zero pose beside", () => {
    const pose = new DesignPose(modelOf(lifted));
    expect([...pose.q]).toEqual([0.25]);
    expect(pose.gravityEfforts[0]).toBeCloseTo(2 * 9.81 * 0.5 * Math.cos(0.25), 12);
    pose.toZero();
    expect([...pose.q]).toEqual([0]);
    expect(pose.gravityEfforts[0]).toBeCloseTo(2 * 9.81 * 0.5, 12);
    expect([...pose.centerOfMass]).toEqual([0.5, 0, 0]);
  });

  it("takes a random pose within the limits, with whole quaternions", () => {
    for (const urdf of [everyJoint, arm]) {
      const model = modelOf(urdf);
      const pose = new DesignPose(model);
      let seed = 1;
      const chance = (): number => {
        seed = (seed * 48_271) % 2_147_483_647;
        return seed / 2_147_483_647;
      };
      for (let i = 0; i < 100; i += 1) {
        pose.toRandom(chance);
        expect(configurationFault(model, pose.q)).toBeNull();
        for (const joint of model.joints.filter(({ nq }) => nq === 1)) {
          expect(pose.q[joint.qIndex]).toBeGreaterThanOrEqual(joint.lower);
          expect(pose.q[joint.qIndex]).toBeLessThanOrEqual(joint.upper);
        }
      }
    }
  });

  it("refuses numbers that are too many or not finite, and those of followers", () => {
    const model = modelOf(arm);
    const pose = new DesignPose(model);
    const elbow = jointOf(model, "elbow");
    expect(pose.set(elbow, [1, 2])).toBe(false);
    expect(pose.set(elbow, [Number.NaN])).toBe(false);
    expect(pose.set(jointOf(model, "right_finger"), [0.01])).toBe(false);
    expect([...pose.q].every((value) => value === 0)).toBe(true);
    expect(pose.set(elbow, [1])).toBe(true);
    expect(pose.numbersOf(elbow)).toEqual([1]);
  });

  it("shows the follower's own position", () => {
    const model = modelOf(arm);
    const pose = new DesignPose(model);
    pose.set(jointOf(model, "left_finger"), [0.02]);
    expect(pose.numbersOf(jointOf(model, "right_finger"))).toEqual([0.02]);
  });

  it("loses manipulability where the arm is stretched", () => {
    const model = modelOf(arm);
    const pose = new DesignPose(model);
    const tip = farthestLink(model);
    pose.set(jointOf(model, "elbow"), [1]);
    pose.set(jointOf(model, "wrist_2"), [1]);
    expect(pose.manipulability(tip)).toBeGreaterThan(1e-4);
    expect(pose.manipulability(0)).toBe(0);
  });
});

describe("a design twin", () => {
  it("keeps the pose of joints that stay, and the chosen link", () => {
    const twin = new DesignTwin();
    const model = twin.load(arm);
    if (model === null) throw new Error("no model");
    twin.setJoint(jointOf(model, "elbow"), [0.7]);
    twin.chooseEndEffector("wrist_1_link");
    twin.load(arm.replaceAll('"wrist_3"', '"renamed"'));
    const state = twin.state.get();
    expect(state?.model).not.toBe(model);
    expect(state?.pose.numbersOf(jointOf(state.model, "elbow"))).toEqual([0.7]);
    expect(state?.model.links[state.endEffector]).toBe("wrist_1_link");
  });

  it("keeps the last good robot when a description is broken, and says why", () => {
    const twin = new DesignTwin();
    const model = twin.load(arm);
    expect(twin.load("<robot name='r'/>")).toBeNull();
    expect(twin.problem.get()).toContain("robot");
    expect(twin.state.get()?.model).toBe(model);
    twin.load(arm);
    expect(twin.problem.get()).toBeNull();
  });
});

describe("a turn", () => {
  it("comes back from its quaternion", () => {
    for (const turn of [
      [0.3, -0.4, 2.9],
      [-3, 1.5, 0.1],
      [0, 0, Math.PI],
    ] as const) {
      const [roll, pitch, yaw] = turn;
      const back = rollPitchYaw(quaternionOf(roll, pitch, yaw));
      for (const [i, value] of turn.entries()) expect(back[i]).toBeCloseTo(value, 12);
    }
  });
});

describe("a typed number", () => {
  it("counts when it is one", () => {
    expect(["1", " -0.5 ", "−2.5", ".5", "1e-3", "+7."].map(readNumber)).toEqual([
      1, -0.5, -2.5, 0.5, 1e-3, 7,
    ]);
  });

  it("is nothing when it is none", () => {
    expect(["", "-", "1,5", "0x10", "Infinity", "1e999", "1 2", "."].map(readNumber)).toEqual(
      Array(8).fill(null),
    );
  });
});

describe("a design's report", () => {
  const finding = { severity: "error", file: "a.urdf", line: 3, element: "robot", message: "no" };
  const whole = { file: "a.urdf", revision: 2, broken: true, findings: [finding], meshes: [] };

  it("is read as it is", () => {
    expect(readDesignReport(whole)).toEqual(whole);
  });

  it("leaves out findings and meshes that are none", () => {
    const odd = { ...whole, findings: [finding, { ...finding, line: "3" }, null], meshes: [{ uri: 1 }] };
    expect(readDesignReport(odd)).toEqual(whole);
  });

  it("is none when it is something else", () => {
    for (const value of [3, "", "{", null, [], { ...whole, findings: 1 }, JSON.stringify(whole), undefined]) {
      expect(readDesignReport(value)).toBeNull();
    }
  });
});
