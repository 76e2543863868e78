// N clients of one server in one process: how old position[0], a wall clock in seconds, is on arrival.
// Usage: clients.mjs twin-binary|twin-json|rclnodejs-web URL N
import { WebSocket } from "ws";
import { readStateFrame } from "../dist/protocol/state-frame.js";
import { percentile } from "./support.mjs";

const [kind, url, count] = process.argv.slice(2);
let delays = [];
let frames = 0;
let column = -1;

function take(published) {
  const now = (performance.timeOrigin + performance.now()) / 1000;
  if (!(published > 1e9)) return;
  frames++;
  delays.push((now - published) * 1000);
}

function onTwin(data, isBinary) {
  if (!isBinary) {
    const message = JSON.parse(data.toString());
    if (message.op === "layout") {
      column = message.columns.findIndex(
        (c) => c.path === "joint/joint_0/position" && c.facet === "reported",
      );
    }
    if (message.op === "state") take(Object.values(message.robots)[0]?.reported?.joint?.joint_0?.position);
    return;
  }
  const bytes = new Uint8Array(data);
  const frame = readStateFrame(bytes.buffer);
  if (frame !== null && column >= 0) take(frame.values[column]);
}

const isTwin = kind !== "rclnodejs-web";
let open = 0;
for (let i = 0; i < Number(count); i++) {
  const socket = isTwin
    ? new WebSocket(`${url.replace("http", "ws")}/ws/state`, "twin.v1")
    : new WebSocket(url);
  socket.on("open", () => {
    const encoding = kind === "twin-json" ? "json" : "binary";
    socket.send(
      JSON.stringify(
        isTwin
          ? { op: "subscribe", encoding, rate: 100 }
          : { id: `s${i}`, kind: "subscribe", capability: "/joint_states" },
      ),
    );
    if (++open === Number(count)) console.log("ready");
  });
  // A twin repeats its newest value when nothing new came: only a value not seen yet is a delivery.
  let last = 0;
  socket.on("message", (data, isBinary) => {
    if (!isTwin) {
      const message = JSON.parse(data.toString());
      const payload = message.payload ?? message.data ?? message.msg;
      take(payload?.position?.[0]);
      return;
    }
    const before = delays.length;
    onTwin(data, isBinary);
    const newest = isBinary || delays.length > before ? newestOf(data, isBinary) : 0;
    if (newest !== 0 && newest === last && delays.length > before) {
      delays.pop();
      frames--;
    }
    last = newest;
  });
  socket.on("error", (error) => console.error(String(error)));
}

function newestOf(data, isBinary) {
  if (!isBinary)
    return (
      Object.values(JSON.parse(data.toString()).robots ?? {})[0]?.reported?.joint?.joint_0?.position ?? 0
    );
  return readStateFrame(new Uint8Array(data).buffer)?.values[column] ?? 0;
}

process.stdin.on("data", (text) => {
  if (String(text).startsWith("start")) {
    delays = [];
    frames = 0;
    return;
  }
  const sorted = [...delays].sort((a, b) => a - b);
  console.log(
    JSON.stringify({
      frames,
      p50: percentile(sorted, 50),
      p99: percentile(sorted, 99),
      max: sorted.at(-1) ?? null,
    }),
  );
});
process.on("SIGTERM", () => process.exit(0));
