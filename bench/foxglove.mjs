// What Foxglove clients cost: the demo with 0, 1 and 40 clients that ask for everything, then with 20 more that read
// nothing. CPU is the twin's own beyond the run without clients.
import { once } from "node:events";
import { WebSocket } from "ws";
import { percentile, sleep, startTwin } from "./support.mjs";

const seconds = 8;
const topics = [
  "/joint_states",
  "/tf",
  "/tf_static",
  "/robot_description",
  "/twin/robot/state",
  "/twin/events",
];

/** A client that counts; `latencies` in ms, of joint states by their log times. */
async function connect(url) {
  const socket = new WebSocket(`${url.replace("http", "ws")}/foxglove`, "foxglove.sdk.v1");
  const client = { socket, messages: 0, bytes: 0, latencies: [], joints: -1 };
  socket.on("message", (data, isBinary) => {
    client.bytes += data.length;
    if (!isBinary) {
      const text = JSON.parse(data.toString());
      for (const { id, topic } of text.op === "advertise" ? text.channels : []) {
        if (topic === "/joint_states") client.joints = id;
        if (!topics.includes(topic)) continue;
        socket.send(JSON.stringify({ op: "subscribe", subscriptions: [{ id, channelId: id }] }));
      }
    } else if (data[0] === 1) {
      client.messages++;
      if (data.readUInt32LE(1) === client.joints) {
        client.latencies.push(Date.now() - Number(data.readBigUInt64LE(5)) / 1e6);
      }
    }
  });
  await once(socket, "open");
  return client;
}

async function gauge(url, name) {
  const text = await (await fetch(`${url}/metrics`)).text();
  const line = text.split("\n").find((one) => one.startsWith(`${name} `));
  return Number(line?.split(" ").at(-1));
}

async function measure(twin, clients) {
  for (const client of clients) Object.assign(client, { messages: 0, bytes: 0, latencies: [] });
  const before = twin.cpu();
  await sleep(seconds * 1000);
  const cpu = twin.cpu() - before;
  const sum = (key) => clients.reduce((total, client) => total + client[key], 0);
  const latencies = clients.flatMap((client) => client.latencies).sort((a, b) => a - b);
  return { cpu, messages: sum("messages"), bytes: sum("bytes"), latencies };
}

const show = (name, { cpu, messages, bytes, latencies }, idle) => {
  const each =
    messages === 0
      ? ""
      : `, ${(((cpu - idle) / messages) * 1e6).toFixed(0)} µs and ${(bytes / messages).toFixed(0)} bytes a message`;
  const late =
    messages === 0
      ? ""
      : `, joint states p50 ${percentile(latencies, 50).toFixed(1)} p99 ${percentile(latencies, 99).toFixed(1)} ms`;
  console.log(
    `${name.padEnd(36)} CPU ${((100 * cpu) / seconds).toFixed(1)} %, ${messages} messages${each}${late}`,
  );
};

export async function run() {
  const { twin, url } = await startTwin(["--ros", "off"]);
  const clients = [];
  const deaf = [];
  try {
    // The demo's emulated chip boots, and the code gets warm.
    await sleep(12_000);
    const first = await measure(twin, []);
    clients.push(await connect(url));
    await sleep(1000);
    const one = await measure(twin, clients);
    while (clients.length < 40) clients.push(await connect(url));
    await sleep(1000);
    const many = await measure(twin, clients);
    for (let i = 0; i < 20; i++) {
      const client = await connect(url);
      await sleep(50);
      client.socket.pause();
      deaf.push(client);
    }
    await sleep(6000);
    const beside = await measure(twin, clients);
    const held = await gauge(url, "twin_client_buffered_bytes");
    console.log(`  a client that reads nothing holds ${(held / 20 / 1024).toFixed(0)} kB (bar: 1024)`);
    for (const { socket } of [...clients, ...deaf]) socket.terminate();
    await sleep(1000);
    const last = await measure(twin, []);
    const idle = (first.cpu + last.cpu) / 2;
    show("no client, before", first, 0);
    show("no client, after", last, 0);
    show("1 client", one, idle);
    show("40 clients", many, idle);
    show("40 clients and 20 that read nothing", beside, idle);
    if (held / 20 > 1024 * 1024) process.exitCode = 1;
  } finally {
    for (const { socket } of [...clients, ...deaf]) socket.terminate();
    await twin.end();
  }
}
