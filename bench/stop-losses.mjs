// What a robot does when whoever drives it is lost, as the robot itself sees it: rclpy peers with a base (cmd_vel_timeout
// 0.5 s, as diff_drive_controller) and a joint_trajectory_controller, and a servo on Mosquitto. In each trial a jog of the
// base, of joint j4 and (with Mosquitto) of joint j1 is at full speed when the loss happens.
import { readdirSync, readFileSync, writeFileSync } from "node:fs";
import { connect, createServer } from "node:net";
import { loadavg, tmpdir } from "node:os";
import { join } from "node:path";
import { chromium } from "playwright-core";
import { WebSocket } from "ws";
import { startMosquitto } from "./mosquitto.mjs";
import { Child, percentile, python, rosEnvironment, sleep, startTwin } from "./support.mjs";

const runs = Number(process.env.STOP_RUNS ?? 200);
const browserRuns = Number(process.env.STOP_BROWSER_RUNS ?? Math.min(runs, 20));
const only = process.env.STOP_ONLY?.split(",");
const domain = String(process.env.STOP_DOMAIN ?? 149);
const cmdVelTimeoutMs = 500;
const stallMs = 500;
const speedUpMs = 500;
const restMs = 650;
const base = { kind: "twist", linear: { x: 0.5, y: 0, z: 0 }, angular: { x: 0, y: 0, z: 0 } };
const arm = { kind: "jointVelocity", velocities: { j4: 1 } };
const flags = [
  "--no-sandbox",
  "--disable-quic",
  "--no-first-run",
  "--disable-background-networking",
  "--disable-gpu",
];

export async function run() {
  rosEnvironment(domain);
  const env = { ROS_DOMAIN_ID: domain };
  const mosquitto = await startMosquitto();
  const config = join(tmpdir(), `twin-stop-${process.pid}.yaml`);
  writeFileSync(
    config,
    `robots:\n  - limits: {linear: 0.5, linearAcceleration: 2, jointVelocity: 1, jointAcceleration: 4}\nmqtt:\n  url: ${mosquitto.url}\n`,
  );
  const peerArgs = [
    "test/ros/peers/jtc_peer.py",
    "--urdf",
    "test/ros/four-joints.urdf",
    "--joints",
    "j2,j3,j4",
  ];
  const robot = new Child(python, [...peerArgs, "--from-desired", "--base", "cmd_vel:twist"], env);
  const servo = new Child(process.execPath, ["bench/servo-device.mjs", mosquitto.url, "servo", "j1"]);
  const { twin, url } = await startTwin(["--ros", "on", "--config", config], env);
  const at = { twin, url, robot, servo, mosquitto, clients: [] };
  try {
    await Promise.all([robot.line(/ready/), servo.line(/ready/)]);
    await sleep(8000);
    console.log(`  load ${loadavg()[0].toFixed(1)} at the start`);
    for (const [name, trialsOf] of Object.entries(kinds)) {
      if (only !== undefined && !only.includes(name)) continue;
      await trialsOf(name, at);
    }
    console.log(`  load ${loadavg()[0].toFixed(1)} at the end`);
  } finally {
    await Promise.all(at.clients.map((client) => client.end()));
    await Promise.all([robot.end(), servo.end(), twin.end()]);
    mosquitto.end();
  }
}

