import { spawnSync } from "node:child_process";
import { join } from "node:path";
import { parquetReadObjects } from "hyparquet";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { OfflineHistory } from "../../src/io/history/offline-history.ts";
import type { StateFrame, TwinJson } from "../../src/protocol/state-messages.ts";
import { eventually } from "../support/eventually.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { type Message, WsClient } from "../support/ws-client.ts";

const main = new URL("../../dist/main.js", import.meta.url).pathname;
const elbow = "robot/joint/elbow/position";
const twin = new TwinProcess();
let started = 0;

async function get(path: string): Promise<{ status: number; body: string; type: string }> {
  const answer = await fetch(new URL(path, twin.url));
  return { status: answer.status, body: await answer.text(), type: answer.headers.get("content-type") ?? "" };
}

async function json(path: string): Promise<Record<string, unknown>> {
  const { status, body } = await get(path);
  if (status !== 200) throw new Error(`${status} ${body}`);
  return JSON.parse(body) as Record<string, unknown>;
}

type Raw = {
  name: string;
  time: number[];
  value: number[];
  quality: string[];
  source: string[];
  stamp: unknown[];
};

beforeAll(async () => {
  started = Date.now();
  await twin.up("--port", "0");
  await eventually(
    "samples of six seconds",
    async () => {
      const { from, to } = await json("/api/history/status");
      return Number(to) - Number(from) > 6000;
    },
    30_000,
  );
});

afterAll(() => twin.remove());

describe("the demo", () => {
  it("records by itself, and answers with the same samples as JSON, CSV and Parquet", async () => {
    const to = Date.now() - 1000;
    const query = `/api/history?series=${elbow}&from=${to - 3000}&to=${to}`;
    const [series] = ((await json(query)) as { series: Raw[] }).series;
    expect(series?.time.length).toBeGreaterThan(100);
    expect(series?.name).toBe(elbow);
    expect(new Set(series?.source)).toEqual(new Set(["sim:robot/joint_states"]));
    const csv = await get(`${query}&format=csv`);
    expect(csv.type).toContain("text/csv");
    const rows = csv.body
      .trimEnd()
      .split("\r\n")
      .slice(1)
      .map((line) => line.split(","));
    expect(rows.map(([time]) => Number(time))).toEqual(series?.time);
    expect(rows.map((row) => Number(row[5]))).toEqual(series?.value);
    const answer = await fetch(new URL(`${query}&format=parquet`, twin.url));
    const objects = await parquetReadObjects({ file: await answer.arrayBuffer() });
    expect(objects.map(({ value }) => value)).toEqual(series?.value);
  });

  it("gives points that its samples have", async () => {
    const to = Math.floor((Date.now() - 1000) / 1000) * 1000;
    const from = to - 4000;
    const [raw] = ((await json(`/api/history?series=${elbow}&from=${from}&to=${to}`)) as { series: Raw[] })
      .series;
    const points = (await json(`/api/history?series=${elbow}&from=${from}&to=${to}&step=1000`)) as {
      series: { time: number[]; min: number[]; max: number[]; count: number[] }[];
    };
    const [first] = points.series;
    for (const [i, time] of (first?.time ?? []).entries()) {
      const of =
        raw?.value.filter((_, k) => Math.floor((raw.time[k] as number) / 1000) * 1000 === time) ?? [];
      expect([first?.min[i], first?.max[i], first?.count[i]]).toEqual([
        Math.min(...of),
        Math.max(...of),
        of.length,
      ]);
    }
    expect(first?.time).toHaveLength(4);
  });

  it("has the graph of a moment, with the sample that was newest then", async () => {
    const at = Date.now() - 2000;
    const graph = (await json(`/api/twin?at=${at}`)) as unknown as TwinJson;
    const register = graph.things.robot?.properties["joint/elbow/position"]?.reported;
    const query = `/api/history?series=${elbow}&from=${at - 2000}&to=${at + 0.001}`;
    const [series] = ((await json(query)) as { series: Raw[] }).series;
    expect(register?.value).toBe(series?.value.at(-1));
    expect(register?.received).toBe(series?.time.at(-1));
    expect(Object.keys(graph.things)).toContain("device/gripper-mcu");
  });

  it("tells what is wrong with a query", async () => {
    const faults = [
      ["/api/history", 400, "series: name at least one"],
      [`/api/history?series=${elbow}&from=yesterday`, 400, 'from: "yesterday" is no time'],
      [`/api/history?series=${elbow}&from=5&to=4`, 400, "from: it must be before to"],
      [`/api/history?series=${elbow}&facet=x`, 400, 'facet: "x" is none of'],
      [`/api/history?series=${elbow}&points=5&step=5`, 400, "points, step: give one"],
      [`/api/history?series=${elbow}&points=-1`, 400, "points:"],
      [`/api/history?series=${elbow}&series=b`, 400, "series: give it once"],
      ["/api/history?series=nobody/knows", 404, "no series matches"],
      [`/api/history?series=*&from=0&step=1000`, 413, "too many points"],
      ["/api/twin?at=1000", 404, "nothing is stored of that time"],
      ["/api/twin?at=2026-13-45", 400, "at:"],
    ] as const;
    for (const [path, status, text] of faults) {
      const answer = await get(path);
      expect([path, answer.status]).toEqual([path, status]);
      expect(JSON.parse(answer.body).error).toContain(text);
    }
  });

  it("has events by kind and time", async () => {
    const { events } = (await json(`/api/events?from=${started - 1000}&kind=lease.*`)) as {
      events: { kind: string }[];
    };
    expect(events.length).toBeGreaterThan(0);
    expect(new Set(events.map(({ kind }) => kind.split(".")[0]))).toEqual(new Set(["lease"]));
  });
});

