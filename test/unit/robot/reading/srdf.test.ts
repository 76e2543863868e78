import { describe, expect, it } from "vitest";
import { parseSrdf } from "../../../../src/robot/reading/srdf.ts";
import { resolveGroups } from "../../../../src/robot/reading/srdf-groups.ts";
import { parseUrdf } from "../../../../src/robot/reading/urdf.ts";

const limit = '<limit lower="-1" upper="1" velocity="2" effort="3"/>';

/** base ─j1─ l1 ─j2─ l2 ─j3 (fixed)─ tool; base ─wheels (planar)─ cart. */
const urdf = `<robot name="arm"><link name="base"/><link name="l1"/><link name="l2"/><link name="tool"/><link name="cart"/>
<joint name="j1" type="revolute"><parent link="base"/><child link="l1"/>${limit}</joint>
<joint name="j2" type="revolute"><parent link="l1"/><child link="l2"/>${limit}</joint>
<joint name="j3" type="fixed"><parent link="l2"/><child link="tool"/></joint>
<joint name="wheels" type="planar"><parent link="base"/><child link="cart"/><axis xyz="0 0 1"/></joint></robot>`;

const { description } = parseUrdf(urdf);
if (description === null) throw new Error("unreadable");
const robot = description;

function read(inside: string, name = "arm") {
  const { semantics, findings } = parseSrdf(`<robot name="${name}">\n${inside}</robot>`, robot);
  const told = findings.map((f) => `${f.line} ${f.severity} ${f.element}: ${f.message}`);
  return { semantics, told };
}

