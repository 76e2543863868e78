import { createRequire } from "node:module";
import { MessageReader } from "@foxglove/rosmsg2-serialization";
import { FoxgloveClient as VendorClient } from "@foxglove/ws-protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { Chance } from "../../src/core/chance.ts";
import { writeCdr } from "../../src/protocol/cdr-writer.ts";
import type { ThingJson } from "../../src/protocol/state-messages.ts";
import { eventually } from "../support/eventually.ts";
import { type Channel, FoxgloveClient } from "../support/foxglove-client.ts";
import { TwinProcess } from "../support/twin-process.ts";
import { WsClient } from "../support/ws-client.ts";

type Parts = ConstructorParameters<typeof MessageReader>[0];
const here = createRequire(import.meta.url);
const { parse } = createRequire(here.resolve("@foxglove/rosmsg-msgs-common"))("@foxglove/rosmsg") as {
  parse(text: string, options: { ros2: boolean }): Parts;
};

type Transform = {
  header: { stamp: { sec: number }; frame_id: string };
  child_frame_id: string;
  transform: { translation: { x: number; y: number; z: number }; rotation: { w: number } };
};

/** Reads a message with nothing but what its channel announces, as Foxglove and Lichtblick do. */
function decode<T>({ schema }: Channel, data: Uint8Array): T {
  const reader = new MessageReader(parse(schema, { ros2: true }));
  return reader.readMessage<T>(Uint8Array.from(data));
}

/** The status of a handshake: 101 when it was taken. */
function handshake(
  twin: TwinProcess,
  path: string,
  subprotocols: string[],
  headers: Record<string, string> = {},
): Promise<number> {
  return new Promise((resolve) => {
    const socket = new WebSocket(twin.at(path).replace("http", "ws"), subprotocols, { headers });
    socket.on("open", () => {
      socket.close();
      resolve(101);
    });
    socket.on("unexpected-response", (_, answer) => {
      answer.resume();
      resolve(answer.statusCode ?? 0);
      socket.terminate();
    });
    socket.on("error", () => resolve(0));
  });
}

const sdk = ["foxglove.sdk.v1"];

