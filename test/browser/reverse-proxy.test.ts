import { readFileSync } from "node:fs";
import type { Browser, Page } from "playwright-core";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { hasChromium, launchChromium } from "../support/chromium.ts";
import { hasNginx, Nginx } from "../support/nginx.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { WsClient } from "../support/ws-client.ts";
import { patienceMs } from "./page-at-hand.ts";

const guide = readFileSync(new URL("../../docs/reverse-proxy.md", import.meta.url), "utf8");

/** The nginx example of the guide under this heading, for the twin at `port`. */
function exampleOf(heading: string, port: number): string {
  const section = guide.slice(guide.indexOf(`## ${heading}`));
  const example = /```nginx\n([\s\S]*?)```/.exec(section)?.[1];
  if (example === undefined) throw new Error(`docs/reverse-proxy.md has no nginx example under "${heading}"`);
  return example.replaceAll("127.0.0.1:8080", `127.0.0.1:${port}`);
}

describe.skipIf(!hasChromium() || !hasNginx())("the page behind nginx", () => {
  const faults: string[] = [];
  const ends: (() => Promise<void>)[] = [];
  let browser: Browser;

  beforeAll(async () => {
    browser = await launchChromium();
  });
  afterEach(async () => {
    for (const end of ends.splice(0).reverse()) await end();
    expect(faults.splice(0)).toEqual([]);
  });
  afterAll(async () => {
    await browser?.close();
  });

  /** A demo twin with these lines in its `server`, shown by nginx; the port is known to both. */
  async function behind(
    server: (port: number) => string,
    block: (twin: number) => string,
  ): Promise<{ twin: TwinProcess; port: number }> {
    const [twin, nginx] = [new TwinProcess(), new Nginx()];
    ends.push(
      () => twin.remove(),
      () => nginx.remove(),
    );
    const port = await nginx.choosePort();
    const root = new URL("../..", import.meta.url).pathname;
    const config = `robots: [{description: ${root}urdf/rover.urdf}]\nserver: {${server(port)}}\n`;
    await twin.up("--port", "0", "--config", twin.file("twin.yaml", config));
    await nginx.start(block(twin.port));
    return { twin, port };
  }

  async function open(url: string): Promise<Page> {
    const page = await (await browser.newContext({ viewport: { width: 1280, height: 800 } })).newPage();
    ends.push(() => page.context().close());
    page.on("pageerror", (error) => faults.push(error.message));
    await page.goto(url);
    return page;
  }

  /** The page is whole: its robot with all meshes, its stream, and STOP over the command socket. */
  async function expectWhole(page: Page, twin: TwinProcess): Promise<void> {
    await page.waitForFunction(() => window.twinViewer?.visibleAtMs != null, null, { timeout: 60_000 });
    const state = await page.evaluate(() => window.twinViewer?.state());
    expect(state?.connection).toBe("open");
    const [robot] = Object.values(state?.robots ?? {});
    expect(robot?.meshes.missing).toBe(0);
    expect(robot?.meshes.found).toBeGreaterThan(10);
    await page.keyboard.press("Space");
    await page.getByText(/is stopped by/).waitFor({ timeout: patienceMs });
    expect(await twin.events("stop.latched")).toHaveLength(1);
  }

  const plain = (twin: number): string => `location / {
      proxy_pass http://127.0.0.1:${twin};
      proxy_http_version 1.1;
      proxy_set_header Upgrade $http_upgrade;
      proxy_set_header Connection $connection_upgrade;
    }`;

  it("works with the guide's example, at the top", async () => {
    const { twin, port } = await behind(
      (at) => `publicUrl: "http://127.0.0.1:${at}/"`,
      (twinPort) => exampleOf("nginx", twinPort),
    );
    await expectWhole(await open(`http://127.0.0.1:${port}/`), twin);
  });

  it("works with the guide's example, at a path", async () => {
    const { twin, port } = await behind(
      (at) => `publicUrl: "http://127.0.0.1:${at}/robot/"`,
      (twinPort) => exampleOf("At a path", twinPort),
    );
    await expectWhole(await open(`http://127.0.0.1:${port}/robot/`), twin);
  });

  it("works at a path that the proxy leaves in front", async () => {
    const { twin, port } = await behind(
      (at) => `publicUrl: "http://127.0.0.1:${at}/robot/"`,
      (twinPort) => plain(twinPort).replace("location /", "location /robot/"),
    );
    await expectWhole(await open(`http://127.0.0.1:${port}/robot/`), twin);
  });

  it("works with nginx's own headers, which rewrite the Host", async () => {
    const { twin, port } = await behind((at) => `publicUrl: "http://localhost:${at}"`, plain);
    await expectWhole(await open(`http://localhost:${port}/`), twin);
  });

  it("works with a kept Host of another name, by publicUrl or by an origin", async () => {
    for (const key of ["publicUrl", "origins"]) {
      const { twin, port } = await behind(
        (at) =>
          key === "publicUrl"
            ? `publicUrl: "http://robot.test:${at}/"`
            : `origins: ["http://robot.test:${at}"]`,
        (twinPort) => exampleOf("nginx", twinPort),
      );
      const headers = { host: `robot.test:${port}`, origin: `http://robot.test:${port}` };
      const client = await WsClient.open(`http://127.0.0.1:${port}`, "/ws/state", headers);
      client.send({ op: "subscribe", encoding: "json" });
      await client.next("snapshot");
      client.close();
      expect(twin.isAlive()).toBe(true);
    }
  });

  it("says on the page what to set where it is not set", async () => {
    const { port } = await behind(() => "", plain);
    const page = await open(`http://localhost:${port}/`);
    const said = page.getByText(/This page may not connect\./).first();
    await said.waitFor({ timeout: patienceMs });
    expect(await said.textContent()).toContain(
      `set server.publicUrl to the address of the page, as http://localhost:${port}/`,
    );
    expect(await page.getByRole("button", { name: "Stop", exact: true }).count()).toBe(1);
  });

  it("says instead of the page what to set where the Host is another's", async () => {
    const { port } = await behind(
      () => "",
      (twinPort) =>
        `location / { proxy_pass http://127.0.0.1:${twinPort}; proxy_set_header Host robot.test; }`,
    );
    const page = await open(`http://127.0.0.1:${port}/`);
    await page.getByRole("heading", { name: "twinbridge does not show its page here" }).waitFor();
    expect(await page.textContent("body")).toContain("set server.publicUrl");
  });

  it("tells a wrong token from a missing one", async () => {
    const { port, twin } = await behind(
      (at) => `token: "correct-horse", publicUrl: "http://127.0.0.1:${at}/"`,
      (twinPort) => exampleOf("nginx", twinPort),
    );
    const missing = await open(`http://127.0.0.1:${port}/`);
    await missing
      .getByText(/This server asks for a token/)
      .first()
      .waitFor({ timeout: patienceMs });
    const wrong = await open(`http://127.0.0.1:${port}/#token=wrong-horse`);
    await wrong
      .getByText(/The token is wrong/)
      .first()
      .waitFor({ timeout: patienceMs });
    expect(twin.out).toContain(`http://127.0.0.1:${port}/#token=correct-horse`);
    const right = await open(`http://127.0.0.1:${port}/#token=correct-horse`);
    await right.waitForFunction(() => window.twinViewer?.visibleAtMs != null, null, { timeout: 60_000 });
  });
});
