import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { findingsOf } from "./axe.ts";
import { openPage, openPanel, patienceMs } from "./page-at-hand.ts";
import { shoot } from "./shots.ts";

describe.skipIf(!hasChromium())("alarms that stand", () => {
  const twin = new TwinProcess();
  const faults: string[] = [];
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    await twin.up("--port", "0");
    browser = await launchChromium();
    page = await openPage(browser, twin.url, faults, { colorScheme: "dark" });
  });
  afterEach(() => expect(faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await browser?.close();
    await twin.remove();
  });

  it("are counted in the rail, acknowledged, and grey once they are cleared", async () => {
    await openPanel(page, "Events");
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    const alarms = page.getByRole("region", { name: "Alarms" });
    const stop = alarms.getByRole("listitem").filter({ hasText: "robot is stopped by" });
    await stop.waitFor({ timeout: patienceMs });
    await stop.getByText(/since \d/).waitFor();
    const rail = page.getByRole("navigation", { name: "Panels" });
    await rail.getByRole("button", { name: /not acknowledged/ }).waitFor();
    await shoot(page, "alarms-dark");
    expect(await findingsOf(page)).toEqual([]);
    await stop.getByRole("button", { name: /^Acknowledge: robot is stopped/ }).press("Enter");
    await stop.getByText("acknowledged").waitFor();
    await page.emulateMedia({ colorScheme: "light" });
    // The colours of Mantine's controls fade over.
    await eventually("no finding in the light", async () => (await findingsOf(page)).length === 0);
    await page.getByRole("button", { name: "Reset" }).click();
    await stop.getByText("cleared at").waitFor({ timeout: patienceMs });
    await shoot(page, "alarms-light");
  });
});
