import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import mqtt from "mqtt";
import { describe, expect, it, onTestFinished } from "vitest";
import { OfflineHistory } from "../../src/io/history/offline-history.ts";
import { verifyStore } from "../../src/io/history/verify.ts";
import { eventually } from "../support/eventually.ts";
import { killWriters } from "../support/history-kills.ts";
import { TwinProcess } from "../support/twin-process.ts";
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

/** A small disk of its own; null where this user may not mount one. */
function smallDisk(megabytes: number): string | null {
  const folder = mkdtempSync(join(tmpdir(), "twin-disk-"));
  const mounted = spawnSync("mount", ["-t", "tmpfs", "-o", `size=${megabytes}m`, "tmpfs", folder]);
  if (mounted.status !== 0) {
    rmSync(folder, { recursive: true, force: true });
    return null;
  }
  onTestFinished(() => {
    spawnSync("umount", ["-l", folder]);
    rmSync(folder, { recursive: true, force: true });
  });
  return folder;
}

async function startedWith(history: string): Promise<TwinProcess> {
  const twin = new TwinProcess();
  onTestFinished(() => twin.remove());
  const broker = "mqtt: { embedded: true, mappings: [] }\n";
  await twin.up("--port", "0", "--config", twin.file("twin.yaml", `${broker}history: ${history}\n`));
  return twin;
}

async function status(twin: TwinProcess): Promise<Record<string, unknown>> {
  return (await (await fetch(new URL("/api/history/status", twin.url))).json()) as Record<string, unknown>;
}

/** A device that says something 100 times a second, over the twin's own broker. */
async function chatter(twin: TwinProcess): Promise<() => Promise<unknown>> {
  const url = await eventually("the broker", () => /broker ok: (mqtt:\S+?),/.exec(twin.err)?.[1]);
  const client = mqtt.connect(url, { protocolVersion: 4 });
  const topic = "twin/v1/talker";
  const birth = { firmware: "1", boot: 1, signals: { level: { unit: "V", type: "number" } } };
  client.publish(`${topic}/birth`, JSON.stringify(birth), { retain: true });
  client.publish(`${topic}/status`, "online", { retain: true });
  let n = 0;
  const timer = setInterval(() => {
    n++;
    client.publish(
      `${topic}/telemetry`,
      JSON.stringify({ boot: 1, n, t_us: n * 10_000, signals: { level: n } }),
    );
  }, 10);
  onTestFinished(() => {
    clearInterval(timer);
    client.end(true);
  });
  await eventually(
    "its level",
    async () => (await twin.property("device/talker", "device/talker/level")).reported !== undefined,
  );
  return async () => (await twin.property("device/talker", "device/talker/level")).reported?.value;
}

async function isLive(level: () => Promise<unknown>): Promise<boolean> {
  const before = Number(await level());
  await new Promise((resolve) => setTimeout(resolve, 300));
  return Number(await level()) > before + 10;
}

describe("a history whose disk fails it", () => {
  it.skipIf(process.getuid?.() !== 0 && process.env.REQUIRE_ALL !== "1")(
    "says so when the disk is full, leaves the live twin alone, and goes on when there is room",
    async () => {
      const disk = smallDisk(24);
      if (disk === null) throw new Error("this test mounts a small disk: run it as root");
      const twin = await startedWith(`{ dir: "${join(disk, "h")}", minFreeBytes: 0 }`);
      const level = await chatter(twin);
      await eventually("samples", async () => Number((await status(twin)).stored) > 100);
      writeFileSync(join(disk, "ballast"), Buffer.alloc(1));
      spawnSync("dd", ["if=/dev/zero", `of=${join(disk, "ballast")}`, "bs=64k"]);
      await eventually("the fault", async () => (await status(twin)).state === "failed", 20_000);
      expect(await status(twin)).toMatchObject({
        reason: "the disk is full",
        remedy: expect.stringMatching(/Free space/),
      });
      expect((await twin.events("history.failed")).length).toBe(1);
      expect(await isLive(level)).toBe(true);
      rmSync(join(disk, "ballast"));
      await eventually("the recording", async () => (await status(twin)).state === "recording", 20_000);
      const { stored, dropped } = await status(twin);
      expect(Number(dropped)).toBeGreaterThan(10);
      await eventually(
        "more samples",
        async () => Number((await status(twin)).stored) > Number(stored) + 100,
      );
      expect((await twin.stop()).code).toBe(0);
      const { samples, faults } = await contents(join(disk, "h"));
      expect(faults).toEqual([]);
      // What is there is in order and once, with a gap where the disk was full.
      expect(samples).toEqual([...new Set(samples)].sort((a, b) => a - b));
      expect(samples.length).toBeGreaterThan(200);
    },
  );

  it("says so when the folder cannot be written, and leaves the live twin alone", async () => {
    const file = join(ownFolder(), "file");
    writeFileSync(file, "no folder");
    const twin = await startedWith(`{ dir: "${file}/h" }`);
    const level = await chatter(twin);
    await eventually("the fault", async () => (await status(twin)).state === "failed");
    expect((await status(twin)).remedy).not.toBe("");
    expect(await isLive(level)).toBe(true);
    const answer = await fetch(new URL("/api/history?series=*", twin.url));
    expect(answer.status).toBe(503);
    rmSync(file);
    await eventually("the recording", async () => (await status(twin)).state === "recording", 20_000);
  });

  it("says so to the second twin of one folder, which takes it over when the first is gone", async () => {
    const folder = join(ownFolder(), "h");
    const first = await startedWith(`{ dir: "${folder}" }`);
    const levelOfFirst = await chatter(first);
    await eventually("samples", async () => Number((await status(first)).stored) > 50);
    const second = await startedWith(`{ dir: "${folder}" }`);
    const level = await chatter(second);
    await eventually("the fault", async () => (await status(second)).state === "failed");
    expect((await status(second)).reason).toContain("another twin writes to");
    expect([await isLive(level), await isLive(levelOfFirst)]).toEqual([true, true]);
    expect((await status(first)).state).toBe("recording");
    first.signal("SIGKILL");
    await eventually("the recording", async () => (await status(second)).state === "recording", 20_000);
  });
});

/** The device's levels that a closed history has, and what is damaged in it. */
async function contents(folder: string): Promise<{ samples: number[]; faults: string[] }> {
  const faults = verifyStore(folder, () => undefined);
  const history = OfflineHistory.open(folder);
  const query = {
    patterns: ["device/talker/device/talker/level"],
    facet: "reported",
    from: 0,
    to: 1e15,
    clock: "arrival",
  } as const;
  const samples: number[] = [];
  for await (const { value, kind } of history.samples(query))
    samples.push(...value.filter((_, i) => (kind[i] as number) < 5));
  history.close();
  return { samples, faults };
}
