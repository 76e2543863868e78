import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it } from "vitest";
import { hasChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { findingsOf } from "./axe.ts";
import { demoPage } from "./demo-page.ts";
import { openPanel, patienceMs } from "./page-at-hand.ts";
import { shoot } from "./shots.ts";

describe.skipIf(!hasChromium())("alarms that stand", () => {
  const demo = demoPage({ colorScheme: "dark" });
  let page: Page;

  beforeAll(async () => {
    page = demo.page;
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
