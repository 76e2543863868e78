import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { Lease, Robot, Twin } from "../../src/client/api.ts";
import { connect } from "../../src/client/index.ts";
import { hasChromium, launchChromium, launchKillableChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { TwinProcess } from "../support/twin-process.ts";

const dist = new URL("../../dist/", import.meta.url).pathname;

/** What the page under test keeps, so that one step can use what another began. */
declare global {
  interface Window {
    connect?: typeof connect;
    at?: { twin: Twin; robot: Robot; lease: Lease; lost: string[] };
  }
}

/** A page at the twin's own origin that has the built library, as files, and nothing else. */
async function pageWithLibrary(browser: Browser, url: string, faults: string[]): Promise<Page> {
  const page = await (await browser.newContext()).newPage();
  page.on("pageerror", (error) => faults.push(error.message));
  await page.route("**/library/**", async (route) => {
    const path = new URL(route.request().url()).pathname.replace("/library/", "");
    await route.fulfill({ contentType: "text/javascript", body: await readFile(join(dist, path)) });
  });
  // Any address of the server without the page of its own.
  await page.goto(new URL("/healthz", url).href);
  const content = 'import { connect } from "/library/client/index.js"; window.connect = connect;';
  await page.addScriptTag({ type: "module", content });
  await page.waitForFunction(() => window.connect !== undefined);
  await page.evaluate(async () => {
    if (window.connect === undefined) throw new Error("the library was not loaded");
    const twin = await window.connect(location.origin, { holder: "a page" });
    const robot = twin.robot(twin.robots()[0] ?? "");
    let lease: Lease | undefined;
    // Whoever drove before may be just leaving.
    for (let i = 0; i < 100 && lease === undefined; i++) {
      lease = await robot.acquire().catch(() => undefined);
      if (lease === undefined) await new Promise((resolve) => setTimeout(resolve, 50));
    }
    if (lease === undefined) throw new Error("no lease");
    const lost: string[] = [];
    lease.on("lost", ({ code }) => lost.push(code));
    window.at = { twin, robot, lease, lost };
  });
  return page;
}

describe.skipIf(!hasChromium())("the library in a page", () => {
  const server = new TwinProcess();
  const faults: string[] = [];
  let watching: Twin;
  let robot: Robot;

  beforeAll(async () => {
    await server.up("--port", "0");
    watching = await connect(server.url, { rateHz: 200 });
    robot = watching.robot("robot");
    await eventually("a measured elbow", () => robot.joint("elbow").position !== null);
  });
  afterEach(() => expect(faults.splice(0)).toEqual([]));
  afterAll(async () => {
    watching?.close();
    await server.remove();
  });

  const speed = (): number => Math.abs(robot.base().twist?.value.linear[0] ?? 0);

  it("watches, moves, jogs, stops and resets as in Node", async () => {
    const browser = await launchChromium();
    try {
      const page = await pageWithLibrary(browser, server.url, faults);
      const seen = await page.evaluate(async () => {
        if (window.at === undefined) throw new Error("not connected");
        const { twin, robot, lease, lost } = window.at;
        const code = (error: unknown) => (error as { code: string }).code;
        const moved = await lease.move({ elbow: 0.3 }, { speed: 1 });
        const refused = await lease.move({ elbow: 9 }).catch(code);
        const jog = lease.jog({ elbow: 0.2 });
        await new Promise((resolve) => setTimeout(resolve, 300));
        const jogged = await jog.end();
        const elbow = robot.joint("elbow").position;
        await robot.stop("a page");
        const stopped = await lease.move({ elbow: 0 }).catch(code);
        await robot.reset();
        const history = await twin.history({ series: "robot/*" }).catch(code);
        const again = await robot.acquire();
        await again.move({ elbow: 0 }, { speed: 1 });
        await again.release();
        twin.close();
        return { moved, refused, jogged, elbow, stopped, lost, history };
      });
      expect(seen).toMatchObject({
        moved: { code: "ok" },
        refused: "outside_limits",
        jogged: { code: "ok" },
        elbow: { quality: "good" },
        stopped: "stopped",
        lost: ["stopped"],
      });
      expect(seen.elbow?.value).toBeGreaterThan(0.32);
      if (typeof seen.history === "string") expect(seen.history).toBe("no_history");
    } finally {
      await browser.close();
    }
  });

  it("leaves the robot at rest when the browser is killed at full speed", async () => {
    const { browser, kill } = await launchKillableChromium();
    try {
      const page = await pageWithLibrary(browser, server.url, faults);
      await page.evaluate(() => {
        window.at?.lease.twist({ linear: { x: 0.4 } });
      });
      await eventually("the base at full speed", () => speed() > 0.395);
      kill();
      const since = performance.now();
      await new Promise<void>((resolve) => {
        const end = robot.on("state", () => {
          if (speed() > 1e-9) return;
          end();
          resolve();
        });
      });
      const restMs = performance.now() - since;
      console.log(`browser killed: rests after ${restMs.toFixed(0)} ms`);
      expect(restMs).toBeLessThan(125 + 400 + 300);
    } finally {
      kill();
      await browser.close().catch(() => undefined);
    }
  });
});
