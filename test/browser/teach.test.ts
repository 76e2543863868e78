import type { Browser, BrowserContext, BrowserContextOptions, Page, Route } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it, vi } from "vitest";
import type { NamedPose, PosesJson } from "../../src/protocol/library-json.ts";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { findingsOf } from "./axe.ts";
import { drive, openPanel, patienceMs } from "./page-at-hand.ts";
import { ServerDouble } from "./server-double.ts";
import { shoot } from "./shots.ts";

type Pose = { name: string; source: NamedPose["source"]; positions: Record<string, number> };

/** Poses, sequences and surroundings in the server's place, so that a test says what there is. */
class Shelf {
  readonly poses: Pose[] = [{ name: "home", source: "srdf", positions: { shoulder_lift: 0, elbow: 0.4 } }];
  readonly sequences: { name: string; steps: unknown[] }[] = [];
  objects: Record<string, unknown>[] = [];
  here: Record<string, number> = {};
  readonly asked: string[] = [];

  async stand(page: Page): Promise<void> {
    await page.route(/\/api\/(poses|sequences|scene)/, (route) => this.answer(route));
  }

  private async answer(route: Route): Promise<void> {
    const request = route.request();
    const [what = "", ...rest] = new URL(request.url()).pathname.split("/").slice(2).map(decodeURIComponent);
    const name = rest.at(-1) ?? "";
    const body = request.postDataJSON() as Record<string, unknown> | null;
    if (request.method() !== "GET") this.asked.push(`${request.method()} ${[what, ...rest].join("/")}`);
    if (what === "scene" && request.method() === "PUT") this.objects = body?.objects as typeof this.objects;
    const list: { name: string }[] = what === "poses" ? this.poses : this.sequences;
    const at = list.findIndex((one) => one.name === name);
    if (what !== "scene" && request.method() !== "GET" && at >= 0) list.splice(at, 1);
    if (what === "poses" && request.method() === "PUT") {
      const positions = body?.here === true ? { ...this.here } : (body?.joints as Pose["positions"]);
      this.poses.push({ name, source: "saved", positions });
    }
    if (what === "sequences" && request.method() === "PUT") {
      this.sequences.push({ name, steps: body?.steps as unknown[] });
    }
    const poses: PosesJson = {
      robot: Object.fromEntries(
        this.poses.map((pose) => [pose.name, { joints: pose.positions, source: pose.source }]),
      ),
    };
    const sequences = Object.fromEntries(this.sequences.map(({ name, steps }) => [name, { steps }]));
    const answers: Record<string, object> = { poses, sequences, scene: { objects: this.objects } };
    await route.fulfill({ json: answers[what] ?? {} });
  }
}

/** Each opens pages of its own and has axe look at them, which a busy machine takes long for. */
vi.setConfig({ testTimeout: 150_000 });

