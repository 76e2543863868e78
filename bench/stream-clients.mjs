// N viewers in one process, each with one socket: how old the state and pictures are on arrival, and how many bytes came.
// Usage: stream-clients.mjs twin|web|foxglove|rosbridge URL N bulk|state [CHANNELS]
import { WebSocket } from "ws";
import { readStateFrame } from "../dist/protocol/state-frame.js";
import { PieceJoiner, unpackTopicMessage } from "../dist/protocol/topics/topic-frame.js";
import { percentile } from "./support.mjs";

const [kind, url, count, load] = process.argv.slice(2);
const topics = load === "bulk" ? ["/camera/image", "/points", "/map"] : [];
const wall = () => performance.timeOrigin + performance.now();
let seen;
const reset = () => {
  seen = {
    bytes: 0,
    state: [],
    received: [],
    encoded: [],
    arrived: [],
    "/camera/image": [],
    "/points": [],
    "/map": [],
  };
};
reset();

function took(topic, stamp) {
  const at = stamp.sec * 1000 + (stamp.nanosec ?? stamp.nsec ?? 0) / 1e6;
  seen[topic]?.push(wall() - at);
}
function tookState(client, published) {
  if (!(published > 1e9) || published === client.last) return;
  client.last = published;
  seen.state.push(wall() - published * 1000);
}

function twin() {
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws/state`, "twin.v1");
  const client = { socket, joiner: new PieceJoiner(), column: -1, channels: new Map(), last: 0 };
  socket.on("open", () => {
    socket.send(JSON.stringify({ op: "subscribe", encoding: "binary", rate: 100 }));
    for (const topic of topics) socket.send(JSON.stringify({ op: "watch", topic }));
  });
  socket.on("message", (data, isBinary) => {
    seen.bytes += data.length;
    if (!isBinary) {
      const message = JSON.parse(data.toString());
      if (message.op === "layout") {
        client.column = message.columns.findIndex(
          ({ path, facet }) => path === "joint/joint_0/position" && facet === "reported",
        );
      }
      return;
    }
    const bytes = new Uint8Array(data);
    if (bytes[0] === 2) {
      const whole = client.joiner.take(bytes);
      if (whole === null) return;
      const read = unpackTopicMessage(whole.message);
      if (read.ok) took(read.value.header.topic, read.value.header.stamp);
      return;
    }
    const frame = readStateFrame(bytes.buffer);
    if (frame !== null && client.column >= 0) {
      const stamp = frame.values[client.column];
      if (stamp > 1e9 && stamp !== client.last) {
        // The way of one value: from its stamp to the twin, in the twin, and from there to here.
        const age = frame.agesMs[client.column];
        seen.received.push(frame.time - age - stamp * 1000);
        seen.encoded.push(age);
        seen.arrived.push(wall() - frame.time);
      }
      tookState(client, stamp);
    }
  });
  return socket;
}

/** rclnodejs/web: messages as JSON. */
function web() {
  const socket = new WebSocket(url);
  const client = { last: 0 };
  socket.on("open", () => {
    for (const [i, capability] of ["/joint_states", ...topics].entries()) {
      socket.send(JSON.stringify({ id: `s${i}`, kind: "subscribe", capability }));
    }
  });
  socket.on("message", (data) => {
    seen.bytes += data.length;
    const message = JSON.parse(data.toString());
    const payload = message.payload ?? message.data ?? message.msg;
    if (payload?.position !== undefined) tookState(client, payload.position[0]);
    else if (payload?.header !== undefined) {
      const topic =
        payload.encoding !== undefined ? "/camera/image" : payload.fields !== undefined ? "/points" : "/map";
      took(topic, payload.header.stamp);
    }
  });
  return socket;
}

/** A FoxgloveServer: messages as CDR, whose first field is the stamp. */
function foxglove() {
  const socket = new WebSocket(url, "foxglove.websocket.v1");
  const client = { last: 0, topics: new Map() };
  socket.on("message", (data, isBinary) => {
    seen.bytes += data.length;
    if (!isBinary) {
      const message = JSON.parse(data.toString());
      for (const { id, topic } of message.op === "advertise" ? message.channels : []) {
        if (topic !== "/joint_states" && !topics.includes(topic)) continue;
        client.topics.set(id, topic);
        socket.send(JSON.stringify({ op: "subscribe", subscriptions: [{ id, channelId: id }] }));
      }
      return;
    }
    const topic = client.topics.get(data.readUInt32LE(1));
    const stamp = { sec: data.readInt32LE(17), nanosec: data.readUInt32LE(21) };
    if (topic === "/joint_states") tookState(client, stamp.sec + stamp.nanosec / 1e9);
    else took(topic, stamp);
  });
  return socket;
}

/** rosbridge's protocol: messages as JSON, bytes as base64. */
function rosbridge() {
  const socket = new WebSocket(url);
  const client = { last: 0 };
  const types = {
    "/joint_states": "sensor_msgs/msg/JointState",
    "/camera/image": "sensor_msgs/msg/Image",
    "/points": "sensor_msgs/msg/PointCloud2",
    "/map": "nav_msgs/msg/OccupancyGrid",
  };
  socket.on("open", () => {
    for (const topic of ["/joint_states", ...topics])
      socket.send(JSON.stringify({ op: "subscribe", topic, type: types[topic] }));
  });
  socket.on("message", (data) => {
    seen.bytes += data.length;
    const { topic, msg } = JSON.parse(data.toString());
    if (topic === "/joint_states") tookState(client, msg.position[0]);
    else took(topic, msg.header.stamp);
  });
  return socket;
}

let open = 0;
for (let i = 0; i < Number(count); i += 1) {
  const socket = { twin, web, foxglove, rosbridge }[kind]();
  socket.on("error", (error) => console.error(String(error)));
  socket.on("open", () => {
    open += 1;
    if (open === Number(count)) console.log("ready");
  });
}

function figures(delays) {
  const sorted = delays.sort((a, b) => a - b);
  return {
    count: sorted.length,
    p50: percentile(sorted, 50),
    p99: percentile(sorted, 99),
    most: sorted.at(-1) ?? null,
  };
}
process.stdin.on("data", (text) => {
  if (String(text).startsWith("start")) reset();
  else {
    const { bytes, ...delays } = seen;
    const told = Object.entries(delays).map(([name, list]) => [name, figures(list)]);
    console.log(JSON.stringify({ bytes, ...Object.fromEntries(told) }));
  }
});
process.on("SIGTERM", () => process.exit(0));
