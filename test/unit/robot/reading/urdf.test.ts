import { describe, expect, it } from "vitest";
import { parseUrdf } from "../../../../src/robot/reading/urdf.ts";
import type { UrdfFinding } from "../../../../src/robot/reading/urdf-findings.ts";
import { cpuMs } from "../../../support/cpu-time.ts";

const limit = '<limit lower="-1" upper="1" velocity="2" effort="3"/>';
const heavy =
  '<inertial><mass value="1"/><inertia ixx="1" iyy="1" izz="1" ixy="0" ixz="0" iyz="0"/></inertial>';

/** A robot of two links and joint "j", with the joint's attributes and inside as given. */
function twoLinks(joint: string, type = "revolute"): string {
  return `<robot name="r">
<link name="a"/>
<link name="b">${heavy}</link>
<joint name="j" type="${type}">
<parent link="a"/><child link="b"/>
${joint}
</joint>
</robot>`;
}

function errorsOf(text: string): UrdfFinding[] {
  const { description, findings } = parseUrdf(text);
  const errors = findings.filter((finding) => finding.severity === "error");
  expect(description === null).toBe(errors.length > 0);
  return errors;
}

function warningsOf(text: string): UrdfFinding[] {
  expect(errorsOf(text)).toEqual([]);
  return parseUrdf(text).findings;
}

describe("a text of thousands of joints that follow one another", () => {
  it("is refused at once", () => {
    const joints = Array.from({ length: 20_000 }, (_, i) => {
      const follows = i === 0 ? "" : `<mimic joint="j${i - 1}"/>`;
      return `<link name="l${i + 1}"/><joint name="j${i}" type="continuous"><parent link="l${i}"/><child link="l${i + 1}"/>${follows}</joint>`;
    });
    const started = cpuMs();
    const reading = parseUrdf(`<robot name="r"><link name="l0"/>${joints.join("")}</robot>`);
    expect(cpuMs() - started).toBeLessThan(10_000);
    expect(reading.description).toBeNull();
  });
});

