import { mkdirSync, writeFileSync } from "node:fs";
import { dirname, join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { openPage } from "./page-at-hand.ts";
import { daeBox, gltfBox, lower, objBox, twoColours, upper } from "./textured-box.ts";

type Files = Record<string, string | Buffer>;
/** The share of a picture that has a colour, and how far down its middle is, of 0 to 1. */
type Patch = { share: number; down: number };
type Patches = Record<"upper" | "lower" | "red" | "green" | "black", Patch>;

const colours: Record<keyof Patches, readonly number[]> = {
  upper,
  lower,
  red: [255, 0, 0],
  green: [0, 200, 0],
  black: [0, 0, 0],
};

/** Where the middle of the 3D picture has the hue of a colour; black: where it is nearly that. */
async function patches(page: Page): Promise<Patches> {
  const view = await page.getByRole("img", { name: "3D view of the robot" }).boundingBox();
  if (!view) throw new Error("there is no 3D view");
  const clip = {
    x: view.x + view.width / 5,
    y: view.y + view.height / 8,
    width: view.width * 0.6,
    height: view.height * 0.75,
  };
  const png = await page.screenshot({ clip });
  return page.evaluate(
    async ({ base64, wanted }) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const flat = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
      flat?.drawImage(picture, 0, 0);
      const { data } = flat?.getImageData(0, 0, picture.width, picture.height) ?? { data: [] };
      const found = Object.entries(wanted).map(([name, colour]) => {
        let [count, rows] = [0, 0];
        for (let at = 0; at < data.length; at += 4) {
          const pixel = [data[at] ?? 0, data[at + 1] ?? 0, data[at + 2] ?? 0];
          const light = Math.max(...pixel);
          const most = Math.max(...colour);
          const isIt =
            most === 0
              ? light < 12
              : light > 50 &&
                pixel.every((value, k) => Math.abs(value / light - (colour[k] ?? 0) / most) < 0.25);
          if (!isIt) continue;
          count += 1;
          rows += Math.floor(at / 4 / picture.width);
        }
        return [name, { share: (4 * count) / data.length, down: rows / (count || 1) / picture.height }];
      });
      return Object.fromEntries(found);
    },
    { base64: png.toString("base64"), wanted: colours },
  );
}

