import mqtt from "mqtt";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import type { DeviceTelemetry } from "../../src/protocol/device-profile.ts";
import { SparkplugHost } from "../../src/protocol/sparkplug/sparkplug-host.ts";
import { eventually } from "../support/eventually.ts";
import { hasMosquitto, Mosquitto } from "../support/mosquitto.ts";
import { ProfileHarness } from "./peers/profile-harness.ts";
import { PythonPeer, peerPython } from "./peers/python-peers.ts";

const broker = new Mosquitto();
const python = hasMosquitto() ? peerPython() : null;
const node = "plant.cell-1";
const arm = "plant.cell-1.arm";

describe.skipIf(python === null)("a public edge node (pysparkplug) at Mosquitto", () => {
  let peer: PythonPeer;
  let host: ProfileHarness<SparkplugHost>;

  beforeAll(() => broker.start());
  afterAll(() => broker.remove());
  afterEach(async () => {
    await peer.kill();
    await host.crash();
  });

  async function start(birth = true): Promise<void> {
    const options = { hostId: "twin", startedAt: Date.now(), reorderTimeoutMs: 500, writable: [`${arm}/*`] };
    host = new ProfileHarness(new SparkplugHost(options), broker.url);
    await host.start();
    peer = new PythonPeer(python ?? "", "sparkplug_edge_node.py", [`${broker.port}`]);
    if (!birth) return;
    await peer.steer("birth");
    await eventually("both births", () => births(node) > 0 && births(arm) > 0);
  }

  const births = (device: string): number =>
    host.messages.filter((m) => m.kind === "birth" && m.device === device).length;
  const telemetry = (device: string): DeviceTelemetry[] =>
    host.messages.flatMap((m) => (m.kind === "telemetry" && m.device === device ? [m.telemetry] : []));
  const lives = (device: string): string[] =>
    host.messages.flatMap((m) => (m.kind === "status" && m.device === device ? [m.life] : []));
  const value = (device: string, signal: string) => telemetry(device).at(-1)?.signals[signal];
  const rebirths = () => host.sent.filter(({ topic }) => topic === "spBv1.0/plant/NCMD/cell-1").length;

  it("is born with its device; 64-bit values are exact", async () => {
    await start();
    const values = Object.assign({}, ...telemetry(arm).map(({ signals }) => signals));
    expect(values).toEqual({
      temp: 20.5,
      least: "-9223372036854775808",
      most: "9223372036854775807",
      count: "18446744073709551615",
      small: -128,
      axes: "[1,-2]",
      blob: "00ff",
      out: 0,
      label: "",
    });
    const ofNode = Object.assign({}, ...telemetry(node).map(({ signals }) => signals));
    expect(ofNode).toEqual({
      "Node_Control/Rebirth": false,
      "Properties/Hardware_Make": "Präzision",
      load: 0.25,
    });
    expect(lives(node)).toEqual(["online"]);
    expect(lives(arm)).toEqual(["online"]);
    expect(host.refusals).toEqual([]);
    expect(rebirths()).toBe(0);
  });

  it("sends data, past values and nulls in order", async () => {
    await start();
    await peer.steer("node", { name: "load", kind: "DOUBLE", value: 0.5 });
    await peer.steer("device", { name: "temp", kind: "FLOAT", value: 21.25, timestamp: 1_700_000_000_123 });
    await peer.steer("device", { name: "temp", kind: "FLOAT", value: 1, timestamp: 1_500, historical: true });
    await peer.steer("null", { name: "label", kind: "STRING" });
    await eventually("the last of them", () => telemetry(arm).at(-1)?.bad);
    expect(telemetry(arm).slice(-3)).toMatchObject([
      { stamp: { sec: 1_700_000_000, nanosec: 123_000_000 }, signals: { temp: 21.25 } },
      { stamp: { sec: 1, nanosec: 500_000_000 }, signals: { temp: 1 }, historical: true },
      { signals: {}, bad: { label: "null" } },
    ]);
    expect(value(node, "load")).toBe(0.5);
    for (const device of [node, arm]) {
      expect(telemetry(device).map(({ n }) => n)).toEqual(telemetry(device).map((_, i) => i));
    }
    // More than once round the 256 numbers, over node and device.
    for (let i = 0; i < 300; i++) await peer.steer("device", { name: "out", kind: "INT32", value: -i });
    await eventually("the last of 300", () => value(arm, "out") === -299);
    expect(host.refusals).toEqual([]);
  });

  it("that loses a number is reborn at our word, and its data count again", async () => {
    await start();
    await peer.steer("skip");
    await peer.steer("device", { name: "temp", kind: "FLOAT", value: 99 });
    await eventually("the rebirth", () => births(node) === 2 && births(arm) === 2);
    expect(rebirths()).toBe(1);
    expect(host.refusals.join("\n")).toMatch(/1 messages waited too long for their predecessors/);
    expect(telemetry(arm).filter(({ signals }) => signals.temp === 99)).toHaveLength(1);
    await peer.steer("device", { name: "temp", kind: "FLOAT", value: 7 });
    await eventually("data after it", () => value(arm, "temp") === 7);
    expect(lives(arm)).toEqual(["online"]);
    expect(peer.told).toContainEqual({
      topic: "spBv1.0/plant/NCMD/cell-1",
      metrics: [{ name: "Node Control/Rebirth", alias: null, datatype: "BOOLEAN", value: true }],
    });
  });

  it("that was there before us is asked for its birth", async () => {
    await start();
    const { crash } = host;
    await crash.call(host);
    const options = { hostId: "twin", startedAt: Date.now(), reorderTimeoutMs: 500 };
    host = new ProfileHarness(new SparkplugHost(options), broker.url);
    await host.start();
    await peer.steer("device", { name: "temp", kind: "FLOAT", value: 5 });
    await eventually("its births", () => births(node) === 1 && births(arm) === 1);
    expect(rebirths()).toBe(1);
  });

  it("takes our command and reports the value back, which acknowledges it", async () => {
    await start();
    const wanted = { out: -2_147_483_648, count: "18446744073709551614", label: "grün" };
    for (const [i, [signal, wish]] of Object.entries(wanted).entries()) {
      host.command(arm, { id: `c:${i}`, seq: i, ref: 0, ttl_ms: 200, signals: { [signal]: wish } });
    }
    await eventually(
      "three acknowledgements",
      () => host.messages.filter((m) => m.kind === "ack").length === 3,
    );
    expect(peer.told.filter(({ topic }) => topic === "spBv1.0/plant/DCMD/cell-1/arm")).toMatchObject([
      { metrics: [{ name: "out", datatype: "INT32", value: -2_147_483_648 }] },
      { metrics: [{ name: "count", datatype: "UINT64" }] },
      { metrics: [{ name: "label", datatype: "STRING", value: "grün" }] },
    ]);
    expect(value(arm, "label")).toBe("grün");
    expect(Object.assign({}, ...telemetry(arm).map(({ signals }) => signals))).toMatchObject(wanted);
  });

  it("says goodbye for its device, and dies by its will", async () => {
    await start();
    await peer.steer("unregister");
    await eventually("the device's death", () => lives(arm).at(-1) === "offline");
    expect(lives(node)).toEqual(["online"]);
    await peer.kill();
    await eventually("the node's death", () => lives(node).at(-1) === "lost");
    peer = new PythonPeer(python ?? "", "sparkplug_edge_node.py", [`${broker.port}`]);
    await peer.steer("birth");
    await eventually(
      "its second life",
      () => lives(node).at(-1) === "online" && lives(arm).at(-1) === "online",
    );
    await peer.kill();
    await eventually("all of it gone", () => lives(node).at(-1) === "lost" && lives(arm).at(-1) === "lost");
    expect(host.refusals).toEqual([]);
  });

  it("that disconnects with the wrong session's death is found out", async () => {
    // pysparkplug's own farewell carries the next connection's bdSeq.
    await start();
    await peer.steer("disconnect");
    await eventually("a question whether it lives", () => rebirths() === 1);
    expect(host.refusals.join("\n")).toMatch(/a death of session 1, not of 0/);
    await eventually("its end", () => lives(node).at(-1) === "lost" && lives(arm).at(-1) === "lost", 20_000);
  });

  it("sees our state: born with the will's timestamp, gone when we are", async () => {
    await start(false);
    const states: { online: boolean; timestamp: number; retain: boolean }[] = [];
    const watcher = mqtt.connect(broker.url, { reconnectPeriod: 0 });
    watcher.on("message", (_, payload, { retain }) => states.push({ ...JSON.parse(`${payload}`), retain }));
    await watcher.subscribeAsync("spBv1.0/STATE/twin", { qos: 1 });
    await eventually("our birth, retained", () => states.at(-1)?.online === true);
    await host.crash();
    await eventually("our death", () => states.at(-1)?.online === false);
    expect(states[0]?.retain).toBe(true);
    expect(states.at(-1)?.timestamp).toBe(states[0]?.timestamp);
    await watcher.endAsync(true);
  });
});
