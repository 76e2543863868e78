import { describe, expect, it } from "vitest";
import { demoLink, joinConfiguredBroker } from "../../../src/app/configured-broker.ts";
import { configSchema } from "../../../src/io/config/config-schema.ts";
import { probeBroker } from "../../../src/io/mqtt/broker-probe.ts";
import type { MqttLinkOptions } from "../../../src/io/mqtt/mqtt-link.ts";

/** The links that this configuration makes, and the broker that it begins. */
async function joined(mqtt?: object) {
  const config = configSchema.parse({ mqtt });
  const links: MqttLinkOptions[] = [];
  const broker = await joinConfiguredBroker(config.mqtt, "/srv/twin.yaml", "arm", 5, (link) => {
    links.push(link);
  });
  return { broker, links };
}

describe("the broker of the configuration", () => {
  it("is none where none is configured", async () => {
    expect(await joined()).toEqual({ broker: null, links: [] });
    expect(await joined({})).toEqual({ broker: null, links: [] });
  });

  it("is joined at its address with its files, profiles and mappings, for the first robot", async () => {
    const { broker, links } = await joined({
      url: "mqtt://broker",
      passwordFile: "password",
      homie: {},
      maxPacketBytes: 2048,
      mappings: [{ topic: "battery", property: "battery/voltage" }],
    });
    expect(broker).toBeNull();
    expect(links).toMatchObject([
      {
        url: "mqtt://broker",
        passwordFile: "/srv/password",
        defaultRobot: "arm",
        maxPacketBytes: 2048,
        mappings: [{ topic: "battery" }],
      },
    ]);
    expect(links[0]?.profiles.map(({ name }) => name)).toEqual(["native", "homie"]);
  });

  it.each([
    ["auto", "auto"],
    ["5", 5],
    ["3.1.1", 4],
  ] as const)("is spoken to by version %s", async (version, expected) => {
    expect((await joined({ url: "mqtt://broker", version })).links).toMatchObject([{ version: expected }]);
  });

  it("is one of our own where it says so, spoken to by the version that this has", async () => {
    const { broker, links } = await joined({ embedded: true, version: "5" });
    expect(links).toMatchObject([{ url: expect.stringMatching(/^mqtt:\/\/127\.0\.0\.1:/), version: 4 }]);
    expect(await probeBroker({ url: links[0]?.url ?? "" })).toBeNull();
    await broker?.stop();
  });
});

describe("the demo's way to its broker", () => {
  it("speaks the native profile by 3.1.1", () => {
    const { url, profiles, version, defaultRobot } = demoLink("mqtt://127.0.0.1:7", "robot");
    expect([url, version, defaultRobot]).toEqual(["mqtt://127.0.0.1:7", 4, "robot"]);
    expect(profiles.map(({ name }) => name)).toEqual(["native"]);
  });
});
