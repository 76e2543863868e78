import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { freePort } from "../support/mosquitto.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { openPanel, patienceMs } from "./page-at-hand.ts";

const root = new URL("../..", import.meta.url).pathname;

describe.skipIf(!hasChromium())("the page's word for how things are", () => {
  const twin = new TwinProcess();
  const faults: string[] = [];
  let browser: Browser;
  let url = "";

  beforeAll(async () => {
    // A broker that never was there, and a robot that nothing measures.
    const config = twin.file(
      "twin.yaml",
      `robots: [{id: scara, description: ${root}urdf/scara.urdf}]\nmqtt: {url: "mqtt://127.0.0.1:${await freePort()}"}\n`,
    );
    await twin.up("--port", "0", "--config", config);
    url = twin.url;
    browser = await launchChromium();
  });
  afterEach(() => expect(faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await browser?.close();
    await twin.remove();
  });

  async function open(width: number): Promise<Page> {
    const page = await (await browser.newContext({ viewport: { width, height: 844 } })).newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    await page.goto(url);
    await page.waitForFunction(() => window.twinViewer?.visibleAtMs != null, null, { timeout: 60_000 });
    return page;
  }

  it("is the same at the top, in the footer and in the overview, and not green", async () => {
    const page = await open(1280);
    const top = page.getByLabel(/^Connection:/);
    await expect.poll(() => top.getAttribute("data-tone"), { timeout: patienceMs }).toBe("doubt");
    await openPanel(page, "Overview");
    const cards = page.getByRole("list", { name: "Health" }).getByRole("listitem");
    const agreed = async (): Promise<boolean> =>
      (await cards.first().textContent())?.startsWith((await top.textContent()) ?? "–") === true;
    await expect.poll(agreed, { timeout: patienceMs }).toBe(true);
    const said = async (): Promise<string> => (await cards.allTextContents()).join("\n");
    await expect
      .poll(said, { timeout: patienceMs })
      .toContain("No joint of twin_scara has been measured yet");
    expect(await said()).toMatch(/ECONNREFUSED 127\.0\.0\.1:\d+/);
    expect(await said()).toContain("Nothing listens there: start the broker, or correct mqtt.url");
    expect(await page.locator(".status-bar > [data-tone='good']").count()).toBe(0);
    await page.context().close();
  });

  it("does not call a broker lost that never was there, and says it under Devices, on a phone too", async () => {
    for (const width of [1280, 390]) {
      const page = await open(width);
      for (const name of ["Sources", "Devices"]) {
        await openPanel(page, name);
        const card = page
          .getByRole("region", { name, exact: true })
          .getByRole("listitem", { name: "broker" });
        await card.waitFor({ timeout: patienceMs });
        const text = await card.textContent();
        expect(text).toContain("connecting");
        expect(text).not.toMatch(/lost|went away/);
        expect(text).toMatch(/start the broker, or correct mqtt\.url/);
      }
      await page.context().close();
    }
    expect(await twin.events("broker.lost")).toEqual([]);
    // One line, not one for each try.
    expect((await twin.events("broker.waiting")).length).toBe(1);
  });
});
