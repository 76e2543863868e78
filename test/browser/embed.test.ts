import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { createServer, type Server } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import type { Browser, Frame, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { eventually } from "../support/eventually.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { findingsOf } from "./axe.ts";
import { shoot } from "./shots.ts";

const folder = mkdtempSync(join(tmpdir(), "twin-embed-"));

/** A page of another origin with `html` in it; resolves to its address. */
async function serve(html: () => string): Promise<{ server: Server; origin: string }> {
  const server = createServer((_, response) => {
    response.setHeader("content-type", "text/html");
    response.end(
      `<!doctype html><html lang="en"><title>wiki</title><body><main><h1>wiki</h1>${html()}</main></body></html>`,
    );
  });
  await new Promise<void>((resolve) => server.listen(0, "127.0.0.1", resolve));
  const address = server.address();
  return { server, origin: `http://127.0.0.1:${typeof address === "object" ? address?.port : ""}` };
}

describe.skipIf(!hasChromium())("the twin in a page of somebody else", () => {
  const twin = new TwinProcess();
  const faults: string[] = [];
  let html = "";
  let browser: Browser;
  let page: Page;
  let wiki: Awaited<ReturnType<typeof serve>>;
  let stranger: Awaited<ReturnType<typeof serve>>;

  const frame = async (): Promise<Frame> =>
    eventually(
      "the frame is there",
      () => page.frames().find((one) => one.url().startsWith(twin.url)),
      20_000,
    );
  const visit = async (content: string, origin = wiki.origin) => {
    html = content;
    await page.goto(origin);
  };
  const stops = async () => {
    const events = (await (await fetch(`${twin.url}api/events`)).json()) as { events?: { kind: string }[] };
    return (events.events ?? []).filter(({ kind }) => kind.startsWith("stop.")).length;
  };

  beforeAll(async () => {
    wiki = await serve(() => html);
    stranger = await serve(() => html);
    const config = join(folder, "twin.yaml");
    const rover = new URL("../../urdf/rover.urdf", import.meta.url).pathname;
    writeFileSync(config, `server: { embed: ["${wiki.origin}"] }\nrobots:\n  - description: ${rover}\n`);
    await twin.up("--port", "0", "--config", config);
    browser = await launchChromium();
    page = await (await browser.newContext({ viewport: { width: 1000, height: 700 } })).newPage();
    page.on("pageerror", (error) => faults.push(error.message));
  }, 120_000);
  afterEach(() => expect(faults.splice(0)).toEqual([]));
  afterAll(async () => {
    await browser?.close();
    await twin.remove();
    for (const one of [wiki, stranger]) one?.server.close();
    rmSync(folder, { recursive: true, force: true });
  });

  it("shows the 3D view alone, for reading only", async () => {
    await visit(`<iframe title="twin" src="${twin.url}?embed=scene" width="800" height="500"></iframe>`);
    const inner = await frame();
    await inner.waitForFunction(() => window.twinViewer?.visibleAtMs != null, null, { timeout: 60_000 });
    expect(await inner.getByRole("navigation", { name: "Panels" }).count()).toBe(0);
    expect(await inner.getByRole("button", { name: "Stop", exact: true }).count()).toBe(0);
    const before = await stops();
    await inner.locator(".canvas").click();
    await page.keyboard.press("Space");
    await page.waitForTimeout(500);
    expect(await stops()).toBe(before);
    await shoot(page, "embed-scene");
    expect(await findingsOf(page)).toEqual([]);
    expect(await findingsOf(inner)).toEqual([]);
  });

  it("shows one panel, in the scheme that it is told", async () => {
    await visit(
      `<iframe title="twin" src="${twin.url}?embed=joints&theme=dark" width="420" height="600"></iframe>`,
    );
    const inner = await frame();
    await inner.getByText("elbow").first().waitFor({ timeout: 30_000 });
    expect(await inner.locator("html").getAttribute("data-mantine-color-scheme")).toBe("dark");
    expect(await inner.locator("canvas").count()).toBe(0);
    expect(await findingsOf(inner)).toEqual([]);
    await shoot(page, "embed-joints");
  });

  it("has the controls where they are asked for", async () => {
    await visit(
      `<iframe title="twin" src="${twin.url}?embed=joints&controls=1" width="900" height="600"></iframe>`,
    );
    const inner = await frame();
    await inner.getByRole("button", { name: "Stop", exact: true }).waitFor({ timeout: 30_000 });
    await inner
      .getByRole("button", { name: /^Drive/ })
      .first()
      .waitFor();
  });

  it("is an element, whose attributes may change", async () => {
    await visit(
      `<script type="module" src="${twin.url}embed.js"></script>
       <twin-robot show="events" theme="light" style="height: 400px"></twin-robot>`,
    );
    const inner = await frame();
    await inner.getByRole("region", { name: "Events", exact: true }).waitFor({ timeout: 30_000 });
    await page.evaluate(() => document.querySelector("twin-robot")?.setAttribute("show", "sources"));
    await (await frame()).getByRole("region", { name: "Sources", exact: true }).waitFor({ timeout: 30_000 });
    expect(page.frames()).toHaveLength(2);
    await shoot(page, "embed-element");
  });

  it("is not shown in a page that is not named", async () => {
    await visit(`<iframe title="twin" src="${twin.url}?embed=scene"></iframe>`, stranger.origin);
    await page.waitForTimeout(1500);
    const inner = page.frames()[1];
    expect(inner?.url().startsWith(twin.url) === true && (await inner.locator("#page").count()) > 0).toBe(
      false,
    );
    const { headers } = await fetch(twin.url);
    expect(headers.get("content-security-policy")).toContain(`frame-ancestors 'self' ${wiki.origin}`);
  });
});
