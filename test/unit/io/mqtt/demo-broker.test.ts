import { once } from "node:events";
import { connect } from "node:net";
import { describe, expect, it } from "vitest";
import { probeBroker } from "../../../../src/io/mqtt/broker-probe.ts";
import { DemoBroker } from "../../../../src/io/mqtt/demo-broker.ts";

describe("the demo's broker", () => {
  it("listens on a free port of this machine alone, and another one beside it", async () => {
    const brokers = [new DemoBroker(), new DemoBroker()];
    const urls = await Promise.all(brokers.map((broker) => broker.start()));
    expect(new Set(urls).size).toBe(2);
    for (const url of urls) {
      expect(url).toMatch(/^mqtt:\/\/127\.0\.0\.1:\d+$/);
      expect(await probeBroker({ url })).toBeNull();
    }
    for (const broker of brokers) await broker.stop();
  });

  it("listens no more once it is stopped", async () => {
    const broker = new DemoBroker();
    const port = Number(new URL(await broker.start()).port);
    await broker.stop();
    const [error] = (await once(connect(port, "127.0.0.1"), "error")) as [NodeJS.ErrnoException];
    expect(error.code).toBe("ECONNREFUSED");
  });

  it("can be stopped before it was started", async () => {
    await expect(new DemoBroker().stop()).resolves.toBeUndefined();
  });
});
