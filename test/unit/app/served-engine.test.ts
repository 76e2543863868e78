import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { ServedEngine, type ServedOptions } from "../../../src/app/served-engine.ts";
import type { StopState } from "../../../src/command/stop-latch.ts";
import { TokenBook } from "../../../src/io/server/token-book.ts";
import type { TwinEvent } from "../../../src/protocol/state-messages.ts";
import { eventually } from "../../support/eventually.ts";
import { FakeRosRobot } from "./fake-ros.ts";

/** A served engine with one robot, on a free port. */
class Served {
  readonly robot = new FakeRosRobot();
  readonly stops: [string, StopState | null][] = [];
  readonly events: TwinEvent[] = [];
  readonly cycles: string[] = [];
  readonly served: ServedEngine;

  constructor(more: Partial<ServedOptions> = {}) {
    this.served = new ServedEngine({
      engine: { robots: [{ id: "arm", limits: {}, stop: null }], runName: "run" },
      outside: {
        robots: new Map([["arm", this.robot]]),
        devices: { send: () => ({ code: "no_broker", message: "there is no broker" }) },
        stopMemory: { remember: ([robot], stop) => void this.stops.push([robot ?? "", stop]) },
        onEvent: (event) => void this.events.push(event),
      },
      cycleHz: 200,
      host: "127.0.0.1",
      port: 0,
      rules: { loopbackOnly: true, tokens: new TokenBook(null, [], Date.now), origins: [], publicUrl: null },
      meshRoots: () => ({ packages: {}, prefixes: [], models: [], besides: null }),
      beforeCycle: () => void this.cycles.push("before"),
      afterCycle: () => void this.cycles.push("after"),
      ...more,
    });
  }
}

describe("a served engine", () => {
  let at: Served;
  beforeEach(() => {
    at = new Served();
  });
  afterEach(async () => {
    at.served.endCycles();
    await at.served.close();
  });

  it("answers on the port that it got, before its cycles begin", async () => {
    const port = await at.served.listen();
    const health = await fetch(`http://127.0.0.1:${port}/healthz`);
    expect(await health.json()).toMatchObject({ status: "ok" });
    expect(at.cycles).toEqual([]);
  });

  it("runs what is before and after each cycle, in turn, until the cycles end", async () => {
    at.served.start();
    await eventually("three cycles", () => at.cycles.length >= 6);
    at.served.endCycles();
    const { length } = at.cycles;
    expect(at.cycles.slice(0, 4)).toEqual(["before", "after", "before", "after"]);
    expect(length % 2).toBe(0);
    expect(at.served.engine.counters.cycles).toBe(length / 2);
  });

  it("carries a stop out at once, and keeps it, without waiting for the next cycle", () => {
    at.served.pressStop("arm", "a test");
    expect(at.robot.told).toEqual(["stopped"]);
    expect(at.stops).toMatchObject([["arm", { by: "a test" }]]);
    expect(at.events.map(({ kind }) => kind)).toContain("stop.latched");
  });

  it("carries a stop by HTTP out before it is answered, and names where it came from", async () => {
    const port = await at.served.listen();
    const answer = await fetch(`http://127.0.0.1:${port}/api/stop`, {
      method: "POST",
      headers: { "Content-Type": "application/json" },
      body: JSON.stringify({ robot: "*" }),
    });
    expect(answer.status).toBe(200);
    expect(at.robot.told).toEqual(["stopped"]);
    expect(at.stops).toMatchObject([["arm", { by: expect.stringContaining("(HTTP)") }]]);
  });

  it("counts its cycles for the metrics", async () => {
    const port = await at.served.listen();
    at.served.pressStop("*", "a test");
    const metrics = await (await fetch(`http://127.0.0.1:${port}/metrics`)).text();
    expect(metrics).toMatch(/cycle\S*_count\S* 1$/m);
  });

  it("rejects as the system does where the port is taken, and can be closed then", async () => {
    const port = await at.served.listen();
    const second = new Served({ port });
    await expect(second.served.listen()).rejects.toMatchObject({ code: "EADDRINUSE" });
    await second.served.close();
  });

  it("answers no more once it is closed", async () => {
    const port = await at.served.listen();
    await at.served.close();
    await expect(fetch(`http://127.0.0.1:${port}/healthz`)).rejects.toThrow();
  });
});
