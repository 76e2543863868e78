import type { Browser, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { PageState } from "../../src/viewer/page-handle.ts";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { StallingLine } from "../support/stalling-line.ts";
import { DemoTwin } from "./demo-twin.ts";

const patienceMs = 20_000;
const joint = "elbow";

const twin = new DemoTwin();
let browser: Browser;
let page: Page;
const faults: string[] = [];

async function openPage(options: BrowserContextOptions = {}, url = twin.url): Promise<Page> {
  const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
  const opened = await context.newPage();
  opened.on("pageerror", (error) => faults.push(error.message));
  await opened.goto(url);
  await opened.waitForFunction(() => window.twinViewer?.visibleAtMs != null, null, { timeout: 30_000 });
  return opened;
}

async function stateOf(from: Page): Promise<PageState> {
  const state = await from.evaluate(() => window.twinViewer?.state());
  if (!state) throw new Error("window.twinViewer is missing");
  return state;
}

function jointsOf(state: PageState) {
  const [robot] = Object.values(state.robots);
  if (!robot) throw new Error("the page shows no robot");
  return robot.joints;
}

async function drive(on: Page): Promise<void> {
  await on.getByRole("banner").getByRole("button", { name: "Drive", exact: true }).click();
  await on.getByRole("button", { name: "You drive" }).waitFor({ timeout: patienceMs });
}

function openPanel(on: Page, name: string): Promise<void> {
  return on.getByRole("navigation", { name: "Panels" }).getByRole("button", { name, exact: true }).click();
}

/** Asks until the answer is right; the time limit is the test's claim, not a sleep. */
async function until<T>(
  ask: () => Promise<T>,
  right: (answer: T) => boolean,
  withinMs = patienceMs,
): Promise<T> {
  const start = performance.now();
  for (;;) {
    const answer = await ask();
    if (right(answer)) return answer;
    if (performance.now() - start > withinMs) {
      throw new Error(`not within ${withinMs} ms; the last answer was ${JSON.stringify(answer)}`);
    }
  }
}

describe.skipIf(!hasChromium())("the page", () => {
  beforeAll(async () => {
    await twin.start();
    browser = await launchChromium();
    page = await openPage();
  });

  afterEach(() => {
    expect(faults.splice(0)).toEqual([]);
  });

  afterAll(async () => {
    await browser?.close();
    await twin.remove();
  });

  it("shows the robot with all its meshes, moving", async () => {
    const before = await stateOf(page);
    const [robot] = Object.values(before.robots);
    expect(robot?.meshes.missing).toBe(0);
    expect(robot?.meshes.found).toBeGreaterThan(10);
    expect(before.connection).toBe("open");
    await until(
      () => stateOf(page),
      (now) =>
        Object.entries(jointsOf(now)).some(
          ([name, { shown }]) => Math.abs((shown ?? 0) - (jointsOf(before)[name]?.shown ?? 0)) > 0.05,
        ),
    );
  });

  it("draws it: the middle of the picture is no single colour", async () => {
    const view = await page.getByRole("img", { name: "3D view of the robot" }).boundingBox();
    if (!view) throw new Error("there is no 3D view");
    // The middle third, free of legend and buttons.
    const clip = {
      x: view.x + view.width / 3,
      y: view.y + view.height / 3,
      width: view.width / 3,
      height: view.height / 3,
    };
    const png = (await page.screenshot({ clip })).toString("base64");
    const colours = await page.evaluate(async (base64) => {
      const bytes = Uint8Array.from(atob(base64), (letter) => letter.charCodeAt(0));
      const picture = await createImageBitmap(new Blob([bytes], { type: "image/png" }));
      const flat = new OffscreenCanvas(picture.width, picture.height).getContext("2d");
      flat?.drawImage(picture, 0, 0);
      const { data } = flat?.getImageData(0, 0, picture.width, picture.height) ?? { data: [] };
      return new Set(new Uint32Array(Uint8ClampedArray.from(data).buffer)).size;
    }, png);
    expect(colours).toBeGreaterThan(200);
  });

  it("has controls that do nothing before somebody drives", async () => {
    expect(await page.getByRole("slider", { name: `${joint} target` }).isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: "Go", exact: true }).isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: `Jog ${joint} up` }).isDisabled()).toBe(true);
    expect(await page.getByRole("button", { name: "Stop", exact: true }).isEnabled()).toBe(true);
  });

  it("says who drives, on this page and on others", async () => {
    const other = await openPage();
    await drive(page);
    await other.getByRole("button", { name: /drives$/ }).waitFor({ timeout: patienceMs });
    expect(await other.getByRole("button", { name: /drives$/ }).isDisabled()).toBe(true);
    await other.context().close();
  });

  it("has the joint values of GET /api/twin, to the last bit, once the robot stands", async () => {
    const names = Object.keys(jointsOf(await stateOf(page)));
    const positions = () => twin.jointPositions(names);
    const agreed = await until(
      async () => ({
        before: await positions(),
        page: jointsOf(await stateOf(page)),
        after: await positions(),
      }),
      ({ before, page: shown, after }) =>
        names.every((name) => before[name] === after[name] && shown[name]?.measured === after[name]),
    );
    expect(names.length).toBeGreaterThan(5);
    expect(Object.values(agreed.after).every(Number.isFinite)).toBe(true);
  });

  it("moves a joint by slider and Go, with the ghost first and the result in words", async () => {
    const target = (await twin.jointPosition(joint)) > 0 ? -0.4 : 0.4;
    await page.getByRole("slider", { name: `${joint} target` }).fill(String(target));
    expect(jointsOf(await stateOf(page))[joint]?.desired).toBe(target);
    expect(Math.abs((await twin.jointPosition(joint)) - target)).toBeGreaterThan(0.1);
    await page.getByRole("button", { name: "Go", exact: true }).click();
    await until(
      () => twin.jointPosition(joint),
      (position) => Math.abs(position - target) < 0.01,
    );
    await page.getByLabel("Last move").getByText("done").waitFor({ timeout: patienceMs });
    expect(Math.abs((jointsOf(await stateOf(page))[joint]?.measured ?? 9) - target)).toBeLessThan(0.01);
  });

  it("says why a target outside the limits is refused, and keeps the ghost to be put right", async () => {
    const before = await twin.jointPosition(joint);
    const row = page.getByRole("listitem", { name: joint, exact: true });
    await row.getByRole("button", { name: joint, exact: true }).click();
    await page.getByLabel(`${joint} target value`).fill("99");
    await page.getByRole("button", { name: "Go", exact: true }).click();
    const line = page.getByLabel("Last move");
    await line.getByText("refused").waitFor({ timeout: patienceMs });
    expect(await line.textContent()).toContain(joint);
    expect(Math.abs((await twin.jointPosition(joint)) - before)).toBeLessThan(1e-3);
    await page.getByRole("button", { name: "Drop" }).click();
    expect(await page.getByRole("button", { name: "Go", exact: true }).isDisabled()).toBe(true);
  });

  it("jogs a joint while its button is held", async () => {
    const before = await twin.jointPosition(joint);
    await page.getByRole("button", { name: `Jog ${joint} up` }).hover();
    await page.mouse.down();
    await until(
      () => twin.jointPosition(joint),
      (position) => position > before + 0.05,
    );
    await page.mouse.up();
    await until(
      async () => [await twin.jointPosition(joint), await twin.jointPosition(joint)] as const,
      ([a, b]) => Math.abs(a - b) < 1e-6,
      3000,
    );
  });

  it("drives the base while the pad is held, and stops on release", async () => {
    await openPanel(page, "Drive panel");
    const start = await twin.basePose();
    const pad = page.getByRole("application", { name: "Drive pad" });
    await pad.hover({ position: { x: 84, y: 8 } });
    await page.mouse.down();
    const far = (pose: typeof start) =>
      Math.hypot(
        (pose.position[0] ?? 0) - (start.position[0] ?? 0),
        (pose.position[1] ?? 0) - (start.position[1] ?? 0),
      );
    await until(
      () => twin.basePose(),
      (pose) => far(pose) > 0.1,
    );
    await page.mouse.up();
    await until(
      () => twin.baseTwist(),
      (twist) => [...twist.linear, ...twist.angular].every((speed) => Math.abs(speed) < 1e-3),
      2000,
    );
  });

  it("stops driving by key when the window loses the focus", async () => {
    await page.keyboard.down("KeyW");
    await until(
      () => twin.baseTwist(),
      (twist) => (twist.linear[0] ?? 0) > 0.05,
    );
    await page.evaluate(() => window.dispatchEvent(new Event("blur")));
    await until(
      () => twin.baseTwist(),
      (twist) => Math.abs(twist.linear[0] ?? 1) < 1e-3,
      2000,
    );
    await page.keyboard.up("KeyW");
  });

  it("stops everything by Space, says so to all, and is released only by Reset", async () => {
    const other = await openPage();
    await page.keyboard.press("Space");
    for (const shown of [page, other]) {
      await shown.getByRole("alert").getByText("is stopped").waitFor({ timeout: patienceMs });
      expect(await shown.getByRole("banner").getByRole("button", { name: "Drive" }).isDisabled()).toBe(true);
    }
    await other.getByRole("button", { name: "Reset" }).click();
    await page.getByRole("alert").waitFor({ state: "hidden", timeout: patienceMs });
    expect(await page.getByRole("button", { name: "You drive" }).count()).toBe(0);
    await other.context().close();
  });

  it("stops by one click on STOP from any panel, without driving", async () => {
    await openPanel(page, "Events");
    await page.getByRole("button", { name: "Stop", exact: true }).click();
    await page.getByRole("alert").getByText("is stopped").waitFor({ timeout: patienceMs });
    await page.getByText("stop.latched").first().waitFor({ timeout: patienceMs });
    await page.getByRole("button", { name: "Reset" }).click();
    await page.getByRole("alert").waitFor({ state: "hidden", timeout: patienceMs });
  });

  it("shows the things as a tree, and a joint with the value that its robot has of it", async () => {
    await openPanel(page, "Graph");
    const things = page.getByRole("list", { name: "Things" });
    const left = async (name: string): Promise<number> =>
      (await things.getByRole("button", { name, exact: true }).boundingBox())?.x ?? -1;
    expect(await left("joint elbow")).toBeGreaterThan(await left("robot robot"));
    await things.getByRole("button", { name: "joint elbow", exact: true }).click();
    const panel = page.getByRole("region", { name: "Graph", exact: true });
    const value = panel
      .locator(".properties li")
      .filter({ has: page.getByText("position", { exact: true }) })
      .locator("> .value");
    const before = await twin.jointPosition(joint);
    await until(
      async () => Number((await value.textContent())?.replace("−", "-").replace(/ rad$/, "")),
      (shown) => Math.abs(shown - before) < 0.2,
    );
  });

  it("draws the graph: boxes that are selected everywhere, folded, walked by arrows and zoomed", async () => {
    await page.locator("label").getByText("Drawing", { exact: true }).click();
    const tree = page.getByRole("tree", { name: "Things of the twin" });
    const box = (name: string) => tree.getByRole("treeitem", { name: new RegExp(`^${name},`) });
    // What fits into the panel at a size that can be read is not all of it.
    await page.getByRole("button", { name: "Enlarge the graph" }).click();
    await box(joint).waitFor({ timeout: patienceMs });
    await until(
      () => box(joint).getAttribute("aria-label"),
      (label) => label === `${joint}, joint, fresh`,
    );
    await box("gripper-mcu").click();
    const panel = page.getByRole("region", { name: "Graph", exact: true });
    await panel.getByText("firmware", { exact: true }).waitFor({ timeout: patienceMs });
    await box(joint).click();
    expect(await box(joint).getAttribute("aria-selected")).toBe("true");
    await panel.getByText("robot/joint/elbow").first().waitFor();
    const focused = () => page.evaluate(() => document.activeElement?.id);
    await page.keyboard.press("ArrowDown");
    await until(focused, (id) => id === "node-robot/joint/wrist_1");
    await page.keyboard.press("Enter");
    await panel.getByText("robot/joint/wrist_1").first().waitFor();
    await page.keyboard.press("ArrowUp");
    await page.keyboard.press("ArrowUp");
    await until(focused, (id) => id === "node-robot/joint/shoulder_lift");
    // Folded, the box tells of those inside of it, and the selected one among them is seen as it.
    const place = async () => Math.round((await box("shoulder_lift").boundingBox())?.y ?? 0);
    const before = await place();
    await page.keyboard.press("o");
    await until(
      () => box("wrist_1").count(),
      (count) => count === 0,
    );
    expect(await box("shoulder_lift").getAttribute("aria-label")).toMatch(/\d+ folded into it$/);
    expect(await box("shoulder_lift").getAttribute("aria-selected")).toBe("true");
    expect(await place()).toBe(before);
    await page.keyboard.press("ArrowDown");
    await box("wrist_1").waitFor();
    const width = async () => (await box("shoulder_lift").boundingBox())?.width ?? 0;
    const was = await width();
    await page.keyboard.press("+");
    await until(width, (now) => now > was * 1.2);
    await page.keyboard.press("0");
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Enlarge the graph" }).waitFor();
    await page.locator("label").getByText("List", { exact: true }).click();
    await page.getByRole("list", { name: "Things" }).waitFor();
  });

  it("shows the devices with their values and where they sit", async () => {
    await openPanel(page, "Devices");
    const device = page.getByRole("listitem", { name: /^device\// }).first();
    await device.waitFor({ timeout: patienceMs });
    expect(await device.textContent()).toMatch(/mounted on/);
    expect(await device.textContent()).toMatch(/online/);
  });

  it("finds a line that stalls in the hop from the server to the page", async () => {
    const line = new StallingLine();
    const { hostname, port } = new URL(twin.url);
    const near = new URL(twin.url);
    near.port = String(await line.open(Number(port)));
    near.hostname = hostname;
    const behind = await openPage({}, near.href);
    let isStalled = false;
    const timer = setInterval(() => {
      isStalled = !isStalled;
      line.stall(isStalled);
    }, 300);
    await openPanel(behind, "Sources");
    const table = behind.getByRole("table", { name: /joint states$/ });
    const p99 = async (hop: string): Promise<number> => {
      const cells = await table.getByRole("row").filter({ hasText: hop }).getByRole("cell").allTextContents();
      return Number(cells[1]?.replace(" ms", ""));
    };
    await until(
      () => p99("sent → arrived"),
      (ms) => ms > 200,
    );
    expect(await p99("received → sent")).toBeLessThan(150);
    clearInterval(timer);
    await behind.context().close();
    line.close();
  });

  it("keeps STOP under the right thumb and the pad under the left on a phone", async () => {
    const phone = await openPage({ viewport: { width: 390, height: 844 }, hasTouch: true, isMobile: true });
    const stop = await phone.getByRole("button", { name: "Stop", exact: true }).boundingBox();
    const pad = await phone.getByRole("application", { name: "Drive pad" }).boundingBox();
    expect(stop && pad).toBeTruthy();
    if (!stop || !pad) return;
    expect(stop.width).toBeGreaterThanOrEqual(88);
    expect(stop.x).toBeGreaterThan(390 / 2);
    expect(stop.y + stop.height).toBeLessThanOrEqual(844);
    expect(stop.y).toBeGreaterThan(844 / 2);
    expect(pad.x + pad.width).toBeLessThan(stop.x);
    expect(await phone.evaluate(() => document.documentElement.scrollWidth)).toBeLessThanOrEqual(390);
    await phone.getByRole("button", { name: "Stop", exact: true }).tap();
    await phone.getByRole("alert").getByText("is stopped").waitFor({ timeout: patienceMs });
    await phone.getByRole("button", { name: "Reset" }).click();
    await phone.getByRole("alert").waitFor({ state: "hidden", timeout: patienceMs });
    await phone.context().close();
  });

  it("says when the server is gone, draws nothing as live, and comes back by itself", async () => {
    await twin.kill();
    await page.getByText("The server does not answer").waitFor({ timeout: patienceMs });
    expect((await stateOf(page)).connection).not.toBe("open");
    const old = await until(
      () => stateOf(page),
      (state) => (state.ageMs ?? 0) > 1500,
    );
    expect(old.ageMs).toBeGreaterThan(1500);
    await page.getByText("not live").waitFor();
    await twin.start();
    const back = await until(
      () => stateOf(page),
      (state) => state.connection === "open" && (state.ageMs ?? 9999) < 500,
    );
    const before = jointsOf(back);
    await until(
      () => stateOf(page),
      (now) =>
        Object.entries(jointsOf(now)).some(([name, { measured }]) => measured !== before[name]?.measured),
    );
    await page.getByText("The server does not answer").waitFor({ state: "hidden", timeout: patienceMs });
  });
});
