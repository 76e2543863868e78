import { describe, expect, it } from "vitest";
import { drive, keepDriving, openPanel, patienceMs } from "../browser/page-at-hand.ts";
import { shoot } from "../browser/shots.ts";
import { hasChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { peerPage } from "./peer-page.ts";
import { hasRos } from "./support.ts";

describe.skipIf(!hasRos() || !hasChromium())("a goal on the floor, beside navigators in rclpy", () => {
  const at = peerPage("navigator_peer.py", { peerArgs: ["--urdf", "test/ros/mobile-gripper.urdf"] });

  /** Presses on the floor and drags; the goal that the fields then have. */
  async function setGoal(from: [number, number], to: [number, number]): Promise<string[]> {
    const goal = at.page.getByRole("region", { name: "Goal on the floor" });
    await goal.getByRole("button", { name: "Set on the floor" }).click();
    await at.page.mouse.move(...from);
    await at.page.mouse.down();
    await at.page.mouse.move(...to, { steps: 6 });
    await at.page.mouse.up();
    const fields = ["Goal x, m", "Goal y, m", "Goal yaw, rad"].map((label) => goal.getByLabel(label));
    await expect.poll(() => fields[0]?.inputValue(), { timeout: patienceMs }).not.toBe("");
    return Promise.all(fields.map((field) => field.inputValue()));
  }
  const go = async (): Promise<void> => {
    await keepDriving(at.page);
    await at.page
      .getByRole("region", { name: "Goal on the floor" })
      .getByRole("button", { name: "Go", exact: true })
      .click();
  };

  it("is clicked, sent as it is shown, followed to its end, and the robot is drawn there", async () => {
    const { page, peer } = at;
    await drive(page);
    await openPanel(page, "Drive");
    const figures = await setGoal([430, 560], [520, 520]);
    await shoot(page, "goal-click");
    await go();
    const told = await eventually("the navigator has the goal", () => peer.events("goal")[0]);
    const [pose] = told.poses as { frame: string; x: number; y: number; yaw: number }[];
    expect(pose?.frame).toBe("odom");
    expect([pose?.x, pose?.y, pose?.yaw].map((value) => value?.toFixed(3))).toEqual(figures);
    await page
      .getByLabel("Last move")
      .getByText(/m left|at the goal|done|reached/i)
      .first()
      .waitFor({ timeout: patienceMs });
    await eventually("it is reached", () => peer.events("end").find(({ how }) => how === "succeed"), 60_000);
    await shoot(page, "goal-reached");
  }, 120_000);

  it("is given up by STOP", async () => {
    const { page, peer } = at;
    await setGoal([300, 420], [340, 380]);
    await go();
    const before = peer.events("end").length;
    await eventually("the navigator has the goal", () => peer.events("goal")[1]);
    await page.keyboard.press("Space");
    const end = await eventually("it ends", () => peer.events("end")[before]);
    expect(end.how).toMatch(/cancel/);
    await shoot(page, "goal-stopped");
  }, 60_000);
});
