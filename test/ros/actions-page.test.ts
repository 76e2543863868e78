import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { findingsInEachLook } from "../browser/axe.ts";
import { drive, keepDriving, openPage, openPanel } from "../browser/page-at-hand.ts";
import { shoot } from "../browser/shots.ts";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { can } from "./can.ts";
import { freshDomain, hasRos, startPeer, type TestProcess, TestTwin } from "./support.ts";

const folder = mkdtempSync(join(tmpdir(), "twin-actions-"));
const config = join(folder, "twin.yaml");
writeFileSync(config, "robots:\n  - commands: { services: [home, lamp] }\n");

describe.skipIf(!hasRos() || !hasChromium())(
  "the panel Actions beside grippers and services in rclpy",
  () => {
    const faults: string[] = [];
    let peer: TestProcess;
    let twin: TestTwin;
    let browser: Browser;
    let page: Page;

    const gripper = () => page.getByRole("region", { name: "gripper_controller", exact: true });
    const jaw = () => page.getByRole("region", { name: "parallel_gripper", exact: true });
    const state = (name: string) => page.getByLabel(`State of ${name}`);
    const says = (name: string, text: RegExp) =>
      state(name).getByText(text).first().waitFor({ timeout: 20_000 });
    /** Presses a button of the panel; on a busy machine the lease may have ended meanwhile. */
    const press = (name: string) =>
      eventually(
        `${name} is pressed`,
        async () => {
          await keepDriving(page);
          const button = page.getByRole("button", { name, exact: true });
          const isPressed = await button.click({ timeout: 3000 }).then(
            () => true,
            () => false,
          );
          return isPressed || undefined;
        },
        60_000,
      );
    const newest = () => peer.events("goal").at(-1);

    beforeAll(async () => {
      const domain = freshDomain();
      const args = ["--urdf", "test/ros/mobile-gripper.urdf", "--services"];
      peer = startPeer(domain, args, "gripper_peer.py");
      twin = new TestTwin(domain, ["--ros", "on", "--config", config]);
      await twin.ready();
      await eventually("grippers and services are found", async () => {
        const { controllers = [], services = [] } = await can(twin);
        const found = controllers.filter(({ kind, joints }) => kind === "gripper" && joints.length > 0);
        return found.length === 2 && services.length === 2 ? true : undefined;
      });
      browser = await launchChromium();
      page = await openPage(browser, twin.url, faults);
      await openPanel(page, "Actions");
    }, 120_000);

    afterAll(async () => {
      await browser?.close();
      await twin?.end();
      await peer?.end();
      rmSync(folder, { recursive: true, force: true });
      expect(faults).toEqual([]);
    });

    it("is disabled without the lease, and gives the reason", async () => {
      await page.getByText("Press “Drive” at the top to take the controls.").first().waitFor();
      const panel = page.getByRole("region", { name: "Actions", exact: true });
      for (const name of ["Open gripper_controller", "Close gripper_controller", "Call /home", "On /lamp"]) {
        const button = panel.getByRole("button", { name, exact: true });
        expect(await button.isDisabled(), name).toBe(true);
        expect(await button.getAttribute("title"), name).toContain("Press “Drive”");
      }
      expect(await page.getByRole("slider", { name: "finger_joint target" }).isDisabled()).toBe(true);
      expect(peer.events("goal")).toEqual([]);
    });

    it("opens and closes a gripper, shows that it moves, where it is, and that it holds something", async () => {
      await drive(page);
      await press("Open gripper_controller");
      await says("gripper_controller", /^Moving$/);
      await says("gripper_controller", /^Done$/);
      expect(newest()).toMatchObject({ gripper: "gripper_controller", position: 0.08, effort: 0 });
      await gripper().getByText("0.080 m").waitFor({ timeout: 5000 });
      peer.tell({ do: "object", joint: "finger_joint", at: 0.03 });
      await press("Close gripper_controller");
      await says("gripper_controller", /holds something/);
      expect(newest()).toMatchObject({ gripper: "gripper_controller", position: 0 });
      peer.tell({ do: "stalling", value: false });
      await keepDriving(page);
      await press("Open gripper_controller");
      await says("gripper_controller", /^Done$/);
      await press("Close gripper_controller");
      await says("gripper_controller", /^Stalled$/);
      peer.tell({ do: "object", joint: "finger_joint", at: null });
      peer.tell({ do: "stalling", value: true });
    });

    it("goes by keys to a place between the limits, with an effort; a turning gripper has its positions as words", async () => {
      await keepDriving(page);
      const slider = page.getByRole("slider", { name: "jaw_joint target" });
      await slider.focus();
      for (let i = 0; i < 25; i++) await page.keyboard.press("ArrowRight");
      const before = peer.events("goal").length;
      await jaw().getByLabel("Max effort, N·m").fill("5");
      await jaw().getByRole("button", { name: "Go parallel_gripper" }).focus();
      await page.keyboard.press("Enter");
      const goal = await eventually("the goal arrives", () => peer.events("goal")[before]);
      expect(goal).toMatchObject({ gripper: "parallel_gripper", effort: 5, names: ["jaw_joint"] });
      expect(goal.position).toBeCloseTo(0.2, 2);
      await says("parallel_gripper", /^Done$/);
      // Whether a turning jaw is open at 0 or at 0.8 is said nowhere.
      await jaw().getByRole("button", { name: "To 0.800 rad parallel_gripper" }).waitFor();
    });

    it("shows a refusal in words, and keeps what was typed", async () => {
      await keepDriving(page);
      await gripper().getByLabel("Position, m").fill("0.5");
      await press("Go gripper_controller");
      await says("gripper_controller", /finger_joint: 0\.500 m is outside 0\.000 m … 0\.080 m/);
      expect(await gripper().getByLabel("Position, m").inputValue()).toBe("0.5");
      await gripper().getByLabel("Position, m").fill("0.02");
      await gripper().getByLabel("Max effort, N").fill("100");
      await press("Go gripper_controller");
      await says("gripper_controller", /maxEffort 100 N is more than the limit of finger_joint, 40 N/);
      await gripper().getByLabel("Max effort, N").fill("");
    });

    it("calls services, and shows success, message and time", async () => {
      await keepDriving(page);
      await press("Call /home");
      const home = page.getByLabel("Answer of /home");
      await home
        .getByText(/success, homed/)
        .or(home.getByText("success"))
        .first()
        .waitFor();
      expect(await home.textContent()).toMatch(/\d+:\d\d:\d\d.* Call: success, homed/);
      await press("On /lamp");
      const lamp = page.getByLabel("Answer of /lamp");
      await lamp.getByText("success").waitFor();
      await press("Off /lamp");
      await lamp.getByText("no success").waitFor();
      expect(await lamp.textContent()).toContain("Off: no success, the lamp is stuck");
      expect(peer.events("service")).toMatchObject([
        { name: "home" },
        { name: "lamp", data: true },
        { name: "lamp", data: false },
      ]);
    });

    it("has nothing that axe objects to, light and dark, wide and narrow", async () => {
      expect(await findingsInEachLook(page, (look) => shoot(page, `actions-${look}`))).toEqual({});
    });

    it("loses its controls when the grippers and services are gone, and says what to start", async () => {
      peer.tell({ do: "leave" });
      await page
        .getByText(/start its controller/)
        .first()
        .waitFor({ timeout: 30_000 });
      await page.getByText(/No service can be called now/).waitFor();
      expect(await gripper().count()).toBe(0);
      expect(await page.getByRole("button", { name: "Call /home" }).count()).toBe(0);
    });
  },
);
