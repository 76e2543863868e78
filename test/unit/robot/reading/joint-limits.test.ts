import { describe, expect, it } from "vitest";
import { parseYaml } from "../../../../src/io/files/yaml-value.ts";
import { createModel } from "../../../../src/robot/model.ts";
import { applyJointLimits } from "../../../../src/robot/reading/joint-limits.ts";
import { parseUrdf } from "../../../../src/robot/reading/urdf.ts";

const { description } = parseUrdf(`<robot name="r"><link name="a"/><link name="b"/><link name="c"/>
<joint name="elbow" type="revolute"><parent link="a"/><child link="b"/><limit lower="-1" upper="2" velocity="3" effort="40"/></joint>
<joint name="wheel" type="continuous"><parent link="b"/><child link="c"/></joint></robot>`);
if (description === null) throw new Error("unreadable");
const robot = description;

function read(yaml: string) {
  const parsed = parseYaml(yaml, { intAsBigInt: false, tagged: (_, text) => Number(text) });
  if (!parsed.ok) throw new Error(parsed.reason);
  const reading = applyJointLimits(parsed.value.value, robot, parsed.value.lineOf);
  return {
    ...reading,
    told: reading.findings.map((f) => `${f.line} ${f.severity} ${f.element}: ${f.message}`),
  };
}

