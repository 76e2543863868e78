import { loadJpegEncoder } from "../io/topics/jpeg-encoder.ts";
import { endWith, serveTopics } from "../io/topics/serve-topics.ts";
import { DemoTopics } from "./demo-topics.ts";

/* The process of the demo's simulated sensors. Its arguments are those of the process for the topics of ROS. */

serveTopics(
  Number(process.argv[3] ?? 0),
  async (voice) => new DemoTopics(voice, await loadJpegEncoder()),
).catch(endWith);