const kinds = {
  "client killed": (name, at) =>
    trials(name, at, runs, async () => {
      const client = await heldClient(at, at.url);
      return {
        client,
        lose: () => timed([client.child.pid], "SIGKILL"),
      };
    }),
  "client frozen": async (name, at) => {
    const client = await heldClient(at, at.url);
    await trials(name, at, runs, async () => ({
      client,
      lose: () => timed([client.child.pid], "SIGSTOP"),
      after: () => client.child.kill("SIGCONT"),
    }));
  },
  "Chromium killed": (name, at) =>
    trials(name, at, browserRuns, async () => {
      const page = await heldPage(at);
      return { client: page, lose: () => page.killAll(), after: () => page.close() };
    }),
  "Chromium frozen": async (name, at) => {
    const page = await heldPage(at);
    await trials(name, at, browserRuns, async () => ({
      client: page,
      lose: () => page.signal("SIGSTOP"),
      after: () => page.signal("SIGCONT"),
    }));
    await page.close();
  },
  "socket cut": (name, at) =>
    trials(name, at, runs, async () => {
      const proxy = await mute(at.url);
      const client = await heldClient(at, proxy.url);
      const after = () => {
        client.child.kill("SIGKILL");
        proxy.end();
      };
      return { client, lose: () => proxy.cut(), after };
    }),
  "twin stalled": async (name, at) => {
    const client = await heldClient(at, at.url);
    await trials(name, at, runs, async () => ({
      client,
      allowed: stallMs + 150,
      restMs: stallMs + restMs,
      lose: () => {
        const lost = timed([at.twin.child.pid], "SIGSTOP");
        // Whoever holds the control lets go meanwhile: what was pressed before must not go on.
        setTimeout(() => client.tell({ do: "rest" }), stallMs - 100);
        setTimeout(() => at.twin.child.kill("SIGCONT"), stallMs);
        return lost;
      },
    }));
  },
  "lease taken": async (name, at) => {
    const client = await heldClient(at, at.url, "yields");
    await trials(name, at, runs, async () => {
      const other = await Other.open(at.url);
      return { client, lose: () => other.acquire(), after: () => other.end() };
    });
  },
  "Mosquitto frozen": async (name, at) => {
    const client = await heldClient(at, at.url);
    let side = 1;
    await trials(name, at, runs, async () => {
      side = -side;
      return {
        client,
        commands: [{ kind: "jointVelocity", velocities: { j1: 0.8 * side } }],
        ofServo: true,
        restMs: 1150,
        lose: () => {
          const lost = Date.now();
          at.mosquitto.signal("SIGSTOP");
          setTimeout(() => client.tell({ do: "rest" }), 700);
          return lost;
        },
        after: () => at.mosquitto.signal("SIGCONT"),
        // What the broker held is delivered now, and the twin finds its devices again.
        settleMs: 1200,
      };
    });
  },
};

/** `count` times: at speed, lost, seen to rest. */
async function trials(name, at, count, prepare) {
  const figures = { base: [], arm: [], servo: [] };
  let [left, moved] = [0, 0];
  let allowed = 150;
  for (let i = 0; i < count; i++) {
    const trial = await prepare();
    allowed = trial.allowed ?? allowed;
    const from = trial.client.lines.length;
    trial.client.tell({ do: "hold", commands: trial.commands ?? [base, arm] });
    await lineAfter(trial.client, from, /^holding/);
    await sleep(speedUpMs + Math.random() * 50);
    const lost = trial.lose();
    await sleep(trial.restMs ?? restMs);
    const robotTrace = trial.ofServo ? null : await ask(at.robot, { do: "trace" });
    const twists = at.robot.lines.splice(0).flatMap(asTwist);
    const servoTrace = trial.ofServo ? await ask(at.servo, "trace") : null;
    trial.after?.();
    const seen = trial.ofServo
      ? [["servo", ofServo(servoTrace, lost)]]
      : [
          ["base", ofBase(twists, lost, trial.restMs ?? restMs)],
          ["arm", ofArm(robotTrace, lost)],
        ];
    if (seen.some(([, figure]) => figure === null)) left++;
    else for (const [part, figure] of seen) figures[part].push(figure);
    if (trial.ofServo) {
      await sleep(trial.settleMs);
      const { samples } = await ask(at.servo, "trace");
      moved = Math.max(moved, ...samples.map(([, p]) => Math.abs(p - samples[0][1])));
    } else trial.client.tell({ do: "rest" });
    await sleep(150);
    at.robot.lines.length = 0;
  }
  for (const [part, all] of Object.entries(figures)) {
    if (all.length === 0) continue;
    const row = ["start", "rest", "way"].map((what) => {
      const sorted = all.map((figure) => figure[what]).sort((a, b) => a - b);
      const unit = what === "way" ? (part === "base" ? " m" : " rad") : " ms";
      const shown = [percentile(sorted, 50), percentile(sorted, 99), sorted.at(-1)].map((value) =>
        value.toFixed(what === "way" ? 3 : 0),
      );
      return `${what} ${shown.join(" / ")}${unit}`;
    });
    console.log(
      `  ${name}, ${part}: ${all.length} trials, p50 / p99 / most: ${row.join(", ")} (wanted: start p99 at most ${allowed} ms)`,
    );
  }
  if (left > 0) console.log(`  ${name}: ${left} trials left out, not at speed or not seen to rest`);
  if (figures.servo.length > 0)
    console.log(`  ${name}: moved by ${moved.toFixed(4)} rad at most after the broker went on`);
}