describe("parseUrdf", () => {
  it("finds nothing to say about a sound robot and reads all of a joint", () => {
    const text = twoLinks(`<origin xyz="1 2 3" rpy="0.1 0.2 0.3"/><axis xyz="0 0 1"/>${limit}
      <dynamics damping="0.5" friction="0.25"/>
      <safety_controller soft_lower_limit="-0.9" soft_upper_limit="0.8" k_position="7" k_velocity="8"/>
      <calibration rising="0.125"/>`);
    const { description, findings } = parseUrdf(text);
    expect(findings).toEqual([]);
    expect(description?.joints).toEqual([
      {
        name: "j",
        type: "revolute",
        parent: "a",
        child: "b",
        origin: { xyz: [1, 2, 3], rpy: [0.1, 0.2, 0.3] },
        axis: [0, 0, 1],
        limit: { lower: -1, upper: 1, velocity: 2, effort: 3, acceleration: null, jerk: null },
        dynamics: { damping: 0.5, friction: 0.25, armature: 0 },
        mimic: null,
        safetyController: { softLowerLimit: -0.9, softUpperLimit: 0.8, kPosition: 7, kVelocity: 8 },
        calibration: { rising: 0.125, falling: null, reference: null },
      },
    ]);
  });

  it("reads shapes, meshes with their scale, and materials by name", () => {
    const { description, findings } = parseUrdf(`<robot name="r">
      <material name="grey"><color rgba="0.5 0.5 0.5 1"/></material>
      <link name="a">
        <visual><geometry><mesh filename="package://p/a.stl" scale="0.001 0.001 0.001"/></geometry>
          <material name="grey"/></visual>
        <visual><geometry><cylinder radius="0.1" length="0.4"/></geometry></visual>
        <collision name="box"><origin xyz="0 0 1"/><geometry><box size="1 2 3"/></geometry></collision>
      </link></robot>`);
    expect(findings).toEqual([]);
    const [link] = description?.links ?? [];
    expect(link?.visuals[0]).toMatchObject({
      geometry: { kind: "mesh", filename: "package://p/a.stl", scale: [0.001, 0.001, 0.001] },
      material: { name: "grey", color: [0.5, 0.5, 0.5, 1] },
    });
    expect(link?.visuals[1]).toMatchObject({ geometry: { kind: "cylinder", radius: 0.1, length: 0.4 } });
    expect(link?.collisions).toMatchObject([
      { name: "box", origin: { xyz: [0, 0, 1] }, geometry: { kind: "box", size: [1, 2, 3] } },
    ]);
  });

  it("normalises an axis and says so", () => {
    const text = twoLinks(`<axis xyz="0 3 4"/>${limit}`);
    expect(warningsOf(text)).toMatchObject([{ element: 'joint "j" > axis', line: 6 }]);
    expect(parseUrdf(text).description?.joints[0]?.axis).toEqual([0, 0.6, 0.8]);
  });

  it("takes x for the axis that is not there", () => {
    expect(parseUrdf(twoLinks(limit)).description?.joints[0]?.axis).toEqual([1, 0, 0]);
  });

  const links = '<link name="a"/><link name="b"/><link name="c"/>';
  const fixed = (name: string, parent: string, child: string): string =>
    `<joint name="${name}" type="fixed"><parent link="${parent}"/><child link="${child}"/></joint>`;
  const follower = (name: string, child: string, master: string): string =>
    `<joint name="${name}" type="revolute"><parent link="a"/><child link="${child}"/>${limit}<mimic joint="${master}"/></joint>`;

  it.each([
    ["text that is not XML", "hello", 1, "document", /not XML: it does not begin/],
    ["an empty text", "", 1, "document", /XML/],
    [
      "a tag that is not closed",
      '<robot name="r">\n<link name="a">\n</robot>',
      3,
      "document",
      /<link> of line 2 is not closed/,
    ],
    ["a document type", '<!DOCTYPE robot [<!ENTITY a "b">]><robot name="r"/>', 1, "document", /DOCTYPE/],
    ["an unknown entity", '<robot name="r">\n<link name="&a;"/></robot>', 2, "document", /entity/],
    ["another outermost element", "<sdf/>", 1, "sdf", /should be <robot>/],
    ["xacro", '<robot name="r"><xacro:macro name="m"/></robot>', 1, "xacro:macro", /expand it first/],
    ["a robot without a name", '<robot>\n<link name="a"/></robot>', 1, "robot", /name is missing/],
    ["a robot without links", '<robot name="r"/>', 1, "robot", /no link/],
    ["a link without a name", '<robot name="r">\n<link/></robot>', 2, "link", /name is missing/],
    [
      "two links of one name",
      '<robot name="r"><link name="a"/>\n<link name="a"/></robot>',
      2,
      'link "a"',
      /line 1/,
    ],
    [
      "two joints of one name",
      `<robot name="r">${links}${fixed("j", "a", "b")}\n${fixed("j", "a", "c")}</robot>`,
      2,
      'joint "j"',
      /names of joints/,
    ],
    [
      "an unknown link",
      `<robot name="r">${links}\n${fixed("j", "a", "z")}</robot>`,
      2,
      'joint "j"',
      /no link "z"/,
    ],
    [
      "two roots",
      `<robot name="r">${links}${fixed("j", "a", "b")}</robot>`,
      1,
      'link "c"',
      /2 links have no parent/,
    ],
    [
      "a link with two parents",
      `<robot name="r">${links}${fixed("j", "a", "c")}\n${fixed("k", "b", "c")}</robot>`,
      2,
      'joint "k"',
      /child of "j" and of "k"/,
    ],
    [
      "a cycle beside the root",
      `<robot name="r">${links}${fixed("j", "b", "c")}${fixed("k", "c", "b")}</robot>`,
      1,
      'link "b"',
      /cycle/,
    ],
    [
      "a cycle without a root",
      `<robot name="r"><link name="a"/><link name="b"/>${fixed("j", "a", "b")}${fixed("k", "b", "a")}</robot>`,
      1,
      'link "a"',
      /every link has a parent/,
    ],
    [
      "a link that is its own parent",
      `<robot name="r">${links}${fixed("j", "a", "a")}</robot>`,
      1,
      'joint "j"',
      /its own parent/,
    ],
    ["an unknown joint type", twoLinks("", "hinge"), 4, 'joint "j"', /type="hinge" is no joint type/],
    [
      "an axis without direction",
      twoLinks(`${limit}<axis xyz="0 0 0"/>`),
      6,
      'joint "j" > axis',
      /no direction/,
    ],
    [
      "NaN in an origin",
      twoLinks(`${limit}<origin xyz="0 nan 0"/>`),
      6,
      'joint "j" > origin',
      /3 finite numbers/,
    ],
    [
      "infinity in a limit",
      twoLinks('<limit lower="-inf" upper="1"/>'),
      6,
      'joint "j" > limit',
      /one finite number/,
    ],
    [
      "a number beyond doubles",
      twoLinks('<limit lower="0" upper="1e999"/>'),
      6,
      'joint "j" > limit',
      /finite/,
    ],
    [
      "two numbers for three",
      twoLinks(`${limit}<origin xyz="0 1"/>`),
      6,
      'joint "j" > origin',
      /3 finite numbers/,
    ],
    ["no limit on a revolute joint", twoLinks(""), 4, 'joint "j"', /needs <limit/],
    ["no limit on a prismatic joint", twoLinks("", "prismatic"), 4, 'joint "j"', /needs <limit/],
    ["limits upside down", twoLinks('<limit lower="1" upper="-1"/>'), 6, 'joint "j" > limit', /above upper/],
    [
      "a negative effort",
      twoLinks('<limit upper="1" velocity="1" effort="-1"/>'),
      6,
      'joint "j" > limit',
      /negative/,
    ],
    [
      "a joint that follows itself",
      twoLinks(`${limit}<mimic joint="j"/>`),
      4,
      'joint "j" > mimic',
      /follows itself/,
    ],
    [
      "joints that follow one another",
      `<robot name="r">${links}\n${follower("j", "b", "k")}\n${follower("k", "c", "j")}</robot>`,
      2,
      'joint "j" > mimic',
      /j → k follow one another/,
    ],
    [
      "a planar follower",
      twoLinks('<axis xyz="0 0 1"/><mimic joint="j"/>', "planar"),
      6,
      'joint "j" > mimic',
      /planar/,
    ],
    [
      "a parent that is not named",
      twoLinks("").replace('<parent link="a"/>', ""),
      4,
      'joint "j"',
      /<parent> is missing/,
    ],
  ])("refuses %s with its element and line", (_what, text, line, element, message) => {
    const [error] = errorsOf(text);
    expect(error).toMatchObject({ line, element });
    expect(error?.message).toMatch(message);
  });

  it.each([
    [
      "zero mass",
      '<mass value="0"/><inertia ixx="1" iyy="1" izz="1" ixy="0" ixz="0" iyz="0"/>',
      /mass is zero/,
    ],
    [
      "zero inertia",
      '<mass value="1"/><inertia ixx="0" iyy="0" izz="0" ixy="0" ixz="0" iyz="0"/>',
      /inertia is zero/,
    ],
    [
      "moments no body has",
      '<mass value="1"/><inertia ixx="1" iyy="1" izz="3" ixy="0" ixz="0" iyz="0"/>',
      /triangle/,
    ],
    [
      "moments no body has after turning",
      '<mass value="1"/><inertia ixx="1" iyy="1" izz="1.2" ixy="0.9" ixz="0" iyz="0"/>',
      /triangle/,
    ],
    [
      "a negative moment",
      '<mass value="1"/><inertia ixx="1" iyy="1" izz="1" ixy="2" ixz="0" iyz="0"/>',
      /negative/,
    ],
    ["no inertia", '<mass value="1"/>', /<inertia> is missing/],
  ])("warns of %s", (_what, inertial, message) => {
    const text = twoLinks(limit).replace(heavy, `<inertial>${inertial}</inertial>`);
    expect(
      warningsOf(text)
        .map((warning) => warning.message)
        .join("\n"),
    ).toMatch(message);
  });

  it.each([
    ["a missing velocity", twoLinks('<limit lower="-1" upper="1" effort="3"/>'), /velocity is missing/],
    ["a missing effort", twoLinks('<limit lower="-1" upper="1" velocity="3"/>'), /effort is missing/],
    ["a range that is empty", twoLinks('<limit velocity="3" effort="3"/>'), /cannot move/],
    ["an unknown element", twoLinks(`${limit}<axes xyz="0 0 1"/>`), /unknown element/],
    ["an unknown attribute", twoLinks(limit.replace("lower", "lowr")), /unknown attribute lowr/],
    ["a master that is nowhere", twoLinks(`${limit}<mimic joint="z"/>`), /no joint "z"/],
    [
      "a mesh without a file",
      twoLinks(limit).replace(heavy, "<visual><geometry><mesh/></geometry></visual>"),
      /filename/,
    ],
    [
      "a material that is nowhere",
      twoLinks(limit).replace(
        heavy,
        '<visual><geometry><sphere radius="1"/></geometry><material name="m"/></visual>',
      ),
      /defined nowhere/,
    ],
    ["a moving link without mass", twoLinks(limit).replace(heavy, ""), /nothing it moves has a mass/],
    ["a continuous joint without limits", twoLinks("", "continuous"), /neither velocity nor effort/],
    ["a planar joint without its axis", twoLinks("", "planar"), /normal to x/],
  ])("warns of %s and reads on", (_what, text, message) => {
    expect(
      warningsOf(text)
        .map((warning) => warning.message)
        .join("\n"),
    ).toMatch(message);
  });

  it("counts lines over blank lines at the top and tags that span lines", () => {
    const text = '\n\n<?xml version="1.0"?>\n<robot\n  name="r">\n<link\n  name=""/>\n</robot>';
    expect(errorsOf(text)[0]).toMatchObject({ line: 6, element: 'link ""' });
  });

  it("keeps names that mean something to JavaScript as mere names", () => {
    const text = `<robot name="__proto__"><link name="__proto__"/><link name="constructor"/>
      <joint name="toString" type="fixed"><parent link="__proto__"/><child link="constructor"/></joint></robot>`;
    const { description, findings } = parseUrdf(text);
    expect(findings).toEqual([]);
    expect(description?.links.map((link) => link.name)).toEqual(["__proto__", "constructor"]);
  });

  it("refuses a text that is too long, too deep or has too many elements, at once", () => {
    expect(errorsOf(" ".repeat(17 * 1024 * 1024))[0]?.message).toMatch(/at most/);
    expect(errorsOf(`<robot name="r">${"<a>".repeat(5000)}`)[0]?.message).toMatch(/deeper/);
    expect(errorsOf(`<robot name="r">${"<a/>".repeat(300_000)}</robot>`)[0]?.message).toMatch(
      /more than 200000/,
    );
  });

  it("reads a chain of 20,000 links, and names no more than 200 of its faults", () => {
    const count = 20_000;
    const names = Array.from({ length: count }, (_, i) => `<link name="l${i}"/>`).join("");
    const chain = Array.from({ length: count - 1 }, (_, i) => fixed(`j${i}`, `l${i}`, `l${i + 1}`)).join("");
    expect(parseUrdf(`<robot name="r">${names}${chain}</robot>`).findings).toEqual([]);
    const bad = parseUrdf(`<robot name="r">${names}${names}</robot>`);
    expect(bad.description).toBeNull();
    expect(bad.findings).toHaveLength(200);
    expect(bad.findings.some((finding) => finding.message.includes("more than 200"))).toBe(true);
  });
});
