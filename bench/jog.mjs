// A steady jog at 1 rad/s on a controller that behaves as joint_trajectory_controller (test/ros/peers/jtc_peer.py, 200 Hz): how
// much its reference ripples, by the velocity it has and by the differences of its positions. On a busy machine run it
// with `chrt -r 5`: a controller that does not get its cycles ripples by itself.
import { WebSocket } from "ws";
import { Child, python, rosEnvironment, sleep, startTwin } from "./support.mjs";

const domain = "143";
const everyMs = 45;
const seconds = 10;
const robot = ["--urdf", "test/ros/four-joints.urdf", "--joints", "j1,j2,j3,j4"];

export async function run() {
  rosEnvironment(domain);
  for (const [name, more] of [
    ["starts goals from its reference", ["--from-desired"]],
    ["starts goals from the measured state", []],
    ["ignores when goals are to start", ["--from-desired", "--ignore-stamp"]],
  ]) {
    const peer = new Child(python, ["test/ros/peers/jtc_peer.py", ...robot, ...more], {
      ROS_DOMAIN_ID: domain,
    });
    const { twin, url } = await startTwin(["--ros", "on"], { ROS_DOMAIN_ID: domain });
    try {
      await peer.line(/ready/);
      await sleep(4000);
      const samples = await jogged(url, peer);
      const byReference = samples.slice(1).map((sample) => sample[8]);
      const byDifference = samples
        .slice(1)
        .map((sample, i) => (sample[7] - samples[i][7]) / (sample[0] - samples[i][0]));
      console.log(
        `controller that ${name}: standard deviation ${deviation(byReference)} rad/s by its velocity, ${deviation(byDifference)} by its positions, ${samples.length} cycles (wanted: at most 0.02)`,
      );
    } finally {
      await Promise.all([peer.end(), twin.end()]);
    }
  }
}

/** The controller's references of `seconds` s of a jog that is up to speed. */
async function jogged(url, peer) {
  const socket = new WebSocket(`${url.replace("http", "ws")}/ws/command`, "twin.v1");
  let [epoch, ahead, seq] = [null, 0, 0];
  socket.on("message", (data) => {
    const message = JSON.parse(String(data));
    if (message.op === "hello") {
      ahead = message.serverTime - Date.now();
      socket.send(JSON.stringify({ op: "acquire", id: "lease", robot: "robot", holder: "bench" }));
    }
    if (message.op === "lease") epoch = message.epoch;
    if (["refused", "aborted"].includes(message.stage)) console.log(`  ${message.code}: ${message.message}`);
  });
  const send = (message) => socket.send(JSON.stringify({ robot: "robot", epoch, ...message }));
  const renew = setInterval(() => epoch !== null && send({ op: "renew", id: "renew" }), 1000);
  const press = setInterval(() => {
    const issued = Date.now() + ahead;
    const command = { kind: "jointVelocity", velocities: { j4: 1 } };
    if (epoch !== null) send({ op: "command", id: ++seq, seq, issued, ttlMs: 300, command });
  }, everyMs);
  await sleep(1500);
  const tell = () => peer.child.stdin.write('{"do": "trace"}\n');
  tell();
  await sleep(seconds * 1000);
  const before = peer.lines.filter((line) => line.includes('"trace"')).length;
  tell();
  while (peer.lines.filter((line) => line.includes('"trace"')).length === before) await sleep(20);
  clearInterval(press);
  clearInterval(renew);
  socket.terminate();
  return JSON.parse(peer.lines.findLast((line) => line.includes('"trace"'))).samples;
}

function deviation(values) {
  return Math.sqrt(values.reduce((sum, v) => sum + (v - 1) ** 2, 0) / values.length).toFixed(4);
}
