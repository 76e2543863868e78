// A driver in a process of its own, to be frozen or killed: takes the lease and jogs the base. Argument: url.
import { WebSocket } from "ws";

const [, , url] = process.argv;
const socket = new WebSocket(new URL("/ws/command", url.replace("http", "ws")), "twin.v1");
let epoch = 0;
let seq = 0;
const send = (message) => socket.send(JSON.stringify(message));
socket.on("open", () => send({ op: "acquire", id: "lease", robot: "robot" }));
socket.on("message", (data) => {
  const message = JSON.parse(data.toString());
  if (message.op === "lease") epoch = message.epoch;
});
setInterval(() => {
  if (epoch === 0) return;
  const command = { kind: "twist", linear: { x: 0.4 } };
  send({
    op: "command",
    id: seq,
    robot: "robot",
    epoch,
    seq: seq++,
    issued: Date.now(),
    ttlMs: 300,
    command,
  });
}, 40);