describe("a session of /ws/state that looks at the past", () => {
  it("sees the samples of each moment, no live state, and comes back", async () => {
    const client = await WsClient.open(twin.url, "/ws/state");
    client.send({ op: "subscribe", encoding: "json", rate: 60 });
    await client.next("state");
    const at = Date.now() - 3000;
    client.send({ op: "seek", time: at });
    const place = await client.next("past");
    expect(place).toMatchObject({ time: at, playing: false });
    const state = client.of("state").at(-1) as unknown as StateFrame & { past?: boolean };
    expect(state).toMatchObject({ past: true, time: at });
    const query = `/api/history?series=${elbow}&from=${at - 2000}&to=${at + 0.001}`;
    const [series] = ((await json(query)) as { series: Raw[] }).series;
    expect(state.robots.robot?.reported?.joint.elbow?.position).toBe(series?.value.at(-1));
    await client.next("status", { past: true });
    const before = client.of("state").length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(client.of("state").length).toBe(before);
    client.send({ op: "play", speed: 5 });
    await eventually("the end of what is stored", () => {
      const last = client.of("past").at(-1) as Message;
      return last.playing === false && Number(last.time) > at + 2500;
    });
    const times = client
      .of("state")
      .filter(({ past }) => past === true)
      .map(({ time }) => Number(time));
    expect(times.length).toBeGreaterThan(10);
    expect(times).toEqual([...times].sort((a, b) => a - b));
    client.send({ op: "seek", time: "live" });
    await eventually("live state", () => client.of("state").at(-1)?.past === undefined);
    client.socket.close();
  });

  it("is told where it cannot go, and what it must send first", async () => {
    const client = await WsClient.open(twin.url, "/ws/state");
    client.send({ op: "pause" });
    expect(await client.next("error")).toMatchObject({ code: "not_in_the_past" });
    client.send({ op: "seek", time: 1000 });
    const place = await client.next("past");
    expect(Number(place.time)).toBe(Number(place.from));
    client.send({ op: "seek", time: "yesterday" });
    expect(await client.next("error", { code: "bad_message" })).toBeDefined();
    client.socket.close();
  });
});

describe("the folder of a twin's history", () => {
  it("is counted, verified and copied while the twin writes, and refused to whoever would change it", async () => {
    const { directory } = await json("/api/history/status");
    const run = (...args: string[]) =>
      spawnSync(process.execPath, [main, "history", ...args, "--dir", String(directory)], {
        encoding: "utf8",
      });
    const info = JSON.parse(run("info", "--json").stdout) as { series: number; schema: number };
    expect(info.series).toBeGreaterThan(100);
    expect(run("verify")).toMatchObject({ status: 0, stdout: expect.stringContaining("no fault") });
    const copy = join(twin.folder, "copy");
    expect(run("backup", copy).status).toBe(0);
    const refused = run("prune", "--before", "1h");
    expect(refused).toMatchObject({ status: 1, stderr: expect.stringContaining("another twin writes to") });
    const restored = OfflineHistory.open(copy);
    const query = { patterns: [elbow], facet: "reported", from: 0, to: 1e15, clock: "arrival" } as const;
    let count = 0;
    for await (const chunk of restored.samples(query)) count += chunk.time.length;
    expect(count).toBeGreaterThan(500);
    restored.close();
  });
});
