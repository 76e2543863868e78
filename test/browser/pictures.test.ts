import { describe, expect, it } from "vitest";
import { hasChromium } from "../support/chromium.ts";
import { findingsInEachLook } from "./axe.ts";
import { demoPage } from "./demo-page.ts";
import { openPanel } from "./page-at-hand.ts";
import { shoot } from "./shots.ts";

const topic = "/camera/image_raw";

describe.skipIf(!hasChromium())("the pictures of topics, enlarged", () => {
  const at = demoPage();

  it("cover the 3D view with their age, are zoomed and moved by keys, and closed by Esc", async () => {
    const { page } = at;
    await openPanel(page, "Topics");
    const list = page.getByRole("list", { name: "Topics" });
    await list.getByRole("switch", { name: new RegExp(`^${topic} `) }).check();
    const enlarge = page.getByRole("button", { name: `Enlarge ${topic}` });
    await enlarge.click();
    const wall = page.getByRole("region", { name: "Pictures" });
    const frame = wall.getByRole("group", { name: new RegExp(topic) });
    await frame.waitFor();
    await wall.getByText(/\d+ ms old, stamped|s ago, stamped/).waitFor({ timeout: 20_000 });
    const colours = () =>
      frame.locator("canvas").evaluate((canvas) => {
        const { width, height } = canvas as HTMLCanvasElement;
        const data = (canvas as HTMLCanvasElement).getContext("2d")?.getImageData(0, 0, width, height).data;
        return new Set(new Uint32Array(data?.buffer ?? new ArrayBuffer(0))).size;
      });
    await expect.poll(colours, { timeout: 20_000 }).toBeGreaterThan(50);
    await shoot(page, "pictures");
    await frame.focus();
    await page.keyboard.press("+");
    await page.keyboard.press("ArrowLeft");
    await wall.getByRole("group", { name: `${topic}, 1.5 times as large` }).waitFor();
    const seen = await frame.locator("canvas").boundingBox();
    const box = await frame.boundingBox();
    expect((seen?.width ?? 0) / (box?.width ?? 1)).toBeCloseTo(1.5, 1);
    await shoot(page, "pictures-zoomed");
    await wall.getByRole("button", { name: `The whole of ${topic}` }).click();
    await wall.getByRole("group", { name: `${topic}, whole` }).waitFor();
    expect(await findingsInEachLook(page, (look) => shoot(page, `pictures-${look}`))).toEqual({});
    await page.emulateMedia({ colorScheme: "light" });
    await frame.focus();
    await page.keyboard.press("Escape");
    await wall.waitFor({ state: "detached" });
    await enlarge.waitFor();
  }, 120_000);

  it("stop the robot by Space all the same, and are gone with the last picture", async () => {
    const { page } = at;
    await page.getByRole("button", { name: `Enlarge ${topic}` }).click();
    const wall = page.getByRole("region", { name: "Pictures" });
    await wall.getByRole("group").first().focus();
    await page.keyboard.press("Space");
    await page
      .getByText(/stopped/i)
      .first()
      .waitFor({ timeout: 10_000 });
    await page.getByRole("button", { name: `Hide ${topic}` }).click();
    await wall.waitFor({ state: "detached" });
  }, 60_000);
});
