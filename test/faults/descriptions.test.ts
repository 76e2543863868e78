import { mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { fileURLToPath } from "node:url";
import { afterAll, describe, expect, it } from "vitest";
import { parseYaml } from "../../src/io/files/yaml-value.ts";
import { neutralConfiguration, setJointPosition } from "../../src/robot/configuration.ts";
import { createData } from "../../src/robot/data.ts";
import { forwardKinematics } from "../../src/robot/forward-kinematics.ts";
import { createModel } from "../../src/robot/model.ts";
import { applyJointLimits } from "../../src/robot/reading/joint-limits.ts";
import { parseSrdf } from "../../src/robot/reading/srdf.ts";
import { resolveGroups } from "../../src/robot/reading/srdf-groups.ts";
import { parseUrdf } from "../../src/robot/reading/urdf.ts";
import { evaluateNumber, isXacro, parseXacro } from "../../src/robot/reading/xacro/parse-xacro.ts";
import { noFiles, type XacroFiles } from "../../src/robot/reading/xacro/xacro-files.ts";
import { cpuMs } from "../support/cpu-time.ts";
import { mutateXml } from "../support/mutate-xml.ts";
import { type Random, randomFrom } from "../unit/robot/random-from.ts";

const root = fileURLToPath(new URL("../../", import.meta.url));
const rounds = 10_000;
const seed = Number(process.env.TWIN_SEED ?? 20261123);
/** No single input may take longer, on a busy machine. */
const longestMs = 3_000;

function textsIn(folder: string, form: RegExp): Map<string, string> {
  const names = readdirSync(folder, { recursive: true, encoding: "utf8" }).filter((name) => form.test(name));
  return new Map(names.sort().map((name) => [name, readFileSync(join(folder, name), "utf8")]));
}

const parts = textsIn(`${root}test/truth/xacro`, /\.(xacro|yaml)$/);
/** A folder of other people's robots, where one is at hand. */
const more = process.env.TWIN_URDF_FOLDER;
const arm = parts.get("arm.xacro") ?? "";
const sources = [
  ...textsIn(`${root}urdf`, /\.urdf$/).values(),
  ...textsIn(`${root}test/truth/urdf`, /\.urdf$/).values(),
  ...[...parts].filter(([name]) => name.endsWith(".xacro")).map(([, text]) => text),
  // A whole robot in xacro: what is expanded has more ways to go wrong.
  ...Array.from({ length: 12 }, () => arm.replaceAll("$(arg prefix)", "")),
  ...(more === undefined ? [] : textsIn(more, /\.(urdf|xacro)$/).values()),
].filter((text) => text.length < 300_000);

const canaryWord = "canary-that-nobody-may-read";
const folder = mkdtempSync(join(tmpdir(), "twin-canary-"));
const canary = join(folder, "canary.txt");
writeFileSync(canary, canaryWord);
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Files in memory, each broken with some luck; `self` is the text at hand. */
function filesFor(text: string, random: Random, asked: string[]): XacroFiles {
  const resolve = (path: string): string => path.replace(/^(\.\/|\.\.\/)+|^parts\/deeper\/\.\.\//, "");
  const known = (path: string): string | undefined =>
    path === "self"
      ? text
      : (parts.get(path) ?? parts.get(`parts/${path}`) ?? parts.get(`parts/deeper/${path}`));
  return {
    ...noFiles,
    resolve,
    findPackage: (name) => (name === "demo_parts" ? "packages/demo_parts" : null),
    environment: (name) => (name === "XACRO_TRUTH_WORD" ? "word" : undefined),
    list: () => ["parts/piece_a.xacro", "parts/piece_b.xacro"],
    read: (path) => {
      asked.push(path);
      const found = known(path);
      if (found === undefined) return { ok: false, reason: "there is no such file", path };
      return { ok: true, value: random.below(8) === 0 ? mutateXml(found, random, canary) : found };
    },
    readYaml: (path, tagged) => {
      asked.push(path);
      const found = known(path);
      if (found === undefined) return { ok: false, reason: "there is no such file", path };
      const broken = random.below(4) === 0 ? found.slice(0, random.below(found.length)) : found;
      const parsed = parseYaml(broken, { intAsBigInt: true, tagged });
      return parsed.ok ? { ok: true, value: parsed.value.value } : parsed;
    },
  };
}

describe("10,000 broken descriptions", () => {
  it("never crash, hang, read another file, or give a robot that is empty or cannot be computed with", () => {
    const random = randomFrom(seed);
    const count = { robots: 0, expanded: 0, refused: 0 };
    let slowest = 0;
    for (let round = 0; round < rounds; round += 1) {
      let text = random.pick(sources);
      for (let faults = 1 + random.below(3); faults > 0; faults -= 1) text = mutateXml(text, random, canary);
      const asked: string[] = [];
      const began = cpuMs();
      // What is no xacro any more goes through it now and then all the same.
      const through = isXacro(text) || random.below(10) === 0;
      const reading = through
        ? parseXacro(text, filesFor(text, random, asked))
        : { ...parseUrdf(text), urdf: null };
      slowest = Math.max(slowest, cpuMs() - began);
      check(reading, text, random);
      if (through) count.expanded += 1;
      if (reading.description === null) count.refused += 1;
      else count.robots += 1;
      expect(
        asked.filter((path) => path.includes("canary")),
        text,
      ).toEqual([]);
      expect(
        JSON.stringify(reading, (_, value) => (value instanceof Map ? [...value] : value)),
      ).not.toContain(canaryWord);
    }
    console.log(`${JSON.stringify(count)}, slowest ${Math.round(slowest)} ms`);
    expect(slowest).toBeLessThan(longestMs);
    // Both ends must be exercised, or the test says nothing.
    expect(count.robots).toBeGreaterThan(rounds / 20);
    expect(count.refused).toBeGreaterThan(rounds / 20);
    expect(count.expanded).toBeGreaterThan(rounds / 4);
  }, 240_000);
});

describe("2,000 broken SRDF and joint limits files", () => {
  it("never crash or hang, and give what they are for exactly when there is no error", () => {
    const random = randomFrom(seed + 1);
    const { description } = parseUrdf(readFileSync(`${root}urdf/arm.urdf`, "utf8"));
    if (description === null) throw new Error("unreadable");
    const joints = description.joints.map((joint) => joint.name);
    const links = description.links.map((link) => link.name);
    let kept = 0;
    for (let round = 0; round < 2000; round += 1) {
      const text = mutateXml(semanticText(random, joints, links), random, canary);
      const { semantics, findings } = parseSrdf(text, description);
      expect(semantics === null, text).toBe(findings.some((finding) => finding.severity === "error"));
      if (semantics !== null) {
        kept += 1;
        resolveGroups(description, semantics.groups);
      }
      const yaml = limitsText(random, joints);
      const parsed = parseYaml(yaml, {
        intAsBigInt: random.below(2) === 0,
        tagged: (_, one) => evaluateNumber(one),
      });
      if (!parsed.ok) continue;
      const limited = applyJointLimits(parsed.value.value, description, parsed.value.lineOf);
      expect(limited.description === null, yaml).toBe(
        limited.findings.some((one) => one.severity === "error"),
      );
      if (limited.description !== null) createModel(limited.description);
    }
    expect(kept).toBeGreaterThan(200);
  });
});

function semanticText(random: Random, joints: readonly string[], links: readonly string[]): string {
  const link = (): string => random.pick(links);
  return `<robot name="twin_arm">
<group name="a"><chain base_link="${link()}" tip_link="${link()}"/><joint name="${random.pick(joints)}"/></group>
<group name="b"><link name="${link()}"/><group name="${random.pick(["a", "b", "c"])}"/></group>
<group name="c"><group name="${random.pick(["a", "b"])}"/></group>
<group_state name="s" group="a"><joint name="${random.pick(joints)}" value="0.5"/></group_state>
<end_effector name="e" parent_link="${link()}" group="b" parent_group="a"/>
<virtual_joint name="v" type="planar" parent_frame="odom" child_link="${link()}"/>
<passive_joint name="${random.pick(joints)}"/>
<disable_collisions link1="${link()}" link2="${link()}" reason="Never"/>
</robot>`;
}

function limitsText(random: Random, joints: readonly string[]): string {
  const values = [
    "1",
    "-1",
    "0.5",
    ".inf",
    ".nan",
    "true",
    "false",
    "1e309",
    "abc",
    "!degrees 90",
    "!degrees [",
    "~",
    "{}",
  ];
  const keys = ["has_velocity_limits", "max_velocity", "has_position_limits", "min_position", "max_position"];
  const more = ["has_jerk_limits", "max_jerk", "*x", "<<", "? a", "__proto__"];
  const line = (): string => `    ${random.pick([...keys, ...more])}: ${random.pick(values)}\n`;
  const joint = (): string => `  ${random.pick(joints)}:\n${line()}${line()}${line()}`;
  return `joint_limits:\n${joint()}${joint()}`.slice(0, 20 + random.below(200));
}

function check({ description, findings }: ReturnType<typeof parseUrdf>, text: string, random: Random): void {
  const errors = findings.filter((finding) => finding.severity === "error");
  expect(description === null, text).toBe(errors.length > 0);
  for (const { line, message, element } of findings) {
    expect(
      line >= 1 && message.length > 5 && message.length < 1500 && element !== "",
      `${element}: ${message}`,
    ).toBe(true);
  }
  if (description === null) return;
  expect(description.links.length).toBeGreaterThan(0);
  const model = createModel(description);
  const data = createData(model);
  const q = neutralConfiguration(model);
  for (const joint of model.joints) {
    if (joint.nq === 1) setJointPosition(model, q, joint.name, 6 * random.next() - 3);
  }
  forwardKinematics(model, data, q);
  expect(data.rootFromLink.every(Number.isFinite), text).toBe(true);
}