/** Of velocities over time: when braking began, when it was over, ms after `lost`, and the way meanwhile. */
function brakingOf(samples, lost, share) {
  const before = samples.findLast(([time]) => time <= lost);
  if (before === undefined) return null;
  const speed = Math.abs(before[2]);
  const after = samples.filter(([time]) => time > lost);
  const last = after.findLast(([, , velocity]) => Math.abs(velocity) > 0.02 * speed);
  const full = after.findLast(([, , velocity]) => Math.abs(velocity) > share * speed);
  const end = after.at(-1);
  if (end === undefined || Math.abs(end[2]) > 0.02 * speed) return null;
  return {
    start: full === undefined ? 0 : full[0] - lost,
    rest: last === undefined ? 0 : last[0] - lost,
    way: Math.abs(end[1] - before[1]),
  };
}

function ofArm({ samples }, lost) {
  const j4 = 2;
  const found = brakingOf(
    samples.map((cycle) => [cycle[0] * 1000, cycle[1 + 2 * j4], cycle[2 + 2 * j4]]),
    lost,
    0.98,
  );
  const at = samples.findLast((cycle) => cycle[0] * 1000 <= lost);
  return at === undefined || Math.abs(at[2 + 2 * j4]) < 0.85 ? null : found;
}

/** A base that holds each twist, and stops where none came for its timeout. */
function ofBase(twists, lost, restMs) {
  const samples = [];
  let [position, velocity, heard] = [0, 0, 0];
  let next = 0;
  for (let time = lost - 300; time < lost + restMs; time += 2) {
    for (; next < twists.length && twists[next].at <= time; next++) {
      velocity = twists[next].x;
      heard = twists[next].at;
    }
    if (time - heard > cmdVelTimeoutMs) velocity = 0;
    position += velocity * 0.002;
    samples.push([time, position, velocity]);
  }
  const at = samples.find(([time]) => time >= lost);
  return Math.abs(at[2]) < 0.45 ? null : brakingOf(samples, lost, 0.98);
}

/** A servo follows its set-points: braking begins with the last of them. */
function ofServo({ samples, setpoints }, lost) {
  const at = samples.findLast(([time]) => time <= lost);
  if (at === undefined || Math.abs(at[2]) < 0.5) return null;
  const found = brakingOf(samples, lost, 0.5);
  const last = setpoints.at(-1);
  return found === null || last === undefined ? null : { ...found, start: Math.max(0, last - lost) };
}

function asTwist(line) {
  if (!line.includes('"event": "twist"')) return [];
  const { x, at } = JSON.parse(line);
  return [{ x, at: at * 1000 }];
}

async function ask(child, what) {
  const from = child.lines.length;
  child.child.stdin.write(`${typeof what === "string" ? what : JSON.stringify(what)}\n`);
  return JSON.parse(await lineAfter(child, from, /"event": ?"trace"/));
}

async function lineAfter(child, from, test) {
  for (let i = 0; i < 10_000; i++) {
    const found = child.lines.slice(from).find((line) => test.test(line));
    if (found !== undefined) return found;
    await sleep(2);
  }
  throw new Error(`no line like ${test}: ${child.lines.slice(-3).join(" | ")}`);
}

async function heldClient(at, url, yields = "") {
  const client = new Child(process.execPath, ["bench/held-client.mjs", url, yields]);
  client.tell = (order) => client.child.stdin.write(`${JSON.stringify(order)}\n`);
  client.child.stdin.on("error", () => undefined);
  at.clients.push(client);
  await client.line(/ready/);
  return client;
}

