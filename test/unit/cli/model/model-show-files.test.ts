import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { filesReadFor, ShownFiles, type ShownModel } from "../../../../src/cli/model/model-show-files.ts";
import { eventually } from "../../../support/eventually.ts";
import { twoJointUrdf } from "../../engine/engine-at-hand.ts";

const xacro = (inner: string) =>
  `<robot name="two" xmlns:xacro="http://www.ros.org/wiki/xacro">${inner}</robot>`;

describe("the files of a design twin", () => {
  let folder = "";
  let shown: ShownFiles | null = null;
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twin-show-"));
  });
  afterEach(() => {
    shown?.stop();
    rmSync(folder, { recursive: true });
  });

  const at = (name: string): string => join(folder, name);
  const file = (name: string, text: string): void => writeFileSync(at(name), text);
  const files = (name: string, srdf: string | null = null) => ({
    file: at(name),
    args: new Map<string, string>(),
    srdf: srdf === null ? null : at(srdf),
    limits: null,
  });

  const show = async (name: string) => {
    const models: ShownModel[] = [];
    shown = new ShownFiles(files(name), (model) => models.push(model));
    return { models, fault: await shown.start() };
  };

  it("are the description and its SRDF, and all that xacro includes, also where one is missing", () => {
    file("two.urdf", twoJointUrdf);
    expect([...filesReadFor(files("two.urdf", "two.srdf"))]).toEqual([at("two.urdf"), at("two.srdf")]);
    const include = (name: string) => `<xacro:include filename="${name}"/>`;
    file("part.xacro", xacro(include("gone.xacro")));
    file("two.xacro", xacro(include("part.xacro")));
    expect([...filesReadFor(files("two.xacro"))]).toEqual([
      at("two.xacro"),
      at("part.xacro"),
      at("gone.xacro"),
    ]);
  });

  it("are read once at the start", async () => {
    file("two.urdf", twoJointUrdf);
    const { models, fault } = await show("two.urdf");
    expect(fault).toBeNull();
    expect(models).toMatchObject([{ urdf: twoJointUrdf, revision: 1 }]);
  });

  it("are shown as broken with their findings, and without a URDF", async () => {
    file("two.urdf", '<robot name="two"/>');
    const { models } = await show("two.urdf");
    expect(models).toMatchObject([{ urdf: null, findings: [{ severity: "error" }] }]);
  });

  it("cannot be shown where the first one cannot be read", async () => {
    const { models, fault } = await show("none.urdf");
    expect(fault).toBe(`cannot read ${at("none.urdf")}: there is no such file`);
    expect(models).toEqual([]);
  });

  it("are read again when one that is included changes, and when it is gone", async () => {
    file("part.xacro", xacro('<link name="one"/>'));
    file("two.xacro", xacro('<xacro:include filename="part.xacro"/>'));
    const { models } = await show("two.xacro");
    // Written again and again: what is written before the file is first looked at is no change.
    await eventually("the second reading", () => {
      file("part.xacro", xacro('<link name="another"/>'));
      return models.at(-1)?.urdf?.includes("another");
    });
    expect(models.at(-1)?.urdf).toContain("another");
    rmSync(at("two.xacro"));
    await eventually("the third reading", () => models.at(-1)?.urdf === null);
    expect(models.at(-1)?.findings).toMatchObject([
      { severity: "error", message: "cannot be read: there is no such file" },
    ]);
    expect(models.map(({ revision }) => revision)).toEqual(models.map((_, i) => i + 1));
  });
});
