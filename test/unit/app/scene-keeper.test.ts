import { mkdtempSync, readFileSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { readHull } from "../../../src/app/read-hull.ts";
import { SceneKeeper } from "../../../src/app/scene-keeper.ts";
import { sceneMisfit } from "../../../src/app/scene-misfit.ts";
import type { Input } from "../../../src/engine/ports/inputs.ts";
import type { MeshRoots } from "../../../src/io/files/mesh-files.ts";
import { SceneFile } from "../../../src/io/scene-file.ts";
import { type SceneItem, sceneItem } from "../../../src/protocol/scene.ts";
import { eventually } from "../../support/eventually.ts";

type SceneInput = Extract<Input, { kind: "scene" }>;

const box = { id: "box", shape: "box", size: [1, 2, 3] };
const item = (given: object): SceneItem => sceneItem.parse(given);
/** A tetrahedron. */
const stl = `solid t
${["0 0 0 1 0 0 0 1 0", "0 0 0 0 1 0 0 0 1", "0 0 0 0 0 1 1 0 0", "1 0 0 0 0 1 0 1 0"]
  .map((face) => {
    const [a, b, c] = [0, 3, 6].map((k) =>
      face
        .split(" ")
        .slice(k, k + 3)
        .join(" "),
    );
    return `facet normal 0 0 1\nouter loop\nvertex ${a}\nvertex ${b}\nvertex ${c}\nendloop\nendfacet`;
  })
  .join("\n")}
endsolid t\n`;

let folder: string;
beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), "scene-"));
});
afterEach(() => rmSync(folder, { recursive: true }));

function keep(configured: SceneItem[] = []) {
  const pushed: SceneInput[] = [];
  const warnings: string[] = [];
  const roots: MeshRoots = { packages: { p: folder }, prefixes: [], models: [], besides: null };
  const keeper = new SceneKeeper({
    configured,
    file: new SceneFile(join(folder, "state", "scene.json")),
    push: (input) => void pushed.push(input),
    hullOf: (uri, scale) => readHull({ hullOf: uri, scale, roots }),
    meshRoots: () => roots,
    handedOver: () => "not here",
    misfit: (item) => sceneMisfit(new Map([["r", { model: null }]]), item),
    warn: (line) => void warnings.push(line),
  });
  keeper.start();
  return { keeper, pushed, warnings, ids: () => pushed.at(-1)?.objects.map(({ id }) => id) };
}

describe("the keeper of the scene", () => {
  it("hands on what twin.yaml has, at once, and nothing where there is nothing", () => {
    expect(keep().pushed).toEqual([]);
    expect(keep([item(box)]).ids()).toEqual(["box"]);
  });

  it("keeps what the API sets over a restart, and leaves twin.yaml's alone", async () => {
    const first = keep([item(box)]);
    expect(await first.keeper.put(item({ ...box, id: "ours" }))).toBeNull();
    expect(await first.keeper.put(item({ id: "ball", shape: "sphere", radius: 1 }))).toBeNull();
    expect(await first.keeper.put(item({ id: "ball", shape: "sphere", radius: 2 }))).toBeNull();
    const second = keep([item(box)]);
    expect(second.keeper.list()).toMatchObject([
      { id: "box", origin: "config" },
      { id: "ours", origin: "api" },
      { id: "ball", origin: "api", radius: 2 },
    ]);
    expect(second.ids()).toEqual(["box", "ours", "ball"]);
    expect(await second.keeper.remove("ours")).toBeNull();
    expect(second.ids()).toEqual(["box", "ball"]);
    expect(await second.keeper.replace([])).toBeNull();
    expect(keep().pushed).toEqual([]);
  });

  it("refuses what is of twin.yaml, and what is not there", async () => {
    const { keeper } = keep([item(box)]);
    expect(await keeper.put(item(box))).toMatchObject({ status: 409 });
    expect(await keeper.replace([item(box)])).toMatchObject({ status: 409 });
    expect(await keeper.remove("box")).toMatchObject({ status: 409 });
    expect(await keeper.remove("nothing")).toMatchObject({ status: 404 });
  });

  it("reads meshes, and refuses those that it cannot", async () => {
    writeFileSync(join(folder, "t.stl"), stl);
    writeFileSync(join(folder, "bad.stl"), "nothing");
    const { keeper, pushed } = keep();
    const mesh = (name: string) =>
      item({ id: "m", shape: "mesh", mesh: `package://p/${name}.stl`, scale: [2, 1, 1] });
    expect(await keeper.put(mesh("none"))).toMatchObject({
      status: 400,
      error: expect.stringContaining("none.stl"),
    });
    expect(await keeper.put(mesh("bad"))).toMatchObject({
      status: 400,
      error: expect.stringContaining("bad.stl"),
    });
    expect(pushed).toEqual([]);
    expect(await keeper.put(mesh("t"))).toBeNull();
    const hull = pushed.at(-1)?.hulls.get("2 1 1 package://p/t.stl");
    expect(hull?.vertices.length).toBe(12);
    expect(Math.max(...(hull?.vertices ?? []))).toBe(2);
    expect(keeper.hasMesh("package://p/t.stl")).toBe(true);
    // After a restart the object is there at once, and its hull when it has been read.
    const again = keep();
    expect(again.pushed[0]?.hulls.size).toBe(0);
    await eventually("the hull", () => again.pushed.at(-1)?.hulls.size === 1);
  });

  it("says that nothing may move where its file is damaged, until the scene is set anew", async () => {
    const first = keep();
    await first.keeper.put(item(box));
    writeFileSync(join(folder, "state", "scene.json"), '[{"id":');
    const { keeper, pushed, warnings } = keep();
    expect(pushed[0]).toMatchObject({ objects: [], fault: expect.stringContaining("PUT /api/scene") });
    expect(warnings[0]).toContain("Motions are refused");
    expect(await keeper.replace([item(box)])).toBeNull();
    expect(pushed.at(-1)).toMatchObject({ objects: [{ id: "box" }], fault: null });
    expect(JSON.parse(readFileSync(join(folder, "state", "scene.json"), "utf8"))).toHaveLength(1);
  });

  it("leaves the scene as it is when it cannot be kept", async () => {
    writeFileSync(join(folder, "state"), "a file where the folder should be");
    const { keeper, pushed } = keep();
    expect(await keeper.put(item(box))).toMatchObject({ status: 500 });
    expect(pushed.filter(({ fault }) => fault === null)).toEqual([]);
  });
});
