// What a bridge to Foxglove's own server for JavaScript does: raw subscriptions, each message to all clients.
// Usage: foxglove-bridge.mjs FOLDER-OF-RCLNODEJS PORT
import { createRequire } from "node:module";
import { join } from "node:path";
import protocol from "@foxglove/ws-protocol";
import { WebSocketServer } from "ws";

const [folder, port] = process.argv.slice(2);
const rcl = createRequire(join(folder, "package.json"))("rclnodejs");
await rcl.init();
const node = new rcl.Node("bench_foxglove");
const server = new protocol.FoxgloveServer({ name: "bench" });
const topics = [
  ["/joint_states", "sensor_msgs/msg/JointState", 1, 2],
  ["/camera/image", "sensor_msgs/msg/Image", 1, 2],
  ["/points", "sensor_msgs/msg/PointCloud2", 1, 2],
  ["/map", "nav_msgs/msg/OccupancyGrid", 1, 1],
];
const ofChannel = new Map();
for (const [topic, type, reliable, durable] of topics) {
  const id = server.addChannel({
    ...{ topic, encoding: "cdr", schemaName: type, schema: "", schemaEncoding: "ros2msg" },
  });
  ofChannel.set(id, { topic, type, reliable, durable });
}
server.on("subscribe", (id) => {
  const { topic, type, reliable, durable } = ofChannel.get(id);
  const qos = new rcl.QoS(1, topic === "/joint_states" ? 100 : 1, reliable, durable);
  node.createSubscription(type, topic, { isRaw: true, qos }, (bytes) =>
    server.sendMessage(id, BigInt(Date.now()) * 1_000_000n, bytes),
  );
});
const sockets = new WebSocketServer({
  port: Number(port),
  host: "127.0.0.1",
  handleProtocols: (offered) => server.handleProtocols(offered),
});
sockets.on("connection", (socket, request) => {
  server.handleConnection(socket, `${request.socket.remoteAddress}:${request.socket.remotePort}`);
});
rcl.spin(node);
console.log("listening");
process.on("SIGTERM", () => process.exit(0));
