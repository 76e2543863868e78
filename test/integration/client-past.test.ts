import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { Twin } from "../../src/client/api.ts";
import type { Past } from "../../src/client/history-api.ts";
import { connect } from "../../src/client/index.ts";
import { eventually } from "../support/eventually.ts";
import { TwinProcess } from "../support/twin-process.ts";

describe("the library in the past of a real twin", () => {
  const server = new TwinProcess();
  let twin: Twin;
  let thenMs: number;

  beforeAll(async () => {
    await server.up("--port", "0");
    twin = await connect(server.url, { holder: "Ada" });
    const robot = twin.robot("robot");
    await eventually("the elbow", () => robot.joint("elbow").position ?? undefined);
    const from = await eventually("four seconds of history", async () => {
      const answer = await fetch(new URL("api/history/status", server.url));
      // Absent until something is stored.
      const { from: first } = (await answer.json()) as { from?: number };
      return first !== undefined && (twin.serverTime() ?? 0) - first > 4000 ? first : undefined;
    });
    thenMs = Math.round(from + 2000);
  });
  afterAll(async () => {
    twin?.close();
    await server.remove();
  });

  it("has the values that the graph had at that moment, by seek and by query", async () => {
    const robot = twin.robot("robot");
    await twin.seek(thenMs);
    const stored = await twin.at(thenMs);
    for (const joint of robot.joints()) {
      const then = stored.things.robot?.properties[`joint/${joint}/position`]?.reported;
      const now = robot.joint(joint).position;
      expect(now?.value, joint).toBe(then?.value);
      if (then !== undefined) expect(now?.ageMs).toBeCloseTo(thenMs - then.received, 1);
    }
    expect(twin.past).toMatchObject({ time: thenMs, playing: false });
    await expect(robot.acquire()).rejects.toMatchObject({ code: "in_the_past" });
  });

  it("plays on, and returns to the present", async () => {
    const seen: Past[] = [];
    const end = twin.on("past", (past) => past !== null && seen.push(past));
    twin.play(1);
    await expect.poll(() => (seen.at(-1)?.time ?? 0) - thenMs, { timeout: 10_000 }).toBeGreaterThan(300);
    expect(seen.some(({ playing }) => playing)).toBe(true);
    twin.pause();
    await expect.poll(() => twin.past?.playing).toBe(false);
    end();
    await twin.live();
    expect(twin.past).toBeNull();
    const robot = twin.robot("robot");
    await expect.poll(() => robot.joint("elbow").position?.ageMs ?? 1e9).toBeLessThan(2000);
    await expect.poll(() => robot.joint("elbow").position?.quality).toBe("good");
  });

  it("finds stored events by time and kind", async () => {
    const events = await twin.events({ from: 0, kind: "robot.*" });
    expect(events.map(({ kind }) => kind)).toContain("robot.loaded");
    expect(events.every(({ kind }) => kind.startsWith("robot."))).toBe(true);
    expect(await twin.events({ from: 0, to: 1 })).toEqual([]);
  });
});