describe("the demo in Foxglove", () => {
  const twin = new TwinProcess();
  beforeAll(() => twin.up("--port", "0"));
  afterAll(() => twin.remove());

  it("is a robot that can be drawn: description, every frame, joint states, without ROS", async () => {
    const client = await FoxgloveClient.open(twin.url);
    expect(client.socket.protocol).toBe("foxglove.sdk.v1");
    const info = await client.text("serverInfo");
    expect(info.capabilities).toEqual(["time", "services", "assets"]);
    await client.subscribe("/robot_description", "/tf", "/tf_static", "/joint_states");
    const urdf = await client.next("/robot_description");
    const channel = await client.channel("/robot_description");
    expect(channel).toMatchObject({
      encoding: "cdr",
      schemaEncoding: "ros2msg",
      schemaName: "std_msgs/msg/String",
    });
    const text = decode<{ data: string }>(channel, urdf.data).data;
    expect(text).toBe(await (await fetch(twin.at("/api/robots/robot/description"))).text());
    const parents = new Map<string, string>();
    for (const topic of ["/tf_static", "/tf"]) {
      const message = client.on(topic)[0] ?? (await client.next(topic));
      const { transforms } = decode<{ transforms: Transform[] }>(await client.channel(topic), message.data);
      for (const { header, child_frame_id } of transforms) parents.set(child_frame_id, header.frame_id);
    }
    // Every link of the description hangs on the same frame.
    const roots = new Set<string>();
    const links = [...text.matchAll(/<link\s+name="([^"]+)"/g)].map((match) => match[1] as string);
    expect(links.length).toBeGreaterThan(15);
    for (const link of links) {
      let frame = link;
      for (let next = parents.get(frame); next !== undefined; next = parents.get(frame)) frame = next;
      roots.add(frame);
    }
    expect([...roots]).toEqual(["odom"]);
    // The gripper's controller in emulation comes up last.
    await eventually(
      "all joints",
      async () => (await twin.property("robot", "joint/left_finger/position")).reported,
    );
    const joints = await client.next("/joint_states");
    const state = decode<{
      name: string[];
      position: Float64Array;
      header: { stamp: { sec: number; nanosec: number } };
    }>(await client.channel("/joint_states"), joints.data);
    const { things } = await twin.twin();
    const known = Object.keys(things.robot?.properties ?? {}).filter((path) =>
      /^joint\/.*\/position$/.test(path),
    );
    expect([...state.name].sort()).toEqual(known.map((path) => path.split("/")[1]).sort());
    expect(state.position).toHaveLength(state.name.length);
    const stampMs = state.header.stamp.sec * 1000 + state.header.stamp.nanosec / 1e6;
    expect(Math.abs(stampMs - Number(joints.time) / 1e6)).toBeLessThan(1);
    expect(Math.abs(Date.now() - stampMs)).toBeLessThan(2000);
    expect(client.times.length).toBeGreaterThan(0);
    client.close();
  });

  it("moves its frames as its joints move, by the kinematics that the API computes", async () => {
    const client = await FoxgloveClient.open(twin.url);
    await client.subscribe("/tf", "/tf_static", "/twin/robot/state");
    await client.next("/twin/robot/state", ({ data }) => data.includes('"gripper_tcp"'));
    await client.next("/tf");
    // The tip's pose by composing transforms, against the estimate that the twin makes itself.
    const all = new Map<string, { parent: string; m: number[]; p: number[] }>();
    for (const topic of ["/tf_static", "/tf"]) {
      const { transforms } = decode<{
        transforms: (Transform & {
          transform: { rotation: { x: number; y: number; z: number; w: number } };
        })[];
      }>(await client.channel(topic), client.on(topic).at(-1)?.data as Buffer);
      for (const { header, child_frame_id, transform } of transforms) {
        const { x, y, z, w } = transform.rotation;
        const m = [
          1 - 2 * (y * y + z * z),
          2 * (x * y - w * z),
          2 * (x * z + w * y),
          2 * (x * y + w * z),
          1 - 2 * (x * x + z * z),
          2 * (y * z - w * x),
          2 * (x * z - w * y),
          2 * (y * z + w * x),
          1 - 2 * (x * x + y * y),
        ];
        const { translation: t } = transform;
        all.set(child_frame_id, { parent: header.frame_id, m, p: [t.x, t.y, t.z] });
      }
    }
    const root = (await twin.thing("robot")).definition.rootLink;
    let [point, frame] = [[0, 0, 0], "gripper_tcp"];
    while (frame !== root) {
      const { parent, m, p } = all.get(frame) as { parent: string; m: number[]; p: number[] };
      point = [0, 1, 2].map(
        (row) =>
          [0, 1, 2].reduce((sum, k) => sum + (m[3 * row + k] as number) * (point[k] as number), 0) +
          (p[row] as number),
      );
      frame = parent;
    }
    const states = client.on("/twin/robot/state").map(({ data }) => JSON.parse(data.toString()));
    const tip: number[] = states.at(-1).estimated.link.gripper_tcp.pose.position;
    // The arm moves on between the two messages.
    expect(Math.hypot(...point.map((one, i) => one - (tip[i] as number)))).toBeLessThan(0.06);
    client.close();
  });

  it("tells events, log and status, and the state of robots and devices by name", async () => {
    const client = await FoxgloveClient.open(twin.url);
    await client.subscribe("/twin/events", "/twin/log", "/twin/status", "/twin/device/tool-sensor/state");
    const event = JSON.parse((await client.next("/twin/events")).data.toString());
    expect(event).toMatchObject({ kind: "robot.loaded", severity: "info" });
    const log = JSON.parse((client.on("/twin/log")[0] ?? (await client.next("/twin/log"))).data.toString());
    expect(log).toMatchObject({ level: 2, name: "robot.loaded" });
    const status = JSON.parse((await client.next("/twin/status")).data.toString());
    expect(status.control[0].robot).toBe("robot");
    const device = JSON.parse((await client.next("/twin/device/tool-sensor/state")).data.toString());
    expect(Object.keys(device.reported)).not.toEqual([]);
    const { schema } = await client.channel("/twin/robot/state");
    const { properties } = JSON.parse(schema);
    expect(properties.reported.properties.joint.properties.elbow?.properties.position ?? schema).toEqual({
      type: "number",
    });
    client.close();
  });

  it("gives the meshes that its description names, and nothing else", async () => {
    const client = await FoxgloveClient.open(twin.url);
    const meshes =
      await twin.json<{ uri: string; status: string; bytes: number }[]>("/api/robots/robot/meshes");
    expect(meshes.length).toBeGreaterThan(5);
    const found = await Promise.all(meshes.map(({ uri }, i) => client.fetchAsset(uri, i)));
    for (const [i, { status, data }] of found.entries()) {
      expect(status).toBe(0);
      const answer = await fetch(twin.at(`/api/assets?uri=${encodeURIComponent(meshes[i]?.uri ?? "")}`));
      expect(data.equals(Buffer.from(await answer.arrayBuffer()))).toBe(true);
    }
    const uris = [
      "file:///etc/passwd",
      "package://../../etc/passwd.stl",
      "",
      "package://x/y.stl",
      "/etc/hosts",
    ];
    for (const [i, uri] of uris.entries()) {
      const refused = await client.fetchAsset(uri, 1000 + i);
      expect(refused, uri).toMatchObject({ status: 1, data: Buffer.alloc(0) });
      expect(refused.error).toContain("no robot's description");
    }
    client.close();
  });

  it("serves the npm client of the older subprotocol: subscribe, latched data, time, asset, service", async () => {
    const socket = new WebSocket(
      twin.at("/foxglove").replace("http", "ws"),
      VendorClient.SUPPORTED_SUBPROTOCOL,
    );
    const client = new VendorClient({
      ws: socket as unknown as ConstructorParameters<typeof VendorClient>[0]["ws"],
    });
    const faults: unknown[] = [];
    const channels = new Map<string, { id: number }>();
    const messages = new Map<number, DataView>();
    let times = 0;
    let services: { id: number; name: string }[] = [];
    const assets: { status: number; data: DataView }[] = [];
    const responses: { data: Uint8Array }[] = [];
    client.on("error", (error) => faults.push(error));
    client.on("advertise", (added) => {
      for (const channel of added) channels.set(channel.topic, channel);
    });
    client.on("time", () => times++);
    client.on("message", ({ subscriptionId, data }) => messages.set(subscriptionId, data as DataView));
    client.on("advertiseServices", (added) => {
      services = added;
    });
    client.on("fetchAssetResponse", (response) => assets.push(response as never));
    client.on("serviceCallResponse", (response) => responses.push(response as never));
    await eventually("the channels", () => channels.has("/joint_states") && services.length > 0);
    expect(socket.protocol).toBe("foxglove.websocket.v1");
    const ids = ["/robot_description", "/joint_states", "/tf"].map((topic) =>
      client.subscribe(channels.get(topic)?.id ?? -1),
    );
    await eventually("messages", () => ids.every((id) => messages.has(id)) && times > 3);
    const [mesh] = await twin.json<{ uri: string; bytes: number }[]>("/api/robots/robot/meshes");
    client.fetchAsset(mesh?.uri ?? "", 7);
    await eventually("the asset", () => assets[0]);
    expect(assets[0]).toMatchObject({ status: 0, requestId: 7 });
    expect(assets[0]?.data.byteLength).toBe(mesh?.bytes);
    // Anyone may stop.
    const stop = services.find(({ name }) => name === "/twin/stop");
    client.sendServiceCallRequest({
      serviceId: stop?.id ?? 0,
      callId: 3,
      encoding: "cdr",
      data: new DataView(new ArrayBuffer(4)),
    });
    await eventually("the answer", () => responses[0]);
    expect(Buffer.from(responses[0]?.data ?? []).toString("latin1")).toContain("all robots are stopped");
    const latched = await eventually("the stop", async () => (await twin.events("stop.latched"))[0]);
    expect(latched.message).toContain("Foxglove");
    expect(faults).toEqual([]);
    client.close();
  });

  it("is read-only without a token: nothing is published, nothing is reset", async () => {
    const client = await FoxgloveClient.open(twin.url);
    const { services } = (await client.text("advertiseServices")) as unknown as {
      services: { name: string }[];
    };
    expect(services.map(({ name }) => name)).toEqual(["/twin/stop"]);
    const channels = [{ id: 1, topic: "/cmd_vel", encoding: "json", schemaName: "geometry_msgs/Twist" }];
    client.send({ op: "advertise", channels });
    client.publish(1, Buffer.from('{"linear":{"x":0.2}}'));
    client.call(2, 9, "cdr", Buffer.alloc(4));
    await eventually(
      "the refusals",
      () => client.of("status").length >= 2 && client.of("serviceCallFailure")[0],
    );
    for (const { message } of [...client.of("status"), ...client.of("serviceCallFailure")]) {
      expect(message).toContain("read-only");
    }
    // The demo moves the robot meanwhile; nobody else asked for it.
    const granted = await twin.events("lease.granted");
    expect(granted.filter(({ message }) => !message.includes("the demo"))).toEqual([]);
    expect(await twin.metric('twin_refused_frames_total{socket="/foxglove",reason="read_only"}')).toBe(3);
    expect((await twin.events("stop.reset")).length).toBe(0);
    client.close();
  });

  it("refuses other subprotocols, pages of other origins and hosts that are not this machine", async () => {
    expect(await handshake(twin, "/foxglove", sdk)).toBe(101);
    expect(await handshake(twin, "/foxglove", ["foxglove.websocket.v1", "foxglove.sdk.v1"])).toBe(101);
    expect(await handshake(twin, "/foxglove", ["twin.v1"])).toBe(400);
    expect(await handshake(twin, "/foxglove", [])).toBe(400);
    expect(await handshake(twin, "/foxglove/x", sdk)).toBe(404);
    for (const path of ["/foxglove", "/foxglove/replay"]) {
      expect(await handshake(twin, path, sdk, { origin: "https://app.foxglove.dev" })).toBe(403);
      expect(await handshake(twin, path, sdk, { host: "rebind.example" })).toBe(403);
    }
  });

  it("answers and counts 10,000 random and mutated frames, and goes on", async () => {
    const chance = new Chance(7);
    const bystander = await FoxgloveClient.open(twin.url);
    await bystander.subscribe("/twin/status");
    const seeds = [
      Buffer.from('{"op":"subscribe","subscriptions":[{"id":1,"channelId":5}]}'),
      Buffer.from(
        '{"op":"advertise","channels":[{"id":1,"topic":"/cmd_vel","encoding":"json","schemaName":"x"}]}',
      ),
      Buffer.from('{"op":"fetchAsset","uri":"package://twinbridge/urdf/meshes/base_red.stl","requestId":1}'),
      Buffer.from([1, 1, 0, 0, 0, 7, 7, 7]),
      Buffer.from([2, 2, 0, 0, 0, 7, 0, 0, 0, 3, 0, 0, 0, 99, 100, 114, 0, 1, 0, 0]),
      Buffer.concat([
        Buffer.from([3, 0, 0, 0, 128, 63, 1]),
        Buffer.alloc(8, 1),
        Buffer.from([1, 0, 0, 0, 97]),
      ]),
    ];
    let client = await FoxgloveClient.open(twin.url);
    let opened = 1;
    for (let i = 0; i < 10_000; i++) {
      if (client.closed !== null) {
        opened++;
        client = await FoxgloveClient.open(twin.url);
      }
      const seed = seeds[i % seeds.length] as Buffer;
      const frame = chance.next() < 0.2 ? Buffer.alloc(Math.floor(chance.next() * 300)) : Buffer.from(seed);
      for (let n = Math.floor(chance.next() * 5); n > 0 && frame.length > 0; n--) {
        frame[Math.floor(chance.next() * frame.length)] = Math.floor(chance.next() * 256);
      }
      // Text that is not UTF-8 ends a connection (RFC 6455, 8.1), and what was sent behind it is lost.
      const isTorn = i % 1000 === 999;
      const isText = isTorn || chance.next() < 0.4;
      client.socket.send(isText && !isTorn ? frame.toString() : frame, { binary: !isText });
      if (i % 200 === 199) await new Promise((resolve) => setTimeout(resolve, 5));
    }
    const counted = async (): Promise<number> => {
      const counts = ["shape", "flood", "read_only"].map((reason) =>
        twin.metric(`twin_refused_frames_total{socket="/foxglove",reason="${reason}"}`),
      );
      return (await Promise.all(counts)).reduce((sum, one) => sum + one, 0);
    };
    // The rest can be read in spite of it.
    await eventually("most are counted", async () => {
      const count = await counted();
      if (count > 3000) return true;
      throw new Error(`${count} of ${opened} connections`);
    });
    // Whoever kept to the rules notices nothing.
    const before = bystander.on("/twin/status").length;
    await eventually("the status goes on", () => bystander.on("/twin/status").length > before);
    expect(bystander.closed).toBeNull();
    expect(twin.isAlive()).toBe(true);
    const { services } = (await bystander.text("advertiseServices")) as unknown as { services: unknown[] };
    expect(services).toHaveLength(1);
    bystander.close();
    client.close();
  });
});

