import { describe, expect, it } from "vitest";
import { collisionLines, findSelfCollisions } from "../../../../src/cli/model/model-collisions.ts";
import { parseSrdf } from "../../../../src/robot/reading/srdf.ts";
import { parseUrdf } from "../../../../src/robot/reading/urdf.ts";

const ball = (name: string): string =>
  `<link name="${name}"><collision><geometry><sphere radius="0.1"/></geometry></collision></link>`;
const hinge = (name: string, parent: string, child: string): string =>
  `<joint name="${name}" type="revolute"><parent link="${parent}"/><child link="${child}"/><origin xyz="0.3 0 0"/>
   <axis xyz="0 0 1"/><limit lower="-3" upper="3" effort="1" velocity="1"/></joint>`;
/** Balls 0.3 m apart in a row. */
const chain = `<robot name="chain">${["a", "b", "c", "d"].map(ball).join("")}
  ${hinge("j", "a", "b")}${hinge("k", "b", "c")}${hinge("l", "c", "d")}</robot>`;
const roots = { packages: {}, prefixes: [], models: [], besides: null };

async function check(urdf: string, srdf: string | null = null) {
  const { description } = parseUrdf(urdf);
  if (description === null) throw new Error("no robot");
  const semantics = srdf === null ? null : parseSrdf(srdf, description).semantics;
  return findSelfCollisions(description, semantics, roots);
}

/** Folded by `j` and `k` every ball comes near the one before the last. */
const folded = (
  more = "",
): string => `<robot name="chain"><group name="arm"><chain base_link="a" tip_link="d"/></group>
  <group_state name="out" group="arm"><joint name="k" value="0.1"/></group_state>
  <group_state name="in" group="arm"><joint name="j" value="2.8"/><joint name="k" value="2.8"/></group_state>${more}</robot>`;

describe("the check for self-collision", () => {
  it("looks at the zero pose, and at the states of an SRDF", async () => {
    const zero = await check(chain);
    expect(zero).toEqual({ pairs: 3, poses: ["the zero pose"], collisions: [], leftOut: [] });
    const both = await check(chain, folded());
    expect(both?.poses).toEqual(["the zero pose", "arm/out", "arm/in"]);
    expect(both?.collisions.map(({ pose, link1, link2 }) => [pose, link1, link2])).toEqual([
      ["arm/in", "a", "c"],
      ["arm/in", "b", "d"],
    ]);
    // b and d: 0.3 m out and back, turned by 2.8 rad.
    expect(both?.collisions[1]?.depth).toBeCloseTo(0.2 - 0.6 * Math.cos(1.4), 9);
    expect(both === null ? [] : collisionLines(both)).toEqual([
      "3 pairs of links checked for self-collision in the zero pose, arm/out, arm/in: 2 found",
      expect.stringMatching(/^ {2}arm\/in: a and c collide, [\d.]+ mm deep$/),
      expect.stringMatching(/^ {2}arm\/in: b and d collide, 98 mm deep$/),
    ]);
  });

  it("leaves out the pairs that may touch", async () => {
    const srdf = folded('<disable_collisions link1="d" link2="b" reason="Never"/>');
    expect((await check(chain, srdf))?.collisions.map(({ link2 }) => link2)).toEqual(["c"]);
  });

  it("says what it cannot check, and nothing of a robot without shapes", async () => {
    const mesh = chain.replace('<sphere radius="0.1"/>', '<mesh filename="package://p/a.stl"/>');
    const found = await check(mesh);
    expect(found?.pairs).toBe(1);
    expect(found?.leftOut[0]).toContain("a.stl");
    expect(await check(chain.replaceAll(/<collision>.*?<\/collision>/g, ""))).toBeNull();
  });
});
