// One move of four joints: `node move.mjs SHOULDER ELBOW LIFT WRIST`, in rad, the lift in m. Prints each answer.
import WebSocket from "ws";

const targets = process.argv.slice(2).map(Number);
if (targets.length !== 4 || targets.some(Number.isNaN)) {
  console.error("usage: node move.mjs SHOULDER ELBOW LIFT WRIST   (rad, the lift in m)");
  process.exit(2);
}
const [shoulder, elbow, lift, wrist] = targets;
const command = { kind: "jointPosition", positions: { shoulder, elbow, lift, wrist } };
const robot = "scara";
const twin = new WebSocket("ws://127.0.0.1:8080/ws/command", "twin.v1");
const send = (message) => twin.send(JSON.stringify({ robot, ...message }));
let ahead = 0; // offset of the server's clock from ours, in ms
twin.on("error", (error) => {
  console.error(`no twin answers: ${error.message}`);
  process.exit(1);
});
twin.on("message", (text) => {
  const m = JSON.parse(text);
  if (m.op === "hello") {
    ahead = m.serverTime - Date.now();
    send({ op: "acquire", id: 1, holder: "move.mjs" });
  }
  if (m.op === "lease" && m.id === 1) {
    setInterval(() => send({ op: "renew", id: 2, epoch: m.epoch }), 1000);
    send({ op: "command", id: 3, epoch: m.epoch, seq: 1, issued: Date.now() + ahead, ttlMs: 2000, command });
  }
  if (m.op === "error") console.log(m.code, m.message);
  if (m.op === "result" && m.message !== "") console.log(m.stage, m.code, m.message);
  if (m.op === "error" || ["refused", "done", "aborted"].includes(m.stage))
    process.exit(m.stage === "done" ? 0 : 1);
});
