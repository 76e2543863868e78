import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { WsClient } from "../support/ws-client.ts";
import { drive, openPage, openPanel, patienceMs } from "./page-at-hand.ts";

describe.skipIf(!hasChromium())("driving from the page", () => {
  const twin = new TwinProcess();
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
  });

  const reset = async (page: Page): Promise<void> => {
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByText(/is stopped by/).waitFor({ state: "hidden", timeout: patienceMs });
  };

  it("says nothing of a lease when a stop overtakes a renewal", async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    /** Renewals that the line keeps back, and what lets them go. */
    let held: (() => void)[] | null = null;
    const answers: string[] = [];
    await page.routeWebSocket(/\/ws\/command/, (socket) => {
      const server = socket.connectToServer();
      socket.onMessage((message) => {
        if (held !== null && String(message).includes('"renew"')) held.push(() => server.send(message));
        else server.send(message);
      });
      server.onMessage((message) => {
        answers.push(String(message));
        socket.send(message);
      });
    });
    await page.goto(twin.url);
    await page.waitForFunction(() => window.twinViewer?.visibleAtMs != null, null, { timeout: 60_000 });
    await drive(page);
    const waiting: (() => void)[] = [];
    held = waiting;
    await expect.poll(() => waiting.length, { timeout: patienceMs }).toBeGreaterThan(0);
    await page.keyboard.press("Space");
    await page.getByText(/is stopped by/).waitFor({ timeout: patienceMs });
    held = null;
    for (const send of waiting) send();
    await expect.poll(() => answers.filter((one) => one.includes("no_lease")).length).toBe(waiting.length);
    await page.evaluate(
      () => new Promise((drawn) => requestAnimationFrame(() => requestAnimationFrame(drawn))),
    );
    expect(await page.locator(".banners").textContent()).not.toMatch(/lease|Drive/);
    await reset(page);
    await context.close();
  });

  it("says a refusal in the unit of the page, marks the field before, and Enter sends as Go does", async () => {
    const page = await openPage(browser, twin.url, faults);
    await page.getByRole("banner").getByText("deg", { exact: true }).click();
    await drive(page);
    const row = page.getByRole("listitem", { name: "elbow", exact: true });
    await row.getByRole("button", { name: "elbow", exact: true }).click();
    const field = page.getByLabel("elbow target value");
    await field.fill("200");
    expect(await field.getAttribute("aria-invalid")).toBe("true");
    await row.getByText("Outside −137.5° … 137.5°").waitFor();
    await row.getByText("→ 200.0°").waitFor();
    await field.press("Enter");
    const line = page.getByLabel("Last move");
    await line.getByText("elbow: 200.0° is outside −137.5° … 137.5°").waitFor({ timeout: patienceMs });
    await field.fill("20");
    expect(await field.getAttribute("aria-invalid")).not.toBe("true");
    await field.press("Enter");
    await line.getByText("done").waitFor({ timeout: patienceMs });
    await page.context().close();
  });

  it("tells a second page who drives and what it can do, wherever it could command", async () => {
    const script = await WsClient.open(twin.url, "/ws/command");
    await script.acquire("robot", "Ada");
    script.keepLease("robot");
    const page = await openPage(browser, twin.url, faults);
    for (const name of ["Joints", "Drive", "Devices"]) {
      await openPanel(page, name);
      const hint = page
        .getByRole("region", { name, exact: true })
        .getByText(/Ada drives\. Only STOP works here/);
      await hint.first().waitFor({ timeout: patienceMs });
    }
    script.close();
    await openPanel(page, "Joints");
    await page
      .getByText(/Press “Drive” at the top/)
      .first()
      .waitFor({ timeout: patienceMs });
    await page.context().close();
  });

  it("lets a notice go by itself, and says what to do while it stands", async () => {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    const page = await context.newPage();
    await page.clock.install();
    let isDeaf = false;
    await page.routeWebSocket(/\/ws\/command/, (socket) => {
      const server = socket.connectToServer();
      socket.onMessage((message) => {
        if (!isDeaf || !String(message).includes('"renew"')) server.send(message);
      });
      server.onMessage((message) => socket.send(message));
    });
    await page.goto(twin.url);
    await page.waitForFunction(() => window.twinViewer?.visibleAtMs != null, null, { timeout: 60_000 });
    await drive(page);
    isDeaf = true;
    const notice = page.getByText(/Press “Drive” again/);
    await notice.waitFor({ timeout: patienceMs });
    await page.clock.fastForward(11_000);
    await notice.waitFor({ state: "hidden", timeout: patienceMs });
    await context.close();
  });
});
