import { lightNode, loadRclnodejs } from "../ros/rclnodejs-api.ts";
import { loadJpegEncoder } from "./jpeg-encoder.ts";
import { RosTopics } from "./ros-topics.ts";
import { endWith, serveTopics } from "./serve-topics.ts";

/* The process that listens to the topics of ROS that viewers watch. */

const spinTimeoutMs = 20;
const [rclnodejs = "", clockOffset = "0"] = process.argv.slice(2);

serveTopics(Number(clockOffset), async ({ now, report, send }) => {
  const [rcl, jpeg] = await Promise.all([loadRclnodejs(rclnodejs), loadJpegEncoder()]);
  await rcl.init();
  const node = lightNode(rcl, "twin_topics");
  rcl.spin(node, spinTimeoutMs);
  return new RosTopics(rcl, node, jpeg, now, report, send);
}).catch(endWith);
