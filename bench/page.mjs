// What a page costs that shows a robot of 60 links with two ghosts, a cloud of 100,000 points (10 Hz) and a picture of 720p (30 Hz):
// JavaScript in a frame, and the age of what is drawn. Drawn by software where there is no graphics card.
import { launchChromium } from "./chromium.mjs";
import { Child, percentile, python, rosEnvironment, sleep, startTwin } from "./support.mjs";

const seconds = Number(process.env.PAGE_SECONDS ?? 15);
const domain = "148";

export async function run() {
  rosEnvironment(domain);
  const publisher = new Child(python, ["bench/stream_publisher.py", "page"], { ROS_DOMAIN_ID: domain });
  await publisher.line(/ready/, 60_000);
  const { twin, url } = await startTwin(["--ros", "on"], { ROS_DOMAIN_ID: domain });
  const browser = await launchChromium();
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.addInitScript(() => {
      localStorage.setItem("twinbridge.hints", "closed");
      localStorage.setItem("twinbridge.topics", JSON.stringify(["/points", "/camera/image"]));
    });
    await page.goto(url);
    await page.waitForFunction(() => window.twinViewer?.visibleAtMs != null, null, { timeout: 60_000 });
    await page
      .getByRole("banner")
      .getByRole("button", { name: /^Drive/ })
      .click({ timeout: 60_000 });
    await page.getByRole("button", { name: "You drive" }).waitFor({ timeout: 60_000 });
    // The ghost of what is asked for.
    const slider = page.getByRole("region", { name: "Joints" }).getByRole("slider").first();
    await slider.focus();
    for (let i = 0; i < 10; i += 1) await page.keyboard.press("PageUp");
    const rail = page.getByRole("navigation", { name: "Panels" });
    await rail.getByRole("button", { name: "Topics" }).click();
    await sleep(5000);
    await page.screenshot({ path: process.env.PAGE_SHOT ?? "/dev/null", type: "png" }).catch(() => undefined);
    await browser.startTracing(page, { categories: ["devtools.timeline"] });
    const fps = [];
    for (let i = 0; i < seconds; i += 1) {
      await sleep(1000);
      fps.push(await page.evaluate(() => window.twinViewer.state().fps));
    }
    const { traceEvents } = JSON.parse((await browser.stopTracing()).toString());
    const took = (name) =>
      traceEvents
        .filter((event) => event.name === name && event.dur !== undefined)
        .map(({ dur }) => dur / 1000)
        .sort((a, b) => a - b);
    const all = took("FireAnimationFrame");
    // Most calls find nothing new, or wait for the processor that draws: those that drew took longest.
    const pictures = Math.max(1, Math.round(fps.reduce((sum, one) => sum + one, 0)));
    const frames = all.slice(-pictures);
    const calls = await page.evaluate(() => window.twinViewer.drawCalls);
    console.log(
      `  JavaScript in a frame that draws: p50 ${percentile(frames, 50).toFixed(1)}, p99 ${percentile(frames, 99).toFixed(1)} ms (wanted: 4); ${(pictures / seconds).toFixed(1)} pictures a second, ${calls} draw calls; of all ${all.length} calls p50 ${percentile(all, 50).toFixed(1)} ms`,
    );
    await rail.getByRole("button", { name: "Sources" }).click();
    await sleep(12_000);
    const rows = await page.getByRole("region", { name: "Sources" }).locator("tr").allInnerTexts();
    console.log("  delays (hop, p50, p99, most of 10 s):");
    for (const row of rows) console.log(`    ${row.replace(/\s+/g, " ")}`);
  } finally {
    await browser.close();
    await Promise.all([twin.end(), publisher.end()]);
  }
}
