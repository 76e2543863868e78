import { mkdirSync, mkdtempSync, rmSync, symlinkSync, truncateSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { MeshRoots } from "../../../../src/io/files/mesh-files.ts";
import { rootsOf } from "../../../../src/io/files/mesh-roots.ts";
import { findNamedMesh } from "../../../../src/io/files/named-meshes.ts";

let root = "";
const write = (path: string, text = "x"): void => {
  mkdirSync(join(root, path, ".."), { recursive: true });
  writeFileSync(join(root, path), text);
};

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "twin-companions-"));
  write("own/meshes/a.obj");
  write("own/meshes/a.mtl", "newmtl");
  write("own/meshes/a.bin");
  write("own/textures/a b.PNG", "picture");
  write("own/textures/scan.tif");
  write("own/secret.txt");
  write("own/meshes/huge.png");
  truncateSync(join(root, "own/meshes/huge.png"), 300 * 1024 * 1024);
  write("other/textures/b.png");
  write("outside/c.png");
  write("bare/meshes/d.dae");
  write("bare/meshes/d.jpg");
  write("bare/e.jpg");
  mkdirSync(join(root, "own/meshes/folder.png"));
  symlinkSync(join(root, "outside/c.png"), join(root, "own/meshes/out.png"));
  symlinkSync(join(root, "own/secret.txt"), join(root, "own/meshes/secret.png"));
  // As colcon lays a package: every file of share/built is a link into the source.
  write("src/built/package.xml", "<package><name>built</name></package>");
  write("src/built/meshes/f.dae");
  write("src/built/textures/f.png");
  mkdirSync(join(root, "install/share/built/meshes"), { recursive: true });
  mkdirSync(join(root, "install/share/built/textures"), { recursive: true });
  symlinkSync(join(root, "src/built/meshes/f.dae"), join(root, "install/share/built/meshes/f.dae"));
  symlinkSync(join(root, "src/built/textures/f.png"), join(root, "install/share/built/textures/f.png"));
  symlinkSync(join(root, "outside/c.png"), join(root, "install/share/built/textures/out.png"));
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

/** What is given of `uri` while a description names these meshes and textures. */
async function ask(uri: string, meshes: string[], textures: string[] = []) {
  const text = [
    ...meshes.map((mesh) => `<mesh filename="${mesh}"/>`),
    ...textures.map((texture) => `<texture filename="${texture}"/>`),
  ].join("\n");
  const roots: MeshRoots = {
    ...rootsOf(null, { own: join(root, "own"), other: join(root, "other") }),
    prefixes: [join(root, "install")],
    besides: join(root, "bare"),
  };
  const robots = new Map([["arm", { description: { text } }]]);
  const { status, reason, type } = await findNamedMesh(uri, robots, () => roots);
  return { status, reason, type };
}

const own = ["package://own/meshes/a.obj"];

describe("a file that belongs to a mesh", () => {
  it("is found in the mesh's package, with its type", async () => {
    expect(await ask("package://own/meshes/a.mtl", own)).toMatchObject({ status: "found" });
    expect(await ask("package://own/meshes/a.bin", own)).toMatchObject({ status: "found" });
    for (const name of ["a b.PNG", "a%20b.PNG"]) {
      const found = await ask(`package://own/meshes/../textures/${name}`, own);
      expect(found).toMatchObject({ status: "found", type: "image/png" });
    }
  });

  it("is found beside a mesh that has a path, and no further up than its folder", async () => {
    const mesh = join(root, "bare/meshes/d.dae");
    expect(await ask(join(root, "bare/meshes/d.jpg"), [mesh])).toMatchObject({ status: "found" });
    expect(await ask(join(root, "bare/e.jpg"), [mesh])).toMatchObject({ status: "refused" });
    expect(await ask("meshes/d.jpg", ["meshes/d.dae"])).toMatchObject({ status: "found" });
    expect(await ask("e.jpg", ["meshes/d.dae"])).toMatchObject({ status: "refused" });
  });

  it("is found through links of a package that colcon built with --symlink-install", async () => {
    const mesh = ["package://built/meshes/f.dae"];
    expect(await ask("package://built/textures/f.png", mesh)).toMatchObject({ status: "found" });
    expect((await ask("package://built/textures/out.png", mesh)).reason).toContain("outside of its mesh");
  });

  it("is refused where no description names a mesh of its package", async () => {
    expect(await ask("package://other/textures/b.png", own)).toMatchObject({ status: "refused" });
    expect(await ask("package://own/meshes/a.mtl", [])).toMatchObject({ status: "refused" });
    expect(await ask(join(root, "outside/c.png"), own)).toMatchObject({ status: "refused" });
  });

  it("is refused when its address or a link climbs out, or leads to a file of another kind", async () => {
    for (const uri of [
      "package://own/../outside/c.png",
      "package://own/meshes/..%2f..%2foutside/c.png",
      "package://own/meshes/..\\..\\outside\\c.png",
      "package://own/meshes/out.png",
      "package://own/meshes/secret.png",
      "package://own/secret.txt",
      "package://own/secret.txt#.png",
      "http://own/meshes/a.png",
    ]) {
      expect((await ask(uri, own)).status, uri).not.toBe("found");
    }
  });

  it("is refused when it is too large, a folder, or a picture that no browser decodes", async () => {
    expect((await ask("package://own/meshes/huge.png", own)).reason).toMatch(
      /has 314572800 bytes; 268435456/,
    );
    expect(await ask("package://own/meshes/folder.png", own)).toMatchObject({ status: "missing" });
    expect(await ask("package://own/textures/scan.tif", own)).toMatchObject({ status: "refused" });
  });

  it("is missing with the place that was looked at", async () => {
    const found = await ask("package://own/meshes/none.png", own);
    expect(found).toMatchObject({
      status: "missing",
      reason: `no such file: ${join(root, "own/meshes/none.png")}`,
    });
  });
});

describe("a texture that a description names", () => {
  it("is found wherever a mesh would be, and only as a picture", async () => {
    const uri = "package://other/textures/b.png";
    expect(await ask(uri, [], [uri])).toMatchObject({ status: "found", type: "image/png" });
    for (const bad of ["package://own/meshes/a.mtl", "/etc/passwd", "package://own/../outside/c.png"]) {
      expect((await ask(bad, [], [bad])).status, bad).toBe("refused");
    }
  });
});
