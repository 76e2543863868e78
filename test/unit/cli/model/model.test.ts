import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { PassThrough, Readable } from "node:stream";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { evalModel, reportModel } from "../../../../src/cli/model/model.ts";
import { leastMicroseconds } from "../../../../src/cli/model/model-bench.ts";
import type { CheckedModel } from "../../../../src/cli/model/model-check.ts";
import { findingLine } from "../../../../src/cli/model/model-report.ts";
import { parseSrdf } from "../../../../src/robot/reading/srdf.ts";
import { parseUrdf } from "../../../../src/robot/reading/urdf.ts";
import { twoJointUrdf } from "../../engine/engine-at-hand.ts";
import { twin } from "../command-at-hand.ts";

function described(text: string) {
  const { description } = parseUrdf(text);
  if (description === null) throw new Error("no robot");
  return description;
}

const rich = `<robot name="rich">
  <link name="base"><inertial><mass value="2"/><inertia ixx="1" iyy="1" izz="1" ixy="0" ixz="0" iyz="0"/></inertial></link>
  <link name="left"/><link name="right"/><link name="tip"/>
  <joint name="l" type="revolute"><parent link="base"/><child link="left"/>
    <limit lower="-1.23456789" upper="1" velocity="0.5" effort="10"/></joint>
  <joint name="r" type="continuous"><parent link="base"/><child link="right"/><mimic joint="l" multiplier="-1"/></joint>
  <joint name="t" type="fixed"><parent link="left"/><child link="tip"/></joint>
  <transmission name="drive"><type>simple</type><joint name="l"/><actuator name="motor"><mechanicalReduction>50</mechanicalReduction></actuator></transmission>
</robot>`;
const srdf = `<robot name="rich"><group name="arm"><joint name="l"/></group>
  <group_state name="home" group="arm"><joint name="l" value="0.5"/></group_state>
  <end_effector name="hand" parent_link="left" group="arm"/>
  <virtual_joint name="world" type="fixed" parent_frame="odom" child_link="base"/>
  <passive_joint name="r"/>
  <disable_collisions link1="left" link2="right" reason="Never"/></robot>`;

/** What is printed of a checked robot. */
function report(more: Partial<CheckedModel> = {}, json = false) {
  const [output, errors] = [new PassThrough(), new PassThrough()];
  const checked = {
    description: described(rich),
    semantics: null,
    meshes: [],
    selfCollisions: null,
    findings: [],
    ...more,
  };
  const code = reportModel(checked, json, { output, errors });
  const text = (stream: PassThrough): string => (stream.read() as Buffer | null)?.toString() ?? "";
  return { code, out: text(output), err: text(errors) };
}

const warning = {
  severity: "warning",
  element: 'link "left"',
  line: 4,
  message: "no mass",
  file: "rich.urdf",
} as const;
const error = { ...warning, severity: "error" } as const;

describe("the report of a robot for people", () => {
  it("begins with its size and mass, and draws its tree", () => {
    expect(report().out.split("\n").slice(0, 6)).toEqual([
      "rich: 4 links, 3 joints, nq 1, nv 1, 2 kg",
      "",
      "base",
      "├─ left  (l, revolute)",
      "│  └─ tip  (t, fixed)",
      "└─ right  (r, continuous)",
    ]);
  });

  it("has the limits of what moves, with a dash where there is none and whom a joint follows", () => {
    const lines = report().out.split("\n");
    const head = lines.findIndex((line) => line.startsWith("joint"));
    expect(lines[head]?.split(/ {2,}/)).toEqual([
      "joint",
      "type",
      "lower",
      "upper",
      "velocity",
      "effort",
      "follows",
    ]);
    expect(lines[head + 1]?.split(/ {2,}/)).toEqual(["l", "revolute", "-1.2346", "1", "0.5", "10"]);
    expect(lines[head + 2]?.split(/ {2,}/)).toEqual(["r", "continuous", "–", "–", "–", "–", "-1 × l + 0"]);
    expect(lines.some((line) => line.startsWith("t  "))).toBe(false);
  });

  it("has its transmissions with their reductions", () => {
    expect(report().out).toContain("1 transmissions\n  drive  motor × 50 → l  (simple)");
  });

  it("has its groups with their states, end effectors, virtual and passive joints", () => {
    const description = described(rich);
    const { semantics } = parseSrdf(srdf, description);
    const { out } = report({ description, semantics });
    for (const line of [
      "1 groups",
      "  arm  l  [home]",
      "end effector hand: arm on left",
      "virtual joint world: fixed, odom → base",
      "passive: r",
      "1 collision pairs disabled",
    ]) {
      expect(out.split("\n")).toContain(line);
    }
  });

  it("has its meshes, and how many are missing", () => {
    const there = { uri: "a.stl", status: "found", reason: "", bytes: 12 } as const;
    const gone = { uri: "b.stl", status: "missing", reason: "no such file", bytes: 0 } as const;
    expect(report({ meshes: [there] }).out).toContain("1 meshes, all found\n  a.stl  12 bytes");
    expect(report({ meshes: [there, gone] }).out).toContain(
      "2 meshes, 1 not found\n  a.stl  12 bytes\n  b.stl  missing: no such file",
    );
  });

  it("has its findings on the error stream, as compilers put them; 1 only for errors", () => {
    expect(findingLine(warning)).toBe('rich.urdf:4: warning: link "left": no mass');
    expect(report({ findings: [warning] })).toMatchObject({ code: 0, err: `${findingLine(warning)}\n` });
    expect(report({ findings: [warning, error] }).code).toBe(1);
    expect(report({ description: null, findings: [error] })).toEqual({
      code: 1,
      out: "",
      err: `${findingLine(error)}\n`,
    });
  });
});

