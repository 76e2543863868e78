// Devices of the native profile in one process: `node mqtt-devices.mjs URL COUNT HZ CONNECTIONS`. They share
// CONNECTIONS connections; with as many as devices, each has its own and a last will. Prints `ready`, and `sent N` a second.
import mqtt from "mqtt";

const [url, countText, hzText, connectionsText] = process.argv.slice(2);
const count = Number(countText);
const hz = Number(hzText);
const connections = Number(connectionsText);
const boot = Math.floor(Math.random() * 2 ** 32);
const signals = {
  position: { unit: "rad" },
  velocity: { unit: "rad/s" },
  duty: {},
  supply: { unit: "V" },
  state: { type: "string" },
};
const clients = [];
const own = connections === count;
for (let i = 0; i < connections; i++) {
  const will = { topic: `twin/v1/d${i}/status`, payload: Buffer.from("offline"), qos: 1, retain: true };
  const client = mqtt.connect(url, { protocolVersion: 4, queueQoSZero: false, ...(own ? { will } : {}) });
  await new Promise((resolve) => client.once("connect", resolve));
  clients.push(client);
}
for (let i = 0; i < count; i++) {
  const client = clients[i % connections];
  const birth = JSON.stringify({ firmware: "bench", boot, signals });
  client.publish(`twin/v1/d${i}/birth`, birth, { qos: 1, retain: true });
  await client.publishAsync(`twin/v1/d${i}/status`, "online", { qos: 1, retain: true });
}
console.log("ready");
const n = new Array(count).fill(0);
const start = performance.now();
let sent = 0;
let next = 0;
setInterval(() => {
  const due = Math.floor(((performance.now() - start) / 1000) * hz * count);
  for (; sent < due; sent++) {
    const i = next++ % count;
    // The sender's time in µs since 1970: a bench on the same machine reads the delay from it.
    const us = Math.round((performance.timeOrigin + performance.now()) * 1000);
    const text = `{"boot":${boot},"n":${n[i]++},"t_us":${us},"signals":{"position":${Math.sin(sent / 100)},"velocity":0.25,"duty":0.1,"supply":12.1,"state":"active"}}`;
    clients[i % connections].publish(`twin/v1/d${i}/telemetry`, text, { qos: 0 });
  }
}, 2);
setInterval(() => console.log(`sent ${sent}`), 1000);
