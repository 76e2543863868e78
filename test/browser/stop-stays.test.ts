import { connectAsync } from "mqtt";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { hasMosquitto, Mosquitto } from "../support/mosquitto.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { WsClient } from "../support/ws-client.ts";
import { drive, lookForStop, openPage, openPanel, panelNames, patienceMs } from "./page-at-hand.ts";

const root = new URL("../..", import.meta.url).pathname;

/** Does what should stop, and waits until the server tells its command sessions of one more stop. */
async function expectStopAfter(client: WsClient, what: string, press: () => Promise<void>): Promise<void> {
  const before = client.of("stopped").length;
  await press();
  await eventually(`a stop by ${what}`, () => client.of("stopped").length > before, patienceMs);
}

describe.skipIf(!hasChromium() || !hasMosquitto())("a property named as one of the page's modes", () => {
  const broker = new Mosquitto();
  const twin = new TwinProcess();
  const faults: string[] = [];
  let browser: Browser;
  let page: Page;
  let client: WsClient;

  beforeAll(async () => {
    await broker.start();
    const config = twin.file(
      "twin.yaml",
      `robots: [{id: scara, description: ${root}urdf/scara.urdf}]
mqtt: {url: "${broker.url}", mappings: [{topic: cell/+, property: "{1}"}]}
`,
    );
    await twin.up("--port", "0", "--config", config);
    client = await WsClient.open(twin.url, "/ws/command");
    browser = await launchChromium();
    page = await openPage(browser, twin.url, faults);
  });
  afterEach(() => expect(faults.splice(0)).toEqual([]));
  afterAll(async () => {
    client?.close();
    await browser?.close();
    await twin.remove();
    await broker.remove();
  });

  it("changes no mode: STOP stays, and Space stops, before and after loading the page anew", async () => {
    const publisher = await connectAsync(broker.url);
    const report = JSON.stringify({ file: "x.urdf", revision: 1, broken: false, findings: [], meshes: [] });
    await publisher.publishAsync("cell/design", JSON.stringify(report));
    await publisher.publishAsync("cell/mode", "1");
    await publisher.endAsync();
    for (const property of ["design", "mode"]) {
      await eventually(
        `the page knows ${property}`,
        async () => (await twin.property("scara", property)).reported !== undefined,
      );
    }
    for (const round of ["as it was open", "loaded anew"]) {
      // A value that is new to the page has come with the next status at the latest.
      await openPanel(page, "Graph");
      await page
        .getByRole("button", { name: /scara$/ })
        .first()
        .click();
      await page.getByText("design", { exact: true }).waitFor({ timeout: patienceMs });
      expect(await lookForStop(page), round).toEqual({ count: 1, covered: [] });
      expect(await page.evaluate(() => window.twinViewer?.design), round).toBeNull();
      await expectStopAfter(client, `Space, ${round}`, () => page.keyboard.press("Space"));
      const stop = page.getByRole("button", { name: "Stop", exact: true });
      await expectStopAfter(client, `a click, ${round}`, () => stop.click());
      if (round === "as it was open") {
        await page.reload();
        await page.waitForFunction(() => window.twinViewer?.visibleAtMs != null);
      }
    }
  });
});

