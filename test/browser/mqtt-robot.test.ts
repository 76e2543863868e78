import type { Browser, Page } from "playwright-core";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { imageOf, root } from "../firmware/support/firmware-build.ts";
import { endTargets, startPosix, type Target } from "../firmware/support/target.ts";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { hasMosquitto, Mosquitto } from "../support/mosquitto.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { WsClient } from "../support/ws-client.ts";

/** A robot without ROS: a URDF, and a firmware process for each of its joints. */
const joints = [
  { id: "shoulder-mcu", joint: "shoulder", lower: -2.4, upper: 2.4, more: ["--max-velocity", "2"] },
  { id: "elbow-mcu", joint: "elbow", lower: -2.6, upper: 2.6, more: ["--max-velocity", "2.5"] },
  { id: "lift-mcu", joint: "lift", lower: 0, upper: 0.16, more: ["--prismatic", "--max-velocity", "0.3"] },
  { id: "wrist-mcu", joint: "wrist", lower: -3.1, upper: 3.1, more: ["--max-velocity", "4"] },
];
const isThere = hasChromium() && hasMosquitto() && imageOf("posix") !== null;

describe.skipIf(!isThere)("a robot of microcontrollers alone, without ROS", () => {
  const broker = new Mosquitto();
  const twin = new TwinProcess();
  const targets: Target[] = [];
  let browser: Browser;
  let page: Page;
  let client: WsClient;

  const measured = async (joint: string) =>
    page.evaluate(
      (name) => Object.values(window.twinViewer?.state().robots ?? {})[0]?.joints[name]?.measured ?? null,
      joint,
    );

  beforeAll(async () => {
    await broker.start();
    for (const one of joints) targets.push(startPosix(broker.port, one));
    const config = twin.file(
      "twin.yaml",
      `robots: [{id: scara, description: ${root}urdf/scara.urdf}]\nmqtt: {url: "${broker.url}"}\n`,
    );
    await twin.up("--port", "0", "--config", config);
    browser = await launchChromium();
    page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    await page.goto(twin.url);
    await page.waitForFunction(() => window.twinViewer?.visibleAtMs != null, null, { timeout: 30_000 });
  });
  afterAll(async () => {
    client?.close();
    await browser?.close();
    await twin.remove();
    await endTargets();
    await broker.remove();
  });

  it("is measured on the page, joint by joint, each by its own device", async () => {
    for (const { joint, id } of joints) {
      await eventually(`${joint} on the page`, async () => (await measured(joint)) !== null);
      const { reported } = await twin.property("scara", `joint/${joint}/position`);
      expect(reported).toMatchObject({ source: `mqtt:${id}`, quality: "good" });
    }
    // Kinematics run on it: a tip's pose is computed.
    const tip = await twin.property("scara", "link/tool0/pose");
    expect(tip.estimated?.quality).toBe("good");
  });

  it("moves by one command to all four, through the gate, and the page shows it move", async () => {
    client = await WsClient.open(twin.url, "/ws/command");
    await client.acquire("scara");
    client.keepLease("scara");
    const positions = { shoulder: 0.8, elbow: -0.9, lift: 0.08, wrist: 1.2 };
    const before = await measured("shoulder");
    client.command("go", { kind: "jointPosition", positions }, { robot: "scara" });
    await client.next("result", { id: "go", stage: "executing" });
    await eventually("motion on the page", async () => {
      const now = await measured("shoulder");
      return now !== null && before !== null && Math.abs(now - before) > 0.1;
    });
    const done = await client.next("result", { id: "go", stage: "done" });
    expect(done).toMatchObject({ code: "ok" });
    for (const [joint, goal] of Object.entries(positions)) {
      await eventually(
        `${joint} there`,
        async () => Math.abs(((await measured(joint)) ?? 1e9) - goal) < 0.03,
      );
    }
    const states = await Promise.all(
      joints.map(
        async ({ id }) => (await twin.property(`device/${id}`, `device/${id}/state`)).reported?.value,
      ),
    );
    // Somebody drives: the joints are held.
    expect(states).toEqual(["active", "active", "active", "active"]);
  });

  it("stops at once for anybody, and its firmware falls into failsafe", async () => {
    const other = await WsClient.open(twin.url, "/ws/command");
    client.command("away", { kind: "jointPosition", positions: { shoulder: -1.5 } }, { robot: "scara" });
    await client.next("result", { id: "away", stage: "executing" });
    other.send({ op: "stop", robot: "*" });
    await client.next("result", { id: "away", stage: "aborted" });
    const { joint, id } = joints[0] as (typeof joints)[number];
    await eventually(
      "failsafe",
      async () => (await twin.property(`device/${id}`, `device/${id}/state`)).reported?.value === "failsafe",
    );
    expect(await measured(joint)).toBeGreaterThan(-1.4);
    other.send({ op: "reset", robot: "scara" });
    other.close();
  });

  it("shows at once which of its processes was killed", async () => {
    const [target] = targets.splice(1, 1);
    await page
      .getByRole("navigation", { name: "Panels" })
      .getByRole("button", { name: "Devices", exact: true })
      .click();
    const card = page.getByRole("listitem", { name: "device/elbow-mcu" });
    await card.getByText("online", { exact: true }).waitFor();
    const killedAt = performance.now();
    await target?.powerCut();
    await card.getByText("offline", { exact: true }).waitFor({ timeout: 5000 });
    expect(performance.now() - killedAt).toBeLessThan(3000);
    const { reported } = await twin.property("scara", "joint/elbow/position");
    expect(reported).toMatchObject({ quality: "bad", reason: "no-communication" });
    expect((await twin.property("scara", "joint/wrist/position")).reported?.quality).toBe("good");
  });

  it("can be commanded no more on the joint that is gone, and on the others as before", async () => {
    const again = await WsClient.open(twin.url, "/ws/command");
    client.close();
    await again.acquire("scara");
    again.keepLease("scara");
    again.command("gone", { kind: "jointPosition", positions: { elbow: 0 } }, { robot: "scara" });
    const refused = await again.next("result", { id: "gone", stage: "refused" });
    expect(String(refused.code)).toMatch(/stale_state|no_controller/);
    again.command("wrist", { kind: "jointPosition", positions: { wrist: 0 } }, { robot: "scara" });
    await again.next("result", { id: "wrist", stage: "done" });
    again.close();
  });
});
