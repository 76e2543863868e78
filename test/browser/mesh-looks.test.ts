import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { openPage } from "./page-at-hand.ts";

/** A cube of 10 cm in centimetres; `material` is what its triangles name, `library` what the file defines. */
function colladaCube(material: string, library: string, binding: string): string {
  return `<?xml version="1.0" encoding="utf-8"?>
<COLLADA xmlns="http://www.collada.org/2005/11/COLLADASchema" version="1.4.1">
  <asset><unit name="centimeter" meter="0.01"/><up_axis>Z_UP</up_axis></asset>
  ${library}
  <library_geometries><geometry id="g"><mesh>
    <source id="p"><float_array id="pa" count="24">-5 -5 0 5 -5 0 -5 5 0 5 5 0 -5 -5 10 5 -5 10 -5 5 10 5 5 10</float_array>
      <technique_common><accessor source="#pa" count="8" stride="3">
        <param name="X" type="float"/><param name="Y" type="float"/><param name="Z" type="float"/>
      </accessor></technique_common></source>
    <vertices id="v"><input semantic="POSITION" source="#p"/></vertices>
    <triangles ${material} count="12"><input semantic="VERTEX" source="#v" offset="0"/>
      <p>0 3 1 0 2 3 4 5 7 4 7 6 0 1 5 0 5 4 2 7 3 2 6 7 0 6 2 0 4 6 1 3 7 1 7 5</p></triangles>
  </mesh></geometry></library_geometries>
  <library_visual_scenes><visual_scene id="s"><node id="n">
    <instance_geometry url="#g">${binding}</instance_geometry>
  </node></visual_scene></library_visual_scenes>
  <scene><instance_visual_scene url="#s"/></scene>
</COLLADA>`;
}

const green = `<library_effects><effect id="e"><profile_COMMON><technique sid="t"><lambert>
  <diffuse><color>0 0.8 0 1</color></diffuse></lambert></technique></profile_COMMON></effect></library_effects>
  <library_materials><material id="m"><instance_effect url="#e"/></material></library_materials>`;
const greenBinding = `<bind_material><technique_common><instance_material symbol="sym" target="#m"/></technique_common></bind_material>`;

/** One cube of glTF without any material. */
function gltfCube(): string {
  const points = new Float32Array([
    -1, -1, 0, 1, -1, 0, -1, 1, 0, 1, 1, 0, -1, -1, 2, 1, -1, 2, -1, 1, 2, 1, 1, 2,
  ]);
  const corners = new Uint16Array([
    0, 3, 1, 0, 2, 3, 4, 5, 7, 4, 7, 6, 0, 1, 5, 0, 5, 4, 2, 7, 3, 2, 6, 7, 0, 6, 2, 0, 4, 6, 1, 3, 7, 1, 7,
    5,
  ]);
  const bytes = Buffer.concat([Buffer.from(points.buffer), Buffer.from(corners.buffer)]);
  return JSON.stringify({
    asset: { version: "2.0" },
    scene: 0,
    scenes: [{ nodes: [0] }],
    nodes: [{ mesh: 0, scale: [0.05, 0.05, 0.05] }],
    meshes: [{ primitives: [{ attributes: { POSITION: 0 }, indices: 1 }] }],
    accessors: [
      { bufferView: 0, componentType: 5126, count: 8, type: "VEC3", min: [-1, -1, 0], max: [1, 1, 2] },
      { bufferView: 1, componentType: 5123, count: 36, type: "SCALAR" },
    ],
    bufferViews: [
      { buffer: 0, byteOffset: 0, byteLength: points.byteLength },
      { buffer: 0, byteOffset: points.byteLength, byteLength: corners.byteLength },
    ],
    buffers: [
      { byteLength: bytes.length, uri: `data:application/octet-stream;base64,${bytes.toString("base64")}` },
    ],
  });
}

function robotOf(mesh: string): string {
  return `<robot name="red"><link name="base"><visual>
    <geometry><mesh filename="${mesh}"/></geometry><material name="red"><color rgba="1 0 0 1"/></material>
  </visual></link></robot>`;
}