describe.skipIf(!hasChromium())("STOP on the page", () => {
  const twin = new TwinProcess();
  const faults: string[] = [];
  let browser: Browser;
  let client: WsClient;

  beforeAll(async () => {
    await twin.up("--port", "0");
    client = await WsClient.open(twin.url, "/ws/command");
    browser = await launchChromium();
  });
  afterEach(() => expect(faults.splice(0)).toEqual([]));
  afterAll(async () => {
    client?.close();
    await browser?.close();
    await twin.remove();
  });

  const reset = async (page: Page): Promise<void> => {
    client.send({ op: "reset", robot: "robot" });
    await page.getByText(/is stopped by/).waitFor({ state: "hidden", timeout: patienceMs });
  };

  /** Visible, hit by a press on its middle, and Space does the same, from where the focus is now. */
  const expectStop = async (page: Page, where: string): Promise<void> => {
    expect(await lookForStop(page), where).toEqual({ count: 1, covered: [] });
    const box = await page.getByRole("button", { name: "Stop", exact: true }).boundingBox();
    if (box === null) throw new Error(`STOP has no place: ${where}`);
    await expectStopAfter(client, `Space, ${where}`, () => page.keyboard.press("Space"));
    // A press by coordinates: whatever lies there gets it, as a finger would have it.
    await expectStopAfter(client, `a click, ${where}`, () =>
      page.mouse.click(box.x + box.width / 2, box.y + box.height / 2),
    );
  };

  // Where STOP lies does not depend on the colours: each of the two is looked at in a wide and in a narrow window.
  for (const [width, height, colorScheme] of [
    [1280, 800, "light"],
    [768, 1024, "dark"],
    [390, 844, "light"],
    [320, 640, "dark"],
  ] as const) {
    it(`is found and works in every panel and mode at ${width} px`, async () => {
      const options = { viewport: { width, height }, hasTouch: width < 700, colorScheme };
      const page = await openPage(browser, twin.url, faults, options);
      for (const name of panelNames) {
        await openPanel(page, name);
        await expectStop(page, `${name}, ${colorScheme}, ${width} px`);
      }
      await reset(page);
      const open = page.getByRole("navigation", { name: "Panels" }).locator("[aria-pressed='true']");
      await open.click();
      await expectStop(page, "no panel");
      await reset(page);
      await drive(page);
      for (const name of panelNames) {
        await openPanel(page, name);
        expect(await lookForStop(page), `driving, ${name}`).toEqual({ count: 1, covered: [] });
      }
      // The menu of who drives lies open, with its field for a name.
      await page.getByRole("button", { name: "You drive" }).click();
      await page.getByRole("button", { name: "Stop driving" }).waitFor();
      expect(await lookForStop(page), "an open menu").toEqual({ count: 1, covered: [] });
      await expectStop(page, "an open menu");
      await reset(page);
      await page.context().close();
    });
  }

  it("is found while the server is silent, and while there is none", async () => {
    for (const width of [1280, 390]) {
      const page = await openPage(browser, twin.url, faults, { viewport: { width, height: 800 } });
      twin.signal("SIGSTOP");
      await page
        .getByText(/server says nothing|server does not answer/)
        .first()
        .waitFor({ timeout: patienceMs });
      expect(await lookForStop(page), `silent, ${width} px`).toEqual({ count: 1, covered: [] });
      await expectStopAfter(client, `Space of a silent time, ${width} px`, async () => {
        await page.keyboard.press("Space");
        twin.signal("SIGCONT");
      });
      await page.getByText(/is stopped by/).waitFor({ timeout: patienceMs });
      expect(await lookForStop(page), `stopped, ${width} px`).toEqual({ count: 1, covered: [] });
      await reset(page);
      await page.context().close();
    }
  });
});

describe.skipIf(!hasChromium())("a page of a design twin", () => {
  const show = new TwinProcess();
  const robot = new TwinProcess();
  let browser: Browser;

  afterAll(async () => {
    await browser?.close();
    await show.remove();
    await robot.remove();
  });

  it("gets STOP once a robot's server answers at its address", async () => {
    await show.show(`${root}urdf/arm.urdf`);
    const faults: string[] = [];
    browser = await launchChromium();
    const page = await openPage(browser, show.url, faults);
    await page.waitForFunction(() => window.twinViewer?.design != null);
    expect(await lookForStop(page)).toEqual({ count: 0, covered: [] });
    await show.stop();
    await robot.up("--port", new URL(show.url).port);
    await page.getByRole("button", { name: "Stop", exact: true }).waitFor({ timeout: patienceMs });
    const client = await WsClient.open(robot.url, "/ws/command");
    // STOP is there with the first status; then the page is loaded anew, as a robot's.
    await page.waitForURL(robot.url, { waitUntil: "load" });
    await page.waitForFunction(
      () => window.twinViewer?.visibleAtMs != null && window.twinViewer.design === null,
    );
    expect(await lookForStop(page)).toEqual({ count: 1, covered: [] });
    await expectStopAfter(client, "Space", () => page.keyboard.press("Space"));
    expect(faults).toEqual([]);
    client.close();
  });
});
