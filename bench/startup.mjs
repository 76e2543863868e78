// From `twin up` to /healthz, and to a robot with meshes drawn in Chromium; installed and built.
import { launchChromium } from "./chromium.mjs";
import { percentile, sleep, startTwin } from "./support.mjs";

const runs = 5;

export async function run() {
  const health = [];
  const visible = [];
  for (let i = 0; i < runs; i++) {
    // The browser is there already, as a person's is; its profile is fresh.
    const browser = await launchChromium();
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
