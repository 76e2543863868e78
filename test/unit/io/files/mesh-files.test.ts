import { mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { pathToFileURL } from "node:url";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findMesh, type MeshRoots, meshAddresses } from "../../../../src/io/files/mesh-files.ts";
import { cpuMs } from "../../../support/cpu-time.ts";

let root = "";
let roots: MeshRoots;

beforeAll(() => {
  root = mkdtempSync(join(tmpdir(), "twin-mesh-"));
  const write = (path: string, text: string): void => {
    mkdirSync(join(root, path, ".."), { recursive: true });
    writeFileSync(join(root, path), text);
  };
  write("own/meshes/a.stl", "solid a");
  write("own/meshes/b c.DAE", "<dae/>");
  write("own/secret.txt", "secret");
  write("own/meshes/50%.stl", "half");
  write("own/meshes/b%20d.stl", "b d");
  write("own/urdf/robot.urdf", "");
  write("prefix1/share/arm/meshes/x.stl", "one");
  write("prefix2/share/arm/meshes/y.stl", "two!");
  write("prefix2/share/arm/meshes/x.stl", "other");
  write("models/crane/meshes/hook.stl", "hook");
  write("beside/robot.urdf", "");
  write("beside/meshes/n.obj", "obj");
  write("outside/z.stl", "outside");
  write("own-too/z.stl", "a neighbour whose name begins alike");
  mkdirSync(join(root, "own/meshes/folder.stl"));
  symlinkSync(join(root, "outside/z.stl"), join(root, "own/meshes/linked.stl"));
  symlinkSync(join(root, "nowhere.stl"), join(root, "own/meshes/dangling.stl"));
  roots = {
    packages: { own: join(root, "own") },
    prefixes: [join(root, "prefix1"), join(root, "prefix2")],
    models: [join(root, "nowhere"), join(root, "models")],
    besides: join(root, "beside"),
  };
});
afterAll(() => rmSync(root, { recursive: true, force: true }));

async function look(uri: string, more: Partial<MeshRoots> = {}) {
  const { status, reason, bytes, path } = await findMesh(uri, { ...roots, ...more });
  return { status, reason, bytes, path };
}

