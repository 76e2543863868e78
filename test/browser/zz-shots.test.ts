import { it } from "vitest";
import { launchChromium } from "../support/chromium.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { findingsOf } from "./axe.ts";
import { drive, openPage, openPanel } from "./page-at-hand.ts";

it("shots", async () => {
  const twin = new TwinProcess();
  await twin.up("--port", "0");
  const browser = await launchChromium();
  for (const scheme of ["light", "dark"] as const) {
    const page = await openPage(browser, twin.url, [], {
      viewport: { width: 390, height: 844 },
      hasTouch: true,
      colorScheme: scheme,
      reducedMotion: "reduce",
    });
    await drive(page);
    for (const name of ["Tool", "Poses", "Scene", "Drive"]) {
      await openPanel(page, name);
      await page.waitForTimeout(2500);
      if (name === "Tool")
        for (let i = 0; i < 6; i++) await page.getByRole("button", { name: "Nudge z down" }).click();
      await page.screenshot({ path: `/tmp/page-shots/phone-${scheme}-${name}.png` });
      const f = await findingsOf(page);
      if (f.length) console.log(scheme, name, f);
    }
    if (scheme === "light") {
      await openPanel(page, "Tool");
      await page
        .getByRole("region", { name: "Tool", exact: true })
        .getByRole("button", { name: "Plan", exact: true })
        .click();
      await page.waitForTimeout(3500);
      await page.screenshot({ path: `/tmp/page-shots/phone-plan.png` });
      const f = await findingsOf(page);
      if (f.length) console.log("plan", f);
    }
    await page.context().close();
  }
  await browser.close();
  await twin.remove();
}, 300000);
