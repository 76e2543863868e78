import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { drive, openPage, openPanel, patienceMs } from "./page-at-hand.ts";

/** rad: the demo's gripper in the rover's deck. */
const intoDeck = { shoulder_lift: 1.6, elbow: 1.2 };

describe.skipIf(!hasChromium())("the ghost of a move", () => {
  const twin = new TwinProcess();
  let browser: Browser;
  let page: Page;
  const faults: string[] = [];

  beforeAll(async () => {
    await twin.up("--port", "0");
    browser = await launchChromium();
    page = await openPage(browser, twin.url, faults);
  });
  afterAll(async () => {
    await browser?.close();
    await twin.remove();
  });

  const fault = () =>
    page.evaluate(() => Object.values(window.twinViewer?.state().robots ?? {})[0]?.ghostFault);

  it("turns red before Go where the robot would collide with itself, and says with what", async () => {
    await openPanel(page, "Joints");
    await drive(page);
    for (const [joint, position] of Object.entries(intoDeck)) {
      const slider = page.getByRole("slider", { name: new RegExp(`^${joint}`) });
      await slider.fill(String(position));
    }
    await expect.poll(fault, { timeout: patienceMs }).toBe("self_collision");
    await page
      .getByText(/The ghost is red: \S+ would collide with \S+ after/)
      .waitFor({ timeout: patienceMs });
    await page.getByRole("button", { name: "Go", exact: true }).click();
    await page
      .getByText(/refused/)
      .first()
      .waitFor({ timeout: patienceMs });
    await page.keyboard.press("Escape");
    await expect.poll(fault, { timeout: patienceMs }).toBeNull();
    expect(faults).toEqual([]);
  });
});
