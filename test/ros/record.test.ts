import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { connectAsync } from "mqtt";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { hasBagPython, runBagPython } from "../support/bag-python.ts";
import { eventually } from "../support/eventually.ts";
import { hasMosquitto, Mosquitto } from "../support/mosquitto.ts";
import {
  freshDomain,
  hasRos,
  TestProcess as Process,
  startPeer,
  type TestProcess,
  TestTwin,
} from "./support.ts";

type Read = {
  reader: string;
  topic: string;
  log: string;
  publish: string;
  bytes: string;
  decoded: Record<string, unknown>;
};
type Decoded = {
  name: string[];
  position: number[];
  velocity: number[];
  header: { stamp: { sec: number; nanosec: number } };
};

const root = join(import.meta.dirname, "..", "..");

describe.skipIf(!hasRos() || !hasBagPython() || !hasMosquitto())("twin record beside a twin", () => {
  const domain = freshDomain();
  const folder = mkdtempSync(join(tmpdir(), "twin-record-"));
  const out = join(folder, "run.mcap");
  const twin = new TestTwin(domain);
  const broker = new Mosquitto();
  let peer: TestProcess;
  let recorder: TestProcess;
  let read: Read[] = [];
  beforeAll(async () => {
    await broker.start();
    peer = startPeer(domain, [], "recorded_peer.py");
    await twin.listens();
    await eventually("the peer is ready", () => peer.events("ready")[0]);
    const config = join(folder, "twin.yaml");
    writeFileSync(config, `mqtt: {url: "${broker.url}"}\n`);
    const args = ["record", "--ros", "on", "--out", out, "--url", twin.url, "--config", config, "--json"];
    recorder = new Process(
      process.execPath,
      [join(root, "dist/main.js"), ...args, "--exclude", "/secret/*"],
      {
        ROS_DOMAIN_ID: domain,
      },
    );
    await eventually("latched topics are recorded", () => recorded(4), 30_000);
    const client = await connectAsync(broker.url);
    await client.publishAsync("plant/level", '{"level": 1.5}');
    await client.publishAsync("plant/name", "tank");
    await client.publishAsync("plant/raw", Buffer.from([0, 255, 1, 254]));
    await client.publishAsync("plant/compact", '{"a":[1,2.5]}');
    await client.endAsync();
    peer.child.stdin?.write("go\n");
    await eventually("all is published", () => peer.events("done")[0], 30_000);
    const before = (JSON.parse(recorder.lines.at(-1) as string) as { topics: number }).topics;
    peer.child.stdin?.write("late\n");
    await eventually("what comes later is recorded", () => recorded(before + 1), 30_000);
    expect(await recorder.end("SIGINT")).toBe(0);
    read = (await runBagPython("read_bag.py", [out])) as Read[];
  }, 120_000);
  afterAll(async () => {
    await recorder?.end("SIGKILL");
    await peer?.end();
    await twin.end();
    await broker.kill();
    await broker.remove();
    rmSync(folder, { recursive: true, force: true });
  });

  /** Whether the recorder has messages of that many topics. */
  function recorded(topics: number): true | undefined {
    const last = recorder.lines.at(-1);
    return last !== undefined &&
      (JSON.parse(last) as { topics?: number }).topics !== undefined &&
      (JSON.parse(last) as { topics: number }).topics >= topics
      ? true
      : undefined;
  }

  it.each(["mcap", "rosbags"])(
    "%s reads every message of each type and QoS, latched and late ones",
    (reader) => {
      const decoded = (topic: string): Record<string, unknown>[] =>
        read.filter((one) => one.reader === reader && one.topic === topic).map((one) => one.decoded);
      expect(decoded("/arm/robot_description")).toEqual([{ data: "<robot name='latched'/>" }]);
      expect(decoded("/arm/late")).toEqual([{ data: "I came later" }]);
      expect(decoded("/tf_static")).toMatchObject([{ transforms: [{ child_frame_id: "odom" }] }]);
      const images = decoded("/arm/image");
      expect(images.map(({ header, data }) => [(header as Decoded["header"]).stamp.sec, data])).toEqual(
        Array.from({ length: 10 }, (_, k) => [30 * k, new Array(4096).fill((30 * k) % 256)]),
      );
      expect(read.some(({ topic }) => topic === "/secret/chatter")).toBe(false);
    },
  );

  it.each(["mcap", "rosbags"])("%s decodes their values and stamps", (reader) => {
    const found = read.filter((one) => one.reader === reader && one.topic === "/arm/joint_states");
    expect(found).toHaveLength(300);
    for (const [i, { decoded }] of found.entries()) {
      const { name, position, velocity, header } = decoded as unknown as Decoded;
      expect([name, position, velocity]).toEqual([
        ["a", "b"],
        [0.001 * i, -1],
        [i, 0],
      ]);
      expect([header.stamp.sec, header.stamp.nanosec]).toEqual([1000 + i, 7 * i]);
    }
    const times = found.map(({ log }) => BigInt(log));
    expect(times).toEqual([...times].sort((a, b) => (a < b ? -1 : a > b ? 1 : 0)));
  });

  it("has MQTT as JSON that gives back every byte, and the twin's graph and events", () => {
    const json = (topic: string): unknown[] =>
      read.filter((one) => one.reader === "mcap" && one.topic === topic).map(({ decoded }) => decoded);
    expect(json("/mqtt/plant/level")).toEqual([
      { topic: "plant/level", retained: false, json: { level: 1.5 }, text: '{"level": 1.5}' },
    ]);
    expect(json("/mqtt/plant/name")).toEqual([{ topic: "plant/name", retained: false, text: "tank" }]);
    expect(json("/mqtt/plant/raw")).toEqual([{ topic: "plant/raw", retained: false, base64: "AP8B/g==" }]);
    expect(json("/mqtt/plant/compact")).toEqual([
      { topic: "plant/compact", retained: false, json: { a: [1, 2.5] } },
    ]);
    expect(json("/twinbridge/snapshot").length).toBeGreaterThan(0);
  });

  it("prints its progress and a summary", () => {
    const lines = recorder.lines.map((line) => JSON.parse(line) as Record<string, unknown>);
    expect(lines.at(-1)).toMatchObject({ files: [out], dropped: 0 });
    expect(lines.at(-1)?.messages).toBe(read.filter(({ reader }) => reader === "mcap").length);
    expect(lines.length).toBeGreaterThan(3);
  });
});
