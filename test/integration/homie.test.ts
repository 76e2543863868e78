import mqtt, { type MqttClient } from "mqtt";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { DeviceTelemetry, SignalValue } from "../../src/protocol/device-profile.ts";
import { HomieController } from "../../src/protocol/homie/homie-controller.ts";
import { eventually } from "../support/eventually.ts";
import { hasMosquitto, Mosquitto } from "../support/mosquitto.ts";
import { ProfileHarness } from "./peers/profile-harness.ts";
import { PythonPeer, peerPython } from "./peers/python-peers.ts";

const broker = new Mosquitto();
const isThere = hasMosquitto();
const python = isThere ? peerPython() : null;
let twin: ProfileHarness<HomieController>;

const telemetry = (device: string): DeviceTelemetry[] =>
  twin.messages.flatMap((m) => (m.kind === "telemetry" && m.device === device ? [m.telemetry] : []));
const values = (device: string): Record<string, SignalValue> =>
  Object.assign({}, ...telemetry(device).map(({ signals }) => signals));
const lives = (device: string): string[] =>
  twin.messages.flatMap((m) => (m.kind === "status" && m.device === device ? [m.life] : []));
const birth = (device: string) => twin.messages.findLast((m) => m.kind === "birth" && m.device === device);
const acks = () => twin.messages.filter((m) => m.kind === "ack").length;

async function startTwin(url = broker.url): Promise<void> {
  twin = new ProfileHarness(new HomieController(), url);
  await twin.start();
}

function command(device: string, signal: string, value: SignalValue): void {
  twin.command(device, { id: `c:${acks()}`, seq: 1, ref: 0, ttl_ms: 200, signals: { [signal]: value } });
}

