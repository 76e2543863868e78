import type { Page } from "playwright-core";
import { beforeAll, describe, expect, it, vi } from "vitest";
import { hasChromium } from "../support/chromium.ts";
import { demoPage } from "./demo-page.ts";
import { drive, keepDriving, openPanel, patienceMs } from "./page-at-hand.ts";
import { shoot } from "./shots.ts";

/** The planner's thread shares a busy machine with a browser that draws by the processor. */
vi.setConfig({ testTimeout: 150_000 });

describe.skipIf(!hasChromium())("a plan of the real server", () => {
  const demo = demoPage();
  const { twin } = demo;
  let page: Page;

  beforeAll(async () => {
    page = demo.page;
  });

  it("keeps a box that a person put there, plans beside it, goes, and takes it away again", async () => {
    await openPanel(page, "Scene");
    const scene = page.getByRole("region", { name: "Scene", exact: true });
    await scene.getByRole("button", { name: "Add a box" }).click({ timeout: patienceMs });
    await scene.getByRole("listitem", { name: "box-1" }).waitFor({ timeout: patienceMs });
    await expect
      .poll(() => twin.json<{ objects: object[] }>("/api/scene"), { timeout: patienceMs })
      .toMatchObject({ objects: [{ id: "box-1", shape: "box", frame: "odom" }] });
    await shoot(page, "real-scene");
    await drive(page);
    await openPanel(page, "Joints");
    const panel = page.getByRole("region", { name: "Joints", exact: true });
    await page.getByRole("slider", { name: "elbow target" }).fill("0.3");
    await panel.getByRole("button", { name: "Plan" }).click();
    const card = page.getByRole("region", { name: "Plan", exact: true });
    await card.getByText(/goes (directly|around)/).waitFor({ timeout: 60_000 });
    await shoot(page, "real-plan");
    await keepDriving(page);
    await card.getByRole("button", { name: "Go", exact: true }).click();
    await page.getByLabel("Last move").getByText("done").waitFor({ timeout: 60_000 });
    expect(Number((await twin.property("robot", "joint/elbow/position")).reported?.value)).toBeCloseTo(
      0.3,
      2,
    );
    await openPanel(page, "Scene");
    await scene.getByRole("button", { name: "Remove box-1" }).click();
    await expect
      .poll(() => twin.json<{ objects: object[] }>("/api/scene"), { timeout: patienceMs })
      .toEqual({ objects: [] });
  });
});
