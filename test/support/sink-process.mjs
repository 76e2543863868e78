// A sink in a process of its own, so that it can be killed: node sink-process.mjs FOLDER OPTIONS PACE
import { openSink } from "../../dist/io/sinks/open-sink.js";

const [folder, options, pace] = process.argv.slice(2);
const sink = await openSink(folder, JSON.parse(options), Date.now, JSON.parse(pace));
sink.start();
setInterval(() => {
  const { user, system } = process.cpuUsage();
  console.log(JSON.stringify({ ...sink.status, done: sink.done, cpuMs: (user + system) / 1000 }));
}, 50);
