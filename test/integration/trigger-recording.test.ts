import { mkdirSync, readdirSync, writeFileSync } from "node:fs";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { TwinEvent } from "../../src/protocol/state-messages.ts";
import { hasBagPython, runBagPython } from "../support/bag-python.ts";
import { eventually } from "../support/eventually.ts";
import { TwinProcess } from "../support/twin-process.ts";

type Read = { reader: string; topic: string; log: string; decoded: Record<string, unknown> };

describe.skipIf(!hasBagPython())("a stop in the demo", () => {
  const twin = new TwinProcess();
  const folder = join(twin.folder, "state");
  const recordings = join(folder, "recordings");
  beforeAll(async () => {
    // Three older ones, of which one is too many afterwards.
    mkdirSync(recordings, { recursive: true });
    for (const day of [1, 2, 3])
      writeFileSync(join(recordings, `2020-01-0${day}T00-00-00.000Z-x.mcap`), "old");
    writeFileSync(join(recordings, "mine.mcap"), "not ours");
    const config = twin.file(
      "twin.yaml",
      `stateDir: ${folder}\nmqtt: {embedded: true}\nrecordings: {beforeSeconds: 3, afterSeconds: 2, maxFiles: 3}\n`,
    );
    await twin.up("--port", "0", "--config", config, "--description", "urdf/arm.urdf");
  });
  afterAll(() => twin.remove());

  it("leaves a recording with what was before and after it, says so, and deletes the oldest", async () => {
    const url = twin.url.replace(/\/$/, "");
    const events = async (): Promise<TwinEvent[]> =>
      ((await (await fetch(`${url}/api/events`)).json()) as { events: TwinEvent[] }).events;
    await new Promise((resolve) => setTimeout(resolve, 4500));
    expect((await fetch(`${url}/api/stop`, { method: "POST" })).ok).toBe(true);
    const saved = await eventually("the recording is saved", async () =>
      (await events()).find(({ kind }) => kind === "recording.saved"),
    );
    const stop = (await events()).find(({ kind }) => kind === "stop.latched") as TwinEvent;
    const names = readdirSync(recordings).sort();
    expect(names.slice(0, 2)).toEqual(["2020-01-02T00-00-00.000Z-x.mcap", "2020-01-03T00-00-00.000Z-x.mcap"]);
    expect(names[2]).toMatch(/^\d{4}-.*-stop\.latched\.mcap$/);
    expect(names.slice(3)).toEqual(["mine.mcap"]);
    const path = join(recordings, names[2] as string);
    expect(saved.message).toContain(path);
    const all = ((await runBagPython("read_bag.py", [path])) as Read[]).filter(
      ({ reader }) => reader === "mcap",
    );
    const times = all.map(({ log }) => Number(BigInt(log) / 1000n) / 1000);
    expect(stop.time - Math.min(...times)).toBeGreaterThan(2500);
    expect(stop.time - Math.min(...times)).toBeLessThanOrEqual(3001);
    expect(Math.max(...times) - stop.time).toBeGreaterThan(1500);
    expect(Math.max(...times) - stop.time).toBeLessThan(2600);
    const topics = new Set(all.map(({ topic }) => topic));
    for (const name of ["descriptions", "snapshot", "state", "commands"]) {
      expect([...topics]).toContain(`/twinbridge/${name}`);
    }
    const commands = all
      .filter(({ topic }) => topic === "/twinbridge/commands")
      .map(({ decoded }) => decoded.kind);
    expect(commands).toContain("stop.latched");
    const described = all.find(({ topic }) => topic === "/twinbridge/descriptions")?.decoded ?? {};
    expect((described.robots as Record<string, string>).robot).toContain("<robot");
    // It is not counted among those who look on.
    const metrics = await (await fetch(`${url}/metrics`)).text();
    expect(/^twin_clients(?:\{[^}]*viewer[^}]*\})? (\d+)$/m.exec(metrics)?.[1] ?? "0").toBe("0");
  });
});
