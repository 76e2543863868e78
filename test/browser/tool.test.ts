import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { hasChromium } from "../support/chromium.ts";
import { demoPage } from "./demo-page.ts";
import { drive, openPanel, patienceMs } from "./page-at-hand.ts";
import { shoot } from "./shots.ts";

/** Each opens pages of its own and has axe look at them, which a busy machine takes long for. */
vi.setConfig({ testTimeout: 150_000 });

describe.skipIf(!hasChromium())("the hand on the tool", () => {
  const demo = demoPage();
  let page: Page;

  beforeAll(async () => {
    page = demo.page;
    await drive(page);
    await openPanel(page, "Tool");
    await page.waitForFunction(() => window.twinViewer?.tool?.handle != null, null, { timeout: patienceMs });
  });

  const tool = () => page.evaluate(() => window.twinViewer?.tool ?? null);
  const reach = () => page.getByLabel("Reach").textContent();
  it("chooses the robot's own tool and follows a dragged handle at screen rate", async () => {
    const before = await tool();
    expect(before).toMatchObject({ link: "gripper_tcp", target: null, reached: null });
    await shoot(page, "tool-before");
    const { middle, z } = before?.handle ?? { middle: { x: 0, y: 0 }, z: { x: 0, y: 0 } };
    // The arrow of z is nearer than 0.1 m or further: any point of its line that is on it will do.
    const along = { x: z.x - middle.x, y: z.y - middle.y };
    const length = Math.hypot(along.x, along.y);
    const at = (px: number) => ({
      x: middle.x + (along.x / length) * px,
      y: middle.y + (along.y / length) * px,
    });
    await page.mouse.move(at(45).x, at(45).y);
    await page.mouse.down();
    for (let px = 45; px >= 0; px -= 5) await page.mouse.move(at(px).x, at(px).y);
    await expect.poll(async () => (await tool())?.target ?? null, { timeout: patienceMs }).not.toBeNull();
    await page.mouse.up();
    const after = await tool();
    expect(after?.reached).toBe(true);
    await expect.poll(reach, { timeout: patienceMs }).toMatch(/Reached|direct way/);
    await shoot(page, "tool-dragged");
  });
});
