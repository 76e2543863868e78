import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { findingsOf } from "./axe.ts";
import { drive, keepDriving, openPanel, patienceMs } from "./page-at-hand.ts";
import { ServerDouble } from "./server-double.ts";
import { shoot } from "./shots.ts";

const durationS = 3;

/** Each opens pages of its own and has axe look at them, which a busy machine takes long for. */
vi.setConfig({ testTimeout: 150_000 });

describe.skipIf(!hasChromium())("plan, see, commit on the page", () => {
  const twin = new TwinProcess();
  const faults: string[] = [];
  const double = new ServerDouble();
  let browser: Browser;
  let page: Page;

  beforeAll(async () => {
    await twin.up("--port", "0");
    browser = await launchChromium();
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 } });
    page = await context.newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    await double.stand(page);
    await page.goto(twin.url);
    await page.waitForFunction(() => window.twinViewer?.visibleAtMs != null, null, { timeout: 60_000 });
    await drive(page);
  });
  afterEach(() => expect(faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await browser?.close();
    await twin.remove();
  });

  const measured = () =>
    page.evaluate(() => {
      const joints = Object.values(window.twinViewer?.state().robots ?? {})[0]?.joints ?? {};
      return Object.fromEntries(Object.entries(joints).map(([name, joint]) => [name, joint.measured ?? 0]));
    });

  /** A planner that lifts the shoulder on the way: from where the robot is to where it was asked to. */
  async function planAround(): Promise<void> {
    const from = await measured();
    double.answers.set("plan", (message, say) => {
      const { positions } = message.command as { positions: Record<string, number> };
      const points = Array.from({ length: 31 }, (_, k) => {
        const share = k / 30;
        const at = Object.entries(positions).map(([joint, to]) => {
          const start = from[joint] ?? 0;
          const lift = joint === "shoulder_lift" ? -0.5 * Math.sin(Math.PI * share) : 0;
          return [joint, start + (to - start) * share + lift];
        });
        return { time: durationS * share, positions: Object.fromEntries(at) };
      });
      say({
        op: "planned",
        id: message.id,
        robot: message.robot,
        planId: `plan-${double.of("plan").length}`,
        stateHash: "hash",
        duration: durationS,
        points,
        leastDistance: { metres: 0.034, between: ["forearm_link", "table"], time: 1.2 },
        effortShare: { shoulder_lift: 0.62, elbow: 0.31 },
        path: "around",
      });
      return true;
    });
  }

  const card = () => page.getByRole("region", { name: "Plan", exact: true });

  it("goes directly where this server does not plan", async () => {
    double.answers.set("plan", (message, say) => {
      say({ op: "error", id: message.id, code: "unsupported", message: "this version takes no plan" });
      return true;
    });
    await openPanel(page, "Joints");
    await page.getByRole("slider", { name: "elbow target" }).fill("0.5");
    await page
      .getByRole("region", { name: "Joints", exact: true })
      .getByRole("button", { name: "Plan" })
      .click();
    await card().getByText("is not planned by this server").waitFor({ timeout: patienceMs });
    await keepDriving(page);
    await card().getByRole("button", { name: "Go", exact: true }).click();
    await page.getByLabel("Last move").getByText("done").waitFor({ timeout: patienceMs });
    expect((await measured()).elbow).toBeCloseTo(0.5, 2);
    expect(double.kind("jointPosition")).toHaveLength(1);
  });

  it("plays the plan of the tool as a ghost, with what it comes to, and lets each moment be seen", async () => {
    await openPanel(page, "Tool");
    await page.waitForFunction(() => window.twinViewer?.tool?.handle != null, null, { timeout: patienceMs });
    await planAround();
    for (let presses = 0; presses < 12; presses += 1) {
      await page.getByRole("button", { name: "Nudge z down" }).click();
    }
    await page.getByRole("button", { name: "Nudge y up" }).click({ modifiers: ["Shift"] });
    await page
      .getByLabel("Reach")
      .getByText(/Reached|direct way/)
      .waitFor({ timeout: patienceMs });
    const commands = double.of("command").length;
    await page
      .getByRole("region", { name: "Tool", exact: true })
      .getByRole("button", { name: "Plan" })
      .click();
    await card()
      .getByText(/goes around what is in the way, 3.0 s/)
      .waitFor({ timeout: patienceMs });
    expect(await card().textContent()).toMatch(/Nearest: \S+ m between forearm_link and table at 1.2 s/);
    expect(await card().textContent()).toMatch(/Effort: shoulder_lift up to 62 %/);
    const slider = page.getByRole("slider", { name: "Moment of the plan" });
    await expect
      .poll(async () => Number(await slider.inputValue()), { timeout: patienceMs })
      .toBeGreaterThan(0.3);
    await slider.fill("1.5");
    await card().getByText("1.5 / 3.0 s").waitFor({ timeout: patienceMs });
    await page.getByRole("button", { name: "Play the plan" }).waitFor({ timeout: patienceMs });
    await shoot(page, "plan");
    expect(await findingsOf(page)).toEqual([]);
    expect(double.of("command").length).toBe(commands);
  });

  it("commits by its id and hash, and explains a plan that has become stale", async () => {
    double.commands.set("plan", (message, say) => {
      const code = "stale_plan";
      say({
        op: "result",
        id: message.id,
        stage: "refused",
        code,
        message: "the robot has moved 0.03 rad since",
      });
      return true;
    });
    await keepDriving(page);
    await card().getByRole("button", { name: "Go", exact: true }).click();
    await card()
      .getByText("was not sent: the robot has moved 0.03 rad since")
      .waitFor({ timeout: patienceMs });
    expect(await card().getByRole("button", { name: "Go", exact: true }).count()).toBe(0);
    await shoot(page, "plan-stale");
    const [stale] = double.kind("plan");
    expect(stale).toMatchObject({ stateHash: "hash" });
    await card().getByRole("button", { name: "Plan again" }).click();
    await card()
      .getByText(/goes around/)
      .waitFor({ timeout: patienceMs });
    double.commands.set("plan", (message, say) => {
      for (const stage of ["accepted", "executing", "done"]) {
        say({ op: "result", id: message.id, stage, code: "ok", message: "" });
      }
      return true;
    });
    await keepDriving(page);
    await card().getByRole("button", { name: "Go", exact: true }).click();
    await page.getByLabel("Last move").getByText("done").waitFor({ timeout: patienceMs });
    expect(double.kind("plan").at(-1)?.planId).not.toBe(stale?.planId);
    await expect.poll(() => card().textContent()).toBe("");
  });

  it("drops plan and ghost by Esc, and shows why nothing can be planned", async () => {
    double.answers.set("plan", (message, say) => {
      const code = "no_path";
      say({
        op: "result",
        id: message.id,
        stage: "refused",
        code,
        message: "no way around the table in 2 s",
      });
      return true;
    });
    await page.getByRole("button", { name: "Nudge z down" }).click();
    await page
      .getByRole("region", { name: "Tool", exact: true })
      .getByRole("button", { name: "Plan" })
      .click();
    await card()
      .getByText("cannot be planned: no way around the table in 2 s")
      .waitFor({ timeout: patienceMs });
    await page.keyboard.press("Escape");
    await expect.poll(() => card().textContent()).toBe("");
    await expect.poll(() => page.evaluate(() => window.twinViewer?.tool?.target)).toBeNull();
  });
});
