import { mkdtempSync, rmSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { describe, expect, it, onTestFinished } from "vitest";
import { killWriters } from "../support/history-kills.ts";
import { randomFrom } from "../unit/robot/random-from.ts";

/** `HISTORY_KILLS=1000` for the whole number; it takes ten minutes. */
const kills = Number(process.env.HISTORY_KILLS ?? 60);

function ownFolder(): string {
  const folder = mkdtempSync(join(tmpdir(), "twin-history-"));
  onTestFinished(() => rmSync(folder, { recursive: true, force: true }));
  return folder;
}

describe("a history whose program is killed", () => {
  it(`has everything that was confirmed, once and whole, after each of ${kills} kills`, {
    timeout: kills * 3000,
  }, async () => {
    const seed = Number(process.env.SEED ?? Date.now() % 1_000_000);
    const result = await killWriters(ownFolder(), kills, randomFrom(seed));
    const open = [...result.openMs].sort((a, b) => a - b);
    console.log(
      `${result.kills} kills (seed ${seed}), ${result.samples} samples; opened in ${open[open.length >> 1]?.toFixed(0)} ms, at most ${open.at(-1)?.toFixed(0)} ms`,
    );
    expect(result.faults).toEqual([]);
    expect(result.samples).toBeGreaterThan(kills * 1000);
  });
});