describe("the report of a robot for programs", () => {
  it("is one line of JSON without what is not bounded", () => {
    const { out, err, code } = report({ findings: [warning] }, true);
    expect([err, code, out.trimEnd().includes("\n")]).toEqual(["", 0, false]);
    const json = JSON.parse(out) as { joints: Record<string, unknown>[]; [key: string]: unknown };
    expect(json).toMatchObject({ ok: true, name: "rich", rootLink: "base", nq: 1, findings: [warning] });
    const lowers = Object.fromEntries(json.joints.map(({ name, lower }) => [name, lower]));
    expect(lowers).toEqual({ l: -1.23456789, r: undefined, t: undefined });
    expect(json).not.toHaveProperty("semantics");
  });

  it("has the groups with what they come to, and states by joint", () => {
    const description = described(rich);
    const { semantics } = parseSrdf(srdf, description);
    const json = JSON.parse(report({ description, semantics }, true).out) as { semantics: object };
    expect(json.semantics).toMatchObject({
      groups: [{ name: "arm", comesTo: { joints: ["l"] } }],
      states: [{ name: "home", positions: { l: [0.5] } }],
    });
  });

  it("has the findings alone where there is no robot", () => {
    const { out, code } = report({ description: null, findings: [error] }, true);
    expect([JSON.parse(out), code]).toEqual([{ ok: false, findings: [error] }, 1]);
  });
});

describe("twin model on the command line", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twin-model-"));
  });
  afterEach(() => {
    process.exitCode = undefined;
    rmSync(folder, { recursive: true });
  });

  const file = (text: string): string => {
    writeFileSync(join(folder, "r.urdf"), text);
    return join(folder, "r.urdf");
  };

  it("check prints the report, and ends with 1 only on errors", async () => {
    const sound = await twin("model", "check", file(rich));
    expect(sound.out).toMatch(/^rich: 4 links/);
    expect(process.exitCode).toBe(0);
    const broken = await twin("model", "check", file('<robot name="r"/>'));
    expect([broken.out, process.exitCode]).toEqual(["", 1]);
    expect(broken.err).toContain("r.urdf:1: error: ");
  });

  it.each(["eval", "bench"])(
    "%s ends with 1 and the first error where the file is no robot",
    async (name) => {
      const { code, err } = await twin("model", name, file('<robot name="r">\n<link/></robot>'));
      expect(code).toBe(1);
      expect(err).toMatch(/^twin: \S*r\.urdf:\d: error: [^\n]+\n$/);
    },
  );
});

describe("model eval", () => {
  const answers = async (...chunks: string[]): Promise<string[]> => {
    const output = new PassThrough({ highWaterMark: 1 << 24 });
    const input = Readable.from(chunks.map((chunk) => Buffer.from(chunk)));
    await evalModel(described(twoJointUrdf), "fixed", { input, output });
    return (output.read() as Buffer | null)?.toString().trimEnd().split("\n") ?? [];
  };

  it("answers each line with one line, and passes blank ones over", async () => {
    const given = await answers('{"want":["com"]}\n\n  \n{"want":["gravity"]}', "\n{\n");
    expect(given).toHaveLength(3);
    expect(JSON.parse(given[1] ?? "")).toHaveProperty("gravity");
    expect(JSON.parse(given[2] ?? "").error).toMatch(/^not JSON/);
  });

  it("refuses a line that is too long, and answers the next", async () => {
    const given = await answers("x".repeat(1_000_001), '\n{"want":["gravity"]}\n');
    expect(JSON.parse(given[0] ?? "")).toEqual({ error: "a line has more than 1000000 characters" });
    expect(JSON.parse(given[1] ?? "")).toHaveProperty("gravity");
  });

  it("waits for a reader that is slower than it is", async () => {
    const output = new PassThrough({ highWaterMark: 1 });
    const input = Readable.from([Buffer.from("{}\n{}\n")]);
    let isOver = false;
    const done = evalModel(described(twoJointUrdf), "fixed", { input, output }).then(() => {
      isOver = true;
    });
    await new Promise((turn) => setImmediate(turn));
    expect(isOver).toBe(false);
    output.resume();
    await done;
  });
});

describe("the time of a call", () => {
  it("is the least of several loops, in µs", () => {
    let calls = 0;
    let sum = 0;
    const slow = leastMicroseconds((i) => {
      calls++;
      for (let k = 0; k < 2000; k++) sum += i * k;
    });
    const fast = leastMicroseconds((i) => {
      sum += i;
    });
    expect(calls).toBeGreaterThan(64);
    expect(slow).toBeGreaterThan(10 * fast);
    expect(Number.isFinite(sum)).toBe(true);
  });
});
