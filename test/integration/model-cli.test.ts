import { readFileSync } from "node:fs";
import { PassThrough, Readable } from "node:stream";
import { describe, expect, it } from "vitest";
import { boundedLines } from "../../src/cli/bounded-lines.ts";
import { checkModel, evalModel } from "../../src/cli/model.ts";
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

async function checked(text: string, json = false): Promise<{ code: number; out: string; err: string }> {
  const [output, errors] = [new PassThrough(), new PassThrough()];
  const code = checkModel("robot.urdf", parseUrdf(text), json, { output, errors });
  return { code, out: await textOf(output), err: await textOf(errors) };
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
      ['{"want":["rnea"]}', /rnea is not offered yet; this version offers fk/],
      ['{"want":["dance"]}', /"dance" is not known/],
      ['{"want":[]}', /want should be a list/],
      ['{"frame":"nowhere"}', /is no link/],
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
    const { code, out, err } = await checked(urdf("urdf/rover.urdf"));
    expect([code, err]).toEqual([0, ""]);
    expect(out).toMatch(/^twin_rover: 21 links, 20 joints, nq 9, nv 9, 54\.94 kg/);
    expect(out).toMatch(/└─ base_link {2}\(base_joint, fixed\)/);
    expect(out).toMatch(/elbow +revolute +-2\.4 +2\.4 +2\.6 +110/);
    expect(out).toMatch(/left_wheel +continuous +– +– +16 +18/);
    expect(out).toMatch(/right_finger .* 1 × left_finger \+ 0/);
    expect(out).toContain("package://twinbridge/urdf/meshes/forearm_shell.stl");
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