describe("joint_limits.yaml", () => {
  it("tightens what the URDF says, adds acceleration and jerk, and leaves its robot as it was", () => {
    const before = structuredClone(robot);
    const reading = read(`default_velocity_scaling_factor: 0.5
joint_limits:
  elbow:
    has_position_limits: true
    min_position: !degrees -45
    max_position: 1.5
    has_velocity_limits: true
    max_velocity: 2
    has_acceleration_limits: true
    max_acceleration: 8
    has_deceleration_limits: true
    max_deceleration: 6
    has_jerk_limits: true
    max_jerk: 100
    has_effort_limits: true
    max_effort: 30
  wheel: {has_velocity_limits: true, max_velocity: 7, has_acceleration_limits: false}
`);
    expect(reading.told).toEqual([]);
    expect(reading.scaling).toEqual({ velocity: 0.5, acceleration: 1 });
    if (reading.description === null) throw new Error("refused");
    const [elbow, wheel] = createModel(reading.description).joints;
    expect(elbow).toMatchObject({ upper: 1.5, velocity: 2, effort: 30, acceleration: 6, jerk: 100 });
    expect(elbow?.lower).toBeCloseTo(-Math.PI / 4, 12);
    expect(wheel).toMatchObject({ velocity: 7, acceleration: Number.POSITIVE_INFINITY });
    expect(robot).toEqual(before);
  });

  it("never widens: the URDF's narrower limit counts and the file's is told with its line", () => {
    const reading = read(`joint_limits:
  elbow:
    has_position_limits: true
    min_position: -3
    max_position: 1
    has_velocity_limits: true
    max_velocity: 30
`);
    expect(reading.description?.joints[0]?.limit).toMatchObject({ lower: -1, upper: 1, velocity: 3 });
    expect(reading.told).toEqual([
      "4 warning joint_limits > elbow > min_position: -3 is below the URDF's -1, so that counts",
      "7 warning joint_limits > elbow > max_velocity: 30 is above the URDF's 3, so that counts",
    ]);
  });

  it.each([
    ["joint_limits: {elbow: 5}", "1 error joint_limits > elbow: should be a map"],
    ["joint_limits: [1]", "1 error joint_limits: should be a map of joints"],
    ["- 1", "1 error joint_limits.yaml: the file should be a map"],
    ["", "1 error joint_limits.yaml: the file should be a map"],
    [
      "a: 1\ndefault_velocity_scaling_factor: 2\njoint_limits: {}",
      "2 error default_velocity_scaling_factor: 2 should be a number above 0, up to 1",
    ],
    [
      "joint_limits:\n elbow:\n  has_velocity_limits: true",
      "2 error joint_limits > elbow: has_velocity_limits is true and max_velocity is missing",
    ],
    [
      "joint_limits:\n elbow:\n  has_velocity_limits: true\n  max_velocity: fast",
      '4 error joint_limits > elbow > max_velocity: "fast" should be a finite number',
    ],
    [
      "joint_limits:\n elbow:\n  has_velocity_limits: true\n  max_velocity: .inf",
      "4 error joint_limits > elbow > max_velocity: Infinity should be a finite number",
    ],
    [
      "joint_limits:\n elbow:\n  has_jerk_limits: true\n  max_jerk: 0",
      "4 error joint_limits > elbow > max_jerk: 0 should be above 0",
    ],
    [
      "joint_limits:\n elbow:\n  has_velocity_limits: 'maybe'",
      '3 error joint_limits > elbow > has_velocity_limits: "maybe" should be true or false',
    ],
    [
      "joint_limits:\n elbow: {has_position_limits: true, min_position: 1, max_position: 0}",
      "2 error joint_limits > elbow > min_position: 1 is above max_position 0",
    ],
    [
      "joint_limits:\n elbow: {has_position_limits: true, min_position: 5, max_position: 6}",
      "2 error joint_limits > elbow > min_position: 5 to 6 has nothing in common with the URDF's -1 to 2",
    ],
  ])("%j is refused", (yaml, message) => {
    const { description: result, told } = read(yaml);
    expect(result).toBeNull();
    expect(told.filter((one) => one.includes(" error "))[0]).toContain(message);
  });

  it("tells unknown joints and keys, numbers that nothing switches on, and limits where there are none", () => {
    const reading = read(`joint_limits:
  shoulder: {max_velocity: 1}
  elbow: {max_velocity: 1, colour: red}
  wheel: {has_position_limits: true, min_position: 0, max_position: 1}
other: 1
`);
    expect(reading.description?.joints[0]?.limit?.velocity).toBe(3);
    expect(reading.told.map((one) => one.slice(0, 75))).toEqual([
      "5 warning other: unknown key is ignored; there are joint_limits, default_ve",
      '2 warning joint_limits > shoulder: the robot has no joint "shoulder", so th',
      "3 warning joint_limits > elbow > colour: unknown key is ignored; there are ",
      "3 warning joint_limits > elbow > max_velocity: does not count without has_v",
      "4 warning joint_limits > wheel > has_position_limits: a continuous joint ha",
    ]);
  });

  it("does not throw, whatever the value is", () => {
    const values = [
      null,
      undefined,
      5,
      "x",
      [],
      { joint_limits: { elbow: { max_velocity: {} } } },
      Number.NaN,
    ];
    for (const value of [
      ...values,
      { joint_limits: { __proto__: null, toString: 1 } },
      { joint_limits: "x" },
    ]) {
      expect(applyJointLimits(value, robot).findings.length).toBeGreaterThan(0);
    }
  });
});

describe("parseYaml", () => {
  const options = { intAsBigInt: true, tagged: (_: string, text: string) => Number(text) };

  it("tells ints and floats apart, takes YAML 1.1's words and the tags of units", () => {
    const read = parseYaml("{a: 1, b: 1.0, c: yes, d: !inches 10, e: ~}", options);
    expect(read.ok && read.value.value).toEqual({ a: 1n, b: 1, c: true, d: 0.254, e: null });
  });

  it("refuses broken text, other tags and floods of aliases with a line where there is one", () => {
    expect(parseYaml("a: [1\nb: 2", options)).toMatchObject({
      ok: false,
      path: expect.stringMatching(/^line /),
    });
    expect(parseYaml("a: 1\nb: !python/object 5", options)).toMatchObject({ ok: false, path: "line 2" });
    const bomb = [
      "a: &a [x,x,x,x,x,x,x,x,x]",
      ..."bcdefgh".split("").map((k, i) => `${k}: &${k} [${Array(9).fill(`*${"abcdefgh"[i]}`).join(",")}]`),
    ];
    expect(parseYaml(bomb.join("\n"), options)).toMatchObject({ ok: false });
  });
});
