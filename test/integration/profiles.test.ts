import mqtt, { type MqttClient } from "mqtt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { decodePayload } from "../../src/protocol/sparkplug/payload.ts";
import { eventually } from "../support/eventually.ts";
import { hasMosquitto, Mosquitto } from "../support/mosquitto.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { WsClient } from "../support/ws-client.ts";
import { type WrittenMetric, writePayload } from "../unit/protocol/sparkplug/payload-writer.ts";

const root = new URL("../..", import.meta.url).pathname;
const at = 1_700_000_000_000n;
const maxInt64 = 2n ** 63n - 1n;

const lamp = {
  homie: "5.0",
  version: 1,
  name: "Lamp",
  nodes: {
    light: {
      properties: {
        power: { datatype: "boolean", settable: true },
        level: { datatype: "integer", format: "0:100", unit: "%", settable: true },
      },
    },
  },
};

/** Three profiles in one program: what the twin itself makes of them. The codecs have tests of their own. */
describe.skipIf(!hasMosquitto())("devices of other profiles in the twin", () => {
  const broker = new Mosquitto();
  const twin = new TwinProcess();
  let client: MqttClient;
  let driver: WsClient;
  const heard: { topic: string; payload: Buffer; retain: boolean }[] = [];

  const value = async (device: string, signal: string) =>
    (await twin.property(`device/${device}`, `device/${device}/${signal}`).catch(() => null))?.reported;

  beforeAll(async () => {
    await broker.start();
    client = mqtt.connect(broker.url, { protocolVersion: 5 });
    client.on("message", (topic, payload, { retain }) => heard.push({ topic, payload, retain }));
    await eventually("a client", () => client.connected);
    await client.subscribeAsync([
      "spBv1.0/STATE/#",
      "spBv1.0/+/NCMD/#",
      "spBv1.0/+/DCMD/#",
      "homie/5/+/+/+/set",
    ]);
    const config = twin.file(
      "twin.yaml",
      `robots: [{id: arm, description: ${root}urdf/arm.urdf}]
mqtt:
  url: ${broker.url}
  sparkplug: {hostId: twin-host, writable: ["plant.cell/out"]}
  homie: {}
`,
    );
    await twin.up("--port", "0", "--config", config);
    await eventually("the broker", async () => (await fetch(twin.at("/readyz"))).status === 200);
    driver = await WsClient.open(twin.url, "/ws/command");
    await driver.acquire("arm");
  });
  afterAll(async () => {
    driver.close();
    client.end(true);
    await twin.remove();
    await broker.remove();
  });

  it("of Sparkplug are born, exact to 64 bits, keep the past out of the present, and die", async () => {
    const state = await eventually("our STATE", () =>
      heard.find(({ topic }) => topic === "spBv1.0/STATE/twin-host"),
    );
    expect(JSON.parse(state.payload.toString())).toMatchObject({ online: true });
    let seq = 0n;
    const say = (verb: string, metrics: readonly WrittenMetric[]): void => {
      const payload = writePayload({ timestamp: at, ...(verb === "NDEATH" ? {} : { seq }), metrics });
      client.publish(`spBv1.0/plant/${verb}/cell`, Buffer.from(payload), { qos: 0 });
      if (verb !== "NDEATH") seq = (seq + 1n) % 256n;
    };
    const bdSeq: WrittenMetric = { name: "bdSeq", datatype: 4, value: { field: 11, value: 0n } };
    say("NBIRTH", [
      bdSeq,
      { name: "count", datatype: 4, value: { field: 11, value: maxInt64 } },
      { name: "out", datatype: 10, value: { field: 13, value: 0 } },
    ]);
    await eventually(
      "the birth's value",
      async () => (await value("plant.cell", "count"))?.value === String(maxInt64),
    );
    expect((await twin.thing("device/plant.cell")).definition).toMatchObject({ profile: "sparkplug" });
    expect(await value("plant.cell", "status")).toMatchObject({ value: "online" });
    say("NDATA", [{ name: "out", datatype: 10, historical: true, value: { field: 13, value: 99 } }]);
    say("NDATA", [{ name: "out", datatype: 10, value: { field: 13, value: 1.5 } }]);
    await eventually("the present value", async () => (await value("plant.cell", "out"))?.value === 1.5);
    const counted = 'twin_source_messages_total{source="mqtt:plant.cell",result="historical"}';
    expect(await twin.metric(counted)).toBe(1);
    driver.command(
      "out",
      { kind: "device", device: "plant.cell", signal: "out", value: 2.25 },
      { robot: "arm" },
    );
    const sent = await eventually("the NCMD", () =>
      heard.find(({ topic }) => topic === "spBv1.0/plant/NCMD/cell"),
    );
    expect(sent.retain).toBe(false);
    const decoded = decodePayload(sent.payload);
    expect(decoded.ok && decoded.value.metrics).toMatchObject([{ name: "out", value: { value: 2.25 } }]);
    say("NDATA", [{ name: "out", datatype: 10, value: { field: 13, value: 2.25 } }]);
    await driver.next("result", { id: "out", stage: "done" });
    driver.command(
      "no",
      { kind: "device", device: "plant.cell", signal: "count", value: "1" },
      { robot: "arm" },
    );
    expect(await driver.next("result", { id: "no" })).toMatchObject({ stage: "refused", code: "read_only" });
    say("NDEATH", [bdSeq]);
    await eventually("the death", async () => (await value("plant.cell", "status"))?.value === "lost");
    expect(await value("plant.cell", "out")).toMatchObject({ value: 2.25, quality: "bad" });
  });

  it("of Homie describe themselves, take a command and sleep", async () => {
    const say = (topic: string, text: string) =>
      client.publishAsync(`homie/5/lamp/${topic}`, text, { qos: 1, retain: true });
    await say("$state", "init");
    await say("$description", JSON.stringify(lamp));
    await say("light/power", "false");
    await say("light/level", "20");
    await say("$state", "ready");
    await eventually("the value", async () => (await value("lamp", "light/level"))?.value === 20);
    expect((await twin.thing("device/lamp")).definition).toMatchObject({ profile: "homie" });
    await eventually("online", async () => (await value("lamp", "status"))?.value === "online");
    const command = { kind: "device", device: "lamp", signal: "light/level" } as const;
    driver.send({ op: "renew", id: "r", robot: "arm", epoch: driver.epoch });
    driver.command("level", { ...command, value: 55 }, { robot: "arm" });
    const set = await eventually("the wish", () =>
      heard.find(({ topic }) => topic === "homie/5/lamp/light/level/set"),
    );
    expect([set.payload.toString(), set.retain]).toEqual(["55", false]);
    await say("light/level", "55");
    await driver.next("result", { id: "level", stage: "done" });
    driver.command("much", { ...command, value: 101 }, { robot: "arm" });
    expect(await driver.next("result", { id: "much" })).toMatchObject({ code: "outside_limits" });
    await say("$state", "sleeping");
    await eventually("sleep", async () => (await value("lamp", "light/level"))?.reason === "sleeping");
  });

  it("cannot take a name that a device of another profile has", async () => {
    client.publish("twin/v1/lamp/telemetry", '{"boot":1,"n":0,"t_us":1,"signals":{"x":1}}');
    await eventually("the refusal", async () =>
      (await twin.events("source.rejected")).some(({ message }) =>
        message.includes("lamp: a homie device has this name"),
      ),
    );
    expect(await value("lamp", "x")).toBeUndefined();
  });

  it("hear that we are gone, by our own word at an orderly end", async () => {
    driver.close();
    expect((await twin.stop()).code).toBe(0);
    await eventually("our goodbye", () => {
      const last = heard.findLast(({ topic }) => topic === "spBv1.0/STATE/twin-host");
      return last !== undefined && JSON.parse(last.payload.toString()).online === false;
    });
  });
});
