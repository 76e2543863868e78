// The program's own parts in this process, with a look at the graph after each read: `node mqtt-latency.mjs URL SECONDS`.
// Prints the delays from a device's stamp to its value being in the graph, in ms.
import { Engine } from "../dist/engine/engine.js";
import { serverNow } from "../dist/io/clock.js";
import { CycleLoop } from "../dist/io/cycle-loop.js";
import { decodeText } from "../dist/io/mqtt/mqtt-intake.js";
import { MqttLink } from "../dist/io/mqtt/mqtt-link.js";
import { NativeProfile } from "../dist/protocol/native-profile.js";

const [url, seconds] = process.argv.slice(2);
const engine = new Engine({
  robots: [{ id: "robot", limits: {}, stop: null }],
  emit() {},
  runName: "bench",
  version: "0",
});
const delays = [];
let counting = false;
const seen = new Map();
function look() {
  const now = (performance.timeOrigin + performance.now()) * 1000;
  const { graph } = engine;
  for (const thing of graph.things.values()) {
    if (thing.type !== "device") continue;
    const row = thing.properties.get(`${thing.id}/position`)?.registers.reported ?? -1;
    if (row < 0) continue;
    const us = graph.table.stampSec[row] * 1e6 + graph.table.stampNanosec[row] / 1000;
    if (seen.get(thing.id) === us) continue;
    seen.set(thing.id, us);
    if (counting) delays.push((now - us) / 1000);
  }
}
const loop = new CycleLoop(
  (now) => {
    engine.cycle(now);
    look();
  },
  serverNow,
  10,
  {
    read: (now) => {
      engine.read(now);
      look();
    },
  },
);
engine.inbox.onWaiting = loop.readSoon;
const link = new MqttLink(
  {
    url,
    profiles: [new NativeProfile(decodeText)],
    mappings: [],
    defaultRobot: "robot",
    version: 5,
    maxPacketBytes: 262144,
  },
  engine.inbox,
  serverNow,
);
link.start();
loop.start();
setTimeout(() => (counting = true), 2000);
setTimeout(
  () => {
    delays.sort((a, b) => a - b);
    const at = (p) => delays[Math.min(delays.length - 1, Math.floor((p / 100) * delays.length))];
    console.log(JSON.stringify({ count: delays.length, p50: at(50), p99: at(99), max: at(100) }));
    process.exit(0);
  },
  2000 + Number(seconds) * 1000,
);
