import { describe, expect, it } from "vitest";
import { createData } from "../../../src/robot/data.ts";
import type { Geometry } from "../../../src/robot/description.ts";
import { crba } from "../../../src/robot/dynamics/crba.ts";
import { type Payload, withPayloads } from "../../../src/robot/dynamics/payload.ts";
import { rnea } from "../../../src/robot/dynamics/rnea.ts";
import { createModel } from "../../../src/robot/model.ts";
import { parseUrdf } from "../../../src/robot/reading/urdf.ts";

const inertial = (mass: number, i: number): string =>
  `<inertial><origin xyz="0.1 0 0.02"/><mass value="${mass}"/><inertia ixx="${i}" ixy="0" ixz="0" iyy="${2 * i}" iyz="0" izz="${2 * i}"/></inertial>`;

/** `more` is one more link on the tip. */
function arm(more = "") {
  const { description } = parseUrdf(`<robot name="arm"><link name="base"/>
    <link name="a">${inertial(2, 0.01)}</link><link name="tip">${inertial(1, 0.005)}</link>${more}
    <joint name="j" type="revolute"><parent link="base"/><child link="a"/><origin rpy="0.3 0 0"/><axis xyz="0 1 0"/><limit lower="-3" upper="3" velocity="1" effort="9"/><dynamics damping="0.1"/></joint>
    <joint name="k" type="revolute"><parent link="a"/><child link="tip"/><origin xyz="0.4 0 0"/><axis xyz="0 0 1"/><limit lower="-3" upper="3" velocity="1" effort="9"/></joint>
  </robot>`);
  if (description === null) throw new Error("no robot");
  return createModel(description);
}

/** A body as a link that URDF fixes to the tip; principal moments per kg. */
const fixed = (
  xyz: string,
  rpy: string,
  mass: number,
  [x, y, z]: readonly [number, number, number],
): string =>
  `<link name="load"><inertial><mass value="${mass}"/><inertia ixx="${x * mass}" ixy="0" ixz="0" iyy="${y * mass}" iyz="0" izz="${z * mass}"/></inertial></link>
   <joint name="hold" type="fixed"><parent link="tip"/><child link="load"/><origin xyz="${xyz}" rpy="${rpy}"/></joint>`;

const half = Math.PI / 4;
const turned: Payload["pose"] = {
  position: [0.2, 0.05, -0.1],
  quaternion: [0, Math.sin(half), 0, Math.cos(half)],
};

describe("what a link carries", () => {
  const cases: [Geometry, readonly [number, number, number]][] = [
    [{ kind: "box", size: [0.2, 0.3, 0.4] }, [0.25 / 12, 0.2 / 12, 0.13 / 12]],
    [{ kind: "sphere", radius: 0.1 }, [0.004, 0.004, 0.004]],
    [{ kind: "cylinder", radius: 0.1, length: 0.4 }, [0.19 / 12, 0.19 / 12, 0.005]],
  ];
  for (const [geometry, moments] of cases) {
    it(`moves as a ${geometry.kind} that URDF fixes there`, () => {
      const model = withPayloads(arm(), [{ link: "tip", mass: 1.5, geometry, pose: turned }]);
      const truth = arm(fixed("0.2 0.05 -0.1", `0 ${2 * half} 0`, 1.5, moments));
      const [q, v, a] = [Float64Array.of(0.4, -0.7), Float64Array.of(1, 2), Float64Array.of(-3, 0.5)];
      const run = (robot: typeof model): number[] => {
        const [efforts, inertia] = [new Float64Array(2), new Float64Array(4)];
        const data = createData(robot);
        rnea(robot, data, q, v, a, efforts);
        crba(robot, data, q, inertia);
        return [...efforts, ...inertia];
      };
      const [ours, theirs] = [run(model), run(truth)];
      for (const [i, value] of ours.entries()) expect(value).toBeCloseTo(theirs[i] ?? Number.NaN, 12);
      expect(ours[0]).not.toBeCloseTo(run(arm())[0] ?? 0, 3);
    });
  }

  it("counts as the box around its points where it is a mesh", () => {
    const mesh: Geometry = { kind: "mesh", filename: "x.stl", scale: [1, 1, 1] };
    const vertices = Float64Array.from([0, 0, 0, 0.2, 0.3, 0.4]);
    const ofMesh = withPayloads(arm(), [{ link: "tip", mass: 2, geometry: mesh, pose: turned, vertices }]);
    // The box's middle, turned by 90° about y: x' = z, z' = −x.
    const pose = { ...turned, position: [0.4, 0.2, -0.2] as const };
    const box: Geometry = { kind: "box", size: [0.2, 0.3, 0.4] };
    const ofBox = withPayloads(arm(), [{ link: "tip", mass: 2, geometry: box, pose }]);
    for (const [i, value] of ofMesh.inertia.entries()) expect(value).toBeCloseTo(ofBox.inertia[i] ?? 0, 12);
    for (const [i, value] of ofMesh.centerOfMass.entries()) {
      expect(value).toBeCloseTo(ofBox.centerOfMass[i] ?? 0, 12);
    }
  });

  it("is left out without mass, or on a link that is not there", () => {
    const model = arm();
    const none: Payload = { link: "tip", mass: 0, geometry: { kind: "sphere", radius: 1 }, pose: turned };
    expect(withPayloads(model, [none, { ...none, mass: 1, link: "nose" }])).toBe(model);
  });
});