describe("a mesh", () => {
  it("is no other file whose address ends like one", async () => {
    const secret = pathToFileURL(join(root, "own/secret.txt")).href;
    for (const tail of ["#.stl", "?.stl", "#a/b.stl", "?x=/y.dae"]) {
      expect(await look(`${secret}${tail}`), tail).toMatchObject({ status: "refused", path: null });
    }
  });

  it("is found in a configured package, in an install prefix, and beside the description", async () => {
    expect(await look("package://own/meshes/a.stl")).toMatchObject({ status: "found", bytes: 7, reason: "" });
    expect(await look("model://own/meshes/a.stl")).toMatchObject({ status: "found" });
    expect(await look("package://own/meshes/b c.DAE")).toMatchObject({ status: "found" });
    expect(await look("package://arm/meshes/x.stl")).toMatchObject({ status: "found", bytes: 3 });
    expect(await look("package://arm/meshes/y.stl")).toMatchObject({ status: "found", bytes: 4 });
    expect(await look("meshes/n.obj")).toMatchObject({ status: "found", bytes: 3 });
  });

  it("is found among Gazebo's models by model:// alone", async () => {
    expect(await look("model://crane/meshes/hook.stl")).toMatchObject({ status: "found", bytes: 4 });
    expect(await look("package://crane/meshes/hook.stl")).toMatchObject({ status: "missing" });
    expect(await look("model://crane/../../outside/z.stl")).toMatchObject({ status: "refused", path: null });
    expect((await look("model://boat/a.stl", { models: [], prefixes: [] })).reason).toBe(
      'model "boat" is not known: set GZ_SIM_RESOURCE_PATH or name its folder in ros.packages',
    );
  });

  it("is found by a whole path and by file://, as a URDF may name it", async () => {
    expect(await look(join(root, "outside/z.stl"))).toMatchObject({ status: "found" });
    expect(await look(pathToFileURL(join(root, "outside/z.stl")).href)).toMatchObject({ status: "found" });
  });

  it("is found through a link, as `colcon build --symlink-install` lays them", async () => {
    expect(await look("package://own/meshes/linked.stl")).toMatchObject({ status: "found", bytes: 7 });
  });

  it("of a package that no prefix has is missing because of the package, however many prefixes there are", async () => {
    const prefixes = [join(root, "a"), join(root, "b")];
    const found = await findMesh("package://my_robot/meshes/arm.stl", {
      packages: {},
      prefixes,
      models: [],
      besides: null,
    });
    expect(found).toMatchObject({
      status: "missing",
      reason: 'package "my_robot" is not known: source its workspace or name it in ros.packages',
    });
  });

  it("is missing with the place that was looked at, or the package nobody knows", async () => {
    expect(await look("package://own/meshes/none.stl")).toMatchObject({
      status: "missing",
      reason: `no such file: ${join(root, "own/meshes/none.stl")}`,
    });
    expect((await look("package://arm/meshes/none.stl")).reason).toContain("prefix1");
    expect(await look("package://nobody/a.stl", { prefixes: [] })).toMatchObject({
      status: "missing",
      reason: 'package "nobody" is not known: source its workspace or name it in ros.packages',
    });
    expect(await look("package://own/meshes/dangling.stl")).toMatchObject({ status: "missing" });
    expect(await look("package://own/meshes/folder.stl")).toMatchObject({ status: "missing" });
  });

  it("is refused when its address climbs out of its package", async () => {
    for (const uri of [
      "package://own/../outside/z.stl",
      "package://own/../own-too/z.stl",
      "package://own/meshes/../../outside/z.stl",
      "package://own/meshes/..//../outside/z.stl",
      "package://arm/../../../outside/z.stl",
      "../outside/z.stl",
      "meshes/../../outside/z.stl",
      `package://own/${"../../".repeat(40)}etc/z.stl`,
      "package://own//../../outside/z.stl",
    ]) {
      expect(await look(uri), uri).toMatchObject({ status: "refused", path: null });
    }
    // A second slash begins no other place.
    expect(await look(`package://own/${join(root, "outside/z.stl")}`)).toMatchObject({
      status: "missing",
      path: null,
    });
  });

  it("is not climbed to by percent signs or backslashes", async () => {
    for (const uri of [
      "package://own/%2e%2e/outside/z.stl",
      "package://own/..%2foutside/z.stl",
      "package://own/meshes%2F..%2F..%2Foutside/z.stl",
      "package://own/..%5coutside%5cz.stl",
      "package://own/..\\outside\\z.stl",
      "package://own/meshes/%00/../../../outside/z.stl",
      "model://crane/%2e%2e/%2e%2e/outside/z.stl",
      "%2e%2e/outside/z.stl",
    ]) {
      expect(await look(uri), uri).toMatchObject({ status: "refused", path: null });
    }
    // Decoded once: what is left are letters of a name.
    expect(await look("package://own/%252e%252e/outside/z.stl")).toMatchObject({ status: "missing" });
  });

  it("is found whichever way its address is written", async () => {
    for (const uri of [
      "package://own//meshes/a.stl",
      "package://own/./meshes//a.stl",
      "package://own/meshes/../meshes/a.stl",
      "package://own/meshes/%61.stl",
    ]) {
      expect(await look(uri), uri).toMatchObject({ status: "found", bytes: 7 });
    }
    expect(await look("package://own/meshes/b%20c.DAE")).toMatchObject({ status: "found" });
    expect(await look("package://own/meshes/50%.stl")).toMatchObject({ status: "found", bytes: 4 });
    expect(await look("package://own/meshes/b%20d.stl")).toMatchObject({ status: "found", bytes: 3 });
  });

  it("is found beside the folder of its description, within the package and no further", async () => {
    const besides = { besides: join(root, "own/urdf"), besidesPackage: join(root, "own") };
    expect(await look("../meshes/a.stl", besides)).toMatchObject({ status: "found", bytes: 7 });
    expect(await look("../meshes/b%20c.DAE", besides)).toMatchObject({ status: "found" });
    for (const uri of ["../../outside/z.stl", "../../own-too/z.stl", "..%2f..%2foutside/z.stl"]) {
      expect(await look(uri, besides), uri).toMatchObject({ status: "refused", path: null });
    }
  });

  it("is refused when its package has no name, a hidden one, or one of Object's own", async () => {
    for (const uri of [
      "package:///meshes/a.stl",
      "package://../a.stl",
      "package://./a.stl",
      "package://.git/a.stl",
      "package://a b/a.stl",
    ]) {
      expect(await look(uri), uri).toMatchObject({ status: "refused" });
    }
    for (const name of ["constructor", "toString", "__proto__", "hasOwnProperty"]) {
      expect((await look(`package://${name}/a.stl`)).status, name).toBe("missing");
    }
  });

  it("is refused when it is no mesh, or must be fetched from elsewhere", async () => {
    for (const uri of [
      "package://own/secret.txt",
      "/etc/passwd",
      "package://own/meshes/a",
      "file:///etc/shadow",
      "package://own/meshes/a.stl\0.txt",
      ".stl",
    ]) {
      expect(await look(uri), uri).toMatchObject({ status: "refused" });
    }
    for (const uri of [
      "http://evil.example/a.stl",
      "https://evil.example/a.stl",
      "ftp://x/a.stl",
      "data://a.stl",
    ]) {
      expect((await look(uri)).reason, uri).toContain("is not fetched");
    }
    expect(await look(`package://own/${"x".repeat(5000)}.stl`)).toMatchObject({ status: "refused" });
    expect(await look("file://otherhost/a.stl")).toMatchObject({ status: "refused" });
  });

  it("has no relative address in a description that came from a topic", async () => {
    expect(await look("meshes/n.obj", { besides: null })).toMatchObject({ status: "refused" });
  });
});

describe("the meshes a URDF names", () => {
  it("are told each once, in order, with XML's escapes undone", () => {
    const urdf = `<robot name="r">
      <link name="a"><visual><geometry><mesh filename="package://p/a&amp;b.stl" scale="1 1 1"/></geometry></visual>
      <collision><geometry><mesh scale="1 1 1" filename='package://p/c.dae'/></geometry></collision></link>
      <link name="b"><visual><geometry><mesh
         filename = "package://p/a&amp;b.stl"/></geometry></visual></link>
      <link name="c"><visual><geometry><mesh filename=""/></geometry></visual></link></robot>`;
    expect(meshAddresses(urdf)).toEqual(["package://p/a&b.stl", "package://p/c.dae"]);
  });

  it("are searched for in a hostile text in no time", () => {
    const started = cpuMs();
    meshAddresses(`<mesh ${"filename ".repeat(50_000)}`);
    meshAddresses("<mesh ".repeat(50_000));
    expect(cpuMs() - started).toBeLessThan(2000);
  });
});
