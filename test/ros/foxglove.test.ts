import { readFileSync } from "node:fs";
import { createRequire } from "node:module";
import { MessageReader } from "@foxglove/rosmsg2-serialization";
import { FoxgloveClient as VendorClient } from "@foxglove/ws-protocol";
import { afterAll, beforeAll, describe, expect, it } from "vitest";
import { WebSocket } from "ws";
import { eventually } from "../support/eventually.ts";
import { type Channel, FoxgloveClient } from "../support/foxglove-client.ts";
import { freshDomain, hasRos, startPeer, type TestProcess, TestTwin } from "./support.ts";

type Parts = ConstructorParameters<typeof MessageReader>[0];
const here = createRequire(import.meta.url);
const { parse } = createRequire(here.resolve("@foxglove/rosmsg-msgs-common"))("@foxglove/rosmsg") as {
  parse(text: string, options: { ros2: boolean }): Parts;
};
const decode = <T>({ schema }: Channel, data: Uint8Array): T =>
  new MessageReader(parse(schema, { ros2: true })).readMessage<T>(Uint8Array.from(data));

type Transform = { header: { frame_id: string }; child_frame_id: string };
type JointState = {
  header: { stamp: { sec: number; nanosec: number } };
  name: string[];
  position: Float64Array;
};

const urdf = "test/truth/urdf/arm-seven.urdf";
const joints = Array.from({ length: 7 }, (_, i) => `joint_${i + 1}`);

describe.skipIf(!hasRos())("a robot written with rclpy, in Foxglove", () => {
  const domain = freshDomain();
  let twin: TestTwin;
  let peer: TestProcess;
  let statics: TestProcess;

  beforeAll(async () => {
    peer = startPeer(domain, ["--urdf", urdf, "--joints", joints.join(",")]);
    statics = startPeer(domain, [], "static_frames.py");
    twin = new TestTwin(domain);
    await twin.ready();
    await eventually("the robot is described", () => twin.reported("joint/joint_1/position"));
    await eventually("its static frames", () => twin.reported("frame/lidar"));
  });

  afterAll(async () => {
    await twin?.end();
    await peer?.end();
    await statics?.end();
  });

  it("gives topics as they arrive from ROS: the very numbers, times and definitions", async () => {
    const client = await FoxgloveClient.open(twin.url);
    await client.subscribe("/joint_states", "/odom", "/robot_description");
    const positions = [0.1, -0.2, 0.3, -0.4, 0.5, -0.6, 0.123456789012345];
    peer.tell({ do: "set", positions });
    const channel = await client.channel("/joint_states");
    // The definition that is installed, with its comments, not the one that this program knows by itself.
    expect(channel.schema).toContain("# This is a message that holds data to describe the state");
    const { data, time } = await client.next(
      "/joint_states",
      (message) => decode<JointState>(channel, message.data).position[6] === positions[6],
    );
    const state = decode<JointState>(channel, data);
    expect(state.name).toEqual(joints);
    expect([...state.position]).toEqual(positions);
    const { sec, nanosec } = state.header.stamp;
    expect(Math.abs(Number(time) / 1e6 - sec * 1000 - nanosec / 1e6)).toBeLessThan(500);
    const description = decode<{ data: string }>(
      await client.channel("/robot_description"),
      (await client.any("/robot_description")).data,
    );
    expect(description.data).toBe(readFileSync(urdf, "utf8"));
    expect((await client.channel("/odom")).schemaName).toBe("nav_msgs/msg/Odometry");
    // All of them: none is sampled, doubled, or made by the twin as well.
    const accepted = (): Promise<number> => twin.metric("ros:/joint_states", "accepted");
    const [before, from] = [await accepted(), client.on("/joint_states").length];
    await new Promise((resolve) => setTimeout(resolve, 2000));
    const [came, shown] = [(await accepted()) - before, client.on("/joint_states").length - from];
    expect(came).toBeGreaterThan(20);
    expect(Math.abs(shown - came)).toBeLessThan(5);
    client.close();
  });

  it("gives a late subscriber every publisher's static transforms", async () => {
    const client = await FoxgloveClient.open(twin.url);
    await client.subscribe("/tf_static");
    const channel = await client.channel("/tf_static");
    const children = () =>
      client
        .on("/tf_static")
        .flatMap(({ data }) => decode<{ transforms: Transform[] }>(channel, data).transforms)
        .map(({ child_frame_id }) => child_frame_id);
    await eventually("all of them", () =>
      ["lidar", "camera", "camera_optical", "gps"].every((frame) => children().includes(frame)),
    );
    client.close();
  });

  it("makes the frames of joints that nobody publishes, and none that somebody does", async () => {
    const client = await FoxgloveClient.open(twin.url);
    await client.subscribe("/tf");
    const channel = await client.channel("/tf");
    const { data } = await client.next("/tf", (message) =>
      decode<{ transforms: Transform[] }>(channel, message.data).transforms.some(
        ({ child_frame_id }) => child_frame_id === "link_7",
      ),
    );
    const frames = decode<{ transforms: Transform[] }>(channel, data).transforms.map((t) => t.child_frame_id);
    expect(frames).not.toContain("lidar");
    client.close();
  });

  it("serves the npm client: latched description and live joints", async () => {
    const socket = new WebSocket(
      `${twin.url.replace("http", "ws")}/foxglove`,
      VendorClient.SUPPORTED_SUBPROTOCOL,
    );
    const client = new VendorClient({
      ws: socket as unknown as ConstructorParameters<typeof VendorClient>[0]["ws"],
    });
    const channels = new Map<string, number>();
    const seen = new Map<number, number>();
    const faults: unknown[] = [];
    client.on("error", (error) => faults.push(error));
    client.on("advertise", (added) => {
      for (const { topic, id } of added) channels.set(topic, id);
    });
    client.on("message", ({ subscriptionId }) =>
      seen.set(subscriptionId, (seen.get(subscriptionId) ?? 0) + 1),
    );
    await eventually(
      "the channels",
      () => channels.has("/joint_states") && channels.has("/robot_description"),
    );
    const [description, live] = ["/robot_description", "/joint_states"].map((topic) =>
      client.subscribe(channels.get(topic) ?? -1),
    );
    await eventually("both", () => seen.get(description ?? -1) === 1 && (seen.get(live ?? -1) ?? 0) > 30);
    expect(faults).toEqual([]);
    client.close();
  });
});