describe.skipIf(python === null)("a public Homie 5 device (ebus-sdk) at Mosquitto", () => {
  let peer: PythonPeer;

  beforeAll(() => broker.start());
  // A new broker for each: retained topics would outlive the test.
  afterEach(async () => {
    await peer.kill();
    await twin.crash();
    await broker.kill();
    await broker.start();
  });
  afterAll(() => broker.remove());

  async function start(): Promise<void> {
    await startTwin();
    peer = new PythonPeer(python ?? "", "homie_device.py", [`${broker.port}`]);
    await peer.steer("start");
    await eventually(
      "both online",
      () => lives("machine").at(-1) === "online" && lives("machine-arm").at(-1) === "online",
    );
    await eventually("its values", () => {
      const names = Object.keys(values("machine"));
      if (names.length !== 10) throw new Error(`only ${names}; refused: ${JSON.stringify(twin.refusals)}`);
      return true;
    });
  }

  it("is born with a value of every datatype, and its child beside it", async () => {
    await start();
    expect(birth("machine")).toMatchObject({
      birth: {
        signals: {
          "all/integer": { type: "number", min: 0, max: 10, writable: true },
          "all/float": { type: "number", min: -1, max: 1 },
          "all/boolean": { type: "boolean" },
          "all/json": { type: "string" },
          "all/read-float": { unit: "°C", writable: false },
        },
      },
    });
    const { "all/json": json, ...plain } = values("machine");
    expect(plain).toEqual({
      "all/integer": 5,
      "all/float": 0.5,
      "all/boolean": false,
      "all/string": "",
      "all/enum": "slow",
      "all/color": "rgb,1,2,3",
      "all/datetime": "2026-11-24T12:00:00Z",
      "all/duration": "PT1H5M",
      "all/read-float": 21.5,
    });
    expect(JSON.parse(String(json))).toEqual({ a: [1, 2] });
    await eventually("the child's value", () => values("machine-arm")["all/integer"] === 5);
    await peer.steer("value", { device: "machine", property: "read-float", value: -3.25 });
    await eventually("a new value", () => values("machine")["all/read-float"] === -3.25);
    expect(telemetry("machine").at(-1)?.retained).toBe(false);
    expect(twin.refusals).toEqual([]);
  });

  it("is known to a late twin by what the broker keeps, marked as such", async () => {
    await start();
    // It says all its values again when it is ready; what it is told to say comes after that.
    await peer.steer("value", { device: "machine", property: "read-float", value: 2 });
    await eventually("its last word", () => values("machine")["all/read-float"] === 2);
    await twin.crash();
    await startTwin();
    await eventually("all of it", () => Object.keys(values("machine")).length === 10);
    await eventually("its life", () => lives("machine").at(-1) === "online");
    expect(telemetry("machine").every(({ retained }) => retained === true)).toBe(true);
    await peer.steer("value", { device: "machine", property: "read-float", value: 1 });
    await eventually("a fresh one", () => telemetry("machine").at(-1)?.retained === false);
    expect(twin.refusals).toEqual([]);
  });

  it("takes a command of every datatype and answers by the value", async () => {
    await start();
    const wishes: [string, SignalValue][] = [
      ["integer", 7],
      ["float", 0.125],
      ["boolean", true],
      ["string", "grün"],
      ["enum", "fast"],
      ["color", "hsv,300,50,75"],
      ["datetime", "2027-01-01T00:00:00Z"],
      ["duration", "PT30S"],
      ["json", '{"b":1}'],
    ];
    for (const [name, value] of wishes) {
      const before = acks();
      command("machine", `all/${name}`, value);
      await eventually(`the answer for ${name}`, () => acks() === before + 1);
    }
    expect(peer.told.filter((line) => "set" in line).map((line) => line.set)).toEqual(
      wishes.map(([name]) => name),
    );
    expect(() => command("machine", "all/integer", 11)).toThrow(/outside 0:10/);
    expect(twin.refusals).toEqual([]);
  });

  it("sleeps, wakes, says goodbye", async () => {
    await start();
    await peer.steer("state", { device: "machine", state: "sleeping" });
    await eventually(
      "both asleep",
      () => lives("machine").at(-1) === "sleeping" && lives("machine-arm").at(-1) === "sleeping",
    );
    await peer.steer("state", { device: "machine", state: "ready" });
    await eventually(
      "both awake",
      () => lives("machine").at(-1) === "online" && lives("machine-arm").at(-1) === "online",
    );
    await peer.steer("stop");
    await eventually(
      "both gone",
      () => lives("machine").at(-1) === "offline" && lives("machine-arm").at(-1) === "offline",
    );
  });

  it("is lost with its child when its power is cut", async () => {
    await start();
    await peer.kill();
    await eventually(
      "both lost",
      () => lives("machine").at(-1) === "lost" && lives("machine-arm").at(-1) === "lost",
    );
  });

  it("raises an alert for people", async () => {
    await start();
    await peer.steer("alert");
    await eventually("the note", () => twin.notes.at(-1) === "machine warn: alert heat: too hot");
  });
});

describe.skipIf(!isThere)("a Homie device by plain MQTT", () => {
  const other = new Mosquitto();
  let client: MqttClient;

  beforeAll(async () => {
    await other.start();
    await startTwin(other.url);
    client = mqtt.connect(other.url, { reconnectPeriod: 0 });
    await eventually("a connection", () => client.connected);
  });
  afterAll(async () => {
    await client.endAsync(true);
    await twin.crash();
    await other.remove();
  });

  const say = (topic: string, payload: string | Buffer, retain = true) =>
    client.publishAsync(`homie/5/plain/${topic}`, payload, { qos: 1, retain });

  it("has wrong values refused by name, keeps the last good one, and reads on", async () => {
    const properties = {
      level: { datatype: "integer", format: "0:10" },
      bell: { datatype: "enum", format: "short,long", retained: false },
    };
    const description = { homie: "5.0", version: 1, name: "Plain", nodes: { n: { name: "N", properties } } };
    await say("$state", "init");
    await say("n/level", "3");
    await say("$description", JSON.stringify(description));
    await say("$state", "ready");
    await say("n/level", "11");
    await say("n/level", "4,5");
    await say("n/level", Buffer.of(0xff));
    await say("n/bell", "long", false);
    await say("n/level", "4");
    await eventually("the last value", () => values("plain")["n/level"] === 4);
    expect(telemetry("plain").map(({ signals, n }) => [n, signals])).toEqual([
      [0, { "n/level": 3 }],
      [1, { "n/bell": "long" }],
      [2, { "n/level": 4 }],
    ]);
    expect(twin.refusals).toHaveLength(3);
    expect(lives("plain")).toEqual(["online"]);
  });
});
