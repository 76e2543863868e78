import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { openPage, openPanel, patienceMs } from "./page-at-hand.ts";
import { type WrittenHour, writeHour } from "./written-hour.ts";

const twin = new TwinProcess();
const faults: string[] = [];
let browser: Browser;
let page: Page;
let hour: WrittenHour;

const legend = () => page.getByRole("list", { name: "Plotted numbers" }).getByRole("listitem");
const past = () => page.evaluate(() => window.twinViewer?.state().past ?? null);
const showSpan = (label: string) => page.getByLabel("Time that the timeline shows").selectOption({ label });

/** The plot as a table, as a person saves it: ms, and the value of the only line. */
async function savedTable(): Promise<{ head: string; rows: [number, number][] }> {
  const saving = page.waitForEvent("download");
  await page.getByRole("button", { name: "CSV" }).click();
  const text = readFileSync(await (await saving).path(), "utf8");
  const [head = "", ...lines] = text.trim().split("\r\n");
  return { head, rows: lines.map((line) => [Number(line.split(",")[0]), Number(line.split(",")[2])]) };
}

describe.skipIf(!hasChromium())("plots", () => {
  beforeAll(async () => {
    hour = await writeHour(twin, Date.now() - 120_000);
    await twin.up("--port", "0");
    browser = await launchChromium();
    page = await openPage(browser, twin.url, faults, { acceptDownloads: true });
    await page.getByRole("slider", { name: "Timeline" }).waitFor({ timeout: patienceMs });
  });
  afterEach(() => expect(faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await browser?.close();
    await twin.remove();
  });

  it("say what to do while nothing is plotted", async () => {
    await openPanel(page, "Plots");
    const panel = page.getByRole("region", { name: "Plots" });
    await expect.poll(() => panel.textContent(), { timeout: patienceMs }).toContain("Nothing is plotted yet");
  });

  it("are begun from a joint, with what was measured, asked for and expected", async () => {
    await openPanel(page, "Joints");
    const row = page.getByRole("listitem", { name: "elbow", exact: true });
    await row.getByRole("button", { name: "elbow", exact: true }).click();
    await row.getByRole("button", { name: "Plot this joint" }).click();
    await expect.poll(() => legend().count(), { timeout: patienceMs }).toBeGreaterThanOrEqual(2);
    expect(await legend().first().textContent()).toContain("robot/joint/elbow/position");
    const value = legend().first().locator(".plot-value");
    await expect.poll(() => value.textContent(), { timeout: patienceMs }).toMatch(/rad$/);
    // It moves with the robot.
    const before = await value.textContent();
    await expect.poll(() => value.textContent(), { timeout: patienceMs }).not.toBe(before);
  });

  it("take any number of the graph, each unit with an axis, and remember it", async () => {
    await page.getByRole("button", { name: "Clear", exact: true }).click();
    const search = page.getByLabel("Find a number to plot");
    for (const name of ["base/pose.x", "shoulder_lift/velocity", "left_finger/position", "elbow/position"]) {
      await search.fill(`${name} reported`);
      await search.press("Enter");
    }
    await search.fill("");
    await expect.poll(() => legend().count(), { timeout: patienceMs }).toBe(4);
    await page.reload();
    await page.waitForFunction(() => window.twinViewer?.visibleAtMs != null, null, { timeout: 60_000 });
    await openPanel(page, "Plots");
    await expect.poll(() => legend().count(), { timeout: patienceMs }).toBe(4);
    for (let left = 3; left >= 1; left--) {
      await legend()
        .first()
        .getByRole("button", { name: /^Remove/ })
        .click();
      await expect.poll(() => legend().count()).toBe(left);
    }
  });

  it("show the hour with its extremes, broken where nothing was stored", async () => {
    await showSpan("1 h");
    await expect
      .poll(async () => (await savedTable()).rows.length, { timeout: patienceMs })
      .toBeGreaterThan(500);
    const { head, rows } = await savedTable();
    expect(head).toBe("time_ms,time,robot/joint/elbow/position reported (rad)");
    const written = rows.filter(([time]) => time > hour.from && time < hour.to);
    const values = written.map(([, value]) => value);
    // Every bucket has its extremes: those of the hour are among them.
    expect(Math.max(...values)).toBeGreaterThan(0.8999);
    expect(Math.min(...values)).toBeLessThan(-0.8999);
    const inGap = ([time]: [number, number]) => time > hour.gap.from + 8000 && time < hour.gap.to - 8000;
    expect(written.filter(inGap)).toEqual([]);
  });

  it("go to the moment that is pressed, and mark it", async () => {
    const box = await page.locator(".plot .u-over").boundingBox();
    if (!box) throw new Error("no plot");
    await page.mouse.click(box.x + box.width * 0.5, box.y + box.height / 2);
    await expect.poll(past, { timeout: patienceMs }).not.toBeNull();
    const ago = Date.now() - ((await past())?.time ?? 0);
    expect(Math.abs(ago - 1_800_000)).toBeLessThan(60_000);
    await page.mouse.move(box.x, box.y - 40);
    const words = page.locator(".plot-when");
    await expect
      .poll(() => words.textContent(), { timeout: patienceMs })
      .toContain("at the moment that is shown");
  });

  it("zoom to the stretch that is dragged over, down to each sample as it was written", async () => {
    const zoom = async (from: number, to: number) => {
      const box = await page.locator(".plot .u-over").boundingBox();
      if (!box) throw new Error("no plot");
      const y = box.y + box.height / 2;
      await page.mouse.move(box.x + box.width * from, y);
      await page.mouse.down();
      await page.mouse.move(box.x + box.width * to, y, { steps: 5 });
      await page.mouse.up();
    };
    await zoom(0.2, 0.26);
    await zoom(0.4, 0.5);
    const isFine = async (): Promise<boolean> => {
      const { rows } = await savedTable();
      const [[first = 0] = [], [second = 0] = []] = rows;
      return rows.length > 100 && second - first < 60;
    };
    await expect.poll(isFine, { timeout: patienceMs }).toBe(true);
    const { rows } = await savedTable();
    for (const [time, value] of rows) expect(value).toBe(hour.positionAt("elbow", time));
  });

  it("are saved as a picture with their legend", async () => {
    const saving = page.waitForEvent("download");
    await page.getByRole("button", { name: "PNG" }).click();
    const file = await saving;
    expect(file.suggestedFilename()).toMatch(/^twinbridge-plot-.*\.png$/);
    const bytes = readFileSync(await file.path());
    expect(bytes.subarray(1, 4).toString()).toBe("PNG");
    const [width, height] = [bytes.readUInt32BE(16), bytes.readUInt32BE(20)];
    expect(width).toBeGreaterThan(200);
    expect(height).toBeGreaterThan(280);
  });

  it("are held still, and follow the present again", async () => {
    await page.getByRole("button", { name: "Back to live" }).click();
    await expect.poll(past, { timeout: patienceMs }).toBeNull();
    await showSpan("1 min");
    await page.getByRole("button", { name: "Pause plot" }).click();
    const held = (await savedTable()).rows.at(-1)?.[0] ?? 0;
    await page.waitForTimeout(1500);
    expect((await savedTable()).rows.at(-1)?.[0] ?? 0).toBeLessThan(held + 200);
    await page.getByRole("button", { name: "Follow live" }).click();
    await expect
      .poll(async () => (await savedTable()).rows.at(-1)?.[0] ?? 0, { timeout: patienceMs })
      .toBeGreaterThan(held + 1400);
  });
});
