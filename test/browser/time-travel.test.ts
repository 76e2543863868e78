import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PageState } from "../../src/viewer/page-handle.ts";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { drive, openPage, openPanel, patienceMs } from "./page-at-hand.ts";
import { type WrittenHour, writeHour, writtenJoints } from "./written-hour.ts";

const twin = new TwinProcess();
const faults: string[] = [];
let browser: Browser;
let page: Page;
let hour: WrittenHour;

async function stateOf(from: Page): Promise<PageState> {
  const state = await from.evaluate(() => window.twinViewer?.state());
  if (!state) throw new Error("window.twinViewer is missing");
  return state;
}

const past = async () => (await stateOf(page)).past;
const slider = () => page.getByRole("slider", { name: "Timeline" });
const showSpan = (label: string) => page.getByLabel("Time that the timeline shows").selectOption({ label });

/** Where a moment is on the timeline, in the window's pixels; the ends are those that it says. */
async function placeOf(share: number): Promise<{ x: number; y: number }> {
  const box = await slider().boundingBox();
  if (!box) throw new Error("no timeline");
  return { x: box.x + 9 + share * (box.width - 18), y: box.y + 21 };
}

async function backToLive(): Promise<void> {
  if ((await past()) !== null) await page.keyboard.press("l");
  await expect.poll(past, { timeout: patienceMs }).toBeNull();
}

/** Opens the address of a moment in the same tab, as a person pastes it. */
async function goTo(timeMs: number): Promise<void> {
  await page.evaluate((at) => {
    location.hash = `at=${at}`;
  }, timeMs);
  await expect.poll(async () => (await past())?.time, { timeout: patienceMs }).toBe(timeMs);
}

