import { createCollisionModel } from "../../../../src/robot/collision/collision-model.ts";
import { type LinkDistance, selfCollision } from "../../../../src/robot/collision/self-collision.ts";
import { setJointConfiguration } from "../../../../src/robot/configuration.ts";
import { createData } from "../../../../src/robot/data.ts";
import type { Geometry } from "../../../../src/robot/description.ts";
import { forwardKinematics } from "../../../../src/robot/forward-kinematics.ts";
import { createModel } from "../../../../src/robot/model.ts";
import { parseUrdf } from "../../../../src/robot/reading/urdf.ts";

/** A hull is a mesh whose points are given: 3 numbers each. */
export type TestShape = Exclude<Geometry, { kind: "mesh" }> | { kind: "hull"; points: number[] };

const twoFreeLinks = `<robot name="pair"><link name="world"/><link name="a"/><link name="b"/>
  <joint name="ja" type="floating"><parent link="world"/><child link="a"/></joint>
  <joint name="jb" type="floating"><parent link="world"/><child link="b"/></joint></robot>`;

/** How two shapes stand to one another; a pose is x y z, quaternion x y z w. */
export function betweenShapes(a: TestShape, b: TestShape, poseA: number[], poseB: number[]): LinkDistance {
  const { description } = parseUrdf(twoFreeLinks);
  if (description === null) throw new Error("the two free links are no robot");
  for (const [i, shape] of [a, b].entries()) {
    const geometry: Geometry =
      shape.kind === "hull" ? { kind: "mesh", filename: String(i), scale: [1, 1, 1] } : shape;
    description.links[i + 1]?.collisions.push({
      name: "",
      origin: { xyz: [0, 0, 0], rpy: [0, 0, 0] },
      geometry,
    });
  }
  const robot = createModel(description);
  const verticesOf = (uri: string): Float64Array | null => {
    const shape = [a, b][Number(uri)];
    return shape?.kind === "hull" ? Float64Array.from(shape.points) : null;
  };
  const { model, findings } = createCollisionModel(description, robot, { verticesOf });
  if (findings.length > 0) throw new Error(JSON.stringify(findings));
  const data = createData(robot);
  const q = new Float64Array(robot.nq);
  setJointConfiguration(robot, q, "ja", poseA);
  setJointConfiguration(robot, q, "jb", poseB);
  forwardKinematics(robot, data, q);
  const answer = selfCollision(model, data);
  if (answer === null) throw new Error("there is no pair");
  return answer;
}