describe("a client that reads nothing", () => {
  const twin = new TwinProcess();
  beforeAll(() => twin.up("--port", "0"));
  afterAll(() => twin.remove());

  const all = [
    "/joint_states",
    "/tf",
    "/tf_static",
    "/robot_description",
    "/twin/robot/state",
    "/twin/events",
  ];

  /** Latency of joint states in ms, as the client sees it. */
  async function latencies(client: FoxgloveClient, count: number): Promise<number[]> {
    const from = client.on("/joint_states").length;
    const enough = await eventually(
      "joint states",
      () => {
        const fresh = client.on("/joint_states").slice(from);
        return fresh.length >= count && fresh;
      },
      30_000,
    );
    return enough.map(({ at, time }) => at - Number(time) / 1e6).sort((a, b) => a - b);
  }

  it("costs at most 1 MB, delays nobody, and has the newest when it reads again", async () => {
    const reader = await FoxgloveClient.open(twin.url);
    await reader.subscribe(...all);
    await latencies(reader, 20);
    const alone = await latencies(reader, 250);
    const stalled: FoxgloveClient[] = [];
    const meshes = await twin.json<{ uri: string }[]>("/api/robots/robot/meshes");
    for (let i = 0; i < 5; i++) {
      const client = await FoxgloveClient.open(twin.url);
      await client.subscribe(...all);
      await latencies(client, 5);
      client.socket.pause();
      for (let n = 0; n < 60; n++) {
        client.send({ op: "fetchAsset", uri: meshes[n % meshes.length]?.uri, requestId: n });
      }
      stalled.push(client);
    }
    const beside = await latencies(reader, 500);
    const held = await twin.metric("twin_client_buffered_bytes");
    console.info(
      `5 clients that read nothing hold ${held} bytes; joint states of another: p50 ${alone[125]?.toFixed(1)} → ${beside[250]?.toFixed(1)} ms, p99 ${alone[247]?.toFixed(1)} → ${beside[495]?.toFixed(1)} ms`,
    );
    expect(held).toBeGreaterThan(5 * 100_000);
    expect(held).toBeLessThan(5 * 1024 * 1024);
    expect((beside[250] ?? 0) - (alone[125] ?? 0)).toBeLessThan(10);
    const [first] = stalled as [FoxgloveClient];
    first.socket.resume();
    await eventually("it is told", () =>
      first.of("status").some(({ message }) => /left out/.test(String(message))),
    );
    await eventually("the newest state", () => {
      const last = first.on("/joint_states").at(-1);
      return last !== undefined && Date.now() - Number(last.time) / 1e6 < 300;
    });
    // What it asked for meanwhile was not forgotten, nor torn.
    await eventually("its assets", () => first.assets.size >= 60);
    for (const { status } of first.assets.values()) expect(status).toBe(0);
    for (const client of stalled) client.socket.terminate();
    await eventually(
      "nothing is held",
      async () => (await twin.metric("twin_client_buffered_bytes")) < 300_000,
    );
    reader.close();
  });
});

