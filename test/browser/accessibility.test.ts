import type { Browser } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { findingsOf } from "./axe.ts";
import { drive, openPage, openPanel, panelNames, patienceMs } from "./page-at-hand.ts";
import { shoot } from "./shots.ts";

const root = new URL("../..", import.meta.url).pathname;
describe.skipIf(!hasChromium())("axe", () => {
  const twin = new TwinProcess();
  const show = new TwinProcess();
  const faults: string[] = [];
  let browser: Browser;

  beforeAll(async () => {
    await twin.up("--port", "0");
    browser = await launchChromium();
  });
  afterEach(() => expect(faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await browser?.close();
    await twin.remove();
    await show.remove();
  });

  for (const colorScheme of ["light", "dark"] as const) {
    for (const [width, height] of [
      [1280, 800],
      [390, 844],
    ] as const) {
      // What fades in is judged once it is there.
      const options = {
        viewport: { width, height },
        colorScheme,
        hasTouch: width < 700,
        reducedMotion: "reduce",
      } as const;

      it(`finds nothing on any panel, ${colorScheme}, ${width} px`, async () => {
        const page = await openPage(browser, twin.url, faults, options);
        const found: Record<string, string[]> = {};
        const look = async (where: string): Promise<void> => {
          const findings = await findingsOf(page);
          if (findings.length > 0) found[where] = findings;
        };
        for (const name of panelNames) {
          await openPanel(page, name);
          await look(name);
        }
        await openPanel(page, "Graph");
        await page.locator("label").getByText("Drawing", { exact: true }).click();
        await page.getByRole("treeitem", { name: /^elbow/ }).waitFor();
        await shoot(page, `graph-${colorScheme}-${width}`);
        await look("the graph, drawn");
        await page.locator("label").getByText("List", { exact: true }).click();
        await openPanel(page, "Plots");
        await page.getByLabel("Find a number to plot").fill("elbow position");
        await look("numbers found");
        await page.getByRole("list", { name: "Numbers found" }).getByRole("button").first().click();
        await page.getByLabel("Find a number to plot").fill("");
        await page.getByRole("list", { name: "Plotted numbers" }).waitFor();
        await look("a plot");
        await page.getByRole("button", { name: "Pause", exact: true }).click();
        await page.getByRole("status", { name: "The past is shown" }).waitFor({ timeout: patienceMs });
        for (const name of panelNames) {
          await openPanel(page, name);
          await look(`${name}, in the past`);
        }
        await page.getByRole("button", { name: "Compare with now" }).click();
        await page.getByText("Then", { exact: true }).waitFor({ timeout: patienceMs });
        await look("compared with now");
        await page.getByRole("button", { name: "Back to live" }).click();
        await page.getByRole("status", { name: "The past is shown" }).waitFor({ state: "detached" });
        await openPanel(page, "Joints");
        await drive(page);
        const row = page.getByRole("listitem", { name: "elbow", exact: true });
        await row.getByRole("button", { name: "elbow", exact: true }).click();
        await page.getByLabel("elbow target value").fill("99");
        await look("driving, a target outside the limits");
        await page.getByRole("button", { name: "Go", exact: true }).click();
        await page.getByLabel("Last move").getByText("refused").waitFor({ timeout: patienceMs });
        await look("refused");
        await page.getByRole("button", { name: "You drive" }).click();
        await page.getByRole("button", { name: "Stop driving" }).waitFor();
        await look("the menu of who drives");
        await page.keyboard.press("Escape");
        await page.getByRole("button", { name: "Stop", exact: true }).click();
        await page.getByText(/is stopped by/).waitFor({ timeout: patienceMs });
        await look("stopped");
        await page.getByRole("button", { name: "Reset" }).click();
        await page.getByText(/is stopped by/).waitFor({ state: "hidden", timeout: patienceMs });
        await page.context().close();
        expect(found).toEqual({});
      });
    }
  }

  it("finds nothing while the server is silent", async () => {
    const page = await openPage(browser, twin.url, faults, { viewport: { width: 1280, height: 800 } });
    twin.signal("SIGSTOP");
    await page
      .getByText(/server says nothing|server does not answer/)
      .first()
      .waitFor({ timeout: patienceMs });
    const findings = await findingsOf(page);
    twin.signal("SIGCONT");
    await page.context().close();
    expect(findings).toEqual([]);
  });

  it("finds nothing on a design twin", async () => {
    show.start("model", "show", `${root}urdf/arm.urdf`);
    await expect.poll(() => /is shown at (http:\S+)\n/.exec(show.out)?.[1], { timeout: 15_000 }).toBeTruthy();
    const url = /is shown at (http:\S+)\n/.exec(show.out)?.[1] ?? "";
    for (const width of [1280, 390]) {
      const page = await openPage(browser, url, faults, { viewport: { width, height: 800 } });
      await page.getByRole("region", { name: "Design" }).waitFor({ timeout: patienceMs });
      expect(await findingsOf(page), `${width} px`).toEqual([]);
      await page.context().close();
    }
  });
});
