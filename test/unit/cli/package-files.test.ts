import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { placesOf } from "../../../src/io/files/description-file.ts";
import { findMesh } from "../../../src/io/files/mesh-files.ts";
import { rootsOf } from "../../../src/io/files/mesh-roots.ts";
import { xacroFilesOf } from "../../../src/io/files/xacro-files.ts";

let root = "";
beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "twin-package-"));
  for (const folder of ["arm/urdf/deep", "arm/meshes"]) mkdirSync(join(root, folder), { recursive: true });
  writeFileSync(join(root, "arm/package.xml"), "<package><name>arm</name></package>");
  writeFileSync(join(root, "arm/meshes/a b.stl"), "solid");
  writeFileSync(join(root, "arm/urdf/deep/robot.urdf"), "<robot name='r'/>");
  writeFileSync(join(root, "outside.stl"), "solid");
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

describe("an address in a package", () => {
  const find = (name: string): string | null => (name === "arm" ? join(root, "arm") : null);

  it("is one path for a description and an included xacro, in whatever form it is written", () => {
    const path = join(root, "arm/meshes/a b.stl");
    const files = xacroFilesOf(join(root, "arm/urdf/x.xacro"), find);
    for (const address of ["package://arm//meshes/a%20b.stl", "package://arm/urdf/../meshes/a b.stl"]) {
      expect(placesOf(address, null, () => [join(root, "arm")])[0], address).toBe(path);
      expect(files.resolve(address, null), address).toBe(path);
    }
  });

  it("leads nowhere when it climbs out", () => {
    const files = xacroFilesOf(join(root, "arm/urdf/x.xacro"), find);
    for (const inside of [
      "../outside.stl",
      "%2e%2e/outside.stl",
      "..%5coutside.stl",
      "urdf/..%2f../outside.stl",
    ]) {
      expect(
        placesOf(`package://arm/${inside}`, null, () => [join(root, "arm")]),
        inside,
      ).toEqual([]);
      expect(files.resolve(`package://arm/${inside}`, null), inside).toBe(`package://arm/${inside}`);
    }
  });

  it("may be relative to the description's file, up to the folder of its package.xml", async () => {
    const roots = rootsOf(join(root, "arm/urdf/deep/robot.urdf"));
    expect(await findMesh("../../meshes/a%20b.stl", roots)).toMatchObject({ status: "found" });
    expect(await findMesh("../../../outside.stl", roots)).toMatchObject({ status: "refused" });
    const alone = rootsOf(join(root, "loose.urdf"));
    expect(await findMesh("outside.stl", alone)).toMatchObject({ status: "found" });
    expect(await findMesh("../outside.stl", alone)).toMatchObject({ status: "refused" });
  });
});
