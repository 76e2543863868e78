// From STOP pressed to the zero on the ROS topic and the goal cancelled, both as another program sees them, with 20
// viewers and 1 kHz of joint states of 7 joints. The page's own way: a message on /ws/command.
import { WebSocket } from "ws";
import { run as runLosses } from "./stop-losses.mjs";
import { Child, percentile, python, rosEnvironment, sleep, startTwin } from "./support.mjs";

const runs = Number(process.env.STOP_RUNS ?? 100);
const viewers = 20;
const joints = 7;
const domain = "147";
const wall = () => performance.timeOrigin + performance.now();

/** The stop, and every way in which whoever drives is lost. STOP_ONLY="lease taken,…" chooses among those. */
export async function run() {
  if (process.env.STOP_ONLY === undefined) await runPressed();
  await runLosses();
}

async function runPressed() {
  rosEnvironment(domain);
  const env = { ROS_DOMAIN_ID: domain };
  const seconds = 60 + runs * 2;
  const publisher = new Child(python, ["bench/publisher.py", "1000", String(seconds), String(joints)], env);
  const robot = new Child(python, ["bench/stop_peer.py", String(joints)], env);
  const { twin, url } = await startTwin(["--ros", "on"], env);
  const readers = new Child(process.execPath, ["bench/clients.mjs", "twin-binary", url, String(viewers)]);
  try {
    await Promise.all([publisher.line(/ready/), robot.line(/ready/), readers.line(/ready/)]);
    publisher.child.stdin.write("go\n");
    // In its first ten seconds the program still compiles what it runs: single stops take up to 90 ms then.
    await sleep(15_000);
    const driver = await Driver.open(url);
    const zero = [];
    const canceled = [];
    const told = [];
    for (let i = 0; i < runs; i++) {
      const from = robot.lines.length;
      await driver.drive();
      await Promise.all([eventAfter(robot, from, "goal"), eventAfter(robot, from, "drives")]);
      await sleep(50 + Math.random() * 50);
      const pressed = wall();
      const stopped = driver.stop();
      const [atZero, atCancel, atTold] = await Promise.all([
        eventAfter(robot, from, "zero"),
        eventAfter(robot, from, "canceled"),
        stopped,
      ]);
      told.push(atTold - pressed);
      zero.push(atZero - pressed);
      canceled.push(atCancel - pressed);
      await sleep(30);
    }
    driver.end();
    if (process.env.STOP_ALL === "1") console.log(zero.map((d) => d.toFixed(0)).join(" "));
    for (const [name, delays] of [
      ["zero on cmd_vel", zero],
      ["goal cancelled", canceled],
      // Without ROS and the robot's own delay, to see whose a delay is.
      ["told to clients", told],
    ]) {
      const sorted = [...delays].sort((a, b) => a - b);
      const at = (p) => percentile(sorted, p).toFixed(1);
      console.log(
        `${name.padEnd(16)} ${sorted.length} stops: p50 ${at(50)} ms, p99 ${at(99)} ms, most ${sorted.at(-1).toFixed(1)} ms (wanted: p99 at most 20)`,
      );
    }
  } finally {
    await Promise.all([publisher.end(), robot.end(), readers.end(), twin.end()]);
  }
}

/** When the first `event` after line `from` of the robot was, in wall ms. */
async function eventAfter(robot, from, event) {
  const deadline = Date.now() + 10_000;
  while (Date.now() < deadline) {
    const line = robot.lines.slice(from).find((text) => text.includes(`"event": "${event}"`));
    if (line !== undefined) return JSON.parse(line).at;
    await sleep(2);
  }
  throw new Error(`the robot did not see: ${event}`);
}

/** Holds a drive and a move of joint_3, as a page does, until it stops. */
class Driver {
  static async open(url) {
    const socket = new WebSocket(`${url.replace("http", "ws")}/ws/command`, "twin.v1");
    const driver = new Driver(socket);
    await driver.said((message) => message.op === "hello");
    return driver;
  }
  messages = [];
  seq = 0;
  timers = [];
  side = 1;
  constructor(socket) {
    this.socket = socket;
    socket.on("message", (data) => {
      const message = JSON.parse(String(data));
      if (message.op === "hello") this.ahead = message.serverTime - wall();
      if (message.op === "stopped") this.onStopped?.(wall());
      this.messages.push(message);
      if (["refused"].includes(message.stage)) console.log(`  ${message.code}: ${message.message}`);
    });
  }
  send(message) {
    this.socket.send(JSON.stringify({ robot: "robot", ...message }));
  }
  async said(test, from = 0) {
    for (let i = 0; i < 5000; i++) {
      const found = this.messages.slice(from).find(test);
      if (found !== undefined) return found;
      await sleep(2);
    }
    throw new Error("the twin does not answer");
  }
  async drive() {
    const from = this.messages.length;
    this.send({ op: "reset", id: "r" });
    this.send({ op: "acquire", id: `a${this.seq}`, holder: "bench" });
    const { epoch } = await this.said((message) => message.op === "lease", from);
    const command = (kind) => {
      const seq = ++this.seq;
      this.send({
        op: "command",
        id: seq,
        epoch,
        seq,
        issued: wall() + this.ahead,
        ttlMs: 300,
        command: kind,
      });
    };
    this.side = -this.side;
    command({ kind: "jointPosition", positions: { joint_3: this.side * 3 } });
    const twist = { kind: "twist", linear: { x: 0.3, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } };
    command(twist);
    this.timers = [setInterval(() => command(twist), 45)];
  }
  /** Resolves to when all clients were told, in wall ms. */
  stop() {
    this.send({ op: "stop" });
    for (const timer of this.timers) clearInterval(timer);
    return new Promise((resolve) => {
      this.onStopped = resolve;
    });
  }
  end() {
    this.socket.terminate();
  }
}
