// What sensors cost beside the state: viewers of a camera (640 × 480, 30 Hz), a cloud (100,000 points, 10 Hz) and a map (4000 × 4000),
// of the twin with and without them in turns, and of rclnodejs/web, a FoxgloveServer and rosbridge's protocol with the same topics in the same run. Then a
// client on a line of 500 kB/s, and one that reads nothing.
import { spawnSync } from "node:child_process";
import { mkdtempSync, rmSync } from "node:fs";
import { connect } from "node:net";
import { tmpdir } from "node:os";
import { join } from "node:path";
import { slowLine } from "./slow-line.mjs";
import { Child, python, rosEnvironment, rosNode, sleep, startTwin } from "./support.mjs";

const seconds = Number(process.env.STREAM_SECONDS ?? 10);
const rounds = Number(process.env.STREAM_ROUNDS ?? 3);
const many = Number(process.env.STREAM_VIEWERS ?? 20);
const few = Number(process.env.STREAM_FEW ?? 3);
const domain = "145";
const names = { state: "state", "/camera/image": "picture", "/points": "cloud", "/map": "map" };

async function measure(server, kind, url, viewers, load) {
  const readers = new Child(process.execPath, ["bench/stream-clients.mjs", kind, url, String(viewers), load]);
  try {
    await readers.line(/ready/, 60_000);
    await sleep(load === "bulk" ? 5000 : 2000);
    readers.child.stdin.write("start\n");
    await sleep(50);
    const [before, own] = [server.cpu(), readers.cpu()];
    await sleep(seconds * 1000);
    const [cpu, clients] = [server.cpu() - before, readers.cpu() - own];
    readers.child.stdin.write("report\n");
    return { ...JSON.parse(await readers.line(/"bytes"/, 60_000)), cpu, clients };
  } finally {
    await readers.end();
  }
}

function tell(name, report, viewers) {
  const parts = Object.entries(names).flatMap(([key, word]) => {
    const { count, p50, p99 } = report[key];
    if (count === 0) return key === "/map" ? [] : [`no ${word}`];
    return [`${word} ${(count / seconds / viewers).toFixed(1)}/s, ${p50.toFixed(0)} / ${p99.toFixed(0)} ms`];
  });
  const hop = (key) => `${report[key].p50.toFixed(1)} / ${report[key].p99.toFixed(1)}`;
  if (report.received.count > 0)
    parts[0] += ` (to the twin ${hop("received")}, in it ${hop("encoded")}, from it ${hop("arrived")})`;
  const each = report.bytes / seconds / viewers / 1000;
  const cores = (report.cpu / seconds).toFixed(2);
  console.log(
    `  ${name.padEnd(34)} ${parts.join("; ")}; ${each.toFixed(0)} kB/s each; server ${cores} cores, clients ${(report.clients / seconds).toFixed(2)}`,
  );
}

