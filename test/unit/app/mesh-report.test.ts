import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { missingMeshes } from "../../../src/app/mesh-report.ts";
import type { Engine } from "../../../src/engine/engine.ts";
import { rootsOf } from "../../../src/io/files/mesh-roots.ts";

describe("the report of missing meshes", () => {
  let folder = "";
  beforeEach(() => {
    folder = mkdtempSync(join(tmpdir(), "twin-meshes-"));
    writeFileSync(join(folder, "there.stl"), "solid");
  });
  afterEach(() => rmSync(folder, { recursive: true }));

  /** The lines about an arm whose description names these meshes. */
  const linesOf = (meshes: string[] | null, textures: string[] = []) => {
    const named = textures.map((uri) => `<texture filename="${uri}"/>`);
    const text = meshes
      ?.map((uri) => `<mesh filename="${uri}"/>`)
      .concat(named)
      .join("");
    const description = text === undefined ? null : { text };
    const engine = { robots: new Map([["arm", { description }]]) } as unknown as Engine;
    return missingMeshes(engine, "arm", rootsOf(join(folder, "arm.urdf")));
  };

  it("is empty where all are there, or where there is no description", async () => {
    expect(await linesOf(["there.stl"])).toEqual([]);
    expect(await linesOf([])).toEqual([]);
    expect(await linesOf(null)).toEqual([]);
  });

  it("names each that is not there with its reason, and not those that are", async () => {
    const lines = await linesOf(["there.stl", "gone.stl", "movie.mp4"]);
    expect(lines).toHaveLength(2);
    expect(lines[0]).toMatch(/^robot "arm": mesh gone\.stl: ./);
    expect(lines[1]).toContain('mesh movie.mp4: ".mp4" is not a mesh type');
  });

  it("names the textures of the description that are not there", async () => {
    const lines = await linesOf(["there.stl"], ["gone.png", "there.tif"]);
    expect(lines[0]).toMatch(/^robot "arm": texture gone\.png: no such file/);
    expect(lines[1]).toContain('texture there.tif: ".tif" is not a texture type');
  });

  it("names five and counts the others", async () => {
    const lines = await linesOf(["there.stl", ...Array.from({ length: 8 }, (_, i) => `gone${i}.stl`)]);
    expect(lines).toHaveLength(6);
    expect(lines[5]).toBe('robot "arm": 3 more of its 9 meshes are missing');
  });
});
