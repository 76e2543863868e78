import { mkdirSync, mkdtempSync, readFileSync, rmSync, symlinkSync, writeFileSync } from "node:fs";
import { request } from "node:http";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { FoxgloveClient as VendorClient } from "@foxglove/ws-protocol";
import { afterAll, afterEach, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { ServedEngine } from "../../src/app/served-engine.ts";
import type { Output } from "../../src/engine/ports/outputs.ts";
import { TokenBook } from "../../src/io/server/token-book.ts";
import { readCdr } from "../../src/protocol/cdr-message.ts";
import { decodeJointState, decodeTransforms } from "../../src/protocol/ros-decode.ts";
import { eventually } from "../support/eventually.ts";
import { FoxgloveClient } from "../support/foxglove-client.ts";
import { PastAtHand } from "../support/past-at-hand.ts";

const root = new URL("../..", import.meta.url).pathname;
const urdf = readFileSync(join(root, "urdf/arm.urdf"), "utf8");
const token = "secret-of-the-test";
const allowed = "https://lichtblick.example";
const folder = mkdtempSync(join(tmpdir(), "twin-recordings-"));
const recordings = join(folder, "recordings");
const recording = Buffer.from(Array.from({ length: 100_000 }, (_, i) => (i * 7) % 256));

/** One minute that begins in the past; the joint's position says what time it was. */
const from = 1_700_000_000_000;
const positionAt = (time: number): number => (time - from) / 60_000;
const history = new PastAtHand(from, from + 60_000, 20, { elbow: positionAt }, { description: "then" });
/** The robot had another description then. */
const urdfThen = urdf.replace(/<robot name="[^"]+"/, '<robot name="arm_of_then"');
history.descriptions.set("then", urdfThen);
history.happened.push({
  time: from + 30_500,
  severity: "warning",
  kind: "stop.latched",
  robot: "robot",
  message: "x",
});

const moved: Output["kind"][] = [];
let served: ServedEngine;
let url = "";

beforeAll(async () => {
  mkdirSync(recordings);
  writeFileSync(join(recordings, "drive.mcap"), recording);
  writeFileSync(join(recordings, "empty.mcap"), "");
  writeFileSync(join(recordings, "notes.txt"), "no recording");
  writeFileSync(join(folder, "secret.mcap"), "outside");
  symlinkSync(join(folder, "secret.mcap"), join(recordings, "link.mcap"));
  const sink = {
    sendTrajectory: () => moved.push("trajectory"),
    cancelTrajectory: () => moved.push("cancel"),
    sendTwist: () => moved.push("twist"),
    sendTask: () => moved.push("task"),
    cancelTask: () => moved.push("cancelTask"),
    setStopped: () => moved.push("stopped"),
  };
  served = new ServedEngine({
    engine: { robots: [{ id: "robot", limits: {}, stop: null }], runName: "test" },
    outside: {
      robots: new Map([["robot", sink]]),
      devices: { send: () => ({ code: "no_broker", message: "none" }) },
      stopMemory: { remember: () => undefined },
      onEvent: () => undefined,
    },
    cycleHz: 100,
    host: "127.0.0.1",
    port: 0,
    rules: {
      loopbackOnly: true,
      tokens: new TokenBook(token, [], Date.now),
      origins: [allowed],
      publicUrl: null,
    },
    meshRoots: () => ({ packages: { twinbridge: root }, prefixes: [], models: [], besides: null }),
    history: () => history,
    recordings,
  });
  served.engine.inbox.push("file", served.now(), { kind: "description", robot: "robot", text: urdf });
  const port = await served.listen();
  served.start();
  url = `http://127.0.0.1:${port}/`;
  await eventually("the description", () => served.engine.robots.get("robot")?.description ?? undefined);
});

afterAll(async () => {
  served.endCycles();
  await served.close();
  rmSync(folder, { recursive: true });
});

const ns = (ms: number): bigint => BigInt(ms) * 1_000_000n;
const open = (query = ""): Promise<FoxgloveClient> =>
  FoxgloveClient.open(url, `/foxglove/replay?token=${token}${query}`);

describe("the past in Foxglove", () => {
  let client: FoxgloveClient;
  afterEach(() => client.close());

  /** Time by its log time, and by the joint that tells it, in ms since the begin. */
  const joints = (topic = "/joint_states") =>
    client.on(topic).map(({ time, data }) => {
      const state = decodeJointState(data);
      if (!state.ok) throw new Error(state.reason);
      return {
        log: Number(time / 1_000n) / 1000 - from,
        shown: (state.value.position[0] as number) * 60_000,
      };
    });

  it("announces its range and stands at its begin", async () => {
    client = await open();
    const info = await client.text("serverInfo");
    expect(info).toMatchObject({
      capabilities: ["time", "playbackControl", "assets"],
      dataStartTime: { sec: 1_700_000_000, nsec: 0 },
      dataEndTime: { sec: 1_700_000_060, nsec: 0 },
    });
    const first = await eventually("its state", () => client.playback[0]);
    expect(first).toEqual({ status: 1, time: ns(from), speed: 1, didSeek: false, request: "" });
    await client.subscribe("/joint_states", "/robot_description", "/tf");
    await client.any("/joint_states");
    expect(joints()[0]?.shown).toBeCloseTo(0, 6);
    const text = readCdr<{ data: string }>("std_msgs/String", (await client.any("/robot_description")).data);
    expect(text.ok && text.value.data).toBe(urdfThen);
    const tf = decodeTransforms((await client.any("/tf")).data);
    expect(tf.ok && tf.value.length).toBeGreaterThan(3);
  });

  it("seeks forwards and backwards: clears, then shows that very moment", async () => {
    client = await open();
    await client.subscribe("/joint_states", "/tf", "/twin/robot/state");
    await client.any("/joint_states");
    for (const at of [45_000, 10_000, 59_990, 0]) {
      const answer = await client.play("pause", 1, ns(from + at), `seek-${at}`);
      expect(answer).toMatchObject({ status: 1, time: ns(from + at), didSeek: true });
      await client.any("/joint_states", ({ time }) => time === ns(from + at));
      const last = joints().at(-1);
      expect(last?.log).toBe(at);
      // The newest sample at that moment.
      expect(last?.shown).toBeCloseTo(Math.floor(at / 20) * 20, 3);
      const state = await eventually("the state", () =>
        client.on("/twin/robot/state").find(({ time }) => time === ns(from + at)),
      );
      expect(JSON.parse(state.data.toString()).reported.joint.elbow.position * 60_000).toBeCloseTo(
        last?.shown ?? -1,
        3,
      );
    }
    expect((await client.play("pause", 1, ns(from - 5000), "early")).time).toBe(ns(from));
    expect(await client.play("pause", 1, ns(from + 500_000), "late")).toMatchObject({
      time: ns(from + 60_000),
      status: 3,
    });
  });

  it("plays every sample with its own time, and pauses where it is", async () => {
    client = await open();
    await client.subscribe("/joint_states", "/twin/events");
    await client.play("play", 1, ns(from + 30_000), "go");
    await eventually("a second", () => (joints().at(-1)?.log ?? 0) > 31_000);
    const answer = await client.play("pause", 1, null, "halt");
    expect(answer).toMatchObject({ status: 1, didSeek: false });
    const at = Number(answer.time / 1_000_000n) - from;
    const played = joints().filter(({ log }) => log >= 30_000);
    expect(played.length).toBeGreaterThan(45);
    for (const { log, shown } of played) expect(shown).toBeCloseTo(log, 3);
    // None is left out, none comes twice: they are 20 ms apart.
    for (const [i, { log }] of played.slice(1).entries())
      expect(log - (played[i]?.log ?? 0)).toBeCloseTo(20, 3);
    const count = joints().length;
    await new Promise((resolve) => setTimeout(resolve, 300));
    expect(joints().length).toBe(count);
    expect(at).toBeGreaterThan(30_900);
    const event = JSON.parse(
      (await eventually("the event", () => client.on("/twin/events")[0])).data.toString(),
    );
    expect(event).toMatchObject({ kind: "stop.latched", time: { sec: 1_700_000_030, nsec: 500_000_000 } });
  });

  it("plays as fast as it is asked to, and ends at the end", async () => {
    for (const speed of [0.5, 4, 20]) {
      client?.close();
      client = await open();
      await client.subscribe("/joint_states");
      await client.play("play", speed, ns(from), "go");
      await eventually("it moves", () => client.times.length > 3);
      const [begin, started] = [client.times.at(-1) as bigint, performance.now()];
      await new Promise((resolve) => setTimeout(resolve, 800));
      const [end, ended] = [client.times.at(-1) as bigint, performance.now()];
      const measured = Number(end - begin) / 1e6 / (ended - started);
      expect(measured / speed, `speed ${speed}`).toBeGreaterThan(0.7);
      expect(measured / speed, `speed ${speed}`).toBeLessThan(1.3);
      const answer = await client.play("play", speed * 2, null, "faster");
      expect(answer).toMatchObject({ status: 0, speed: speed * 2 });
    }
    await client.play("play", 100, ns(from + 50_000), "to the end");
    const end = await eventually("the end", () => client.playback.find(({ status }) => status === 3));
    expect(end).toMatchObject({ time: ns(from + 60_000), request: "" });
    expect(joints().at(-1)?.log).toBeCloseTo(59_980, 3);
    expect(await client.play("play", 1, null, "again")).toMatchObject({ status: 3 });
  });

  it("takes the newest of many seeks, and refuses a speed that is none", async () => {
    client = await open();
    await client.subscribe("/joint_states");
    await client.any("/joint_states");
    const seeks = Array.from({ length: 30 }, (_, i) =>
      client.play("pause", 1, ns(from + i * 1000), `drag-${i}`).catch(() => null),
    );
    await client.play("pause", 1, ns(from + 29_000), "drag-29");
    await eventually("the last", () => joints().at(-1)?.log === 29_000);
    void Promise.all(seeks);
    const head = Buffer.from([3, 0, 0, 0, 0, 0, 0]);
    client.socket.send(Buffer.concat([head, Buffer.alloc(12)]));
    await eventually("the refusal", () =>
      client.of("status").some(({ message }) => /above 0/.test(String(message))),
    );
  });

  it("plays a part that the address names", async () => {
    client = await open(`&from=${from + 20_000}&to=${new Date(from + 40_000).toISOString()}`);
    expect(await client.text("serverInfo")).toMatchObject({
      dataStartTime: { sec: 1_700_000_020, nsec: 0 },
      dataEndTime: { sec: 1_700_000_040, nsec: 0 },
    });
  });

  it("moves nothing: whatever is published or called, every output is closed", async () => {
    client = await open();
    await client.channel("/joint_states");
    client.send({
      op: "advertise",
      channels: [{ id: 1, topic: "/cmd_vel", encoding: "json", schemaName: "geometry_msgs/Twist" }],
    });
    for (let i = 0; i < 20; i++) client.publish(1, Buffer.from('{"linear":{"x":0.2}}'));
    for (let service = 0; service < 4; service++) client.call(service, service, "cdr", Buffer.alloc(4));
    await eventually(
      "refusals",
      () => client.of("serviceCallFailure").length === 4 && client.of("status").length >= 21,
    );
    for (const { message } of [...client.of("serviceCallFailure"), ...client.of("status")])
      expect(message).toContain("past");
    expect(moved).toEqual([]);
    expect(served.engine.control.get("robot")?.status()).toMatchObject({ lease: null, stopped: null });
  });

  it("begins by itself for clients that know no playback, and sends them no frame that they do not know", async () => {
    client = await open();
    const socket = new WebSocket(
      `${url.replace("http", "ws")}foxglove/replay?token=${token}`,
      "foxglove.websocket.v1",
    );
    const vendor = new VendorClient({
      ws: socket as unknown as ConstructorParameters<typeof VendorClient>[0]["ws"],
    });
    const faults: unknown[] = [];
    let channel = -1;
    const times: bigint[] = [];
    const messages: bigint[] = [];
    vendor.on("error", (error) => faults.push(error));
    vendor.on("advertise", (channels) => {
      channel = channels.find(({ topic }) => topic === "/joint_states")?.id ?? channel;
    });
    vendor.on("time", ({ timestamp }) => times.push(timestamp));
    vendor.on("message", ({ timestamp }) => messages.push(timestamp));
    await eventually("the channel", () => channel >= 0);
    vendor.subscribe(channel);
    await eventually("the past goes by", () => messages.length > 20 && times.length > 10);
    expect(times[0]).toBeGreaterThanOrEqual(ns(from));
    expect(times.at(-1)).toBeLessThan(ns(from + 60_000));
    expect(faults).toEqual([]);
    vendor.close();
  });
});

describe("a recording", () => {
  type Answer = { status: number; headers: Record<string, string | string[] | undefined>; body: Buffer };
  const ask = (path: string, headers: Record<string, string> = {}, method = "GET"): Promise<Answer> =>
    new Promise((resolve, reject) => {
      const { port } = new URL(url);
      const sent = request({ host: "127.0.0.1", port, path, method, headers }, (answer) => {
        const parts: Buffer[] = [];
        answer.on("data", (part: Buffer) => parts.push(part));
        answer.on("end", () =>
          resolve({ status: answer.statusCode ?? 0, headers: answer.headers, body: Buffer.concat(parts) }),
        );
      });
      sent.on("error", reject);
      sent.end();
    });
  const authorization = `Bearer ${token}`;
  const get = (headers: Record<string, string> = {}, name = "drive.mcap", method = "GET") =>
    ask(`/api/recordings/${name}`, { authorization, ...headers }, method);

  it("is in the list; links and other files are not", async () => {
    const { status, body } = await ask("/api/recordings", { authorization });
    expect(status).toBe(200);
    const { recordings: found } = JSON.parse(body.toString()) as {
      recordings: { name: string; bytes: number }[];
    };
    expect(found.map(({ name, bytes }) => [name, bytes]).sort()).toEqual([
      ["drive.mcap", 100_000],
      ["empty.mcap", 0],
    ]);
  });

  it("is given whole, or by ranges", async () => {
    const whole = await get();
    expect(whole.status).toBe(200);
    expect(whole.headers).toMatchObject({ "accept-ranges": "bytes", "content-length": "100000" });
    expect(whole.body.equals(recording)).toBe(true);
    for (const [range, first, last] of [
      ["bytes=0-0", 0, 0],
      ["bytes=10-19", 10, 19],
      ["bytes=99990-", 99_990, 99_999],
      ["bytes=-10", 99_990, 99_999],
      ["bytes=-200000", 0, 99_999],
      ["bytes=50000-999999", 50_000, 99_999],
    ] as const) {
      const part = await get({ range });
      expect(part.status, range).toBe(206);
      expect(part.headers).toMatchObject({
        "content-range": `bytes ${first}-${last}/100000`,
        "content-length": String(last - first + 1),
      });
      expect(part.body.equals(recording.subarray(first, last + 1))).toBe(true);
    }
    for (const range of ["bytes=100000-", "bytes=200000-200001", "bytes=-0"]) {
      const none = await get({ range });
      expect(none.status, range).toBe(416);
      expect(none.headers["content-range"]).toBe("bytes */100000");
    }
    for (const range of ["bytes=5-2", "bytes=0-1,5-6", "lines=1-2", "bytes=", "bytes=a-b"]) {
      expect((await get({ range })).status, range).toBe(200);
    }
    const head = await get({}, "drive.mcap", "HEAD");
    expect([head.status, head.headers["content-length"], head.body.length]).toEqual([200, "100000", 0]);
    expect((await get({}, "empty.mcap")).status).toBe(200);
    expect((await get({ range: "bytes=0-" }, "empty.mcap")).status).toBe(416);
    const tag = String(whole.headers.etag);
    expect((await get({ range: "bytes=0-9", "if-range": tag })).status).toBe(206);
    expect((await get({ range: "bytes=0-9", "if-range": '"old"' })).status).toBe(200);
  });

  it("is shown to pages of allowed origins only, and to nobody without the token", async () => {
    const page = await get({ origin: allowed, range: "bytes=0-9" });
    expect(page.headers["access-control-allow-origin"]).toBe(allowed);
    for (const name of ["accept-ranges", "content-length", "content-range"]) {
      expect(String(page.headers["access-control-expose-headers"])).toContain(name);
    }
    const asked = await ask(
      "/api/recordings/drive.mcap",
      { origin: allowed, "access-control-request-method": "GET", "access-control-request-headers": "range" },
      "OPTIONS",
    );
    expect(asked.status).toBe(204);
    expect(asked.headers["access-control-allow-headers"]).toContain("range");
    expect(asked.headers["access-control-allow-origin"]).toBe(allowed);
    const evil = { origin: "https://evil.example" };
    expect((await get(evil)).status).toBe(403);
    expect((await ask("/api/recordings/drive.mcap", evil, "OPTIONS")).status).toBe(403);
    expect((await get()).headers["access-control-allow-origin"]).toBeUndefined();
    for (const path of ["/api/recordings", "/api/recordings/drive.mcap"]) {
      expect((await ask(path)).status).toBe(401);
      expect((await ask(path, { origin: allowed })).status).toBe(401);
      expect((await ask(`${path}?token=${token}`)).status).toBe(200);
    }
  });

  it("is never one outside of its folder", async () => {
    for (const name of [
      "link.mcap",
      "notes.txt",
      "none.mcap",
      "..%2fsecret.mcap",
      "%2e%2e/secret.mcap",
      "..%5csecret.mcap",
      "%2fetc%2fpasswd.mcap",
      "a%00.mcap",
      ".mcap",
      "....mcap",
      "../recordings/../secret.mcap",
      `${"x".repeat(300)}.mcap`,
    ]) {
      const { status, body } = await get({}, name);
      expect([400, 404, 414], name).toContain(status);
      expect(body.toString()).not.toContain("outside");
    }
  });
});