export async function run() {
  const env = rosEnvironment(domain);
  const publisher = new Child(python, ["bench/stream_publisher.py"], { ROS_DOMAIN_ID: domain });
  await publisher.line(/ready/, 60_000);
  let peer = null;
  let started = null;
  try {
    console.log("  ages on arrival are p50 / p99 in ms; the stamp is the publisher's clock");
    started = await startTwin(["--ros", "on"], { ROS_DOMAIN_ID: domain });
    await sleep(4000);
    const { twin, url } = started;
    const paired = { state: [], bulk: [] };
    /** By the number of viewers. */
    const ours = new Map();
    for (let round = 0; round < rounds; round += 1) {
      for (const load of ["state", "bulk"]) {
        const report = await measure(twin, "twin", url, many, load);
        paired[load].push(report.state.p99);
        if (load === "bulk") ours.set(many, report);
        tell(`twin, ${many} viewers, ${load}`, report, many);
      }
    }
    const least = (load) => Math.min(...paired[load]).toFixed(1);
    console.log(
      `  state p99, least of ${rounds}: ${least("state")} ms without, ${least("bulk")} ms with sensors`,
    );
    ours.set(few, await measure(twin, "twin", url, few, "bulk"));
    tell(`twin, ${few} viewers`, ours.get(few), few);
    await slow(twin, url);
    await deaf(twin, url);
    await twin.end();
    started = null;
    const web = ["joint_states=sensor_msgs/msg/JointState", "camera/image=sensor_msgs/msg/Image"];
    web.push("points=sensor_msgs/msg/PointCloud2", "map=nav_msgs/msg/OccupancyGrid");
    const args = web.flatMap((one) => ["--subscribe", `/${one}`]);
    const file = join(rosNode, "node_modules", "rclnodejs", "bin", "rclnodejs-web.js");
    const rivals = [
      [
        "foxglove",
        "FoxgloveServer",
        process.execPath,
        ["bench/foxglove-bridge.mjs", rosNode, "9378"],
        "ws://127.0.0.1:9378",
      ],
      [
        "web",
        "rclnodejs/web",
        process.execPath,
        [file, "--port", "9379", ...args],
        "ws://127.0.0.1:9379/capability",
      ],
      [
        "rosbridge",
        "rosbridge's protocol",
        python,
        ["bench/rosbridge_peer.py", "9380"],
        "ws://127.0.0.1:9380",
      ],
    ];
    const tornado = mkdtempSync(join(tmpdir(), "twin-bench-tornado-"));
    const installed = spawnSync(python, ["-m", "pip", "install", "-q", "--target", tornado, "tornado"]);
    if (installed.status !== 0)
      console.log("  tornado cannot be installed: rosbridge's protocol is not measured");
    for (const [kind, name, command, rest, address] of rivals) {
      if (kind === "rosbridge" && installed.status !== 0) continue;
      const extra = kind === "rosbridge" ? { ROS_DOMAIN_ID: domain, PYTHONPATH: tornado } : env;
      // Each number of viewers has a server of its own: one that was flooded does not recover at once.
      for (const viewers of [few, many]) {
        peer = new Child(command, rest, extra);
        try {
          await peer.line(/listening/, 60_000);
          await sleep(3000);
          const theirs = await measure(peer, kind, address, viewers, "bulk");
          tell(`${name}, ${viewers} viewers`, theirs, viewers);
          const twin = ours.get(viewers);
          const ratio = (of) => (of(theirs) / of(twin)).toFixed(2);
          console.log(
            `    of the twin's: bytes ${ratio((one) => one.bytes)}, server CPU ${ratio((one) => one.cpu)}, age of pictures ${ratio((one) => one["/camera/image"].p50)}, of the state's p99 ${ratio((one) => one.state.p99)}`,
          );
        } catch (error) {
          console.log(`  ${name}, ${viewers} viewers: not measured, ${error.message}`);
        }
        await peer.end();
        peer = null;
      }
    }
    rmSync(tornado, { recursive: true, force: true });
  } finally {
    await Promise.all([publisher.end(), peer?.end(), started?.twin.end()]);
  }
}

/** One client on a line of 500 kB/s. */
async function slow(twin, url) {
  const { port } = new URL(url);
  const line = await slowLine(Number(port), 500_000);
  try {
    const report = await measure(twin, "twin", `http://127.0.0.1:${line.port}`, 1, "bulk");
    tell("twin, a line of 500 kB/s", report, 1);
    const most = (key) => report[key].most?.toFixed(0);
    console.log(
      `    oldest: state ${most("state")} ms (wanted: 500), picture ${most("/camera/image")} ms (wanted: 1000)`,
    );
  } finally {
    line.end();
  }
}

/** One client that upgrades, asks for everything and never reads. */
async function deaf(twin, url) {
  const { hostname, port } = new URL(url);
  const before = twin.memory();
  const socket = connect(Number(port), hostname);
  socket.on("error", () => undefined);
  socket.write(
    `GET /ws/state HTTP/1.1\r\nHost: ${hostname}:${port}\r\nUpgrade: websocket\r\nConnection: Upgrade\r\nSec-WebSocket-Version: 13\r\nSec-WebSocket-Key: AAAAAAAAAAAAAAAAAAAAAA==\r\nSec-WebSocket-Protocol: twin.v1\r\n\r\n`,
  );
  await new Promise((resolve) => socket.once("data", resolve));
  socket.pause();
  const frame = (value) => {
    const text = Buffer.from(JSON.stringify(value));
    return Buffer.concat([Buffer.from([0x81, 0x80 | text.length, 0, 0, 0, 0]), text]);
  };
  socket.write(frame({ op: "subscribe", encoding: "binary", rate: 100 }));
  for (const topic of ["/camera/image", "/points", "/map"]) socket.write(frame({ op: "watch", topic }));
  await sleep(seconds * 1000);
  const text = await (await fetch(`${url}/metrics`)).text();
  const held = /^twin_client_buffered_bytes (\S+)/m.exec(text)?.[1];
  console.log(
    `  a client that reads nothing holds ${(Number(held) / 1024).toFixed(0)} KiB in the twin (wanted: at most 1024); resident memory ${((twin.memory() - before) / 1048576).toFixed(1)} MiB more`,
  );
  socket.destroy();
}
