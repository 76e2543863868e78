import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findingsInEachLook, findingsOf } from "../browser/axe.ts";
import { openPanel } from "../browser/page-at-hand.ts";
import { type Pixel, pixelsLike } from "../browser/pixels.ts";
import { shoot } from "../browser/shots.ts";
import { hasChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { peerPage } from "./peer-page.ts";
import { hasRos, type TestProcess } from "./support.ts";

type Layer = {
  topic: string;
  number: number;
  points: [number, number, number][];
  near: number;
  around: Layer["points"];
};

const topics = [
  ..."scan cloud range path polygon pose odometry spread poses point wrench twist imu sight grid".split(" "),
  ..."arrow between cube sphere cylinder strip lines cubes spheres dots triangles mesh"
    .split(" ")
    .map((kind) => `marker/${kind}`),
  "markers",
];

describe.skipIf(!hasRos() || !hasChromium())("what the 3D view draws of topics", () => {
  const folder = mkdtempSync(join(tmpdir(), "twin-shapes-"));
  const config = join(folder, "twin.yaml");
  writeFileSync(config, `ros: { packages: { shapes: ${folder} } }\n`);
  afterAll(() => rmSync(folder, { recursive: true, force: true }));
  const twinArgs = ["--ros", "on", "--config", config];
  const at = peerPage("layers_peer.py", { peerArgs: [folder], twinArgs });
  let peer: TestProcess;
  let page: Page;

  beforeAll(async () => {
    ({ peer, page } = at);
    await openPanel(page, "Topics");
    await page.getByRole("list", { name: "Topics" }).waitFor({ timeout: 30_000 });
    // What lies on the view is not what is drawn in it.
    await page.addStyleTag({
      content: ".legend, .view-buttons, .banners, .banner { visibility: hidden !important; }",
    });
  }, 120_000);

  const layerOf = (topic: string, number = 0): Layer => {
    const all = peer.events("layer") as unknown as Layer[];
    const found = all.find((layer) => layer.topic === topic && layer.number === number);
    if (found === undefined) throw new Error(`the peer says nothing of ${topic}`);
    return found;
  };

  /** The view once it no longer changes, as PNG in base64. */
  async function still(before = ""): Promise<string> {
    let last = "";
    for (let i = 0; i < 60; i += 1) {
      const camera = await page.evaluate(() => window.twinViewer?.camera ?? null);
      if (camera === null) throw new Error("no 3D view");
      const { left: x, top: y, width, height } = camera;
      const shot = (await page.screenshot({ clip: { x, y, width, height } })).toString("base64");
      if (shot === last && shot !== before) return shot;
      last = shot;
      await page.waitForTimeout(100);
    }
    throw new Error(before === "" ? "the view does not come to rest" : "nothing new is drawn");
  }

  /** What differs clearly between two pictures; of one and the same picture, what has the colour of the peer's markers. */
  async function pixelsOf(picture: string, other: string): Promise<Pixel[]> {
    const found = await page.evaluate(
      async ({ pictures, isMarker }) => {
        const all = await Promise.all(
          pictures.map(async (png) => {
            const bytes = Uint8Array.from(atob(png), (char) => char.charCodeAt(0));
            const image = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
            const context = new OffscreenCanvas(image.width, image.height).getContext("2d");
            context?.drawImage(image, 0, 0);
            return context?.getImageData(0, 0, image.width, image.height);
          }),
        );
        const [first, second] = all;
        const pixels: [number, number][] = [];
        if (first === undefined || second === undefined) return pixels;
        const isChosen = (a: Uint8ClampedArray, b: Uint8ClampedArray): boolean => {
          const [red = 0, green = 0, blue = 0] = a;
          if (isMarker) return red - green > 60 && blue - green > 50;
          return a.some((value, k) => Math.abs(value - (b[k] ?? 0)) > 24);
        };
        for (let i = 0; i < first.data.length; i += 4) {
          if (isChosen(first.data.subarray(i, i + 3), second.data.subarray(i, i + 3)))
            pixels.push([(i / 4) % first.width, Math.floor(i / 4 / first.width)]);
        }
        return pixels;
      },
      { pictures: [picture, other], isMarker: picture === other },
    );
    return found.map(([u, v]) => [u + 0.5, v + 0.5]);
  }

  /** Where points of the scene are in the view, px, by the pinhole camera's own formulas. */
  async function projected(points: Layer["points"]): Promise<Pixel[]> {
    const camera = await page.evaluate(() => window.twinViewer?.camera ?? null);
    if (camera === null) throw new Error("no 3D view");
    const { pose, fieldOfView, width, height } = camera;
    const at = (k: number): number => pose[k] as number;
    const focal = height / 2 / Math.tan(fieldOfView / 2);
    return points.map(([x, y, z]) => {
      const away = [x - at(12), y - at(13), z - at(14)] as const;
      const along = (k: number) => away[0] * at(k) + away[1] * at(k + 1) + away[2] * at(k + 2);
      const [right, up, back] = [along(0), along(4), along(8)];
      return [width / 2 - (focal * right) / back, height / 2 + (focal * up) / back];
    });
  }

  /** Greatest distance of a pixel of `from` to the nearest of `to`. */
  function farthest(from: readonly Pixel[], to: readonly Pixel[]): number {
    const cells = new Map<string, Pixel[]>();
    const size = 8;
    for (const pixel of to) {
      const key = `${Math.floor(pixel[0] / size)} ${Math.floor(pixel[1] / size)}`;
      cells.set(key, [...(cells.get(key) ?? []), pixel]);
    }
    let most = 0;
    for (const [u, v] of from) {
      let least = 99;
      for (let i = -2; i <= 2; i += 1) {
        for (let j = -2; j <= 2; j += 1) {
          const key = `${Math.floor(u / size) + i} ${Math.floor(v / size) + j}`;
          for (const [a, b] of cells.get(key) ?? []) least = Math.min(least, Math.hypot(a - u, b - v));
        }
      }
      most = Math.max(most, least);
    }
    return most;
  }

  /** Without single pixels: where the axes of the floor cross, their colours mix to that of the markers. */
  function inGroups(pixels: readonly Pixel[]): Pixel[] {
    const known = new Set(pixels.map(String));
    const beside = [-1, 0, 1].flatMap((i) => [-1, 0, 1].map((j) => [i, j] as const));
    return pixels.filter(([u, v]) => beside.filter(([i, j]) => known.has(`${u + i},${v + j}`)).length > 3);
  }

  const switchOf = (topic: string) =>
    page.getByRole("list", { name: "Topics" }).getByRole("switch", { name: new RegExp(`^${topic} `) });

  /** The view with a layer and without it. A view that got fewer pixels meanwhile, as on a slow machine, is looked at again. */
  async function drawnOf(topic: string, points: Layer["points"]) {
    for (let trial = 0; trial < 3; trial += 1) {
      const empty = await still();
      await switchOf(`/${topic}`).click();
      const drawn = await still(empty);
      await shoot(page, `layer-${topic.replace("/", "-")}`);
      const expected = await projected(points);
      await switchOf(`/${topic}`).click();
      if ((await still(drawn)) === empty) return { pixels: await pixelsOf(empty, drawn), expected };
    }
    throw new Error(`the view without ${topic} is not as it was before`);
  }

  it.each(topics)(
    "draws /%s where numpy says, to 2 px",
    async (topic) => {
      const { points, near, around } = layerOf(`/${topic}`);
      const { pixels, expected } = await drawnOf(topic, points);
      expect(pixels.length).toBeGreaterThan(10);
      const [missing, beyond] = [
        farthest(expected, pixels),
        farthest(pixels, [...expected, ...(await projected(around))]),
      ];
      console.info(`${topic}: missing ${missing.toFixed(1)} px, beyond ${beyond.toFixed(1)} px`);
      expect(missing).toBeLessThan(2);
      expect(beyond).toBeLessThan(near);
    },
    60_000,
  );

  it("colours a cloud by the field that a person chooses, and in one colour", async () => {
    const { points } = layerOf("/cloud");
    const card = page.getByRole("region", { name: "/cloud", exact: true });
    const empty = await still();
    await switchOf("/cloud").click();
    await card.getByText("Look", { exact: true }).click();
    const by = card.getByLabel("Colour by");
    await expect
      .poll(() => by.locator("option").allTextContents())
      .toEqual(["as published (z)", "x", "y", "z", "one colour"]);
    // Of large points the middle has a colour of its own at any resolution.
    await card.getByRole("slider", { name: "Point size" }).focus();
    for (let i = 2; i < 10; i += 1) await page.keyboard.press("ArrowRight");
    await card.getByText("Point size: 10 px").waitFor();
    const before = await still(empty);
    await by.selectOption("x");
    const byX = await still(before);
    await shoot(page, "cloud-by-x");
    // The ends of the ramp, of the points with the least and the greatest x.
    const ends = await pixelsLike(page, byX, [
      [122, 4, 3],
      [48, 18, 59],
    ]);
    const expected = await projected(points);
    for (const pixels of ends) {
      expect(pixels.length).toBeGreaterThan(0);
      expect(farthest(pixels, expected)).toBeLessThan(8);
    }
    await by.selectOption("one colour");
    await card.getByLabel("Colour of /cloud").fill("#ff00ff");
    const oneColour = await still(byX);
    const [magenta = []] = await pixelsLike(page, oneColour, [[255, 0, 255]]);
    expect(farthest(expected, magenta)).toBeLessThan(2);
    expect(await findingsInEachLook(page)).toEqual({});
    await page.emulateMedia({ colorScheme: "light" });
    await card.getByRole("button", { name: "Usual look of /cloud" }).click();
    await card.getByText("Point size: 2 px").waitFor();
    await switchOf("/cloud").click();
  }, 60_000);

  it("draws a camera's picture at the end of its view, the right way round and in its colours", async () => {
    const { points: left, around: right } = layerOf("/camera/image_raw");
    const empty = await still();
    await switchOf("/camera/image_raw").click();
    await page.getByRole("img", { name: "Picture of /camera/image_raw" }).waitFor();
    await switchOf("/camera/camera_info").click();
    const drawn = await still(empty);
    await shoot(page, "camera-picture");
    const halves = await pixelsLike(page, drawn, [
      [255, 0, 0],
      [0, 0, 255],
    ]);
    for (const [k, points] of [left, right].entries()) {
      const [expected, pixels] = [await projected(points), halves[k] ?? []];
      expect(farthest(expected, pixels)).toBeLessThan(3);
      expect(farthest(pixels, expected)).toBeLessThan(6);
    }
    await switchOf("/camera/image_raw").click();
    const without = await still(drawn);
    expect((await pixelsLike(page, without, [[255, 0, 0]]))[0]).toEqual([]);
    await switchOf("/camera/camera_info").click();
  }, 60_000);

  it("tells the place of a satellite receiver, and draws where it is", async () => {
    await switchOf("/gps").click();
    const card = page.getByRole("region", { name: "/gps", exact: true });
    for (const text of ["52.1003000°", "4.5008000°", "3.25 m", "0.20, 0.30, 0.40 m", "GBAS"]) {
      await card.getByText(text, { exact: true }).waitFor({ timeout: 10_000 });
    }
    await card.getByRole("img", { name: /north up/ }).waitFor();
    expect(await findingsOf(page)).toEqual([]);
    await shoot(page, "gps");
    await switchOf("/gps").click();
  }, 60_000);

  it("gives the mesh of a marker that somebody watches, and no other file", async () => {
    const status = async (uri: string) =>
      (await fetch(`${at.twin.url}/api/assets?uri=${encodeURIComponent(uri)}`)).status;
    expect(await status("package://shapes/wedge.stl")).toBe(200);
    expect(await status("package://shapes/none.stl")).toBe(403);
    const told = [
      ["outside_0", /unnamed\.stl is refused/],
      ["outside_1", /none\.stl is missing: no such file/],
      ["outside_2", /passwd\.stl is refused: the address leaves its package/],
    ] as const;
    for (const [topic, text] of told) {
      await switchOf(`/${topic}`).click();
      await page.getByText(text).first().waitFor({ timeout: 10_000 });
      await switchOf(`/${topic}`).click();
    }
    expect(await status(`file://${folder}/unnamed.stl`)).toBe(403);
    expect(await status("package://shapes/unnamed.stl")).toBe(403);
  });

  it("follows a robot through 20 poses with a marker on its tool, to 2 px", async () => {
    const empty = await still();
    await switchOf("/marker/spheres").click();
    let before = await still(empty);
    let worst = 0;
    for (let number = 1; number <= 20; number += 1) {
      const turn = (2 * Math.PI * number) / 20;
      const base = { x: 0.25 * Math.cos(turn), y: 0.25 * Math.sin(turn), yaw: 2 * turn - Math.PI };
      peer.tell({ do: "move", ...base, number });
      await eventually("the peer is there", () =>
        peer.events("layer").find((layer) => layer.number === number),
      );
      await still(before);
      // A slow machine draws seldom: what stands for a moment may move again.
      await page.waitForTimeout(500);
      const drawn = await still(before);
      const expected = await projected(layerOf("/marker/spheres", number).points);
      const pixels = inGroups(await pixelsOf(drawn, drawn));
      worst = Math.max(worst, farthest(expected, pixels), farthest(pixels, expected));
      before = drawn;
    }
    console.info(`20 poses: at most ${worst.toFixed(1)} px off`);
    expect(worst).toBeLessThan(2);
    await switchOf("/marker/spheres").click();
  }, 240_000);
});