/** A page in a Chromium of its own, which holds jogs by its own timers. */
async function heldPage({ url }) {
  const executablePath = process.env.CHROMIUM ?? "/usr/bin/chromium";
  const server = await chromium.launchServer({ executablePath, headless: true, args: flags });
  const browser = await chromium.connect(server.wsEndpoint());
  const page = await browser.newPage();
  await page.goto(`${url}/healthz`);
  const lines = [];
  await page.exposeFunction("said", (line) => void lines.push(line));
  await page.evaluate(() => {
    let [epoch, seq, ahead, held] = [null, 0, 0, []];
    const socket = new WebSocket(`ws://${location.host}/ws/command`, "twin.v1");
    const send = (message) => socket.send(JSON.stringify({ robot: "robot", ...message }));
    socket.onmessage = ({ data }) => {
      const message = JSON.parse(data);
      if (message.op === "hello") {
        ahead = message.serverTime - Date.now();
        globalThis.said("ready");
      }
      if (message.op === "lease" && message.id === "lease") {
        epoch = message.epoch;
        globalThis.said("holding");
      }
      if (message.op === "error" && message.id === "lease") setTimeout(acquire, 50);
    };
    const acquire = () => send({ op: "acquire", id: "lease", holder: "Chromium" });
    setInterval(() => {
      if (epoch === null) return;
      for (const command of held) {
        const id = ++seq;
        send({ op: "command", id, epoch, seq: id, issued: Date.now() + ahead, ttlMs: 300, command });
      }
    }, 40);
    globalThis.tell = (order) => {
      held = order.commands ?? [];
      if (order.do === "hold") acquire();
      else if (epoch !== null) send({ op: "release", id: "release", epoch });
      epoch = null;
    };
  });
  // Nothing can be sent before the socket is open.
  await lineAfter({ lines }, 0, /^ready/);
  const pid = server.process().pid;
  return {
    lines,
    tell: (order) => void page.evaluate((given) => globalThis.tell(given), order).catch(() => undefined),
    // To find the processes takes a while, in which nothing is lost yet.
    signal: (signal) => timed(familyOf(pid).filter(isRenderer), signal),
    killAll: () => timed(familyOf(pid), "SIGKILL"),
    close: async () => {
      await browser.close().catch(() => undefined);
      await server.close().catch(() => undefined);
    },
  };
}

/** Sends a signal to each, and returns when it began to. */
function timed(pids, signal) {
  const at = Date.now();
  for (const pid of pids) process.kill(pid, signal);
  return at;
}

function familyOf(pid) {
  const parents = readdirSync("/proc")
    .filter((name) => /^\d+$/.test(name))
    .flatMap((name) => {
      try {
        const text = readFileSync(`/proc/${name}/stat`, "utf8");
        return [[Number(name), Number(text.slice(text.lastIndexOf(")") + 2).split(" ")[1])]];
      } catch {
        return [];
      }
    });
  const found = [pid];
  for (const parent of found) for (const [child, of] of parents) if (of === parent) found.push(child);
  return found;
}

function isRenderer(pid) {
  try {
    return readFileSync(`/proc/${pid}/cmdline`, "utf8").includes("--type=renderer");
  } catch {
    return false;
  }
}

/** A way to the twin that can fall silent without closing. */
async function mute(url) {
  const { hostname, port } = new URL(url);
  const pairs = [];
  let isCut = false;
  const server = createServer((near) => {
    const far = connect(Number(port), hostname);
    pairs.push(near, far);
    near.on("data", (data) => isCut || far.write(data));
    far.on("data", (data) => isCut || near.write(data));
    near.on("error", () => undefined);
    far.on("error", () => undefined);
  }).listen(0, "127.0.0.1");
  await new Promise((resolve) => server.once("listening", resolve));
  return {
    url: `http://127.0.0.1:${server.address().port}`,
    cut: () => {
      isCut = true;
      return Date.now();
    },
    end: () => {
      for (const socket of pairs) socket.destroy();
      server.close();
    },
  };
}

/** Somebody else who takes the lease. */
class Other {
  static async open(url) {
    const socket = new WebSocket(`${url.replace("http", "ws")}/ws/command`, "twin.v1");
    await new Promise((resolve) => socket.once("message", resolve));
    return new Other(socket);
  }
  constructor(socket) {
    this.socket = socket;
  }
  acquire() {
    const at = Date.now();
    this.socket.send(JSON.stringify({ op: "acquire", id: 1, robot: "robot", holder: "other" }));
    return at;
  }
  end() {
    this.socket.terminate();
  }
}
