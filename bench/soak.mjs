// Memory and frame rate over time, with the page open in Chromium: SOAK_MINUTES (default 60) of the demo, or with
// SOAK_FLICKER=1 a device that changes its life 10,000 times in a minute. Prints the slopes of what a collected heap holds.
import { mkdtempSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt from "mqtt";
import { launchChromium } from "./chromium.mjs";
import { startMosquitto } from "./mosquitto.mjs";
import { sleep, startTwin } from "./support.mjs";

const flickers = process.env.SOAK_FLICKER === "1";
const minutes = Number(process.env.SOAK_MINUTES ?? (flickers ? 5 : 60));
const everyMs = Number(process.env.SOAK_EVERY ?? 20) * 1000;

export async function run() {
  const broker = flickers ? await startMosquitto() : null;
  const config = join(mkdtempSync(join(tmpdir(), "twin-bench-")), "twin.yaml");
  if (broker !== null) {
    const urdf = join(process.cwd(), "urdf/arm.urdf");
    writeFileSync(config, `robots: [{id: robot, description: ${urdf}}]\nmqtt: { url: ${broker.url} }\n`);
  }
  const { twin, url } = await startTwin(["--ros", "off", ...(flickers ? ["--config", config] : [])], {});
  const browser = await launchChromium();
  const device = broker === null ? null : await startDevice(broker.url);
  try {
    const page = await browser.newPage({ viewport: { width: 1280, height: 800 } });
    await page.goto(url);
    const cdp = await page.context().newCDPSession(page);
    await cdp.send("Performance.enable");
    await page.waitForFunction(() => window.twinViewer?.state().connection === "open", null, {
      timeout: 60_000,
    });
    // What is built up once (shaders, caches, the list of events) is not what grows.
    await sleep(Math.min(120_000, minutes * 12_000));
    const samples = [];
    const begun = performance.now();
    while (performance.now() - begun < minutes * 60_000) {
      samples.push(await sample(cdp, page, url, twin));
      await sleep(everyMs);
    }
    report(samples, device);
  } finally {
    device?.end();
    await browser.close();
    await twin.end();
    broker?.end();
  }
}

async function sample(cdp, page, url, twin) {
  await cdp.send("HeapProfiler.collectGarbage");
  const { metrics } = await cdp.send("Performance.getMetrics");
  const heap = metrics.find(({ name }) => name === "JSHeapUsedSize").value;
  const text = await (await fetch(`${url}/metrics`)).text();
  const metric = (name) =>
    Number(
      text
        .split("\n")
        .find((line) => line.startsWith(`${name} `))
        ?.split(" ")[1],
    );
  const fps = await page.evaluate(() => window.twinViewer.state().fps);
  return {
    at: performance.now() / 3_600_000,
    pageHeap: heap / 1048576,
    serverHeap: metric("nodejs_heap_size_used_bytes") / 1048576,
    serverResident: twin.memory() / 1048576,
    fps,
  };
}

function report(samples, device) {
  const hours = samples.at(-1).at - samples[0].at;
  const changes = device === null ? "" : `, ${device.count()} changes of a device's life`;
  console.log(`${(hours * 60).toFixed(1)} minutes, ${samples.length} samples${changes}`);
  for (const [key, unit] of [
    ["pageHeap", "MiB"],
    ["serverHeap", "MiB"],
    ["serverResident", "MiB"],
    ["fps", "frames/s"],
  ]) {
    const { slope, error } = slopeOf(
      samples.map(({ at }) => at),
      samples.map((one) => one[key]),
    );
    const values = samples.map((one) => one[key]);
    const third = Math.ceil(values.length / 3);
    const mean = (list) => list.reduce((sum, value) => sum + value, 0) / list.length;
    const ends = `${mean(values.slice(0, third)).toFixed(1)} in the first third, ${mean(values.slice(-third)).toFixed(1)} in the last`;
    console.log(`${key.padEnd(14)} slope ${slope.toFixed(2)} ± ${error.toFixed(2)} ${unit} an hour; ${ends}`);
  }
}

/** Least squares: the slope and its standard error. */
function slopeOf(x, y) {
  const n = x.length;
  const [mx, my] = [x, y].map((list) => list.reduce((sum, value) => sum + value, 0) / n);
  const sxx = x.reduce((sum, value) => sum + (value - mx) ** 2, 0);
  const slope = x.reduce((sum, value, i) => sum + (value - mx) * (y[i] - my), 0) / sxx;
  const rest = y.reduce((sum, value, i) => sum + (value - my - slope * (x[i] - mx)) ** 2, 0);
  return { slope, error: Math.sqrt(rest / Math.max(1, n - 2) / sxx) };
}

/** A device whose life changes 167 times a second, which is 10,000 times in a minute. */
async function startDevice(url) {
  const client = mqtt.connect(url, { protocolVersion: 4 });
  await new Promise((resolve) => client.once("connect", resolve));
  const signals = { glow: { unit: "" }, heat: { unit: "degC" } };
  const birth = JSON.stringify({ firmware: "soak", boot: 1, link: "tool0", signals });
  await client.publishAsync("twin/v1/lamp/birth", birth, { qos: 1, retain: true });
  let count = 0;
  const timer = setInterval(() => {
    client.publish("twin/v1/lamp/status", ++count % 2 === 0 ? "online" : "offline", { qos: 0, retain: true });
  }, 6);
  return {
    count: () => count,
    end: () => {
      clearInterval(timer);
      client.end(true);
    },
  };
}