describe.skipIf(!hasRos())("an operator in Foxglove with a robot on ROS", () => {
  const domain = freshDomain();
  let twin: TestTwin;
  let peer: TestProcess;

  beforeAll(async () => {
    peer = startPeer(domain, ["--urdf", urdf, "--joints", joints.join(","), "--stamped"]);
    twin = new TestTwin(domain, ["--ros", "on", "--host", "0.0.0.0"]);
    await twin.listens();
  });

  afterAll(async () => {
    await twin?.end();
    await peer?.end();
  });

  it("drives cmd_vel through the gate, and the base gets one zero when the stick is let go", async () => {
    const token = await eventually("the token", () =>
      twin.process.lines.map((line) => /#token=(\S+)/.exec(line)?.[1]).find((one) => one !== undefined),
    );
    const client = await FoxgloveClient.open(twin.url, `/foxglove?token=${token}`);
    await client.channel("/joint_states");
    const channels = [{ id: 1, topic: "/cmd_vel", encoding: "json", schemaName: "geometry_msgs/Twist" }];
    client.send({ op: "advertise", channels });
    const payload = Buffer.from('{"linear":{"x":0.12,"y":0,"z":0},"angular":{"x":0,"y":0,"z":0.1}}');
    const twists = () => peer.events("twist") as unknown as { x: number; yaw: number }[];
    const timer = setInterval(() => client.publish(1, payload), 50);
    await eventually("the base is driven", () => twists().some(({ x }) => x > 0.11), 30_000);
    clearInterval(timer);
    await eventually("the zero", () => twists().at(-1)?.x === 0 && twists().at(-1)?.yaw === 0);
    const count = twists().length;
    await new Promise((resolve) => setTimeout(resolve, 500));
    expect(twists().length - count).toBeLessThan(2);
    expect(Math.max(...twists().map(({ x }) => x))).toBeLessThanOrEqual(0.12 + 1e-9);
    client.close();
  });
});
