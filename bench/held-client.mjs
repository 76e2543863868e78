// A page's stand-in for the bench of the stop: holds jogs on /ws/command until it is killed, frozen or told to rest.
// `held-client.mjs URL YIELDS`; JSON lines on stdin: {"do":"hold","commands":[…]}, {"do":"rest"}. Prints `holding` and `rests`.
import { createInterface } from "node:readline";
import { WebSocket } from "ws";

const [url, yields] = process.argv.slice(2);
const socket = new WebSocket(`${url.replace("http", "ws")}/ws/command`, "twin.v1");
let epoch = null;
let seq = 0;
let ahead = 0;
let held = [];
const send = (message) => socket.send(JSON.stringify({ robot: "robot", ...message }));
const acquire = () =>
  send({ op: "acquire", id: "lease", holder: "bench", ...(yields === "yields" ? { yields: true } : {}) });
socket.on("message", (data) => {
  const message = JSON.parse(String(data));
  if (message.op === "hello") ahead = message.serverTime - Date.now();
  if (message.op === "hello") console.log("ready");
  if (message.op === "lease" && message.id === "lease") {
    epoch = message.epoch;
    console.log("holding");
  }
  if (message.stage === "refused") console.log(`refused ${message.code}`);
  // Somebody else still has it: again in a moment.
  if (message.op === "error" && message.id === "lease") setTimeout(acquire, 50);
});
socket.on("close", () => process.exit(0));
socket.on("error", () => process.exit(0));
setInterval(() => {
  if (epoch === null) return;
  for (const command of held) {
    const id = ++seq;
    send({ op: "command", id, epoch, seq: id, issued: Date.now() + ahead, ttlMs: 300, command });
  }
}, 40);
setInterval(() => epoch !== null && send({ op: "renew", id: "renew", epoch }), 1000);
createInterface({ input: process.stdin }).on("line", (line) => {
  const order = JSON.parse(line);
  if (order.do === "hold") {
    held = order.commands;
    epoch = null;
    acquire();
  } else {
    held = [];
    if (epoch !== null) send({ op: "release", id: "release", epoch });
    epoch = null;
    console.log("rests");
  }
});
