import { createServer } from "node:net";
import { afterEach, beforeEach, describe, expect, it } from "vitest";
import { probeBroker } from "../../../../src/io/mqtt/broker-probe.ts";
import { BrokerAtHand, freePort } from "./broker-at-hand.ts";

describe("a probe of a broker", () => {
  let broker: BrokerAtHand;

  beforeEach(async () => {
    broker = await new BrokerAtHand().start();
  });
  afterEach(() => broker.stop());

  it("finds nothing wrong with one that lets us in by MQTT 3.1.1 only", async () => {
    expect(await probeBroker({ url: broker.url })).toBeNull();
  });

  it("finds that a login is missing, or wrong", async () => {
    broker.lets = ({ username, password }) => username === "arm" && password === "pw";
    expect(await probeBroker({ url: broker.url, username: "arm", password: "pw" })).toBeNull();
    const missing = await probeBroker({ url: broker.url });
    const wrong = await probeBroker({ url: broker.url, username: "arm", password: "no" });
    expect(missing).not.toBeNull();
    expect(wrong).not.toBeNull();
  });

  it("finds that nothing listens", async () => {
    const fault = await probeBroker({ url: `mqtt://127.0.0.1:${await freePort()}` });
    expect(fault?.reason).toContain("ECONNREFUSED");
    expect(fault?.remedy).toContain("start the broker");
  });

  it("finds that a file is missing, and names it", async () => {
    const fault = await probeBroker({ url: broker.url, passwordFile: "/no/such/file" });
    expect(fault?.reason).toContain("mqtt.passwordFile: /no/such/file");
    expect(fault?.remedy).toContain("correct the path");
  });

  it("finds that something else listens, which just hangs up", async () => {
    const server = createServer((socket) => socket.end());
    await new Promise<void>((done) => server.listen(0, "127.0.0.1", done));
    const { port } = server.address() as { port: number };
    const fault = await probeBroker({ url: `mqtt://127.0.0.1:${port}` });
    server.close();
    expect(fault?.reason).toBe("the connection closed");
    expect(fault?.remedy).toContain("the broker hung up");
  });
});
