import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { findingsOf } from "../browser/axe.ts";
import { openPage, openPanel } from "../browser/page-at-hand.ts";
import { pixelsLike } from "../browser/pixels.ts";
import { shoot } from "../browser/shots.ts";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { videoTruth } from "../unit/protocol/topics/video/video-truth.ts";
import { peerPage } from "./peer-page.ts";
import { hasRos, type TestProcess } from "./support.ts";
import { TopicWatcher } from "./topic-watcher.ts";

/** How far a colour may be from ffmpeg's, of 255: decoders round differently, and canvases convert with fewer bits. */
const tolerance = 8;
/** Where in the points of the truth the bits of a frame's number begin. */
const bitsFrom = 4;
const patience = { timeout: 15_000 };

describe.skipIf(!hasRos() || !hasChromium())("videos of ROS", () => {
  const at = peerPage("video_peer.py");
  let peer: TestProcess;
  let page: Page;

  beforeAll(async () => {
    ({ peer, page } = at);
    await openPanel(page, "Topics");
    await page.getByRole("list", { name: "Topics" }).waitFor({ timeout: 30_000 });
  }, 120_000);

  const switchOf = (topic: string, on: Page = page) =>
    on.getByRole("list", { name: "Topics" }).getByRole("switch", { name: new RegExp(`^${topic} `) });
  const cardOf = (topic: string) => page.getByRole("region", { name: topic, exact: true });
  const pictureOf = (topic: string, on: Page = page) =>
    on.getByRole("img", { name: new RegExp(`^Picture of ${topic}`) });

  /** The colours of a picture at the points of the truth; null: there is none yet. */
  async function colorsOf(topic: string, on: Page = page): Promise<number[][] | null> {
    return pictureOf(topic, on)
      .first()
      .evaluate(
        (element, { points, width, height }) => {
          const canvas = element as HTMLCanvasElement;
          if (canvas.width !== width || canvas.height !== height) return null;
          const context = canvas.getContext("2d");
          return points.map(([x, y]) => [...(context?.getImageData(x, y, 1, 1).data ?? [])].slice(0, 3));
        },
        { points: videoTruth.points, width: videoTruth.width, height: videoTruth.height },
      );
  }

  /** How many pixels of the 3D view have each of these colours, within 12 of 255. */
  async function countOf(colors: readonly (readonly number[])[]): Promise<number[]> {
    const camera = await page.evaluate(() => window.twinViewer?.camera ?? null);
    if (camera === null) throw new Error("no 3D view");
    const { left: x, top: y, width, height } = camera;
    const png = (await page.screenshot({ clip: { x, y, width, height } })).toString("base64");
    return (await pixelsLike(page, png, colors)).map((pixels) => pixels.length);
  }

  /** Which frame is seen, by the blocks along its top; checks that its colours are those that ffmpeg decodes. */
  async function seen(topic: string, format: keyof typeof videoTruth.streams, on: Page = page) {
    const colors = await eventually(
      `a picture of ${topic}`,
      async () => (await colorsOf(topic, on)) ?? undefined,
      30_000,
    );
    const bits = colors.slice(bitsFrom).map(([red = 0]) => (red > 128 ? "1" : "0"));
    const number = Number.parseInt(bits.join(""), 2);
    const truth = videoTruth.streams[format].colors[number] ?? [];
    const off = colors.map((color, i) =>
      Math.max(...color.map((value, k) => Math.abs(value - (truth[i]?.[k] ?? 999)))),
    );
    expect(Math.max(...off), `frame ${number} of ${topic}: ${JSON.stringify(colors)}`).toBeLessThanOrEqual(
      tolerance,
    );
    return { number, off: Math.max(...off) };
  }

  it.each([
    ["/h264/video", "h264"],
    ["/vp9/video", "vp9"],
    ["/av1/video", "av1"],
    ["/driver/compressed", "h264"],
  ] as const)(
    "shows %s in the colours that ffmpeg decodes, frame by frame",
    async (topic, format) => {
      await switchOf(topic).click();
      const numbers = new Set<number>();
      let worst = 0;
      await eventually(
        "many frames of all three groups",
        async () => {
          const { number, off } = await seen(topic, format);
          numbers.add(number);
          worst = Math.max(worst, off);
          return numbers.size >= 15 ? true : undefined;
        },
        60_000,
      );
      console.info(`${topic}: ${numbers.size} frames, at most ${worst} of 255 off`);
      // Between key frames, too.
      expect([...numbers].filter((number) => number % videoTruth.group !== 0).length).toBeGreaterThan(10);
      await shoot(page, `video-${topic.slice(1).replace("/", "-")}`);
      await switchOf(topic).click();
    },
    90_000,
  );

  it("names the codec that the browser does not have, and what to do", async () => {
    await switchOf("/h265/video").click();
    const text =
      /This browser cannot decode H\.265 \(hev1\.1\.6\.L\d+\.90\)\. Have the camera send H\.264, VP9 or AV1/;
    await cardOf("/h265/video").getByText(text).waitFor({ timeout: 30_000 });
    await shoot(page, "video-h265");
    await switchOf("/h265/video").click();
  }, 60_000);

  it("shows who comes later the picture that stands, though its group began long before", async () => {
    await switchOf("/h264/video").click();
    await seen("/h264/video", "h264");
    peer.tell({ do: "until", format: "h264", number: 16 });
    await eventually("the camera stands", () => peer.events("stands")[0]);
    await expect.poll(async () => (await seen("/h264/video", "h264")).number, patience).toBe(16);
    await expect.poll(() => pictureOf("/h264/video").getAttribute("data-standing"), patience).toBe("true");
    await shoot(page, "video-stands");
    const browser = await launchChromium();
    try {
      const faults: string[] = [];
      const later = await openPage(browser, at.twin.url, faults);
      await openPanel(later, "Topics");
      await switchOf("/h264/video", later).click();
      await expect.poll(async () => (await seen("/h264/video", "h264", later)).number, patience).toBe(16);
      await later.getByText(/the last one came [\d.]+ s ago/).waitFor();
      await expect
        .poll(() => pictureOf("/h264/video", later).getAttribute("data-standing"), patience)
        .toBe("true");
      await shoot(later, "video-later");
      expect(faults).toEqual([]);
    } finally {
      await browser.close();
    }
    peer.tell({ do: "go", format: "h264" });
    await expect.poll(() => pictureOf("/h264/video").getAttribute("data-standing"), patience).toBe("false");
  }, 90_000);

  it("is on the wall of pictures, zoomed, and at the end of its camera's view at once", async () => {
    await switchOf("/vp9/video").click();
    await seen("/vp9/video", "vp9");
    await page.getByRole("button", { name: "Enlarge /h264/video" }).click();
    const wall = page.getByRole("region", { name: "Pictures" });
    for (const [topic, format] of [
      ["/h264/video", "h264"],
      ["/vp9/video", "vp9"],
    ] as const) {
      await wall.getByRole("button", { name: `Zoom in on ${topic}` }).click();
      await seen(topic, format);
    }
    await shoot(page, "video-wall");
    expect(await findingsOf(page)).toEqual([]);
    await page.getByRole("button", { name: "Close the pictures" }).click();
    await seen("/h264/video", "h264");
    await switchOf("/vp9/video").click();
    const areas = videoTruth.streams.h264.colors[0]?.slice(0, bitsFrom) ?? [];
    const drawn = async () => (await countOf(areas)).map((count) => count > 300);
    expect(await drawn()).toEqual([false, false, false, false]);
    await switchOf("/h264/camera_info").click();
    await expect.poll(drawn, patience).toEqual([true, true, true, true]);
    await shoot(page, "video-camera");
    // A video that is hidden is not drawn any more.
    await switchOf("/h264/video").click();
    await expect.poll(drawn, patience).toEqual([false, false, false, false]);
    await switchOf("/h264/camera_info").click();
    await switchOf("/h264/video").click();
  }, 90_000);

  it("goes on with the next key frame after a message that is none, and names its field in an event", async () => {
    const watcher = await new TopicWatcher(at.twin.url).open();
    try {
      watcher.watch("/h264/video");
      await watcher.newest("/h264/video", 12);
      for (const [kind, reason] of [
        ["empty", "data: is empty"],
        ["format", 'format: "mjpeg" is not known'],
        ["bytes", "data: does not begin with a start code"],
      ] as const) {
        const before = watcher.of("/h264/video").length;
        peer.tell({ do: "garbage", format: "h264", kind });
        await eventually("it is counted", async () =>
          (await (await fetch(`${at.twin.url}/api/events`)).text()).includes(reason.replaceAll('"', '\\"'))
            ? true
            : undefined,
        );
        await watcher.newest("/h264/video", before + 15);
      }
      const { messages } = watcher;
      const metas = messages.map(({ header }) => header.meta as { key: boolean; sequence: number });
      expect(metas[0]?.key).toBe(true);
      for (const [i, { key, sequence }] of metas.entries()) {
        if (i > 0 && !key) expect(sequence).toBe((metas[i - 1]?.sequence ?? 0) + 1);
      }
      const metrics = await (await fetch(`${at.twin.url}/metrics`)).text();
      expect(metrics).toMatch(/twin_source_messages_total\{source="ros:\/h264\/video",result="rejected"\} 3/);
      expect(messages.at(-1)?.header).toMatchObject({ format: "video", frame: "eye", reduced: null });
      expect(messages.at(-1)?.header.stamp?.sec).toBeGreaterThan(1.7e9);
      expect(messages.at(-1)?.header.placement?.above.at(-1)?.frame).toBe("base_link");
      await seen("/h264/video", "h264");
    } finally {
      watcher.end();
    }
  }, 90_000);

  it("stays as it is in the page until the next key frame, where one of its messages is none", async () => {
    await seen("/h264/video", "h264");
    const at = async () => (await seen("/h264/video", "h264")).number;
    peer.tell({ do: "garbage", format: "h264", kind: "bytes", after: 23 });
    const numbers = new Set<number>();
    await eventually("the frame before", async () => ((await at()) === 23 ? true : undefined), 30_000);
    await eventually(
      "the next key frame",
      async () => {
        const number = await at();
        numbers.add(number);
        return number < 20 ? true : undefined;
      },
      10_000,
    );
    expect([...numbers].filter((number) => number > 23)).toEqual([]);
  }, 60_000);

  it("is key frames alone for a small budget, and says so", async () => {
    const watcher = await new TopicWatcher(at.twin.url).open();
    try {
      watcher.watch("/h264/video", 50_000);
      await watcher.newest("/h264/video", 4);
      for (const { header } of watcher.messages) {
        expect(header.meta.key).toBe(true);
        expect(header.reduced).toMatch(/^key frames only/);
      }
    } finally {
      watcher.end();
    }
  }, 60_000);
});
