import { describe, expect, it } from "vitest";
import * as entry from "../../../src/model/index.ts";
import { loadRobot, readRobot } from "../../../src/model/read-robot.ts";

const urdf = `<robot name="two"><link name="base"/><link name="tip"/>
  <joint name="a" type="revolute"><parent link="base"/><child link="tip"/><axis xyz="0 0 1"/>
    <origin xyz="1 0 0"/><limit lower="-1" upper="1" velocity="1" effort="1"/></joint></robot>`;
const xacro = `<robot name="two" xmlns:xacro="http://www.ros.org/wiki/xacro">
  <xacro:arg name="reach" default="1"/>
  <xacro:include filename="$(find parts)/urdf/links.xacro"/>
  <joint name="a" type="revolute"><parent link="base"/><child link="tip"/><axis xyz="0 0 1"/>
    <origin xyz="$(arg reach) 0 0"/><limit lower="-1" upper="1" velocity="1" effort="1"/></joint></robot>`;
const links = `<robot xmlns:xacro="http://www.ros.org/wiki/xacro"><link name="base"/>
  <xacro:include filename="more/tip.xacro"/></robot>`;
const tip = `<robot><link name="tip"/></robot>`;
const parts = new Map([
  ["package://parts/urdf/links.xacro", links],
  ["package://parts/urdf/more/tip.xacro", tip],
]);

describe("reading a robot", () => {
  it("gives description, model and findings of a URDF", () => {
    const { description, model, findings, semantics } = readRobot(urdf);
    expect(description?.name).toBe("two");
    expect(model?.nq).toBe(1);
    expect(findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(semantics).toBeNull();
  });

  it("gives findings and no model of a text that is none", () => {
    for (const text of ["", "<robot", "<robot name='x'/>", "\0"]) {
      const { description, model, findings } = readRobot(text);
      expect([description, model]).toEqual([null, null]);
      expect(findings.some(({ severity }) => severity === "error")).toBe(true);
    }
  });

  it("expands xacro, with files by package and relative to the file that names them", () => {
    const asked: string[] = [];
    const load = (address: string): string | null => {
      asked.push(address);
      return parts.get(address) ?? null;
    };
    const read = readRobot(xacro, { load, args: { reach: "2" } });
    expect(read.findings.filter(({ severity }) => severity === "error")).toEqual([]);
    expect(read.description?.joints[0]?.origin.xyz).toEqual([2, 0, 0]);
    expect(asked).toEqual([...parts.keys()]);
    expect(read.urdf).toContain("<robot");
  });

  it("names the file that is missing, and reads none without a loader", () => {
    for (const options of [{}, { load: () => null }]) {
      const { model, findings } = readRobot(xacro, options);
      expect(model).toBeNull();
      expect(findings[0]?.message).toContain("links.xacro");
    }
  });

  it("resolves relative files below the address of the text, and does not climb out of its package", () => {
    const asked: string[] = [];
    const including = (file: string): string =>
      `<robot name="r" xmlns:xacro="x"><xacro:include filename="${file}"/></robot>`;
    for (const [file, address] of [
      ["b.xacro", "/robots/arm/a.xacro"],
      ["../b.xacro", "package://arm/urdf/a.xacro"],
      ["../../../b.xacro", "package://arm/urdf/a.xacro"],
      ["b.xacro", "https://example.org/r/a.xacro"],
      ["b.xacro", undefined],
    ] as const) {
      const load = (path: string): null => {
        asked.push(path);
        return null;
      };
      readRobot(including(file), { load, ...(address === undefined ? {} : { address }) });
    }
    expect(asked).toEqual([
      "/robots/arm/b.xacro",
      "package://arm/b.xacro",
      "package://arm/b.xacro",
      "https://example.org/r/b.xacro",
      "b.xacro",
    ]);
  });

  it("reads the SRDF, and says that a finding is its", () => {
    const srdf = `<robot name="two"><group name="arm"><chain base_link="base" tip_link="tip"/></group>
      <disable_collisions link1="base" link2="nowhere" reason="Never"/></robot>`;
    const { semantics, findings } = readRobot(urdf, { srdf });
    expect(semantics?.groups).toHaveLength(1);
    expect(findings.filter(({ file }) => file === "srdf")).toMatchObject([{ severity: "warning", line: 2 }]);
    expect(readRobot(urdf, { srdf: "<robot" }).semantics).toBeNull();
  });

  it("lets the root link move where that is asked for", () => {
    expect(readRobot(urdf, { base: "floating" }).model?.nq).toBe(8);
  });

  it("reads YAML by a reader that is passed in, and its fault is a finding", () => {
    const text = `<robot name="r" xmlns:xacro="x"><xacro:property name="p" value="\${xacro.load_yaml('p.yaml')}"/>
      <link name="\${p['name']}"/></robot>`;
    const load = (): string => "name: hand";
    expect(readRobot(text, { load, parseYaml: () => ({ name: "hand" }) }).description?.links[0]?.name).toBe(
      "hand",
    );
    expect(readRobot(text, { load }).findings[0]?.message).toContain("YAML");
    const fails = (): never => {
      throw new Error("line 3 is odd");
    };
    expect(readRobot(text, { load, parseYaml: fails }).findings[0]?.message).toContain("line 3 is odd");
  });

  it("waits for files that come later, each asked for once", async () => {
    const asked: string[] = [];
    const load = async (address: string): Promise<string | null> => {
      asked.push(address);
      return parts.get(address) ?? null;
    };
    const { model } = await loadRobot(xacro, { load });
    expect(model?.nq).toBe(1);
    expect(asked).toEqual([...parts.keys()]);
    await expect(loadRobot(xacro, { load: () => Promise.reject(new Error("offline")) })).rejects.toThrow(
      "offline",
    );
  });
});

describe("the entry point twinbridge/model", () => {
  it("has every function that the documentation names", () => {
    const named = [
      "readRobot parseUrdf parseXacro parseSrdf resolveGroups applyJointLimits createModel createData",
      "forwardKinematics readLinkPose linkVelocities linkAccelerations frameJacobian frameJacobianRate",
      "rnea biasForces gravityEfforts crba aba centerOfMass centerOfMassJacobian totalMass centroidalMomentum",
      "kineticEnergy potentialEnergy integrate difference addJointFriction manipulability InverseKinematics",
      "createCollisionModel selfCollision collides collidingPairs withoutTouchingPairs readMeshVertices",
      "jerkLimitedProfile synchronisedProfiles sampleAt",
    ].flatMap((line) => line.split(" "));
    expect(named.filter((name) => !(name in entry))).toEqual([]);
  });

  it("computes: the tip of an arm of 1 m", () => {
    const { model } = entry.readRobot(urdf);
    if (model === null) throw new Error("no model");
    const data = entry.createData(model);
    entry.forwardKinematics(model, data, entry.neutralConfiguration(model));
    const pose = new Float64Array(7);
    entry.readLinkPose(data, model.linkIndex.get("tip") ?? -1, pose);
    expect([...pose.slice(0, 3)]).toEqual([1, 0, 0]);
  });
});
