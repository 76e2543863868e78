import { readFile } from "node:fs/promises";
import { join } from "node:path";
import type { Browser, Page } from "playwright-core";
import type { Lease, Robot, Twin } from "../../src/client/api.ts";
import type { connect } from "../../src/client/index.ts";

const dist = new URL("../../dist/", import.meta.url).pathname;

/** What the page under test keeps, so that one step can use what another began. */
declare global {
  interface Window {
    connect?: typeof connect;
    at?: { twin: Twin; robot: Robot; lease: Lease; lost: string[] };
  }
}

/** A page at the twin's own origin that has the built library, as files, and nothing else. */
export async function pageWithLibrary(browser: Browser, url: string, faults: string[]): Promise<Page> {
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
