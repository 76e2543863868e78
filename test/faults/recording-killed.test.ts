import { spawn } from "node:child_process";
import { existsSync, mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, describe, expect, it } from "vitest";
import { hasBagPython, runBagPython } from "../support/bag-python.ts";

const driver = new URL("../support/recording-process.mjs", import.meta.url).pathname;
const folder = mkdtempSync(join(tmpdir(), "twin-killed-"));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** When a recorder took its first and its last message. */
type Times = { first: number; last: number };

/** Records into `path` until it is killed after `ms`. */
function recordUntilKilled(path: string, rate: number, size: number, ms: number): Promise<Times> {
  return new Promise((resolve, reject) => {
    const child = spawn(process.execPath, [driver, path, String(rate), String(size)], {
      stdio: ["ignore", "pipe", "inherit"],
    });
    let text = "";
    child.stdout.on("data", (data: Buffer) => {
      // The time counts from its first message: what is before is the start of Node.
      if (text === "") setTimeout(() => child.kill("SIGKILL"), ms);
      text += String(data);
    });
    child.on("error", reject);
    child.on("exit", (code) => {
      if (code !== null) reject(new Error(`it ended by itself: ${code}`));
      else {
        const lines = text.trimEnd().split("\n");
        const timeOf = (line: string | undefined): number => Number(line?.split(" ")[0]);
        resolve({ first: timeOf(lines[0]), last: timeOf(lines.at(-1)) });
      }
    });
  });
}

type Checked = {
  path: string;
  indexed: number;
  counted: number;
  linear: number;
  chatter: number;
  inOrder: boolean;
  rosbags: number;
  newest: number;
};

describe.skipIf(!hasBagPython())("a recorder that is killed", () => {
  it("leaves a file that every reader opens and that lacks at most 2 s, 100 times", async () => {
    const trials = 100;
    const times = new Map<string, Times>();
    let next = 0;
    const worker = async (): Promise<void> => {
      for (let i = next++; i < trials; i = next++) {
        const path = join(folder, `${i}.mcap`);
        // Small and seldom, and 20 MB/s; killed between 0.1 and 2.3 s.
        const [rate, size] = i % 2 === 0 ? [200, 200] : [1000, 20_000];
        times.set(path, await recordUntilKilled(path, rate, size, 100 + ((i * 7919) % 2200)));
      }
    };
    await Promise.all([worker(), worker(), worker(), worker()]);
    const files = [...times.keys()];
    expect(files.filter((path) => !existsSync(path))).toEqual([]);
    const checked = (await runBagPython("check_killed.py", files)) as Checked[];
    expect(checked).toHaveLength(files.length);
    // Of a file without any message everything is lacking.
    const lacking = checked.map(({ path, newest }) => {
      const { first, last } = times.get(path) as Times;
      return last - (newest === 0 ? first : newest);
    });
    for (const one of checked) {
      expect(one, one.path).toMatchObject({ inOrder: true, counted: one.indexed });
      // Killed between the chunk and the summary that knows it: those who read from begin to end have a chunk more.
      expect(one.linear, one.path).toBeGreaterThanOrEqual(one.indexed);
      expect(one.rosbags, one.path).toBe(one.chatter);
    }
    expect(checked.filter(({ chatter }) => chatter > 0).length).toBeGreaterThan(trials / 3);
    expect(Math.max(...lacking)).toBeLessThanOrEqual(2000);
    console.info(`${files.length} files; the newest message lacked ${Math.max(...lacking)} ms at most`);
  }, 300_000);
});
