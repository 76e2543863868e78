// The least a rclnodejs program can do with a topic: a raw subscription that counts.
import { createRequire } from "node:module";
import { join } from "node:path";

const rcl = createRequire(join(process.argv[2], "package.json"))("rclnodejs");
await rcl.init();
const node = new rcl.Node("bench_raw");
let count = 0;
const qos = new rcl.QoS(1, 1000, 1, 2);
node.createSubscription("sensor_msgs/msg/JointState", "/joint_states", { isRaw: true, qos }, () => {
  count++;
});
rcl.spin(node);
console.log("ready");
process.stdin.on("data", () => console.log(JSON.stringify({ count })));
process.on("SIGTERM", () => process.exit(0));
