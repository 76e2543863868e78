// 20 MB/s of images and 500 joint states a second, published by rclpy, with `twin record` beside the twin and without it, in
// turns: what is recorded, what it costs, and how late the twin's cycle runs.
import { mkdtempSync, rmSync, statSync } from "node:fs";
import { open } from "node:fs/promises";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { McapIndexedReader } from "@mcap/core";
import { Child, python, rosEnvironment, sleep, startTwin } from "./support.mjs";

const domain = "143";
const seconds = 10;
const pairs = 3;

/** The buckets of how late cycles began, by their upper bound in s. */
async function lateness(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const buckets = new Map();
  for (const [, bound, count] of text.matchAll(/^twin_cycle_late_seconds_bucket\{le="([^"]+)"\} (\d+)$/gm)) {
    buckets.set(bound === "+Inf" ? Number.POSITIVE_INFINITY : Number(bound), Number(count));
  }
  return buckets;
}

/** The bound below which 99 % of the cycles between two looks began late. */
function p99(before, after) {
  const all = [...after].map(([bound, count]) => [bound, count - (before.get(bound) ?? 0)]);
  const total = all.at(-1)[1];
  return all.find(([, count]) => count >= total * 0.99)[0];
}

/** Messages of each topic in a recording. */
async function countsOf(path) {
  const file = await open(path);
  const { size } = await file.stat();
  const read = async (offset, length) => {
    const bytes = new Uint8Array(Number(length));
    await file.read(bytes, 0, bytes.length, Number(offset));
    return bytes;
  };
  const reader = await McapIndexedReader.Initialize({ readable: { size: async () => BigInt(size), read } });
  await file.close();
  const counts = reader.statistics.channelMessageCounts;
  return new Map(
    [...reader.channelsById.values()].map(({ id, topic }) => [topic, Number(counts.get(id) ?? 0n)]),
  );
}

export async function run() {
  rosEnvironment(domain);
  const folder = mkdtempSync(join(tmpdir(), "twin-bench-recording-"));
  const env = { ROS_DOMAIN_ID: domain };
  const load = new Child(python, ["bench/recorded_load.py", String(seconds)], env);
  const { twin, url } = await startTwin(["--ros", "on"], env);
  const once = async (recorders) => {
    const lines = load.lines.length;
    load.child.stdin.write(`${recorders}\n`);
    while (load.lines.length === lines) await sleep(50);
    return JSON.parse(load.lines.at(-1));
  };
  try {
    await load.line(/ready/);
    await sleep(3000);
    let before = (await once(0)).sent;
    for (let pair = 1; pair <= pairs; pair++) {
      const off = await lateness(url);
      const alone = await once(0);
      const without = p99(off, await lateness(url));
      before = alone.sent;
      const path = join(folder, `${pair}.mcap`);
      const recorder = new Child(
        process.execPath,
        ["dist/main.js", "record", "--ros", "on", "--url", url, "--out", path, "--json"],
        env,
      );
      await recorder.line(/"messages":/);
      const cpu = recorder.cpu();
      const on = await lateness(url);
      const { sent, took } = await once(1);
      const with_ = p99(on, await lateness(url));
      const used = (recorder.cpu() - cpu) / took;
      const memory = recorder.memory() / 1e6;
      await sleep(1500);
      await recorder.end();
      const { dropped } = JSON.parse(recorder.lines.at(-1));
      const counts = await countsOf(path);
      const images = sent.images - before.images;
      const joints = sent.joints - before.joints;
      console.log(
        `pair ${pair}: ${counts.get("/camera/image")} of ${images} images and ${counts.get("/joint_states")} of ${joints} joint states ` +
          `recorded in ${took.toFixed(1)} s (${((images * 0.4) / took).toFixed(1)} MB/s), ${dropped} dropped, ` +
          `${(statSync(path).size / 1e6).toFixed(0)} MB; recorder ${(used * 100).toFixed(0)} % of a core, ${memory.toFixed(0)} MB`,
      );
      console.log(
        `  p99 of cycles late: ${(without * 1000).toFixed(1)} ms without, ${(with_ * 1000).toFixed(1)} ms with the recorder (bucket bounds)`,
      );
      before = sent;
      rmSync(path, { force: true });
    }
  } finally {
    await Promise.all([load.end(), twin.end()]);
    rmSync(folder, { recursive: true, force: true });
  }
}
