// A microcontroller with a servo for the bench of the stop, of the native profile: `servo-device.mjs URL ID JOINT`.
// It refuses what quotes old telemetry, and stays where it is 250 ms after the last set-point. A line `trace` on stdin is
// answered with what it did since the last one: times (ms since 1970), positions and velocities, and when set-points came.
import { createInterface } from "node:readline";
import mqtt from "mqtt";

const [url, id, joint] = process.argv.slice(2);
const base = `twin/v1/${id}`;
const boot = 1 + (process.pid % 1_000_000);
const stepMs = 5;
const watchdogMs = 250;
const [tau, fastest] = [0.08, 3];
let n = 0;
let position = 0;
let target = 0;
let lastSetpoint = 0;
let lastSeq = null;
const sentAt = [];
let samples = [];
let setpoints = [];
const client = mqtt.connect(url, {
  protocolVersion: 5,
  keepalive: 30,
  will: { topic: `${base}/status`, payload: Buffer.from("offline"), qos: 1, retain: true },
});
client.on("connect", () => {
  const signals = {
    at: { unit: "rad", property: "position" },
    target: { unit: "rad", property: "position", writable: true, min: -2.5, max: 2.5 },
  };
  client.publish(`${base}/birth`, JSON.stringify({ firmware: "bench", boot, joint, signals }), {
    qos: 1,
    retain: true,
  });
  client.publish(`${base}/status`, "online", { qos: 1, retain: true });
  client.subscribe(`${base}/command`);
  console.log("ready");
});
client.on("message", (_topic, payload) => {
  const now = Date.now();
  const command = JSON.parse(String(payload));
  const verdict = judge(command, now);
  if (verdict === null) {
    lastSeq = command.seq;
    target = command.signals.target;
    lastSetpoint = now;
    setpoints.push(now);
  }
  const reason = verdict === null ? {} : { reason: verdict };
  client.publish(`${base}/ack`, JSON.stringify({ id: command.id, ok: verdict === null, ...reason }));
});
function judge({ seq, ref, signals }, now) {
  if (lastSeq !== null && ((seq - lastSeq) | 0) <= 0) return "replay";
  const sent = sentAt[ref % 128];
  if (ref >= n || ref < n - 128 || sent === undefined || now - sent > 600) return "late";
  return typeof signals?.target === "number" ? null : "unknown signal";
}
let due = Date.now();
setInterval(() => {
  for (; due <= Date.now(); due += stepMs) {
    if (due - lastSetpoint > watchdogMs) target = position;
    const velocity = Math.max(-fastest, Math.min(fastest, (target - position) / tau));
    position += (velocity * stepMs) / 1000;
    samples.push([due, position, velocity]);
  }
}, stepMs);
setInterval(() => {
  sentAt[n % 128] = Date.now();
  const telemetry = { boot, n: n++, t_us: n * 20_000, signals: { at: position } };
  client.publish(`${base}/telemetry`, JSON.stringify(telemetry));
}, 20);
createInterface({ input: process.stdin }).on("line", () => {
  console.log(JSON.stringify({ event: "trace", samples, setpoints }));
  samples = [];
  setpoints = [];
});