describe.skipIf(!hasChromium())("textures and materials of meshes", () => {
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

  /** A page with one link of this geometry in red, in a package with these files. */
  async function show(geometry: string, files: Files, material?: string): Promise<Page> {
    const twin = new TwinProcess();
    twins.push(twin);
    const paint = material ?? '<color rgba="1 0 0 1"/>';
    const urdf = twin.file(
      "box.urdf",
      `<robot name="box"><link name="base"><visual><geometry>${geometry}</geometry>
       <material name="paint">${paint}</material></visual></link></robot>`,
    );
    const all: Files = { "package.xml": "<package><name>box</name></package>", ...files };
    for (const [name, content] of Object.entries(all)) {
      const path = join(dirname(urdf), name);
      mkdirSync(dirname(path), { recursive: true });
      writeFileSync(path, content);
    }
    await twin.show(urdf);
    return openPage(browser, twin.url, faults);
  }

  const mesh = (name: string): string => `<mesh filename="${name}"/>`;
  const obj = objBox("box.mtl", "../textures/two%20colours.png");
  const gltf = gltfBox("box.bin", "../textures/two.png");

  async function expectTextured(page: Page, name: string): Promise<void> {
    await expect
      .poll(async () => (await patches(page)).upper.share, { timeout: 10_000 })
      .toBeGreaterThan(0.02);
    const found = await patches(page);
    expect(found.lower.share, name).toBeGreaterThan(0.02);
    expect(found.upper.down, name).toBeLessThan(found.lower.down - 0.05);
    expect(found.red.share, name).toBeLessThan(0.001);
  }

  it.each<[string, string, Files]>([
    [
      "an OBJ file and its material library, in a package",
      "package://box/meshes/box.obj",
      { "meshes/box.obj": obj.obj, "meshes/box.mtl": obj.mtl, "textures/two colours.png": twoColours() },
    ],
    [
      "a Collada file beside the description",
      "meshes/box.dae",
      { "meshes/box.dae": daeBox("../textures/two.png"), "textures/two.png": twoColours() },
    ],
    [
      "a Collada file with the path of the machine that it was made on",
      "meshes/box.dae",
      { "meshes/box.dae": daeBox("file:///C:/Users/ann/two.png"), "meshes/two.png": twoColours() },
    ],
    [
      "a glTF file with a buffer and a picture of its own",
      "package://box/meshes/box.gltf",
      { "meshes/box.gltf": gltf.file, "meshes/box.bin": gltf.bin, "textures/two.png": twoColours() },
    ],
    ["a GLB file", "package://box/box.glb", { "box.glb": gltfBox().file }],
  ])("draws the texture of %s the right way up", async (name, uri, files) => {
    const page = await show(mesh(uri), files);
    await expectTextured(page, name);
    await page.context().close();
    expect(faults.splice(0)).toEqual([]);
  });

  it("draws the plain colour of an OBJ's material", async () => {
    const plain = objBox("box.mtl", "");
    const page = await show(mesh("box.obj"), { "box.obj": plain.obj, "box.mtl": plain.mtl });
    await expect
      .poll(async () => (await patches(page)).green.share, { timeout: 10_000 })
      .toBeGreaterThan(0.02);
    expect((await patches(page)).red.share).toBeLessThan(0.001);
    await page.context().close();
  });

  it("draws the texture of a description's own material on a box", async () => {
    const page = await show(
      '<box size="0.4 0.4 0.4"/>',
      { "textures/two.png": twoColours() },
      '<texture filename="package://box/textures/two.png"/>',
    );
    await expect
      .poll(async () => (await patches(page)).upper.share, { timeout: 10_000 })
      .toBeGreaterThan(0.02);
    expect((await patches(page)).lower.share).toBeGreaterThan(0.02);
    await page.context().close();
    expect(faults.splice(0)).toEqual([]);
  });

  it("shows how many of the meshes are there while they load", async () => {
    const twin = new TwinProcess();
    twins.push(twin);
    const links = ["a", "b"].map((name) => `<visual><geometry>${mesh(`${name}.obj`)}</geometry></visual>`);
    for (const name of ["a.obj", "b.obj"]) twin.file(name, objBox("none.mtl", "").obj);
    const urdf = `<robot name="two"><link name="base">${links.join("")}</link></robot>`;
    await twin.show(twin.file("two.urdf", urdf));
    const page = await browser.newPage();
    let release = (): void => undefined;
    const held = new Promise<void>((resolve) => {
      release = resolve;
    });
    await page.route(/api\/assets\?uri=b\.obj/, async (route) => {
      await held;
      await route.continue();
    });
    await page.goto(twin.url);
    await page.getByText(/1 of 2 files, 0\.0 MB/).waitFor({ timeout: 20_000 });
    expect(await page.getByRole("progressbar").getAttribute("aria-valuenow")).toBe("50");
    release();
    await page.waitForFunction(() => window.twinViewer?.visibleAtMs != null, null, { timeout: 30_000 });
    await expect.poll(() => page.getByRole("progressbar").count()).toBe(0);
    await page.close();
  });

  it.each<[string, string, Files, string, RegExp]>([
    ["an OBJ file", "box.obj", { "box.obj": obj.obj, "box.mtl": obj.mtl }, "plain", /two%20colours\.png/],
    [
      "an OBJ file without its library",
      "box.obj",
      { "box.obj": obj.obj },
      "red",
      /box\.mtl is missing: no such file/,
    ],
    [
      "a Collada file",
      "box.dae",
      { "box.dae": daeBox("two.png") },
      "plain",
      /two\.png is missing: no such file/,
    ],
    [
      "a glTF file",
      "box.gltf",
      { "box.gltf": gltfBox("box.bin", "two.png").file, "box.bin": gltf.bin },
      "plain",
      /two\.png is missing/,
    ],
    [
      "a glTF file without its buffer",
      "box.gltf",
      { "box.gltf": gltf.file },
      "placeholder",
      /box\.bin is missing/,
    ],
  ])("draws %s without its texture and names what is missing", async (_, uri, files, look, words) => {
    const page = await show(mesh(uri), files);
    const list = page.getByRole("list", { name: "Missing meshes and textures" });
    await list.waitFor();
    expect(await list.textContent()).toMatch(words);
    expect(await list.textContent()).not.toContain("token");
    const found = await patches(page);
    // An empty texture would be black.
    expect(found.black.share).toBeLessThan(0.001);
    if (look === "red") expect(found.red.share).toBeGreaterThan(0.02);
    await page.context().close();
    expect(faults.splice(0)).toEqual([]);
  });
});
