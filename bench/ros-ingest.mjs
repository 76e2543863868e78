// 1 kHz of a 7-joint JointState for 10 s, from rclpy to the twin and to a bare raw subscription at once:
// every message accepted, and what a message costs each of them in CPU time.
import { Child, metric, python, rosEnvironment, rosNode, sleep, startTwin } from "./support.mjs";

const rate = 1000;
const seconds = 10;

export async function run() {
  const env = rosEnvironment(141);
  const publisher = new Child(python, ["bench/publisher.py", String(rate), String(seconds), "7"], {
    ROS_DOMAIN_ID: "141",
  });
  const raw = new Child(process.execPath, ["bench/raw-subscriber.mjs", rosNode], env);
  const { twin, url } = await startTwin(["--ros", "on"], { ROS_DOMAIN_ID: "141" });
  try {
    await publisher.line(/ready/);
    await raw.line(/ready/);
    await sleep(3000);
    const idle = { raw: raw.cpu(), twin: twin.cpu() };
    await sleep(5000);
    const idleRate = { raw: (raw.cpu() - idle.raw) / 5, twin: (twin.cpu() - idle.twin) / 5 };
    const before = { raw: raw.cpu(), twin: twin.cpu() };
    publisher.child.stdin.write("go\n");
    const { sent, took } = JSON.parse(await publisher.line(/sent/, 60_000));
    await sleep(500);
    const after = { raw: raw.cpu(), twin: twin.cpu() };
    raw.child.stdin.write("count\n");
    const { count } = JSON.parse(await raw.line(/count/));
    const accepted = await metric(url, "ros:/joint_states", "accepted");
    const perMessage = (name, idleShare) =>
      ((after[name] - before[name] - idleShare * idleRate[name] * took) / sent) * 1e6;
    const gross = { raw: perMessage("raw", 0), twin: perMessage("twin", 0) };
    const net = { raw: perMessage("raw", 1), twin: perMessage("twin", 1) };
    console.log(
      `sent ${sent} in ${took.toFixed(1)} s; raw subscription got ${count}, the twin accepted ${accepted}`,
    );
    console.log(
      `idle CPU: raw ${(idleRate.raw * 100).toFixed(1)} %, twin ${(idleRate.twin * 100).toFixed(1)} % of a core`,
    );
    console.log(
      `CPU a message, all told: raw ${gross.raw.toFixed(1)} µs, twin ${gross.twin.toFixed(1)} µs, ratio ${(gross.twin / gross.raw).toFixed(2)}`,
    );
    console.log(
      `CPU a message, less idle: raw ${net.raw.toFixed(1)} µs, twin ${net.twin.toFixed(1)} µs, ratio ${(net.twin / net.raw).toFixed(2)} (wanted: at most 1.3)`,
    );
  } finally {
    await Promise.all([publisher.end(), raw.end(), twin.end()]);
  }
}
