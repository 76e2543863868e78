import { readdirSync, readFileSync } from "node:fs";
import { describe, expect, it } from "vitest";
import { jointPosition, neutralConfiguration, setJointPosition } from "../../../src/robot/configuration.ts";
import { createData } from "../../../src/robot/data.ts";
import { forwardKinematics } from "../../../src/robot/forward-kinematics.ts";
import type { RobotModel } from "../../../src/robot/model.ts";
import { parseUrdf } from "../../../src/robot/reading/urdf.ts";
import { modelOf } from "./model-of.ts";

const folder = new URL("../../../urdf/", import.meta.url);

function urdf(name: string): string {
  return readFileSync(new URL(`${name}.urdf`, folder), "utf8");
}

/** Where a link stands in the root frame, in m. */
function placeOf(model: RobotModel, q: Float64Array, link: string): number[] {
  const data = createData(model);
  forwardKinematics(model, data, q);
  const at = 12 * (model.linkIndex.get(link) ?? Number.NaN) + 9;
  return [...data.rootFromLink.subarray(at, at + 3)];
}

describe.each(["arm", "base", "rover"])("our own robot %s", (name) => {
  it("is read without a finding", () => {
    expect(parseUrdf(urdf(name)).findings).toEqual([]);
  });

  it("names only meshes that are there, as whole binary STL with outward faces", () => {
    const links = parseUrdf(urdf(name)).description?.links ?? [];
    const files = links.flatMap((link) => link.visuals).map(({ geometry }) => geometry);
    expect(files.length).toBeGreaterThan(5);
    for (const geometry of files) {
      if (geometry.kind !== "mesh") throw new Error(`a ${geometry.kind} in ${name}`);
      const path = geometry.filename.replace("package://twinbridge/urdf/", "");
      const stl = readFileSync(new URL(path, folder));
      const triangles = stl.readUInt32LE(80);
      expect(triangles).toBeGreaterThan(0);
      expect(stl.length, path).toBe(84 + 50 * triangles);
      expect(volumeOf(stl, triangles), path).toBeGreaterThan(0);
    }
  });

  it("has collision shapes wherever it has a body", () => {
    for (const link of parseUrdf(urdf(name)).description?.links ?? []) {
      if (link.visuals.length > 0) expect(link.collisions.length, link.name).toBeGreaterThan(0);
    }
  });
});

describe("our own robot scara", () => {
  it("is read without a finding, of primitive shapes with collisions", () => {
    const { findings, description } = parseUrdf(urdf("scara"));
    expect(findings).toEqual([]);
    for (const link of description?.links ?? []) {
      expect(link.visuals.every(({ geometry }) => geometry.kind !== "mesh")).toBe(true);
      if (link.visuals.length > 0) expect(link.collisions.length, link.name).toBeGreaterThan(0);
    }
  });
});

/** Six times the signed volume; overlapping solids count twice, which keeps the sign. */
function volumeOf(stl: Buffer, triangles: number): number {
  let volume = 0;
  for (let i = 0; i < triangles; i += 1) {
    const n = (k: number): number => stl.readFloatLE(84 + 50 * i + 12 + 4 * k);
    volume += n(0) * (n(4) * n(8) - n(5) * n(7)) + n(1) * (n(5) * n(6) - n(3) * n(8));
    volume += n(2) * (n(3) * n(7) - n(4) * n(6));
  }
  return volume;
}

describe("our own robots together", () => {
  it("weigh what they say and stand in less than 3 MB of meshes", () => {
    const mass = (name: string): number => modelOf(urdf(name)).mass.reduce((sum, one) => sum + one, 0);
    expect(mass("arm")).toBeCloseTo(20, 0);
    expect(mass("base")).toBeCloseTo(35, 6);
    expect(mass("rover")).toBeCloseTo(mass("arm") + mass("base"), 9);
    const meshes = readdirSync(new URL("meshes/", folder));
    const bytes = meshes.reduce(
      (sum, file) => sum + readFileSync(new URL(`meshes/${file}`, folder)).length,
      0,
    );
    expect(bytes).toBeLessThan(3_000_000);
  });

  it("have the frames others look for", () => {
    const { linkIndex, rootLink } = modelOf(urdf("rover"));
    expect(rootLink).toBe("base_footprint");
    for (const frame of ["base_link", "tool0", "camera_link", "imu_link", "lidar_link"]) {
      expect(linkIndex.has(frame), frame).toBe(true);
    }
  });

  it("point the tool down at zero and reach 0.85 m from the shoulder to the wrist's end", () => {
    const model = modelOf(urdf("arm"));
    const q = neutralConfiguration(model);
    const [flange = [], tip = []] = ["tool0", "gripper_tcp"].map((link) => placeOf(model, q, link));
    expect((flange[2] ?? 0) - (tip[2] ?? 0)).toBeCloseTo(0.145, 12);
    // Stretched: the elbow straight up, the wrist along the arm.
    setJointPosition(model, q, "elbow", -Math.PI / 2);
    const shoulder = placeOf(model, q, "upper_arm_link");
    const wrist = placeOf(model, q, "wrist_3_link");
    expect((wrist[2] ?? 0) - (shoulder[2] ?? 0)).toBeCloseTo(0.84, 12);
  });

  it("close their gripper with both fingers", () => {
    const model = modelOf(urdf("rover"));
    const q = neutralConfiguration(model);
    setJointPosition(model, q, "left_finger", 0.03);
    expect(jointPosition(model, q, "right_finger")).toBe(0.03);
    const tcp = placeOf(model, q, "gripper_link");
    const [left = [], right = []] = ["left_finger_link", "right_finger_link"].map((link) =>
      placeOf(model, q, link),
    );
    expect((left[1] ?? 0) - (tcp[1] ?? 0)).toBeCloseTo((tcp[1] ?? 0) - (right[1] ?? 0), 12);
  });
});
