import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { freshDomain, hasRos, startPeer, type TestProcess, TestTwin } from "./support.ts";

const joints = Array.from({ length: 7 }, (_, i) => `joint_${i + 1}`);

type PageState = {
  robots: Record<string, { joints: Record<string, { measured: number | null }> } | undefined>;
};

describe.skipIf(!hasRos() || !hasChromium())("the page beside a robot written with rclpy", () => {
  let peer: TestProcess;
  let twin: TestTwin;
  let browser: Browser;
  let page: Page;

  const measured = (joint: string): Promise<number | null | undefined> =>
    page.evaluate((name) => {
      const { twinViewer } = window as unknown as { twinViewer: { state(): PageState } };
      return twinViewer.state().robots.robot?.joints[name]?.measured;
    }, joint);

  beforeAll(async () => {
    const domain = freshDomain();
    peer = startPeer(domain, ["--urdf", "test/truth/urdf/arm-seven.urdf", "--joints", joints.join(",")]);
    twin = new TestTwin(domain);
    await twin.ready();
    await eventually("the robot is described", () => twin.reported("joint/joint_1/position"));
    browser = await launchChromium();
    page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(twin.url);
    await eventually(
      "the page shows its joints",
      async () => (await measured("joint_1")) ?? undefined,
      30_000,
    );
  });

  afterAll(async () => {
    await browser?.close();
    await twin?.end();
    await peer?.end();
  });

  it("shows the very numbers that the robot publishes and the graph holds", async () => {
    const positions = joints.map((_, i) => 0.1 * (i + 1) + 1e-12);
    peer.tell({ do: "set", positions });
    await eventually("the page has them", async () => {
      const shown = await Promise.all(joints.map(measured));
      return shown.every((value, i) => value === positions[i]);
    });
    for (const [i, joint] of joints.entries()) {
      expect((await twin.reported(`joint/${joint}/position`))?.value).toBe(positions[i]);
    }
  });

  it("moves a joint: the goal arrives at the robot's server, and its result is said on the page", async () => {
    await page.getByRole("button", { name: "Drive", exact: true }).first().click();
    await page.getByRole("button", { name: "You drive" }).waitFor();
    await page.getByRole("slider", { name: "joint_2 target" }).focus();
    for (let i = 0; i < 5; i++) await page.keyboard.press("ArrowRight");
    await page.getByRole("button", { name: "Go" }).click();
    const goal = await eventually("the goal arrives", () => peer.events("goal").at(-1), 20_000);
    expect(goal.joints).toEqual(["joint_2"]);
    await eventually("the robot is done", () => peer.events("succeeded")[0], 20_000);
    await page.getByText(/done/i).first().waitFor();
  });

  it("drives the base, and after the page is killed the last message on cmd_vel is a zero", async () => {
    await page.keyboard.press("Escape");
    await page.getByRole("button", { name: "Drive panel" }).click();
    await page.getByRole("application", { name: "Drive pad" }).focus();
    await page.keyboard.down("w");
    await eventually("the base is told to roll", () =>
      peer.events("twist").find((twist) => (twist.x as number) > 0.1),
    );
    await browser.close();
    const last = await eventually(
      "a zero is last",
      () => {
        const twist = peer.events("twist").at(-1);
        return twist?.x === 0 && twist.yaw === 0 ? twist : undefined;
      },
      10_000,
    );
    expect(last).toMatchObject({ x: 0, yaw: 0 });
  });
});
