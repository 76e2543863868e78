import { mkdirSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { boundedLines } from "../../src/cli/model/bounded-lines.ts";
import { evalModel, reportModel } from "../../src/cli/model/model.ts";
import { checkFiles, type ModelFiles } from "../../src/cli/model/model-check.ts";
import { readDescription, readDescriptionFile } from "../../src/io/files/description-file.ts";
import type { ModelBase } from "../../src/robot/model.ts";
import { parseUrdf } from "../../src/robot/reading/urdf.ts";

type Truth = {
  cases: {
    file: string;
    links: string[];
    states: { joints: Record<string, number[]>; poses: number[][] }[];
  }[];
};

type Answer = { error?: string; fk?: Record<string, { position: number[]; quaternion: number[] }> };

const truth: Truth = JSON.parse(readFileSync(new URL("../truth/kinematics.json", import.meta.url), "utf8"));

function urdf(path: string): string {
  return readFileSync(new URL(`../../${path}`, import.meta.url), "utf8");
}

async function textOf(stream: PassThrough): Promise<string> {
  stream.end();
  const chunks: Buffer[] = [];
  for await (const chunk of stream) chunks.push(chunk);
  return Buffer.concat(chunks).toString("utf8");
}

/** The answers to `lines`, parsed. */
async function evaluated(
  text: string,
  lines: readonly string[],
  base: ModelBase = "fixed",
): Promise<Answer[]> {
  const { description } = parseUrdf(text);
  if (description === null) throw new Error("unreadable");
  const output = new PassThrough({ highWaterMark: 1 << 28 });
  await evalModel(description, base, { input: Readable.from([Buffer.from(lines.join("\n"))]), output });
  const answers = await textOf(output);
  return answers
    .trim()
    .split("\n")
    .map((line) => JSON.parse(line));
}

const folder = mkdtempSync(join(tmpdir(), "twin-model-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

function write(path: string, text: string): string {
  mkdirSync(dirname(join(folder, path)), { recursive: true });
  writeFileSync(join(folder, path), text);
  return join(folder, path);
}

const repository = fileURLToPath(new URL("../../", import.meta.url));

/** What the command says of files, with this test's folder left out of paths. */
async function checkedFiles(files: Partial<ModelFiles> & { file: string }, json = false) {
  const [output, errors] = [new PassThrough({ highWaterMark: 1 << 24 }), new PassThrough()];
  const result = await checkFiles({ args: new Map(), srdf: null, limits: null, ...files });
  if (!result.ok) throw new Error(`${result.path}: ${result.reason}`);
  const code = reportModel(result.value, json, { output, errors });
  const plain = (text: string): string => text.replaceAll(`${folder}/`, "");
  return { code, out: plain(await textOf(output)), err: plain(await textOf(errors)) };
}

/** The same of one text. */
async function checked(text: string, json = false): Promise<{ code: number; out: string; err: string }> {
  return checkedFiles({ file: write("robot.urdf", text) }, json);
}

/** JSON that is lists within lists. */
function nested(depth: number): string {
  return "[".repeat(depth) + "]".repeat(depth);
}

describe("twin model eval", () => {
  it("gives every link's pose where pinocchio has it, planar and floating joints as lists", async () => {
    const [one] = truth.cases.filter((each) => each.file.includes("every-joint"));
    if (one === undefined) throw new Error("no truth");
    const lines = one.states.map(({ joints }) => {
      const q = Object.entries(joints).map(([name, values]) => [
        name,
        values.length === 1 ? values[0] : values,
      ]);
      return JSON.stringify({ q: Object.fromEntries(q), want: ["fk"] });
    });
    const answers = await evaluated(urdf(`test/truth/${one.file}`), lines);
    expect(answers).toHaveLength(one.states.length);
    for (const [i, { poses }] of one.states.entries()) {
      const fk = answers[i]?.fk ?? {};
      expect(Object.keys(fk).sort()).toEqual([...one.links].sort());
      for (const [k, link] of one.links.entries()) {
        const r = poses[k] ?? [];
        const { position = [], quaternion = [] } = fk[link] ?? {};
        const [x = 0, y = 0, z = 0, w = 0] = quaternion;
        expect(position[2]).toBeCloseTo(r[11] ?? Number.NaN, 11);
        expect(1 - 2 * (y * y + z * z)).toBeCloseTo(r[0] ?? Number.NaN, 11);
        expect(2 * (x * y - z * w)).toBeCloseTo(r[1] ?? Number.NaN, 11);
        expect(2 * (y * z + x * w)).toBeCloseTo(r[7] ?? Number.NaN, 11);
      }
    }
  });

  it("goes on after each kind of bad line and answers the good ones around it", async () => {
    const bad: [string, RegExp][] = [
      ["{", /not JSON/],
      ["[]", /should be an object/],
      ['{"q":[1]}', /q should be an object/],
      ['{"q":{"nobody":1}}', /no joint "nobody"/],
      ['{"q":{"__proto__":1}}', /no joint "__proto__"/],
      ['{"q":{"elbow":"1"}}', /"elbow" should be a finite number/],
      ['{"q":{"elbow":1e999}}', /"elbow" should be a finite number/],
      ['{"q":{"elbow":[1]}}', /"elbow" should be a finite number/],
      ['{"q":{"gripper_joint":1}}', /is fixed/],
      ['{"q":{"base":[0,0,0,0,0,0,1]}}', /needs --base floating/],
      ['{"want":["rnea","speed"]}', /want "speed" is not known; there are fk, jacobian, rnea/],
      ['{"want":["jacobian"]}', /jacobian needs a frame, as "frame":/],
      ['{"want":["rnea"],"v":{"elbow":[1]}}', /v of joint "elbow" should be a finite number/],
      ['{"want":["rnea"],"a":{"nobody":1}}', /there is no joint "nobody"/],
      ['{"want":["aba"],"tau":{"base":[0,0,0,0,0,0]}}', /tau.base needs --base floating/],
      ['{"want":["dance"]}', /"dance" is not known/],
      ['{"want":[]}', /want should be a list/],
      ['{"frame":"nowhere"}', /is not a link/],
      [`{"frame":${nested(100_000)}}`, /is not a link/],
      [`{"want":[${nested(100_000)}]}`, /is not known/],
      [`{"q":{"elbow":1,"x":"${"y".repeat(2_000_000)}"}}`, /more than 1000000/],
    ];
    const good = '{"q":{"elbow":0.5,"right_finger":9},"want":["fk"],"frame":"tool0"}';
    const lines = [good, ...bad.flatMap(([line]) => [line, "", good])];
    const answers = await evaluated(urdf("urdf/rover.urdf"), lines);
    expect(answers).toHaveLength(1 + 2 * bad.length);
    for (const [i, [, reason]] of bad.entries()) {
      expect(answers[1 + 2 * i]?.error).toMatch(reason);
      expect(answers[2 + 2 * i]).toEqual(answers[0]);
    }
    expect(Object.keys(answers[0]?.fk ?? {})).toContain("tool0");
  });

  it("answers with the dynamics in the contract's shape, a floating base first", async () => {
    const tau = { base: [0, 0, 0, 0, 0, 0], shoulder_pan: 3 };
    const line = JSON.stringify({
      q: { base: [1, 2, 3, 0, 0, 0, 1], elbow: 0.5 },
      v: { base: [0, 0, 0, 0, 0, 1], elbow: 0.2 },
      tau,
      want: ["jacobian", "rnea", "gravity", "crba", "aba", "com", "energy"],
      frame: "tool0",
    });
    const [first] = (await evaluated(urdf("urdf/arm.urdf"), [line], "floating")) as [Record<string, never>];
    const { jacobian, crba, aba, com, energy } = first as unknown as {
      jacobian: { order: string[]; matrix: number[][] };
      crba: { order: string[]; matrix: number[][] };
      aba: Record<string, number | number[]>;
      com: number[];
      energy: { kinetic: number; potential: number };
    };
    expect(jacobian.order.slice(0, 7)).toEqual([
      ...[0, 1, 2, 3, 4, 5].map((i) => `base.${i}`),
      "shoulder_pan",
    ]);
    expect(jacobian.matrix.map((row) => row.length)).toEqual(Array(6).fill(jacobian.order.length));
    expect(crba.order).toEqual(jacobian.order);
    expect(crba.matrix).toHaveLength(crba.order.length);
    expect(crba.order).not.toContain("right_finger");
    expect(com).toHaveLength(3);
    expect(energy.kinetic).toBeGreaterThan(0);
    // What aba found, rnea must answer with the efforts that were asked for.
    const { base: a0, ...a } = aba;
    const again = JSON.stringify({ ...JSON.parse(line), a: { base: a0, ...a }, want: ["rnea"] });
    const [second] = (await evaluated(urdf("urdf/arm.urdf"), [again], "floating")) as [Record<string, never>];
    const { rnea } = second as unknown as { rnea: Record<string, number | number[]> };
    for (const force of rnea.base as number[]) expect(Math.abs(force)).toBeLessThan(1e-9);
    expect(rnea.shoulder_pan).toBeCloseTo(3, 10);
    expect(rnea.elbow).toBeCloseTo(0, 10);
  });

  it("places the root by q.base with a floating base, and wants its quaternion of length 1", async () => {
    const [moved, odd, short] = await evaluated(
      urdf("urdf/arm.urdf"),
      ['{"q":{"base":[1,2,3,0,0,0,1]}}', '{"q":{"base":[1,2,3,0,0,0,2]}}', '{"q":{"base":[1,2,3]}}'],
      "floating",
    );
    expect(moved?.fk).toMatchObject({ base_link: { position: [1, 2, 3], quaternion: [0, 0, 0, 1] } });
    expect(odd?.error).toMatch(/length 2, not 1/);
    expect(short?.error).toMatch(/should be \[x, y, z/);
  });

  it("splits lines over chunks, inside characters, too, and keeps no more than its bound", async () => {
    const bytes = Buffer.from('{"ä":1}\r\n\nlast');
    async function* oneByOne(): AsyncGenerator<Uint8Array> {
      for (const byte of bytes) yield Uint8Array.of(byte);
    }
    const lines = [];
    for await (const line of boundedLines(oneByOne(), 8)) lines.push(line);
    expect(lines).toEqual([{ text: '{"ä":1}' }, { text: "" }, { text: "last" }]);
  });
});

describe("twin model check", () => {
  it("prints tree, limits and meshes of a sound robot and nothing on stderr", async () => {
    const { code, out, err } = await checkedFiles({ file: `${repository}urdf/rover.urdf` });
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^twin_rover: 21 links, 20 joints, nq 9, nv 9, 54\.94 kg/);
    expect(out).toMatch(/└─ base_link {2}\(base_joint, fixed\)/);
    expect(out).toMatch(/elbow +revolute +-2\.4 +2\.4 +2\.6 +110/);
    expect(out).toMatch(/left_wheel +continuous +– +– +16 +18/);
    expect(out).toMatch(/right_finger .* 1 × left_finger \+ 0/);
    expect(out).toMatch(/\d+ meshes, all found\n/);
    expect(out).toMatch(/package:\/\/twinbridge\/urdf\/meshes\/forearm_shell\.stl {2}\d+ bytes/);
  });

  it("expands xacro with its arguments, and names the included file and line of a fault", async () => {
    const robot = (limit: string): string => {
      write("demo/package.xml", "<package><name>my_robot</name></package>");
      write(
        "demo/urdf/joint.xacro",
        `<robot xmlns:xacro="x">\n<xacro:macro name="hinge" params="lower">
<joint name="j" type="revolute"><parent link="a"/><child link="b"/>
<limit lower="\${lower}" upper="1" velocity="1" effort="1"/></joint></xacro:macro></robot>`,
      );
      return write(
        "demo/urdf/robot.xacro",
        `<robot name="$(arg name)" xmlns:xacro="x"><xacro:arg name="name" default="plain"/>
<xacro:include filename="$(find my_robot)/urdf/joint.xacro"/>
<link name="a"><visual><geometry><mesh filename="package://my_robot/meshes/a.stl"/></geometry></visual>
<collision><geometry><mesh filename="../meshes/b.stl"/></geometry></collision></link><link name="b"/>
<xacro:hinge lower="${limit}"/></robot>`,
      );
    };
    write("demo/meshes/a.stl", "solid");
    const good = await checkedFiles({ file: robot("-1"), args: new Map([["name", "left"]]) });
    expect(good.code).toBe(0);
    expect(good.out).toMatch(/^left: 2 links, 1 joints/);
    expect(good.out).toContain("2 meshes, 1 not found\n  package://my_robot/meshes/a.stl  5 bytes\n");
    expect(good.out).toMatch(/ {2}\.\.\/meshes\/b\.stl {2}(missing|refused): /);
    const bad = await checkedFiles({ file: robot("2"), args: new Map([["name", "left"]]) });
    expect(bad).toMatchObject({ code: 1, out: "" });
    expect(bad.err).toBe(
      'demo/urdf/joint.xacro:4: error: joint "j" > limit: lower (2) is above upper (1); lower should be the smaller ' +
        "(macro hinge, called in line 5)\n",
    );
  });

  it("tells acceleration, jerk, transmissions and groups when the files give them", async () => {
    const limits = write(
      "limits.yaml",
      "joint_limits:\n  elbow: {has_acceleration_limits: true, max_acceleration: !degrees 90*2, has_jerk_limits: true, max_jerk: 50}\n",
    );
    const srdf = write(
      "arm.srdf",
      `<robot name="twin_arm"><group name="arm"><chain base_link="base_link" tip_link="tool0"/></group>
<group_state name="home" group="arm"><joint name="elbow" value="0.5"/></group_state>
<disable_collisions link1="base_link" link2="nowhere"/></robot>`,
    );
    const text = urdf("urdf/arm.urdf").replace(
      "</robot>",
      '<transmission name="t"><type>Simple</type><joint name="elbow"/><actuator name="m"><mechanicalReduction>50</mechanicalReduction></actuator></transmission></robot>',
    );
    const files = { file: write("arm.urdf", text), limits, srdf };
    const { code, out, err } = await checkedFiles(files);
    expect(code).toBe(0);
    expect(out).toMatch(/joint +type +lower +upper +velocity +effort +accel\. +jerk +follows/);
    expect(out).toMatch(/elbow +revolute .* 3\.1416 +50/);
    expect(out).toContain("1 transmissions\n  t  m × 50 → elbow  (Simple)");
    expect(out).toMatch(/1 groups\n {2}arm {2}.*elbow.* {2}\[home\]/);
    expect(err).toMatch(/^arm\.srdf:3: warning: disable_collisions: the robot has no link "nowhere"/);
    const { out: json } = await checkedFiles(files, true);
    const report = JSON.parse(json);
    expect(report).toMatchObject({
      ok: true,
      transmissions: [{ name: "t" }],
      semantics: { groups: [{ name: "arm" }], states: [{ positions: { elbow: [0.5] } }] },
      findings: [{ severity: "warning", line: 3 }],
    });
    expect(report.joints.find((joint: { name: string }) => joint.name === "elbow")).toMatchObject({
      jerk: 50,
    });
    const broken = write("broken.yaml", "joint_limits:\n  elbow: {has_jerk_limits: true}\n");
    const refusal = await checkedFiles({ ...files, limits: broken });
    expect(refusal.code).toBe(1);
    expect(refusal.err).toContain("broken.yaml:2: error: joint_limits > elbow: has_jerk_limits is true");
  });

  it("refuses what cannot be read at all, without waiting for it", async () => {
    const none = { args: new Map(), srdf: null, limits: null };
    for (const file of [join(folder, "nowhere.urdf"), folder, "/dev/zero"]) {
      expect(await checkFiles({ ...none, file }), file).toMatchObject({ ok: false, path: file });
    }
    const file = write("self.xacro", '<robot xmlns:xacro="x"><xacro:include filename="/dev/zero"/></robot>');
    expect((await checkedFiles({ file })).err).toMatch(
      /error: xacro:include: \/dev\/zero: this is not a file/,
    );
  });

  it("tells errors with file, line and element and ends with 1", async () => {
    const { code, out, err } = await checked('<robot name="r">\n<link name="a"/>\n<link name="a"/></robot>');
    expect([code, out]).toEqual([1, ""]);
    expect(err).toMatch(/^robot\.urdf:3: error: link "a": line 2 has a link of this name/);
  });

  it("tells warnings and ends with 0", async () => {
    const { code, out, err } = await checked('<robot name="r">\n<link name="a" colour="red"/></robot>');
    expect(code).toBe(0);
    expect(out).toContain("r: 1 links");
    expect(err).toMatch(/^robot\.urdf:2: warning: link "a": unknown attribute colour/);
  });

  it("gives programs one JSON object, for bad robots, too", async () => {
    const good = await checked(urdf("urdf/arm.urdf"), true);
    const report = JSON.parse(good.out);
    expect(report).toMatchObject({ ok: true, name: "twin_arm", nq: 7, findings: [] });
    expect(report.joints.find((joint: { name: string }) => joint.name === "right_finger").mimic.joint).toBe(
      "left_finger",
    );
    const bad = await checked("<robot/>", true);
    expect(bad.code).toBe(1);
    expect(JSON.parse(bad.out)).toMatchObject({ ok: false, findings: [{ severity: "error" }, { line: 1 }] });
  });
});

describe("a description's file", () => {
  it("is expanded when it is xacro, for the twin and for the simulated robot", () => {
    write("share/demo/inner.xacro", '<robot><link name="in"/></robot>');
    const text = `<robot name="r" xmlns:xacro="x"><xacro:include filename="$(find demo)/inner.xacro"/></robot>`;
    const config = write("twin.yaml", "");
    write("share/demo/robot.xacro", text);
    const folders = (name: string): string[] => [join(folder, "nowhere", name), join(folder, "share", name)];
    const read = readDescription("package://demo/robot.xacro", config, folders);
    expect(read).toMatchObject({ ok: true, value: expect.stringMatching(/<link name="in"\/>/) });
    const beside = readDescription("share/demo/robot.xacro", config, folders);
    expect(beside).toEqual(read);
    expect(readDescriptionFile(join(folder, "share/demo/robot.xacro"))).toEqual(read);
  });

  it("is refused with the place of its fault", () => {
    const file = write("bad.xacro", `<robot name="r" xmlns:xacro="x">\n<link name="\${nothing}"/></robot>`);
    expect(readDescriptionFile(file)).toMatchObject({
      ok: false,
      path: `${file}:2`,
      reason: expect.stringMatching(/the name "nothing" is not defined/),
    });
  });
});
