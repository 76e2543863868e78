// Plays FILE at SPEED [and records what the taps get into OUT]; prints each sample of a reported value as a JSON line.
import { runReplay } from "../../dist/app/replay-run.js";
import { configSchema } from "../../dist/io/config/config-schema.js";
import { createLogger } from "../../dist/io/log.js";
import { RecordTap } from "../../dist/io/recording/record-tap.js";
import { RecordingThread } from "../../dist/io/recording/recording-thread.js";

const [file, speed, out] = process.argv.slice(2);
const config = configSchema.parse({ mqtt: { embedded: true }, server: { port: 0 } });
const lines = [];
let ended;
const end = new Promise((resolve) => {
  ended = resolve;
});
const recording =
  out === undefined
    ? null
    : new RecordingThread(
        { path: out, library: "twinbridge test", compression: "zstd", maxBytes: 0, maxSeconds: 0 },
        (reason) => {
          throw new Error(reason);
        },
      );
const running = await runReplay({
  file,
  speed: Number(speed),
  loop: false,
  config,
  configPath: null,
  logger: createLogger(true),
  onEnd: () => ended(),
  onFault: (reason) => {
    console.error(reason);
    process.exit(1);
  },
});
if (recording !== null) {
  const channels = new Map(running.bag.channels.map((channel) => [channel.topic, channel]));
  const tap = new RecordTap(
    recording,
    (topic, type) => ({
      topic,
      messageEncoding: "cdr",
      schema: { name: type, encoding: "", text: "" },
      metadata: channels.get(topic)?.metadata ?? {},
      isLatched: false,
    }),
    () => true,
  );
  running.engine.inbox.taps.add(tap.raw);
}
const { graph, samples } = running.engine;
samples.listen((row) => {
  if (row.facet !== "reported" || row.change !== "sample") return;
  lines.push(
    JSON.stringify({
      path: row.property.path,
      value:
        row.width > 0
          ? Array.from(row.numbers.subarray(0, row.width))
          : Number.isNaN(row.number)
            ? row.other
            : row.number,
      stamp: row.hasStamp ? [row.stampSec, row.stampNanosec] : null,
      source: graph.sources[row.source].name,
      verdict: row.verdict,
    }),
  );
});
await end;
// What was delivered last is read in the next cycle.
await new Promise((resolve) => setTimeout(resolve, 200));
const description = running.engine.robots.get("robot")?.description?.text ?? null;
lines.push(
  JSON.stringify({
    description,
    ignored: running.ignored,
    closed: running.engine.control.get("robot")?.status().can,
  }),
);
await new Promise((resolve) => process.stdout.write(`${lines.join("\n")}\n`, resolve));
if (recording !== null) await recording.close();
await running.stop();
process.exit(0);