describe.skipIf(!hasChromium())("walking through the past in the page", () => {
  beforeAll(async () => {
    hour = await writeHour(twin, Date.now() - 90_000);
    await twin.up("--port", "0");
    browser = await launchChromium();
    page = await openPage(browser, twin.url, faults);
    await slider().waitFor({ timeout: patienceMs });
  });
  afterEach(async () => {
    expect(faults.splice(0)).toEqual([]);
    await backToLive();
  });
  afterAll(async () => {
    await browser?.close();
    await twin.remove();
  });

  it("shows the live robot first, and an invitation to look back", async () => {
    expect(await past()).toBeNull();
    await expect
      .poll(() => page.getByText("Drag to look back").isVisible(), { timeout: patienceMs })
      .toBe(true);
    expect(await slider().getAttribute("aria-valuetext")).toBe("Live");
  });

  it("goes back when the line is dragged, says so in four places, and returns by one press", async () => {
    const from = await placeOf(0.98);
    const to = await placeOf(0.2);
    await page.mouse.move(from.x, from.y);
    await page.mouse.down();
    await page.mouse.move(to.x, to.y, { steps: 10 });
    await page.mouse.up();
    await expect.poll(past, { timeout: patienceMs }).not.toBeNull();
    await page.getByRole("status", { name: "The past is shown" }).waitFor({ timeout: patienceMs });
    await page.getByRole("banner").getByText("PAST", { exact: true }).waitFor();
    expect(await slider().getAttribute("aria-valuetext")).toMatch(/ago$/);
    const border = await page.evaluate(
      () => getComputedStyle(document.querySelector(".scene") as Element, "::after").borderTopWidth,
    );
    expect(border).toBe("4px");
    await expect.poll(() => page.url(), { timeout: patienceMs }).toMatch(/#at=\d{4}-/);
    await page.getByRole("button", { name: "Back to live" }).click();
    await expect.poll(past, { timeout: patienceMs }).toBeNull();
    await expect.poll(() => page.url(), { timeout: patienceMs }).not.toContain("#at=");
    expect(await page.getByRole("status", { name: "The past is shown" }).count()).toBe(0);
  });

  it("shows exactly what was written, wherever it is asked for", async () => {
    for (const share of [0.05, 0.4, 0.55, 0.7, 0.999]) {
      const at = Math.round(hour.from + share * (hour.to - hour.from));
      await goTo(at);
      await expect
        .poll(
          async () => {
            const joints = Object.values((await stateOf(page)).robots)[0]?.joints ?? {};
            return writtenJoints.map((name) => [joints[name]?.measured, joints[name]?.shown]);
          },
          { timeout: patienceMs },
        )
        .toEqual(writtenJoints.map((name) => Array(2).fill(hour.positionAt(name, at))));
      const answer = await fetch(new URL(`api/twin?at=${at}`, twin.url));
      const stored = (await answer.json()) as {
        things: Record<string, { properties: Record<string, never> }>;
      };
      const properties = stored.things.robot?.properties as unknown as Record<
        string,
        { reported: { value: number } }
      >;
      for (const name of writtenJoints) {
        expect(properties[`joint/${name}/position`]?.reported.value).toBe(hour.positionAt(name, at));
      }
    }
  });

  it("draws a position of the hour within 50 ms, or within two of this machine's pictures", async () => {
    // Where a processor draws, a position waits for the picture before it.
    await page.waitForTimeout(1500);
    const pictureMs = 1000 / ((await stateOf(page)).fps || 1);
    await showSpan("1 h");
    await page.evaluate(() => {
      (window.twinViewer?.scrubs as unknown[]).length = 0;
    });
    const start = await placeOf(0.93);
    await page.mouse.move(start.x, start.y);
    await page.mouse.down();
    for (let i = 0; i < 60; i++) {
      const to = await placeOf(0.93 - i * 0.014);
      await page.mouse.move(to.x, to.y);
      // A hand that scrubs to look: ten positions a second, each of which is to be seen.
      await page.waitForTimeout(100);
    }
    await page.mouse.up();
    const scrubs = await page.evaluate(() => [...(window.twinViewer?.scrubs ?? [])]);
    const at = (kind: "state" | "drawn", share: number): number => {
      const sorted = scrubs.map((scrub) => scrub[kind]).sort((a, b) => a - b);
      return Math.round(sorted[Math.floor(sorted.length * share)] ?? Number.NaN);
    };
    console.log(
      `scrubbing an hour: ${scrubs.length} positions; state p50 ${at("state", 0.5)} ms, p95 ${at("state", 0.95)} ms; ` +
        `drawn p50 ${at("drawn", 0.5)} ms, p95 ${at("drawn", 0.95)} ms; a picture takes ${Math.round(pictureMs)} ms here`,
    );
    expect(scrubs.length).toBeGreaterThan(30);
    expect(at("drawn", 0.5)).toBeLessThanOrEqual(Math.max(50, 2 * pictureMs));
  });

  it("marks events and the time without samples, and goes from one event to the next", async () => {
    await showSpan("1 h");
    const { from, to } = { from: hour.to + 90_000 - 3_600_000, to: hour.to + 90_000 };
    const hover = async (time: number) => {
      const share = (time - from) / (to - from);
      const now = Date.now();
      const place = await placeOf(share - (now - to) / 3_600_000);
      await page.mouse.move(place.x, place.y);
    };
    const hint = page.locator(".timeline-hint");
    await expect
      .poll(
        async () => {
          await hover(hour.from + 900_000);
          return hint.textContent();
        },
        { timeout: patienceMs },
      )
      .toContain("Ada stopped the robot");
    await hover((hour.gap.from + hour.gap.to) / 2);
    expect(await hint.textContent()).toContain("nothing was stored for 2 min");
    await goTo(hour.from + 1_000_000);
    await page.keyboard.press("[");
    await expect.poll(async () => (await past())?.time).toBe(hour.from + 900_000);
    await page.keyboard.press("[");
    await expect.poll(async () => (await past())?.time).toBe(hour.from + 600_000);
    await page.keyboard.press("]");
    await expect.poll(async () => (await past())?.time).toBe(hour.from + 900_000);
  });

  it("plays at a chosen speed, pauses, steps, and loops a range", async () => {
    await goTo(hour.from + 60_000);
    await page.getByLabel("Speed of the playback").selectOption({ label: "10×" });
    await page.keyboard.press("k");
    await expect.poll(async () => (await past())?.playing).toBe(true);
    const [first, firstMs] = [(await past())?.time ?? 0, performance.now()];
    await page.waitForTimeout(1500);
    const [second, secondMs] = [(await past())?.time ?? 0, performance.now()];
    const speed = (second - first) / (secondMs - firstMs);
    expect(speed).toBeGreaterThan(7);
    expect(speed).toBeLessThan(13);
    await page.keyboard.press("k");
    await expect.poll(async () => (await past())?.playing).toBe(false);
    const halted = (await past())?.time ?? 0;
    await page.keyboard.press(".");
    await expect.poll(async () => (await past())?.time).toBeCloseTo(halted + 100, 3);
    await page.keyboard.press(",");
    await page.keyboard.press(",");
    await expect.poll(async () => (await past())?.time).toBeCloseTo(halted - 100, 3);
    await page.getByRole("button", { name: "Loop: begin here" }).click();
    const begin = (await past())?.time ?? 0;
    await page.keyboard.press("Shift+>");
    await expect.poll(async () => (await past())?.time).toBeCloseTo(begin + 1000, 3);
    await page.getByRole("button", { name: "Loop: end here" }).click();
    await expect.poll(async () => (await past())?.playing, { timeout: patienceMs }).toBe(true);
    const seen: number[] = [];
    for (let i = 0; i < 20; i++) {
      seen.push((await past())?.time ?? 0);
      await page.waitForTimeout(40);
    }
    // Ten times a second of it in a second: it has begun again several times, and never ran far beyond.
    expect(seen.filter((time, at) => time < (seen[at - 1] ?? 0)).length).toBeGreaterThan(2);
    for (const time of seen) {
      expect(time).toBeGreaterThan(begin - 1);
      expect(time).toBeLessThan(begin + 12_000);
    }
    await backToLive();
    await page.getByLabel("Speed of the playback").waitFor({ state: "detached" });
  });

  it("cannot be commanded there, and STOP works all the same", async () => {
    const driven = Date.now();
    await drive(page);
    await openPanel(page, "Joints");
    const row = page.getByRole("listitem", { name: "elbow", exact: true });
    expect(await row.getByRole("button", { name: "Jog elbow up" }).isEnabled()).toBe(true);
    await goTo(hour.from + 700_000);
    const top = page.getByRole("banner");
    const driveButton = top.getByRole("button", { name: "Drive", exact: true });
    await driveButton.waitFor({ timeout: patienceMs });
    expect(await driveButton.isDisabled()).toBe(true);
    expect(await driveButton.getAttribute("title")).toContain("You see the past");
    expect(await row.getByRole("button", { name: "Jog elbow up" }).isDisabled()).toBe(true);
    expect(await row.getByRole("slider").isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: "Go", exact: true }).isDisabled()).toBe(true);
    await openPanel(page, "Drive");
    expect(await page.getByRole("region", { name: "Drive" }).textContent()).toContain("You see the past");
    const givenBack = async (): Promise<boolean> => {
      const answer = await fetch(new URL("api/events", twin.url));
      const { events } = (await answer.json()) as { events: { kind: string; time: number }[] };
      return events.some(({ kind, time }) => kind === "lease.released" && time > driven);
    };
    await expect.poll(givenBack, { timeout: patienceMs }).toBe(true);
    await page.keyboard.press("Space");
    await page.getByText(/Now, live: .*is stopped/).waitFor({ timeout: patienceMs });
    expect(await past()).not.toBeNull();
    expect(await page.getByRole("button", { name: "Reset" }).isDisabled()).toBe(true);
    await page.keyboard.press("Escape");
    await expect.poll(past, { timeout: patienceMs }).toBeNull();
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByText(/is stopped by/).waitFor({ state: "hidden", timeout: patienceMs });
  });

  it("opens at the moment of a link, and goes back there when the connection was lost", async () => {
    const at = Math.round(hour.from + 2_000_000);
    const other = await openPage(browser, `${twin.url}#at=${new Date(at).toISOString()}`, faults);
    await expect.poll(async () => (await stateOf(other)).past?.time, { timeout: patienceMs }).toBe(at);
    const elbow = async () => Object.values((await stateOf(other)).robots)[0]?.joints.elbow?.shown;
    await expect.poll(elbow, { timeout: patienceMs }).toBe(hour.positionAt("elbow", at));
    await other.context().setOffline(true);
    twin.signal("SIGSTOP");
    await expect
      .poll(async () => (await stateOf(other)).connection, { timeout: patienceMs })
      .not.toBe("open");
    twin.signal("SIGCONT");
    await other.context().setOffline(false);
    await expect.poll(async () => (await stateOf(other)).connection, { timeout: patienceMs }).toBe("open");
    await expect.poll(async () => (await stateOf(other)).past?.time, { timeout: patienceMs }).toBe(at);
    // The moment itself follows the place by a message.
    await expect.poll(elbow, { timeout: patienceMs }).toBe(hour.positionAt("elbow", at));
    await other.context().close();
  });

  it("shows the past as a ghost over the present", async () => {
    await goTo(hour.from + 800_000);
    const opening = page.waitForEvent("websocket", { timeout: patienceMs });
    await page.getByRole("button", { name: "Compare with now" }).click();
    const legend = page.getByRole("group", { name: "Legend" });
    await expect.poll(() => legend.textContent(), { timeout: patienceMs }).toContain("Then");
    // The present comes by a session of its own, for as long as it is compared.
    const session = await opening;
    expect(session.url()).toContain("ws/state");
    // The figures are those of the past, while the robot that is drawn solid is the present one.
    expect((await past())?.time).toBe(hour.from + 800_000);
    await backToLive();
    await expect.poll(() => legend.textContent(), { timeout: patienceMs }).toContain("Desired");
    await expect.poll(() => session.isClosed(), { timeout: patienceMs }).toBe(true);
  });

  it("is walked by the keyboard alone", async () => {
    await showSpan("1 h");
    await slider().focus();
    await page.keyboard.press("PageDown");
    await expect.poll(past, { timeout: patienceMs }).not.toBeNull();
    const first = (await past())?.time ?? 0;
    await page.keyboard.press("ArrowLeft");
    await expect.poll(async () => (await past())?.time ?? 0).toBeCloseTo(first - 36_000, -1);
    await page.keyboard.press("Home");
    await expect.poll(async () => (await past())?.time ?? 0).toBeCloseTo(hour.from, -1);
    await page.keyboard.press("End");
    await expect.poll(past, { timeout: patienceMs }).toBeNull();
  });
});