describe("an operator in Foxglove", () => {
  const twin = new TwinProcess();
  afterAll(() => twin.remove());

  /** m/s forward, as the newest state has it. */
  let watcher: FoxgloveClient;
  const speed = (): number => {
    const newest = watcher.on("/twin/robot/state").at(-1);
    return newest === undefined
      ? 0
      : (JSON.parse(newest.data.toString()).reported?.base?.twist?.linear[0] ?? 0);
  };
  const events = (kind: string): string[] =>
    watcher
      .on("/twin/events")
      .map(({ data }) => JSON.parse(data.toString()))
      .filter((event) => event.kind === kind)
      .map(({ message }) => message);
  beforeAll(async () => {
    await twin.up("--port", "0", "--host", "0.0.0.0");
    watcher = await FoxgloveClient.open(twin.url, `/foxglove?token=${twin.token}`);
    await eventually("the base", async () =>
      (await watcher.channel("/twin/robot/state")).schema.includes('"twist"'),
    );
    await watcher.subscribe("/twin/robot/state", "/twin/events");
  });
  const plain = { linear: { x: 0.15, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } };
  const stamped = (ms: number) => {
    const stamp = { sec: Math.floor(ms / 1000), nanosec: Math.floor(ms % 1000) * 1_000_000 };
    return writeCdr("geometry_msgs/TwistStamped", { header: { stamp, frame_id: "" }, twist: plain });
  };

  /** Publishes every 50 ms until the base does what is waited for. */
  async function drive(
    client: FoxgloveClient,
    channel: number,
    payload: () => Uint8Array,
    until: string,
    is: (x: number) => boolean,
  ): Promise<void> {
    const timer = setInterval(() => client.publish(channel, payload()), 50);
    try {
      await eventually(until, () => {
        if (is(speed())) return true;
        throw new Error(`${speed()} m/s; ${JSON.stringify(client.of("status"))}`);
      });
    } finally {
      clearInterval(timer);
    }
  }

  it("drives the base through the gate by JSON and CDR, and everything comes to rest behind it", async () => {
    const client = await FoxgloveClient.open(twin.url, `/foxglove?token=${twin.token}`);
    expect((await client.text("serverInfo")).capabilities).toContain("clientPublish");
    await client.channel("/joint_states");
    client.send({
      op: "advertise",
      channels: [
        { id: 1, topic: "/cmd_vel", encoding: "json", schemaName: "geometry_msgs/Twist" },
        {
          id: 2,
          topic: "/cmd_vel",
          encoding: "cdr",
          schemaName: "geometry_msgs/msg/TwistStamped",
          schema: "x",
          schemaEncoding: "ros2msg",
        },
        {
          id: 3,
          topic: "/initialpose",
          encoding: "cdr",
          schemaName: "geometry_msgs/PoseWithCovarianceStamped",
        },
      ],
    });
    await drive(
      client,
      1,
      () => Buffer.from(JSON.stringify(plain)),
      "it drives by JSON",
      (x) => x > 0.1,
    );
    await eventually("it rests", () => Math.abs(speed()) < 0.005);
    await drive(
      client,
      2,
      () => stamped(Date.now()),
      "it drives by CDR",
      (x) => x > 0.1,
    );
    await eventually("it rests", () => Math.abs(speed()) < 0.005);
    await eventually("the lease is given back", () =>
      events("lease.released").some((text) => text.includes("Foxglove")),
    );
    expect(client.of("status")).toEqual([]);
    client.publish(3, Buffer.alloc(8));
    client.publish(2, stamped(Date.now() - 3000));
    client.publish(1, Buffer.from('{"linear":{"x":1e999}}'));
    await eventually("three refusals", () => client.of("status").length >= 3);
    expect(
      client
        .of("status")
        .map(({ message }) => String(message))
        .join("\n"),
    ).toMatch(/\/initialpose .* is not taken[\s\S]*ms old by its stamp[\s\S]*not finite/);
    client.close();
  });

  it("stops all robots at once, moves nothing while they are stopped, and resets", async () => {
    const client = await FoxgloveClient.open(twin.url, `/foxglove?token=${twin.token}`);
    await client.channel("/joint_states");
    client.send({
      op: "advertise",
      channels: [{ id: 1, topic: "/cmd_vel", encoding: "json", schemaName: "geometry_msgs/Twist" }],
    });
    const payload = () => Buffer.from(JSON.stringify(plain));
    await drive(client, 1, payload, "it drives", (x) => x > 0.1);
    const timer = setInterval(() => client.publish(1, payload()), 50);
    client.call(1, 1, "json", Buffer.from("{}"));
    const answer = await eventually("the answer", () => client.responses.get(1));
    expect(JSON.parse(answer.data.toString())).toEqual({ success: true, message: "all robots are stopped" });
    await eventually("it rests", () => Math.abs(speed()) < 0.005);
    for (let i = 0; i < 20; i++) {
      expect(Math.abs(speed())).toBeLessThan(0.005);
      await new Promise((resolve) => setTimeout(resolve, 25));
    }
    clearInterval(timer);
    await eventually("it is told why", () =>
      client.of("status").some(({ message }) => /stopped/.test(String(message))),
    );
    client.call(2, 2, "cdr", Buffer.alloc(4));
    await eventually("the reset", () => events("stop.reset")[0]);
    expect(client.responses.get(2)?.encoding).toBe("cdr");
    await drive(client, 1, payload, "it drives again", (x) => x > 0.1);
    // The client vanishes in mid-drive.
    client.socket.terminate();
    await eventually("it rests", () => Math.abs(speed()) < 0.005);
  });

  it("waits for the lease of another, who is named", async () => {
    const holder = await WsClient.open(twin.url, "/ws/command", { authorization: `Bearer ${twin.token}` });
    await holder.acquire("robot", "Ada");
    holder.keepLease();
    const client = await FoxgloveClient.open(twin.url, `/foxglove?token=${twin.token}`);
    await client.channel("/joint_states");
    client.send({
      op: "advertise",
      channels: [{ id: 1, topic: "/cmd_vel", encoding: "json", schemaName: "geometry_msgs/Twist" }],
    });
    const timer = setInterval(() => client.publish(1, Buffer.from(JSON.stringify(plain))), 50);
    await eventually("it is told", () =>
      client.of("status").some(({ message }) => /Ada drives robot/.test(String(message))),
    );
    expect(Math.abs(speed())).toBeLessThan(0.005);
    clearInterval(timer);
    holder.close();
    client.close();
  });
});

