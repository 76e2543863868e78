import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { dirname, join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { type CheckedModel, checkFiles, type ModelFiles } from "../../../../src/cli/model/model-check.ts";
import { twoJointUrdf } from "../../engine/engine-at-hand.ts";

describe("the check of a robot's files", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twin-check-"));
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  const file = (name: string, text: string): string => {
    mkdirSync(dirname(join(folder, name)), { recursive: true });
    writeFileSync(join(folder, name), text);
    return join(folder, name);
  };

  const check = async (files: Partial<ModelFiles> = {}): Promise<CheckedModel> => {
    const all = { file: join(folder, "two.urdf"), args: new Map(), srdf: null, limits: null, ...files };
    const checked = await checkFiles(all);
    if (!checked.ok) throw new Error(`${checked.path}: ${checked.reason}`);
    return checked.value;
  };

  /** Its findings, by file name, severity and message. */
  const findings = ({ findings: all }: CheckedModel): string[] =>
    all.map(({ file: at, severity, message }) => `${at.replace(`${folder}/`, "")}: ${severity}: ${message}`);

  const errors = (checked: CheckedModel): string[] =>
    findings(checked).filter((line) => line.includes(": error: "));

  it("of a sound one has its description and no errors", async () => {
    file("two.urdf", twoJointUrdf);
    const checked = await check();
    expect(checked.description?.name).toBe("two");
    expect([checked.semantics, checked.meshes, errors(checked)]).toEqual([null, [], []]);
  });

  it("of a broken one has no description, and the errors with their lines", async () => {
    file("two.urdf", '<robot name="two">\n<link name="a"/>\n<link name="a"/></robot>');
    const checked = await check({ srdf: "/none.srdf", limits: "/none.yaml" });
    expect(checked.description).toBeNull();
    expect(errors(checked)).toHaveLength(1);
    expect(checked.findings[0]?.line).toBe(3);
  });

  it("is refused where a file cannot be read, whichever it is", async () => {
    await expect(check()).rejects.toThrow(`${join(folder, "two.urdf")}: there is no such file`);
    file("two.urdf", twoJointUrdf);
    await expect(check({ srdf: join(folder, "none.srdf") })).rejects.toThrow(
      "none.srdf: there is no such file",
    );
    await expect(check({ limits: join(folder, "none.yaml") })).rejects.toThrow(
      "none.yaml: there is no such file",
    );
  });

  it("tightens its limits by joint_limits.yaml, with numbers computed as MoveIt has them", async () => {
    file("two.urdf", twoJointUrdf);
    const limits = file(
      "limits.yaml",
      "joint_limits:\n  a:\n    has_velocity_limits: true\n    max_velocity: 0.25\n    has_position_limits: true\n    min_position: !degrees -90\n    max_position: 1\n",
    );
    const { description } = await check({ limits });
    const a = description?.joints.find(({ name }) => name === "a");
    expect(a?.limit?.velocity).toBe(0.25);
    expect(a?.limit?.upper).toBe(1);
    expect(a?.limit?.lower).toBeCloseTo(-Math.PI / 2, 9);
  });

  it("names the line of limits that are no YAML", async () => {
    file("two.urdf", twoJointUrdf);
    const limits = file("limits.yaml", "joint_limits:\n  a: [1\n");
    const checked = await check({ limits });
    expect(errors(checked)).toHaveLength(1);
    expect(errors(checked)[0]).toMatch(/^limits\.yaml: error: ./);
    expect(checked.findings.find(({ severity }) => severity === "error")?.line).toBeGreaterThan(1);
    expect(checked.description?.name).toBe("two");
  });

  it("reads its SRDF, and finds what that names and the robot does not have", async () => {
    file("two.urdf", twoJointUrdf);
    const good = file("two.srdf", '<robot name="two"><group name="arm"><joint name="a"/></group></robot>');
    const sound = await check({ srdf: good });
    expect(sound.semantics?.groups.map(({ name }) => name)).toEqual(["arm"]);
    const bad = file(
      "bad.srdf",
      '<robot name="two"><group name="arm"><joint name="nobody"/></group></robot>',
    );
    expect(findings(await check({ srdf: bad })).join("\n")).toMatch(/^bad\.srdf: .*"?nobody/m);
  });

  it("says that an SRDF is no XML, and keeps the robot", async () => {
    file("two.urdf", twoJointUrdf);
    const checked = await check({ srdf: file("two.srdf", "<robot") });
    expect(checked.semantics).toBeNull();
    expect(checked.description?.name).toBe("two");
    expect(errors(checked)[0]).toMatch(/^two\.srdf: error: /);
  });

  it("expands xacro by its arguments, and names the included file of a fault", async () => {
    file(
      "part.xacro",
      '<robot xmlns:xacro="http://www.ros.org/wiki/xacro"><link name="$(arg nobody)"/></robot>',
    );
    const whole = (inner: string) =>
      `<robot name="two" xmlns:xacro="http://www.ros.org/wiki/xacro"><xacro:arg name="link" default="plain"/>${inner}</robot>`;
    const top = file("two.xacro", whole('<link name="$(arg link)"/>'));
    const links = async (args: ReadonlyMap<string, string>) =>
      (await check({ file: top, args })).description?.links.map(({ name }) => name);
    expect(await links(new Map([["link", "given"]]))).toEqual(["given"]);
    expect(await links(new Map())).toEqual(["plain"]);
    file("two.xacro", whole('<xacro:include filename="part.xacro"/>'));
    expect(errors(await check({ file: top })).join("\n")).toContain("part.xacro: error: ");
  });

  it("looks each mesh up once, and says which are missing", async () => {
    const mesh = (name: string) => `<geometry><mesh filename="${name}"/></geometry>`;
    const link = `<link name="base"><visual>${mesh("a.stl")}</visual><collision>${mesh("a.stl")}</collision><collision>${mesh("b.stl")}</collision></link>`;
    file("two.urdf", twoJointUrdf.replace('<link name="base"/>', link));
    file("a.stl", "solid");
    expect((await check()).meshes).toEqual([
      { uri: "a.stl", status: "found", reason: "", bytes: 5 },
      { uri: "b.stl", status: "missing", reason: expect.stringMatching(/./), bytes: 0 },
    ]);
  });
});