/** Shares of pixels in the middle of the 3D picture, free of legend and buttons, that are strongly red, green, amber. */
async function colours(page: Page): Promise<{ red: number; green: number; amber: number }> {
  const view = await page.getByRole("img", { name: "3D view of the robot" }).boundingBox();
  if (!view) throw new Error("there is no 3D view");
  const clip = {
    x: view.x + view.width / 5,
    y: view.y + view.height / 5,
    width: view.width * 0.6,
    height: view.height * 0.6,
  };
  const png = await page.screenshot({ clip });
  return page.evaluate(async (base64) => {
    const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
    const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
    const flat = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
    flat?.drawImage(picture, 0, 0);
    const { data } = flat?.getImageData(0, 0, picture.width, picture.height) ?? { data: [] };
    const count = { red: 0, green: 0, amber: 0 };
    for (let at = 0; at < data.length; at += 4) {
      const [r = 0, g = 0, b = 0] = [data[at], data[at + 1], data[at + 2]];
      if (r > 90 && g < r * 0.4 && b < r * 0.4) count.red += 1;
      if (g > 60 && r < g * 0.4 && b < g * 0.4) count.green += 1;
      if (r > 150 && g > r * 0.45 && g < r * 0.85 && b < r * 0.45) count.amber += 1;
    }
    const all = data.length / 4;
    return { red: count.red / all, green: count.green / all, amber: count.amber / all };
  }, png.toString("base64"));
}

describe.skipIf(!hasChromium())("the look of meshes", () => {
  const faults: string[] = [];
  let browser: Browser;
  const twins: TwinProcess[] = [];

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterAll(async () => {
    await browser?.close();
    for (const twin of twins) await twin.remove();
  });

  async function show(mesh: string, content: string): Promise<Page> {
    const twin = new TwinProcess();
    twins.push(twin);
    twin.file(mesh, content);
    await twin.show(twin.file("red.urdf", robotOf(mesh)));
    return openPage(browser, twin.url, faults);
  }

  it.each([
    ["a Collada file without materials", "cube.dae", colladaCube("", "", "")],
    [
      "a Collada file that names a material it does not have",
      "cube.dae",
      colladaCube('material="sym"', "", ""),
    ],
    ["a glTF file without materials", "cube.gltf", gltfCube()],
  ])("gives %s the URDF's colour", async (_, name, content) => {
    const page = await show(name, content);
    await expect.poll(async () => (await colours(page)).red, { timeout: 10_000 }).toBeGreaterThan(0.02);
    expect((await colours(page)).green).toBe(0);
    await page.context().close();
    expect(faults.splice(0)).toEqual([]);
  });

  it("leaves a Collada file its own materials", async () => {
    const page = await show("cube.dae", colladaCube('material="sym"', green, greenBinding));
    await expect.poll(async () => (await colours(page)).green, { timeout: 10_000 }).toBeGreaterThan(0.02);
    expect((await colours(page)).red).toBeLessThan(0.001);
    await page.context().close();
    expect(faults.splice(0)).toEqual([]);
  });

  it("marks a missing mesh in amber, also on a robot that is grey because nothing of it is measured", async () => {
    const twin = new TwinProcess();
    twins.push(twin);
    const urdf = `<robot name="lost">
      <link name="base"><visual><geometry><box size="0.1 0.1 0.1"/></geometry></visual></link>
      <link name="arm"><visual><geometry><mesh filename="package://nowhere/arm.stl"/></geometry></visual></link>
      <joint name="turn" type="revolute"><origin xyz="0 0 0.2"/><axis xyz="0 0 1"/>
        <parent link="base"/><child link="arm"/><limit lower="-1" upper="1" effort="1" velocity="1"/></joint>
    </robot>`;
    const description = twin.file("lost.urdf", urdf);
    const config = twin.file(
      "twin.yaml",
      `robots: [{description: ${description}}]\nmqtt: {embedded: true}\n`,
    );
    await twin.up("--port", "0", "--config", config);
    const page = await openPage(browser, twin.url, faults);
    await page
      .getByText(/has been measured/)
      .first()
      .waitFor();
    await expect.poll(async () => (await colours(page)).amber, { timeout: 10_000 }).toBeGreaterThan(0.0005);
    await page.context().close();
    expect(faults.splice(0)).toEqual([]);
  });
});