describe("the demo's history in Foxglove", () => {
  const twin = new TwinProcess();
  beforeAll(() => twin.up("--port", "0"));
  afterAll(() => twin.remove());

  it("shows at each moment what /api/twin?at= says, live and played", async () => {
    await eventually("joints", async () => (await twin.property("robot", "joint/elbow/position")).reported);
    await new Promise((resolve) => setTimeout(resolve, 6000));
    const client = await eventually("something to play", () =>
      FoxgloveClient.open(twin.url, "/foxglove/replay"),
    );
    const info = await client.text("serverInfo");
    const { sec, nsec } = info.dataStartTime as { sec: number; nsec: number };
    const begin = sec * 1000 + nsec / 1e6;
    await client.subscribe("/joint_states", "/tf", "/tf_static", "/robot_description", "/twin/robot/state");
    await client.any("/robot_description");
    const channel = await client.channel("/joint_states");
    const shownAt = (data: Buffer) => {
      const { name, position } = decode<{ name: string[]; position: Float64Array }>(channel, data);
      return new Map(name.map((joint, i) => [joint, position[i] as number]));
    };
    const expectAsStored = async (ms: number, shown: Map<string, number>): Promise<void> => {
      const { things } = await twin.json<{ things: Record<string, ThingJson> }>(`/api/twin?at=${ms}`);
      expect(shown.size).toBeGreaterThan(3);
      for (const [joint, position] of shown) {
        const stored = things.robot?.properties[`joint/${joint}/position`]?.reported?.value;
        expect(position, `${joint} at ${ms - begin}`).toBe(stored);
      }
    };
    for (const after of [2500, 4500, 3000]) {
      const at = BigInt(Math.round(begin + after)) * 1_000_000n;
      await client.play("pause", 1, at, `to-${after}`);
      const { data } = await client.any("/joint_states", ({ time }) => time === at);
      await expectAsStored(Number(at / 1_000_000n), shownAt(data));
    }
    const from = BigInt(Math.round(begin + 2500)) * 1_000_000n;
    const before = client.messages.length;
    await client.play("play", 1, from, "go");
    await eventually("a second and a half", () => (client.times.at(-1) ?? 0n) > from + 1_500_000_000n);
    await client.play("pause", 1, null, "halt");
    const played = client.messages.slice(before).filter(({ topic }) => topic === "/joint_states");
    // Every moment that is stored is shown, with the time that it is stored with.
    const times = played.map(({ time }) => Number(time / 1000n) / 1000).slice(1);
    const [first = 0, last = 0] = [Math.min(...times), Math.max(...times)];
    const query = `series=robot/joint/*/position&from=${first}&to=${last}`;
    const { series } = await twin.json<{ series: { time: number[] }[] }>(`/api/history?${query}`);
    const stored = series.flatMap(({ time }) => time);
    expect(stored.length).toBeGreaterThan(10);
    expect(stored.filter((ms) => !times.some((shown) => Math.abs(shown - ms) < 0.002))).toEqual([]);
    expect(client.messages.slice(before).filter(({ topic }) => topic === "/tf").length).toBeGreaterThan(5);
    for (let i = 5; i < played.length; i += 12) {
      const { time, data } = played[i] as (typeof played)[number];
      // The log time is rounded to the microsecond.
      await expectAsStored(Number(time / 1000n) / 1000 + 0.001, shownAt(data));
    }
    expect(client.of("status")).toEqual([]);
    client.close();
  });
});

describe("a page of another origin", () => {
  const twin = new TwinProcess();
  const token = "secret-of-the-test";
  const origin = "https://app.foxglove.dev";
  beforeAll(async () => {
    const text = `server: { token: ${token}, origins: ["${origin}"] }\n`;
    await twin.up("--port", "0", "--config", twin.file("twin.yaml", text));
  });
  afterAll(() => twin.remove());

  it("connects where it is allowed and presents the token; one of both is not enough", async () => {
    expect(await handshake(twin, "/foxglove", sdk)).toBe(401);
    expect(await handshake(twin, "/foxglove?token=wrong", sdk)).toBe(401);
    expect(await handshake(twin, "/foxglove/replay", sdk)).toBe(401);
    expect(await handshake(twin, `/foxglove?token=${token}`, sdk)).toBe(101);
    expect(await handshake(twin, "/foxglove", sdk, { origin })).toBe(401);
    expect(await handshake(twin, `/foxglove?token=${token}`, sdk, { origin })).toBe(101);
    expect(await handshake(twin, `/foxglove?token=${token}`, sdk, { origin: "https://evil.example" })).toBe(
      403,
    );
  });
});
