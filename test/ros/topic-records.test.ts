import { mkdtempSync, rmSync, writeFileSync } from "node:fs";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import type { RecordsAnswer } from "../../src/protocol/topics/record-answer.ts";
import { eventually } from "../support/eventually.ts";
import { killTopicProcess } from "./kill-topic-process.ts";
import { freshDomain, hasRos, startPeer, type TestProcess, TestTwin } from "./support.ts";

type Sent = [sec: number, nanosec: number, z: number, temp: number, count: number];
type Series = {
  name: string;
  value: (number | null)[];
  quality: string[];
  stamp: ({ sec: number; nanosec: number } | null)[];
  source: string[];
};
type Reported = { value: number; quality: string; reason?: string; source: string };

const folder = mkdtempSync(join(tmpdir(), "twin-records-"));
const config = join(folder, "twin.yaml");
writeFileSync(
  config,
  `topics:
  deny: ["/secret"]
  record: ["/imu#linear_acceleration.z", "/imu#linear_acceleration.w", "/joint_temps#data[3]", "/battery_state#percentage"]
`,
);

describe.skipIf(!hasRos())("numbers of topics that rclpy publishes", () => {
  let peer: TestProcess;
  let twin: TestTwin;
  let began = 0;

  const ask = async (method: string, body?: unknown, query = "") => {
    const answer = await fetch(`${twin.url}/api/topics/records${query}`, {
      method,
      ...(body === undefined
        ? {}
        : { headers: { "content-type": "application/json" }, body: JSON.stringify(body) }),
    });
    return { status: answer.status, body: (await answer.json()) as RecordsAnswer & { error?: string } };
  };
  const stored = async (name: string): Promise<Series | undefined> => {
    const query = new URLSearchParams({ series: name, from: String(began) });
    const answer = await fetch(`${twin.url}/api/history?${query}`);
    const { series = [] } = (await answer.json()) as { series?: Series[] };
    return series.find((one) => one.name === name);
  };
  const reported = async (path: string): Promise<Reported | undefined> => {
    const { things } = (await twin.json("/api/twin")) as {
      things: Record<string, { properties: Record<string, { reported?: Reported }> }>;
    };
    return things.topics?.properties[path]?.reported;
  };
  const burst = async (count: number, hz: number): Promise<Sent[]> => {
    const before = peer.events("burst").length;
    began = Date.now();
    peer.tell({ do: "burst", count, hz });
    const event = await eventually("it is published", () => peer.events("burst")[before], 60_000);
    return event.sent as Sent[];
  };
  const storedOnce = (name: string, count: number) =>
    eventually(
      `${name} is stored`,
      async () => {
        const series = await stored(name);
        return (series?.value.length ?? 0) >= count ? series : undefined;
      },
      10_000,
    );
  const isHeard = () =>
    eventually("the twin takes /imu", () => (peer.events("listeners").at(-1)?.count ? true : undefined));
  const events = async () => JSON.stringify(await twin.json("/api/events"));

  beforeAll(async () => {
    const domain = freshDomain();
    peer = startPeer(domain, [], "numbers_peer.py");
    twin = new TestTwin(domain, ["--ros", "on", "--config", config]);
    await twin.ready();
    await eventually("the peer is ready", () => peer.events("ready")[0]);
    await isHeard();
  }, 90_000);
  afterAll(async () => {
    await twin.end();
    await peer.end();
    rmSync(folder, { recursive: true, force: true });
  });

  it("are added by the API, named in the audit trail; what is denied or wrong is refused with a sentence", async () => {
    for (const record of ["/count#data", "/door#data"]) {
      expect(await ask("POST", { record })).toMatchObject({ status: 200 });
    }
    expect((await ask("GET")).body.records.map(({ record, origin }) => [record, origin])).toEqual([
      ["/imu#linear_acceleration.z", "config"],
      ["/imu#linear_acceleration.w", "config"],
      ["/joint_temps#data[3]", "config"],
      ["/battery_state#percentage", "config"],
      ["/count#data", "api"],
      ["/door#data", "api"],
    ]);
    expect(await ask("POST", { record: "/secret#data" })).toMatchObject({
      ...{ status: 403, body: { error: expect.stringMatching(/topics.deny/) } },
    });
    for (const body of [
      { record: "imu#x" },
      { record: "/imu" },
      { record: 3 },
      [],
      { record: "/imu#x", a: 1 },
    ]) {
      expect(await ask("POST", body)).toMatchObject({ status: 400, body: { error: expect.any(String) } });
    }
    expect(await ask("DELETE", { record: "/imu#linear_acceleration.z" })).toMatchObject({ status: 409 });
    expect(await ask("DELETE", undefined, `?record=${encodeURIComponent("/none#x")}`)).toMatchObject({
      status: 404,
    });
    await eventually("it is an event", async () =>
      (await events()).includes("(HTTP) records /count#data") ? true : undefined,
    );
  });

  it("are all in the history, exact, with their stamps", async () => {
    await eventually(
      "all are subscribed to",
      async () => {
        const sent = await burst(10, 50);
        await new Promise((resolve) => setTimeout(resolve, 400));
        const all = await Promise.all(
          ["imu/linear_acceleration.z", "joint_temps/data[3]", "count/data", "door/data"].map((path) =>
            stored(`topics/${path}`),
          ),
        );
        return all.every((one) => one?.value.length === sent.length) ? true : undefined;
      },
      30_000,
    );
    const sent = await burst(250, 50);
    const z = await storedOnce("topics/imu/linear_acceleration.z", sent.length);
    expect(z.value).toEqual(sent.map(([, , value]) => value));
    expect(z.stamp).toEqual(sent.map(([sec, nanosec]) => ({ sec, nanosec })));
    expect(new Set(z.source)).toEqual(new Set(["ros:record:/imu"]));
    expect(new Set(z.quality)).toEqual(new Set(["good"]));
    const temps = await storedOnce("topics/joint_temps/data[3]", sent.length);
    expect(temps.value).toEqual(sent.map(([, , , temp]) => temp));
    const count = await storedOnce("topics/count/data", sent.length);
    expect(count.value).toEqual(sent.map(([, , , , value]) => value));
    const door = await storedOnce("topics/door/data", sent.length);
    expect(door.value).toEqual(sent.map((_, i) => i % 2));
    const query = new URLSearchParams({
      query: 'twin_property{thing="topics",path="imu/linear_acceleration.z"}',
      time: String(began / 1000 + 4),
    });
    const prometheus = JSON.stringify(await twin.json(`/prometheus/api/v1/query?${query}`));
    expect(prometheus).toContain('"path":"imu/linear_acceleration.z"');
    expect(await stored("topics/secret/data")).toBeUndefined();
  }, 60_000);

  it("lose none at 1 kHz", async () => {
    const sent = await burst(2000, 1000);
    const z = await storedOnce("topics/imu/linear_acceleration.z", sent.length);
    expect(z.value).toEqual(sent.map(([, , value]) => value));
  }, 60_000);

  it("tell a field that is not there once, and malformed messages; others go on", async () => {
    const about = (await events()).split("the field linear_acceleration.w cannot be recorded").length - 1;
    expect(about).toBe(1);
    expect(await events()).toMatch(/ros:record:\/imu: .*there is no field \\"w\\" among x, y, z/);
    const wrong = (await ask("GET")).body.records.find(({ field }) => field === "linear_acceleration.w");
    expect(wrong).toMatchObject({ state: "fault", reason: expect.stringContaining('no field "w"') });
    const before = await eventually("each is counted", async () => {
      const rejected = await twin.metric("ros:record:/imu", "rejected");
      return rejected >= 2250 ? rejected : undefined;
    });
    peer.tell({ do: "garbage", count: 20 });
    await eventually("they are counted", async () =>
      (await twin.metric("ros:record:/imu", "rejected")) >= before + 20 ? true : undefined,
    );
    expect(await events()).toMatch(/ros:record:\/imu: .*malformed CDR/);
  });

  it("have the quality of what is known: not finite, stale, and nobody publishes any more; latched ones do not age", async () => {
    const path = "imu/linear_acceleration.z";
    await burst(20, 50);
    peer.tell({ do: "nan" });
    await eventually("not finite", async () =>
      (await reported(path))?.reason === "not-finite" ? true : undefined,
    );
    await burst(20, 50);
    await eventually("stale", async () => ((await reported(path))?.reason === "stale" ? true : undefined));
    peer.tell({ do: "imuGone" });
    await eventually("nobody publishes it", async () =>
      (await reported(path))?.reason === "no-communication" ? true : undefined,
    );
    expect(await reported("battery_state/percentage")).toMatchObject({
      ...{ value: 0.75, quality: "good", source: "ros:record:/battery_state" },
    });
    peer.tell({ do: "imuBack" });
    await isHeard();
    await eventually(
      "it is back",
      async () => {
        await burst(10, 50);
        return (await stored(`topics/${path}`))?.quality.includes("good") ? true : undefined;
      },
      20_000,
    );
  }, 60_000);

  it("are bad while the process that listens is dead, and come again by themselves", async () => {
    const path = "imu/linear_acceleration.z";
    await burst(20, 50);
    killTopicProcess(twin);
    await eventually("it is bad", async () =>
      (await reported(path))?.reason?.includes("no-communication") ? true : undefined,
    );
    await eventually(
      "it is back",
      async () => {
        await burst(10, 50);
        return (await reported(path))?.quality === "good" ? true : undefined;
      },
      30_000,
    );
  }, 60_000);

  it("are recorded after a restart, and no more once somebody ends it; what is stored stays", async () => {
    await twin.process.end();
    await twin.again();
    await eventually(
      "the count is recorded",
      async () => {
        const sent = await burst(20, 50);
        await new Promise((resolve) => setTimeout(resolve, 400));
        return (await stored("topics/count/data"))?.value.length === sent.length ? true : undefined;
      },
      40_000,
    );
    const since = began;
    expect(await ask("DELETE", { record: "/count#data" })).toMatchObject({ status: 200 });
    await eventually("it leaves the graph", async () =>
      (await reported("count/data")) === undefined ? true : undefined,
    );
    expect((await reported("door/data"))?.source).toBe("ros:record:/door");
    await burst(20, 50);
    await storedOnce("topics/joint_temps/data[3]", 20);
    expect(await stored("topics/count/data").catch(() => undefined)).toBeUndefined();
    began = since;
    expect((await stored("topics/count/data"))?.value).toHaveLength(20);
  }, 90_000);
});
