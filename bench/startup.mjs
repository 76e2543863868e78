// From `twin up` to /healthz, and to a robot with meshes drawn in Chromium; installed and built.
import { existsSync } from "node:fs";
import { chromium } from "playwright-core";
import { percentile, sleep, startTwin } from "./support.mjs";

const runs = 5;
const flags = ["--no-sandbox", "--disable-quic", "--no-first-run", "--disable-background-networking"];
flags.push("--disable-component-update", "--disable-sync", "--use-gl=angle", "--use-angle=swiftshader");
flags.push("--enable-unsafe-swiftshader");

export async function run() {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  if (!existsSync(executablePath))
    throw new Error(`no Chromium at ${executablePath}: apt-get install chromium`);
  const health = [];
  const visible = [];
  for (let i = 0; i < runs; i++) {
    // The browser is there already, as a person's is; its profile is fresh.
    const browser = await chromium.launch({ executablePath, args: flags });
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    const begun = performance.now();
    const { twin, url } = await startTwin(["--ros", "off"], {});
    try {
      while (!(await fetch(`${url}/healthz`)).ok) await sleep(5);
      health.push(performance.now() - begun);
      await page.goto(url, { waitUntil: "commit" });
      await page.waitForFunction(() => performance.getEntriesByName("twin-robot-visible").length > 0, null, {
        polling: 20,
      });
      visible.push(performance.now() - begun);
    } finally {
      await browser.close();
      await twin.end();
    }
  }
  const show = (name, times, wanted) => {
    const sorted = [...times].sort((a, b) => a - b);
    console.log(
      `${name}: median ${(percentile(sorted, 50) / 1000).toFixed(2)} s, worst ${((sorted.at(-1) ?? 0) / 1000).toFixed(2)} s of ${runs} (wanted: under ${wanted} s)`,
    );
  };
  show("up to healthz", health, 1.5);
  show("up to a visible robot", visible, 4);
}
