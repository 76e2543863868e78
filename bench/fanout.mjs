// 20 clients of a 30-joint, 100 Hz robot, for 8 s, on the twin and on rclnodejs/web, one after the other
// with the same publisher; then the twin again with one more client that reads nothing.
import { connect } from "node:net";
import { join } from "node:path";
import { Child, python, rosEnvironment, rosNode, sleep, startTwin } from "./support.mjs";

const clients = 20;
const seconds = 8;
/** A hertz off the cycle's 100, so that every phase between the two is met once a second. */
const rate = 99;

async function measure(publisher, server, kind, url) {
  const readers = new Child(process.execPath, ["bench/clients.mjs", kind, url, String(clients)]);
  try {
    await readers.line(/ready/);
    await sleep(1500);
    readers.child.stdin.write("start\n");
    await sleep(50);
    const before = server.cpu();
    const lines = publisher.lines.length;
    publisher.child.stdin.write("go\n");
    while (publisher.lines.length === lines) await sleep(50);
    const cpu = server.cpu() - before;
    await sleep(300);
    readers.child.stdin.write("report\n");
    const report = JSON.parse(await readers.line(/frames/));
    const text = `p50 ${report.p50?.toFixed(1)} ms, p99 ${report.p99?.toFixed(1)} ms, server CPU ${cpu.toFixed(2)} s, ${report.frames} of ${clients * seconds * rate} deliveries`;
    console.log(`${kind.padEnd(28)} ${text}`);
    return { ...report, cpu };
  } finally {
    await readers.end();
  }
}

/** Upgrades, subscribes at full rate and never reads. */
function deafClient(url) {
  const { hostname, port } = new URL(url);
  const socket = connect(Number(port), hostname);
  socket.write(
    `GET /ws/state HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: twin.v1\r\n\r\n`,
  );
  socket.once("data", () => {
    socket.pause();
    const text = Buffer.from('{"op":"subscribe","encoding":"json","rate":100}');
    const frame = Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]);
    socket.write(frame);
  });
  socket.on("error", () => undefined);
  return socket;
}

async function buffered(url) {
  const text = await (await fetch(`${url}/metrics`)).text();
  return Number(
    text
      .split("\n")
      .find((l) => l.startsWith("twin_client_buffered_bytes"))
      ?.split(" ")
      .at(-1),
  );
}

export async function run() {
  const env = rosEnvironment(143);
  const publisher = new Child(python, ["bench/publisher.py", String(rate), String(seconds), "30"], {
    ROS_DOMAIN_ID: "143",
  });
  await publisher.line(/ready/);
  let web = null;
  let started = null;
  try {
    started = await startTwin(["--ros", "on"], { ROS_DOMAIN_ID: "143" });
    await sleep(3000);
    const { twin, url } = started;
    const binary = await measure(publisher, twin, "twin-binary", url);
    await measure(publisher, twin, "twin-json", url);
    const memory = twin.memory();
    const deaf = deafClient(url);
    await sleep(500);
    const beside = await measure(publisher, twin, "twin-binary", url);
    const held = await buffered(url);
    console.log(
      `  beside a client that reads nothing: p99 ${binary.p99.toFixed(1)} → ${beside.p99.toFixed(1)} ms; it holds ${(held / 1024).toFixed(0)} KiB, resident memory ${((twin.memory() - memory) / 1048576).toFixed(1)} MiB more`,
    );
    deaf.destroy();
    await twin.end();
    started = null;
    web = new Child(
      process.execPath,
      [
        join(rosNode, "node_modules", "rclnodejs", "bin", "rclnodejs-web.js"),
        "--port",
        "9377",
        "--subscribe",
        "/joint_states=sensor_msgs/msg/JointState",
      ],
      env,
    );
    await web.line(/listening/);
    await sleep(3000);
    const peer = await measure(publisher, web, "rclnodejs-web", "ws://127.0.0.1:9377/capability");
    console.log(
      `server CPU, twin to rclnodejs/web: ${(binary.cpu / peer.cpu).toFixed(2)} (wanted: under 0.5); p99 ${binary.p99.toFixed(1)} ms (wanted: under 25)`,
    );
  } finally {
    await Promise.all([publisher.end(), web?.end(), started?.twin.end()]);
  }
}
