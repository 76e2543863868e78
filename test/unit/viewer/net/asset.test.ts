import { describe, expect, it } from "vitest";
import { companionUri } from "../../../../src/viewer/net/asset.ts";

describe("the address of a file that a mesh names", () => {
  it.each([
    ["package://arm/meshes/a.dae", "t.png", "package://arm/meshes/t.png"],
    ["package://arm/meshes/a.dae", " ./t.png\n", "package://arm/meshes/t.png"],
    ["package://arm/meshes/a.dae", "../tex/t%20a.png", "package://arm/meshes/../tex/t%20a.png"],
    ["package://arm/meshes/a.obj", "tex\\t.png", "package://arm/meshes/tex/t.png"],
    ["package://arm/a.dae", "package://other/t.png", "package://other/t.png"],
    ["a.obj", "a.mtl", "a.mtl"],
    ["meshes/a.obj", "a.mtl", "meshes/a.mtl"],
  ])("of %s named %j is %s", (mesh, name, uri) => expect(companionUri(mesh, name)).toBe(uri));

  it("is beside the mesh where the name is a path of the machine that made it", () => {
    for (const path of ["C:\\Users\\ann\\t.png", "/home/ann/t.png", "file:///home/ann/t.png"]) {
      expect(companionUri("package://arm/meshes/a.dae", path)).toBe("package://arm/meshes/t.png");
    }
    expect(companionUri("/opt/arm/a.dae", "/opt/arm/t.png")).toBe("/opt/arm/t.png");
    expect(companionUri("file:///opt/arm/a.dae", "t.png")).toBe("file:///opt/arm/t.png");
  });

  it("is none for what lies elsewhere", () => {
    for (const name of ["http://x/t.png", "https://x/t.png", "javascript:0", ""]) {
      expect(companionUri("package://arm/a.dae", name), name).toBeNull();
    }
  });
});
