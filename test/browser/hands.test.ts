import type { Browser, BrowserContext, BrowserContextOptions, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { findingsOf } from "./axe.ts";
import { drive, openPanel, patienceMs } from "./page-at-hand.ts";
import { ServerDouble } from "./server-double.ts";
import { shoot } from "./shots.ts";

/** What a page's `navigator.getGamepads` gives; null: no pad. */
type FakePad = { axes: number[]; held: number[] } | null;

declare global {
  interface Window {
    fakePad?: FakePad;
  }
}

/** Each opens pages of its own and has axe look at them, which a busy machine takes long for. */
vi.setConfig({ testTimeout: 150_000 });

describe.skipIf(!hasChromium())("hands on the page", () => {
  const twin = new TwinProcess();
  const faults: string[] = [];
  const contexts: BrowserContext[] = [];
  let browser: Browser;

  beforeAll(async () => {
    await twin.up("--port", "0");
    browser = await launchChromium();
  });
  afterEach(async () => {
    // A page that stays would keep the lease from the next test's.
    await Promise.all(contexts.splice(0).map((context) => context.close()));
    expect(faults.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
    await twin.remove();
  });

  async function open(double: ServerDouble, options: BrowserContextOptions = {}): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    contexts.push(context);
    const page = await context.newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    await double.stand(page);
    await page.addInitScript(() => {
      navigator.getGamepads = () => {
        const pad = window.fakePad ?? null;
        if (pad === null) return [];
        const buttons = Array.from({ length: 17 }, (_, at) => {
          const pressed = pad.held.includes(at);
          return { pressed, touched: pressed, value: Number(pressed) };
        });
        return [
          { id: "Pad", index: 0, connected: true, mapping: "standard", axes: pad.axes, buttons },
        ] as unknown as Gamepad[];
      };
    });
    await page.goto(twin.url);
    await page.waitForFunction(() => window.twinViewer?.visibleAtMs != null, null, { timeout: 60_000 });
    return page;
  }

  async function hold(page: Page, pad: FakePad): Promise<void> {
    await page.evaluate((next) => {
      window.fakePad = next;
      if (next !== null) window.dispatchEvent(new Event("gamepadconnected"));
    }, pad);
  }

  const forward = { axes: [0, -1, 0, 0], held: [4] };
  const idle = { axes: [0, -1, 0, 0], held: [] };
  const speed = async () => {
    const { reported } = await twin.property("robot", "base/twist");
    return (reported?.value as { linear: number[] } | undefined)?.linear[0] ?? 0;
  };

  it("drives by a gamepad while its shoulder button is held, and not by one held before", async () => {
    const double = new ServerDouble();
    const page = await open(double);
    const chip = page.getByLabel("Gamepad");
    // Held before there is a lease: the lease does not make it move.
    await hold(page, forward);
    await drive(page);
    await chip.getByText("release the shoulder button").waitFor({ timeout: patienceMs });
    expect(double.kind("twist")).toEqual([]);
    await hold(page, idle);
    await chip.getByText("hold L1 or R1 to move the base").waitFor({ timeout: patienceMs });
    await hold(page, forward);
    await expect.poll(speed, { timeout: patienceMs }).toBeGreaterThan(0.02);
    await chip.getByText("moves the base").waitFor({ timeout: patienceMs });
    await shoot(page, "gamepad");
    await hold(page, idle);
    await expect.poll(async () => Math.abs(await speed()), { timeout: patienceMs }).toBeLessThan(0.005);
    expect(double.kind("twist").at(-1)).toMatchObject({ linear: { x: 0 } });
    const sent = double.kind("twist").length;
    // Sticks at rest under a held button, and no pad any more: silence.
    await hold(page, { axes: [0, 0.05, 0, 0], held: [5] });
    await chip.getByText("moves the base").waitFor({ timeout: patienceMs });
    expect(double.kind("twist")).toHaveLength(sent);
    await hold(page, forward);
    await expect.poll(() => double.kind("twist").length, { timeout: patienceMs }).toBeGreaterThan(sent);
    await hold(page, null);
    await expect
      .poll(() => double.kind("twist").at(-1), { timeout: patienceMs })
      .toMatchObject({ linear: { x: 0 } });
  });

  it("lets a gamepad go when the page loses the focus, until the button is pressed anew", async () => {
    const double = new ServerDouble();
    const page = await open(double);
    await drive(page);
    await hold(page, idle);
    await page.getByLabel("Gamepad").getByText("hold L1 or R1").waitFor({ timeout: patienceMs });
    await hold(page, forward);
    await expect.poll(() => double.kind("twist").length, { timeout: patienceMs }).toBeGreaterThan(2);
    await page.evaluate(() => window.dispatchEvent(new Event("blur")));
    await page
      .getByLabel("Gamepad")
      .getByText("release the shoulder button")
      .waitFor({ timeout: patienceMs });
    const sent = double.kind("twist");
    expect(sent.at(-1)).toMatchObject({ linear: { x: 0 } });
    await page.evaluate(
      () => new Promise((done) => requestAnimationFrame(() => requestAnimationFrame(done))),
    );
    expect(double.kind("twist")).toHaveLength(sent.length);
    expect(double.of("presence").map(({ state }) => state)).toContain("visible");
  });

  it("says of a gamepad that its motion is refused, and why", async () => {
    const double = new ServerDouble();
    double.commands.set("twist", ({ id }, say) => {
      say({
        op: "result",
        id,
        stage: "refused",
        code: "fresh_press",
        message: "release it and press it again",
      });
      return true;
    });
    const page = await open(double);
    await drive(page);
    await hold(page, idle);
    const chip = page.getByLabel("Gamepad");
    await chip.getByText("hold L1 or R1").waitFor({ timeout: patienceMs });
    await hold(page, forward);
    await chip.getByText("refused: release it and press it again").waitFor({ timeout: patienceMs });
  });

  it("slows everything by one slider, at a bearable rate, and jogs at a tenth in precise mode", async () => {
    const double = new ServerDouble();
    double.control = { override: 100 };
    double.answers.set("override", (message, say) => {
      double.control = { override: message.percent };
      say({ op: "override", id: message.id, robot: message.robot, percent: message.percent });
      return true;
    });
    const page = await open(double);
    await drive(page);
    const slider = page.getByRole("slider", { name: "Speed of everything" });
    await slider.fill("40");
    await expect.poll(() => double.of("override").at(-1)?.percent, { timeout: patienceMs }).toBe(40);
    await page.getByRole("banner").getByText("40 %").waitFor({ timeout: patienceMs });
    await page.getByRole("checkbox", { name: "Precise" }).check();
    await openPanel(page, "Joints");
    await shoot(page, "override");
    expect(await findingsOf(page)).toEqual([]);
    await page.getByRole("button", { name: "Jog elbow up" }).hover();
    await page.mouse.down();
    await expect.poll(() => double.kind("jointVelocity").length, { timeout: patienceMs }).toBeGreaterThan(0);
    await page.mouse.up();
    const [first] = double.kind("jointVelocity") as { velocities: { elbow: number } }[];
    // 2.6 rad/s is the elbow's limit, a quarter of it the middle speed.
    expect(first?.velocities.elbow).toBeCloseTo(2.6 * 0.25 * 0.1, 6);
  });

  it("sets a goal on the floor by press and drag, shows it, and sends it by Go", async () => {
    const double = new ServerDouble();
    double.can = { navigate: true };
    double.commands.set("navigate", (message, say) => {
      say({ op: "result", id: message.id, stage: "accepted", code: "ok", message: "" });
      say({
        op: "result",
        id: message.id,
        stage: "executing",
        code: "ok",
        message: "1.2 m left",
        progress: 0.4,
      });
      return true;
    });
    let isFree = false;
    double.answers.set("plan", (message, say) => {
      const { id, robot } = message;
      if (isFree) {
        const poses = [0, 1, 2].map((time) => ({ time, position: [time, 0.5 * time], yaw: 0 }));
        const leastDistance = { metres: 0.2, between: ["base_link", "door"], time: 1, point: [1, 0.5] };
        say({
          ...{ op: "planned", id, robot, path: "straight", duration: 4.2, frame: "odom" },
          poses,
          leastDistance,
        });
      } else
        say({ op: "result", id, stage: "refused", code: "collision", message: "it would meet the shelf" });
      return true;
    });
    const page = await open(double);
    await drive(page);
    await openPanel(page, "Drive");
    const goal = page.getByRole("region", { name: "Goal on the floor" });
    await goal.getByRole("button", { name: "Set on the floor" }).click();
    await page.mouse.move(250, 600);
    await page.mouse.down();
    await page.mouse.move(330, 560, { steps: 6 });
    await page.mouse.up();
    await expect.poll(() => goal.getByLabel("Goal x, m").inputValue(), { timeout: patienceMs }).not.toBe("");
    const way = goal.getByLabel("Way to the goal");
    await way.getByText(/straight way is not free: it would meet the shelf/).waitFor({ timeout: patienceMs });
    isFree = true;
    await goal.getByLabel("Goal yaw, rad").fill("0.3");
    await goal.getByLabel("Goal yaw, rad").press("Enter");
    await way.getByText(/Straight way: 4\.2 s, 0\.20 m from door/).waitFor({ timeout: patienceMs });
    await shoot(page, "goal");
    expect(await findingsOf(page)).toEqual([]);
    const figures = await Promise.all(
      ["Goal x, m", "Goal y, m", "Goal yaw, rad"].map((label) => goal.getByLabel(label).inputValue()),
    );
    await goal.getByRole("button", { name: "Go", exact: true }).click();
    await page.getByLabel("Last move").getByText("1.2 m left").waitFor({ timeout: patienceMs });
    const [sent] = double.kind("navigate") as { position: number[]; yaw: number; frame: string }[];
    expect(sent?.frame).not.toBe("");
    expect([...(sent?.position ?? []), sent?.yaw].map((value) => value?.toFixed(3))).toEqual(figures);
    await expect.poll(() => goal.getByLabel("Goal x, m").inputValue()).toBe("");
  });

  it("asks the holder for control, and the holder hands over", async () => {
    const [ada, bob] = [new ServerDouble(), new ServerDouble()];
    for (const double of [ada, bob]) double.answers.set("request", () => true);
    const holder = await open(ada);
    await drive(holder);
    const other = await open(bob, { viewport: { width: 390, height: 844 }, hasTouch: true });
    const ask = other.getByRole("button", { name: "Ask for control" });
    await ask.click({ timeout: patienceMs });
    await expect.poll(() => ask.isDisabled(), { timeout: patienceMs }).toBe(true);
    expect(bob.of("request")).toMatchObject([{ robot: "robot" }]);
    await shoot(other, "asked-phone");
    // What the server tells the holder.
    ada.say({ op: "requested", robot: "robot", by: "Bob", session: "client-9" });
    ada.answers.set("handOver", (message, say) => {
      say({ op: "released", id: message.id, robot: message.robot });
      return true;
    });
    await holder.getByText("Bob asks for control").waitFor({ timeout: patienceMs });
    await shoot(holder, "asked-holder");
    expect(await findingsOf(holder)).toEqual([]);
    await holder.getByRole("button", { name: "Hand over" }).click();
    await expect
      .poll(() => ada.of("handOver"), { timeout: patienceMs })
      .toMatchObject([{ session: "client-9" }]);
    await holder.getByText("Bob drives now.").waitFor({ timeout: patienceMs });
    expect(await holder.getByText("Bob asks for control").count()).toBe(0);
  });
});
