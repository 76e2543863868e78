// A device of the native profile in a process of its own, to be killed hard. Arguments: url, id, link.
import mqtt from "mqtt";

const [, , url, id, link] = process.argv;
const base = `twin/v1/${id}`;
let n = 0;
const client = mqtt.connect(url, {
  protocolVersion: 5,
  will: { topic: `${base}/status`, payload: Buffer.from("offline"), qos: 1, retain: true },
});
client.on("connect", () => {
  const birth = { firmware: "kill-me", boot: 1, link, signals: { force: { unit: "N" } } };
  client.publish(`${base}/birth`, JSON.stringify(birth), { qos: 1, retain: true });
  client.publish(`${base}/status`, "online", { qos: 1, retain: true });
});
setInterval(() => {
  const telemetry = { boot: 1, n: n++, t_us: n * 50_000, signals: { force: 5 } };
  client.publish(`${base}/telemetry`, JSON.stringify(telemetry));
}, 50);
