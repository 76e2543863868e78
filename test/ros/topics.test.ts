import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { Matrix4, Quaternion, Vector3 } from "three";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { cellsOf } from "../../src/protocol/topics/occupancy-grid.ts";
import { eventually } from "../support/eventually.ts";
import { killTopicProcess } from "./kill-topic-process.ts";
import { freshDomain, hasRos, startPeer, type TestProcess, TestTwin } from "./support.ts";
import { TopicWatcher } from "./topic-watcher.ts";

type Truth = { sec: number; nanosec: number; at: [number, number, number] };
type Decoder = {
  getEncodedBuffer(size: number): Uint8Array;
  getDecodedBuffer(): Uint8Array;
  decode(): void;
};

const folder = mkdtempSync(join(tmpdir(), "twin-topics-"));
const config = join(folder, "twin.yaml");
writeFileSync(config, 'topics: { deny: ["/camera/dep*"] }\n');
const later = (ms: number) => new Promise((resolve) => setTimeout(resolve, ms));

describe.skipIf(!hasRos())("the topics of a robot with sensors written with rclpy", () => {
  let peer: TestProcess;
  let twin: TestTwin;
  const watchers: TopicWatcher[] = [];
  const watcher = async () => {
    const made = await new TopicWatcher(twin.url).open();
    watchers.push(made);
    return made;
  };
  const listeners = () => peer.events("listeners").at(-1)?.count;

  beforeAll(async () => {
    const domain = freshDomain();
    peer = startPeer(domain, ["20000", "20"], "sensor_peer.py");
    twin = new TestTwin(domain, ["--ros", "on", "--config", config]);
    await twin.ready();
    await eventually("the peer is ready", () => peer.events("ready")[0]);
  }, 90_000);
  afterAll(async () => {
    for (const one of watchers) one.end();
    await twin.end();
    await peer.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it("are listed with types, ends and quality of service; what is denied is marked and refused", async () => {
    const client = await watcher();
    client.send({ op: "topics" });
    const [listed] = await eventually("the list", () =>
      client.said("topics").length > 0 ? client.said("topics") : undefined,
    );
    const found = new Map(listed?.topics.map((topic) => [topic.name, topic]));
    expect(found.get("/scan")).toMatchObject({
      ...{ type: "sensor_msgs/msg/LaserScan", publishers: 1, hz: null },
      qos: { reliability: "best_effort", durability: "volatile" },
    });
    expect(found.get("/map")?.qos).toEqual({ reliability: "reliable", durability: "transient_local" });
    expect(found.get("/camera/depth")?.refused).toMatch(/topics.allow/);
    client.watch("/camera/depth");
    await eventually("it is refused", () => client.said("error").find(({ code }) => code === "denied"));
  });

  it("are subscribed to with the first viewer, and left after the last", async () => {
    expect(listeners() ?? 0).toBe(0);
    const [a, b] = [await watcher(), await watcher()];
    a.watch("/scan");
    b.watch("/scan");
    await Promise.all([a.newest("/scan"), b.newest("/scan")]);
    expect(listeners()).toBe(1);
    a.send({ op: "unwatch", topic: "/scan" });
    await later(700);
    expect(listeners()).toBe(1);
    b.end();
    await eventually("nobody listens", () => listeners() === 0 || undefined, 15_000);
  });

  it("place a scan by tf at its own stamp, as numpy does", async () => {
    const client = await watcher();
    client.watch("/scan");
    await client.newest("/scan", 15);
    let compared = 0;
    for (const { header, arrays } of client.of("/scan")) {
      const truth = (peer.events("truth") as unknown as Truth[]).find(
        ({ sec, nanosec }) => sec === header.stamp?.sec && nanosec === header.stamp.nanosec,
      );
      const odom = header.placement?.above.find(({ frame }) => frame === "odom");
      if (truth === undefined || odom === undefined || header.placement?.lateMs !== 0) continue;
      const { angleMin, angleIncrement } = header.meta as { angleMin: number; angleIncrement: number };
      const range = arrays.ranges?.[100] as number;
      const angle = angleMin + 100 * angleIncrement;
      const [x = 0, y = 0, z = 0, ...q] = odom.pose;
      const placed = new Vector3(range * Math.cos(angle), range * Math.sin(angle), 0).applyMatrix4(
        new Matrix4().compose(new Vector3(x, y, z), new Quaternion(...q), new Vector3(1, 1, 1)),
      );
      expect(placed.distanceTo(new Vector3(...truth.at))).toBeLessThan(1e-3);
      compared += 1;
    }
    expect(compared).toBeGreaterThan(8);
    const { arrays } = await client.newest("/scan");
    expect(Number.isNaN(arrays.ranges?.[12])).toBe(true);
  });

  it("have a cloud's points, a map's cells, a path of 3,000 poses", async () => {
    const client = await watcher();
    for (const topic of ["/points", "/map", "/plan"]) client.watch(topic);
    const cloud = await client.newest("/points");
    const { origin, scale } = cloud.header.meta as { origin: number[]; scale: number[] };
    const truth = peer.events("ready")[0]?.points as number[];
    for (const [k, value] of truth.entries()) {
      const found =
        (origin[k % 3] as number) + (cloud.arrays.positions?.[k] as number) * (scale[k % 3] as number);
      expect(Math.abs(found - value)).toBeLessThan(1e-4);
    }
    expect(cloud.arrays.positions).toHaveLength(3 * 20_000);
    const map = await client.newest("/map");
    const cells = cellsOf(
      map.arrays.values as Int8Array,
      map.arrays.lengths as Uint16Array,
      80 * 60,
    ) as Int8Array;
    expect([cells.filter((cell) => cell === 100).length, cells.filter((cell) => cell === 0).length]).toEqual([
      50, 2350,
    ]);
    const path = await client.newest("/plan");
    expect((path.header.meta.message as { poses: unknown[] }).poses).toHaveLength(3000);
    expect(path.header.reduced).toBeNull();
  });

  it("have a picture's colours, smaller for a smaller budget, and a compressed one as it is", async () => {
    const [fine, coarse] = [await watcher(), await watcher()];
    fine.watch("/camera/image_raw");
    fine.watch("/camera/compressed");
    coarse.watch("/camera/image_raw", 10_000);
    const large = await fine.newest("/camera/image_raw");
    const small = await coarse.newest("/camera/image_raw");
    expect(large.header.meta).toMatchObject({ mime: "image/jpeg", width: 640, height: 480 });
    expect(small.header.meta).toMatchObject({ width: 160, height: 120 });
    expect(small.header.reduced).toBe("160 × 120 of 640 × 480 pixels");
    const pixels = await decoded(large.arrays.data as Uint8Array);
    const at = (x: number, y: number) => [...pixels.slice(3 * (640 * y + x), 3 * (640 * y + x) + 3)];
    for (const [found, wanted] of [
      [at(320, 100), [200, 0, 0]],
      [at(320, 400), [0, 0, 220]],
    ] as const) {
      for (const [k, value] of found.entries())
        expect(Math.abs(value - (wanted[k] as number))).toBeLessThan(6);
    }
    const png = await fine.newest("/camera/compressed");
    expect(png.header.meta.mime).toBe("image/png");
    expect([...(png.arrays.data ?? [])].slice(0, 4)).toEqual([0x89, 0x50, 0x4e, 0x47]);
  });

  it("that are malformed are counted each, told once with their field, and nothing else is lost", async () => {
    const client = await watcher();
    client.watch("/scan");
    await client.newest("/scan");
    peer.tell({ do: "garbage", count: 40 });
    await eventually(
      "they are counted",
      async () => (await twin.metric("ros:/scan", "rejected")) >= 30 || undefined,
      30_000,
    );
    expect(await twin.metric("ros:/scan", "rejected")).toBeLessThanOrEqual(40);
    const { events } = (await twin.json("/api/events")) as { events: { kind: string; message: string }[] };
    const told = events.filter(
      ({ kind, message }) => kind === "source.rejected" && message.includes("ros:/scan"),
    );
    expect(told).toHaveLength(1);
    expect(told[0]?.message).toMatch(/angle_increment/);
    const before = client.of("/scan").length;
    await client.newest("/scan", before + 5);
  });

  it("go on after the process that listens to them was killed", async () => {
    const client = await watcher();
    client.watch("/scan");
    await client.newest("/scan", 3);
    killTopicProcess(twin);
    await later(500);
    const before = client.of("/scan").length;
    await client.newest("/scan", before + 3);
  }, 60_000);
});

/** The pixels of a JPEG, by the decoder of another build. */
async function decoded(jpeg: Uint8Array): Promise<Uint8Array> {
  const name = "@cornerstonejs/codec-libjpeg-turbo-8bit/decodewasmjs";
  const { default: load } = (await import(name)) as {
    default: () => Promise<{ JPEGDecoder: new () => Decoder }>;
  };
  const decoder = new (await load()).JPEGDecoder();
  decoder.getEncodedBuffer(jpeg.byteLength).set(jpeg);
  decoder.decode();
  return decoder.getDecodedBuffer();
}