describe.skipIf(!hasChromium())("poses, sequences and surroundings on the page", () => {
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

  async function open(
    shelf: Shelf,
    double: ServerDouble,
    options: BrowserContextOptions = {},
  ): Promise<Page> {
    const context = await browser.newContext({ viewport: { width: 1280, height: 800 }, ...options });
    contexts.push(context);
    const page = await context.newPage();
    page.on("pageerror", (error) => faults.push(error.message));
    await double.stand(page);
    await shelf.stand(page);
    await page.goto(twin.url);
    await page.waitForFunction(() => window.twinViewer?.visibleAtMs != null, null, { timeout: 60_000 });
    return page;
  }

  it("teaches three poses, makes a sequence of them, runs it, and keeps it as a file", async () => {
    const [shelf, double] = [new Shelf(), new ServerDouble()];
    double.commands.set("sequence", (message, say) => {
      say({ op: "result", id: message.id, stage: "accepted", code: "ok", message: "" });
      say({
        op: "result",
        id: message.id,
        stage: "executing",
        code: "ok",
        message: "step 2 of 4",
        progress: 0.25,
      });
      return true;
    });
    const page = await open(shelf, double);
    await drive(page);
    await openPanel(page, "Poses");
    const panel = page.getByRole("region", { name: "Poses", exact: true });
    for (const [at, name] of ["above", "grasp", "side"].entries()) {
      shelf.here = { elbow: 0.2 * at, wrist_1: 0.1 };
      await panel.getByLabel("Name of the pose").fill(name);
      await panel.getByLabel("Name of the pose").press("Enter");
      await panel.getByRole("listitem", { name, exact: true }).waitFor({ timeout: patienceMs });
    }
    expect(shelf.asked).toEqual(["PUT poses/robot/above", "PUT poses/robot/grasp", "PUT poses/robot/side"]);
    await panel.getByRole("button", { name: "New sequence" }).click();
    await panel.getByLabel("Name of the sequence").fill("pick");
    await panel.getByRole("button", { name: "+ Pose" }).click();
    await panel.getByLabel("Pose of step 1").selectOption("above");
    await panel.getByRole("button", { name: "+ Wait" }).click();
    await panel.getByLabel("Seconds of step 2").fill("1,5");
    await panel.getByRole("button", { name: "+ Gripper" }).click();
    await panel.getByLabel("Gripper position of step 3").fill("0.02");
    await panel.getByRole("button", { name: "+ Repeat" }).click();
    const inner = panel.getByRole("list", { name: "Steps repeated by step 4" });
    await inner.locator("xpath=following-sibling::*[1]").getByRole("button", { name: "+ Pose" }).click();
    await shoot(page, "sequence");
    expect(await findingsOf(page)).toEqual([]);
    await panel.getByRole("button", { name: "Save", exact: true }).click();
    await panel.getByRole("button", { name: "Run pick" }).waitFor({ timeout: patienceMs });
    expect(shelf.sequences).toEqual([
      {
        name: "pick",
        steps: [
          { pose: "above" },
          { wait: 1.5 },
          { gripper: { position: 0.02 } },
          { repeat: 2, steps: [{ pose: "home" }] },
        ],
      },
    ]);
    await panel.getByRole("button", { name: "Run pick" }).click();
    await page.getByLabel("Last move").getByText("step 2 of 4").waitFor({ timeout: patienceMs });
    expect(double.kind("sequence")).toEqual([{ kind: "sequence", name: "pick" }]);
    const file = page.waitForEvent("download");
    await panel.getByRole("button", { name: "Export pick" }).click();
    expect((await file).suggestedFilename()).toBe("pick.yaml");
    await shoot(page, "poses");
  });

  it("goes to a pose by a plan, and puts back what was deleted", async () => {
    const [shelf, double] = [new Shelf(), new ServerDouble()];
    shelf.poses.push({ name: "low", source: "saved", positions: { elbow: 0.3, right_wheel: 4 } });
    const page = await open(shelf, double);
    await drive(page);
    await openPanel(page, "Poses");
    const panel = page.getByRole("region", { name: "Poses", exact: true });
    await panel.getByRole("button", { name: "Go to low" }).click();
    await expect
      .poll(() => double.of("plan").at(-1)?.command, { timeout: patienceMs })
      .toEqual({
        kind: "jointPosition",
        positions: { elbow: 0.3 },
      });
    await panel.getByRole("button", { name: "Delete low" }).click();
    await panel.getByText("“low” was deleted.").waitFor({ timeout: patienceMs });
    expect(shelf.poses.map(({ name }) => name)).toEqual(["home"]);
    await panel.getByRole("button", { name: "Undo" }).click();
    await panel.getByRole("listitem", { name: "low" }).waitFor({ timeout: patienceMs });
    expect(shelf.poses.at(-1)).toMatchObject({ name: "low", positions: { elbow: 0.3, right_wheel: 4 } });
  });

  it("adds, moves and removes objects around the robot, and puts one back", async () => {
    const [shelf, double] = [new Shelf(), new ServerDouble()];
    shelf.objects = [
      {
        id: "table",
        shape: "box",
        size: [0.8, 1.2, 0.05],
        pose: { position: [1, 0, 0.4], quaternion: [0, 0, 0, 1] },
        mass: 12,
      },
    ];
    const page = await open(shelf, double);
    await openPanel(page, "Scene");
    const panel = page.getByRole("region", { name: "Scene", exact: true });
    await panel.getByRole("listitem", { name: "table" }).waitFor({ timeout: patienceMs });
    await panel.getByRole("button", { name: "Add a keep-out area" }).click();
    await expect.poll(() => shelf.objects.length, { timeout: patienceMs }).toBe(2);
    await panel.getByLabel("keepout-1 x", { exact: true }).fill("-0.9");
    await panel.getByLabel("keepout-1 x", { exact: true }).press("Enter");
    await panel.getByLabel("keepout-1 yaw").fill("0.5");
    await panel.getByLabel("keepout-1 yaw").press("Enter");
    await expect
      .poll(() => shelf.objects[1], { timeout: patienceMs })
      .toMatchObject({
        id: "keepout-1",
        shape: "keepout",
        of: "box",
        frame: "odom",
        size: [0.6, 0.6, 1],
        pose: {
          position: [-0.9, expect.any(Number), 0.5],
          quaternion: [0, 0, Math.sin(0.25), Math.cos(0.25)],
        },
      });
    // What the page does not know of an object stays with it.
    expect(shelf.objects[0]).toMatchObject({ id: "table", mass: 12, size: [0.8, 1.2, 0.05] });
    await shoot(page, "scene");
    expect(await findingsOf(page)).toEqual([]);
    await panel.getByRole("button", { name: "Remove table" }).click();
    await expect
      .poll(() => shelf.objects.map(({ id }) => id), { timeout: patienceMs })
      .toEqual(["keepout-1"]);
    await panel.getByRole("button", { name: "Undo" }).click();
    await expect
      .poll(() => shelf.objects.map(({ id }) => id), { timeout: patienceMs })
      .toEqual(["keepout-1", "table"]);
  });

  it("says so where the server keeps none of these", async () => {
    const double = new ServerDouble();
    const context = await browser.newContext({ viewport: { width: 390, height: 844 }, hasTouch: true });
    contexts.push(context);
    const page = await context.newPage();
    await page.route(/\/api\/(poses|sequences|scene)/, (route) =>
      route.fulfill({ status: 404, json: { error: "no" } }),
    );
    await double.stand(page);
    await page.goto(twin.url);
    await page.waitForFunction(() => window.twinViewer?.visibleAtMs != null, null, { timeout: 60_000 });
    await openPanel(page, "Poses");
    await page.getByText("This server keeps no poses.").waitFor({ timeout: patienceMs });
    await openPanel(page, "Scene");
    await page.getByText("This server keeps no surroundings.").waitFor({ timeout: patienceMs });
  });
});