describe("parseSrdf", () => {
  it("reads every element of a sound file", () => {
    const { semantics, told } = read(`
<virtual_joint name="world" type="planar" parent_frame="odom" child_link="base"/>
<group name="arm"><chain base_link="base" tip_link="tool"/></group>
<group name="elbow"><joint name="j2"/><link name="cart"/></group>
<group name="all"><group name="arm"/><group name="elbow"/></group>
<group_state name="home" group="arm"><joint name="j1" value="0.5"/><joint name="j2" value="-1"/></group_state>
<group_state name="away" group="all"><joint name="wheels" value="1 2 0.5"/></group_state>
<end_effector name="hand" group="elbow" parent_link="l2" parent_group="arm"/>
<passive_joint name="wheels"/>
<disable_collisions link1="base" link2="l1" reason="Adjacent"/>
<disable_default_collisions link="tool"/><enable_collisions link1="tool" link2="base"/>
<link_sphere_approximation link="tool"/>`);
    expect(told).toEqual([]);
    expect(semantics).toEqual({
      name: "arm",
      groups: [
        { name: "arm", links: [], joints: [], chains: [{ base: "base", tip: "tool" }], subgroups: [] },
        { name: "elbow", links: ["cart"], joints: ["j2"], chains: [], subgroups: [] },
        { name: "all", links: [], joints: [], chains: [], subgroups: ["arm", "elbow"] },
      ],
      states: [
        {
          name: "home",
          group: "arm",
          positions: new Map([
            ["j1", [0.5]],
            ["j2", [-1]],
          ]),
        },
        { name: "away", group: "all", positions: new Map([["wheels", [1, 2, 0.5]]]) },
      ],
      endEffectors: [{ name: "hand", group: "elbow", parentLink: "l2", parentGroup: "arm" }],
      virtualJoints: [{ name: "world", type: "planar", parentFrame: "odom", childLink: "base" }],
      passiveJoints: ["wheels"],
      disabledCollisions: [{ link1: "base", link2: "l1", reason: "Adjacent" }],
      enabledCollisions: [{ link1: "tool", link2: "base", reason: "" }],
      disableDefaultCollisions: ["tool"],
    });
    const groups = resolveGroups(robot, semantics?.groups ?? []);
    expect(groups.get("arm")).toEqual({ joints: ["j1", "j2", "j3"], links: ["base", "l1", "l2", "tool"] });
    expect(groups.get("elbow")).toEqual({ joints: ["j2", "wheels"], links: ["l2", "cart"] });
    expect(groups.get("all")).toEqual({
      joints: ["j1", "j2", "j3", "wheels"],
      links: ["base", "l1", "l2", "tool", "cart"],
    });
  });

  it("leaves out, and tells with its line, whatever names something that is not there", () => {
    const { semantics, told } = read(
      `<group name="g"><joint name="nobody"/><link name="nowhere"/><chain base_link="l2" tip_link="base"/><group name="none"/></group>
<group_state name="s" group="g"><joint name="ghost" value="1"/></group_state>
<group_state name="t" group="none"/>
<end_effector name="e" group="none" parent_link="base"/>
<virtual_joint name="v" type="fixed" parent_frame="world" child_link="nowhere"/>
<passive_joint name="nobody"/>
<disable_collisions link1="base" link2="nowhere"/>
<disable_collision link1="base" link2="l1"/>`,
      "other",
    );
    expect(semantics).toMatchObject({
      groups: [{ name: "g", links: [], joints: [], chains: [], subgroups: [] }],
      states: [{ name: "s", positions: new Map() }],
      endEffectors: [],
      virtualJoints: [],
      passiveJoints: [],
      disabledCollisions: [],
    });
    const left = ", so this is left out; mend";
    expect(told).toEqual([
      '1 warning robot: the SRDF is for "other", the robot is "arm"; one name is right',
      `2 warning group "g" > link: the robot has no link "nowhere"${left} name`,
      `2 warning group "g" > joint: the robot has no joint "nobody"${left} the name`,
      '2 warning group "g" > chain: link "base" does not hang on "l2", so this is left out; swap or mend the two',
      '2 warning group "g" > group: there is no group "none", so this is left out; define it or mend name',
      `3 warning group_state "s" > joint: the robot has no joint "ghost"${left} the name`,
      '4 warning group_state "t": there is no group "none", so this is left out; define it or mend group',
      '5 warning end_effector "e": there is no group "none", so this is left out; define it or mend group',
      `6 warning virtual_joint "v": the robot has no link "nowhere"${left} child_link`,
      `7 warning passive_joint "nobody": the robot has no joint "nobody"${left} the name`,
      `8 warning disable_collisions: the robot has no link "nowhere"${left} link2`,
      "9 warning disable_collision: unknown element is ignored; mend its name",
    ]);
  });

  it.each([
    ["<group/>", /group: name is missing/],
    [
      '<group name="g"><joint name="j1"/></group><group name="g"><joint name="j2"/></group>',
      /names must differ/,
    ],
    ['<group name="g"><group name="h"/></group><group name="h"><group name="g"/></group>', /contains itself/],
    ['<group_state group="g"/>', /name is missing/],
    [
      '<group name="g"><joint name="j1"/></group><group_state name="s" group="g"><joint name="j1" value="x"/></group_state>',
      /should be finite numbers/,
    ],
    [
      '<virtual_joint name="v" type="revolute" parent_frame="w" child_link="base"/>',
      /should be fixed, planar/,
    ],
    ['<virtual_joint name="v" type="fixed" child_link="base"/>', /parent_frame is missing/],
    ['<disable_collisions link1="base"/>', /link2 is missing/],
  ])("refuses %s", (inside, message) => {
    const { semantics, told } = read(inside);
    expect(semantics).toBeNull();
    expect(told.filter((one) => / error /.test(one)).join("\n")).toMatch(message);
  });

  it("tells positions that do not fit their joint, and states that are of no group", () => {
    const { semantics, told } = read(`<group name="g"><joint name="j1"/></group>
<group_state name="s" group="g"><joint name="j1" value="1.5"/><joint name="j2" value="0"/><joint name="wheels" value="1"/></group_state>
<group_state name="t"><joint name="j2" value="0.5"/></group_state>`);
    expect(told).toEqual([
      '3 warning group_state "s" > joint: value 1.5 is outside of the limits of joint "j1", -1 to 1',
      '3 warning group_state "s" > joint: joint "j2" is not in group "g"',
      '3 warning group_state "s" > joint: a planar joint has 3 positions, not 1, so this is left out',
      '3 warning group_state "s" > joint: joint "wheels" is not in group "g"',
      '4 warning group_state "t": group is missing, so this counts for the whole robot; name the group',
    ]);
    expect(semantics?.states[1]).toEqual({ name: "t", group: null, positions: new Map([["j2", [0.5]]]) });
  });

  it("refuses what is no SRDF with its line", () => {
    expect(parseSrdf("<robot>\n<group", robot)).toMatchObject({ semantics: null, findings: [{ line: 2 }] });
    expect(parseSrdf("<srdf/>", robot)).toMatchObject({ semantics: null, findings: [{ element: "srdf" }] });
  });
});
