// Records numbered messages until it is killed: FILE, messages a second, bytes of each. Prints the time of the newest.
import { writeSync } from "node:fs";
import { RecordingThread } from "../../dist/io/recording/recording-thread.js";

const [path, rate, size] = process.argv.slice(2);
const options = { path, library: "twinbridge test", compression: "zstd", maxBytes: 0, maxSeconds: 0 };
const recording = new RecordingThread(options, (reason) => {
  console.error(reason);
  process.exit(1);
});
const chatter = recording.channel({
  topic: "/chatter",
  messageEncoding: "cdr",
  schema: { name: "std_msgs/msg/String", encoding: "ros2msg", text: "string data" },
  metadata: {},
  isLatched: false,
});
const events = recording.channel({
  topic: "/twinbridge/events",
  messageEncoding: "json",
  schema: { name: "twinbridge.Event", encoding: "jsonschema", text: '{"type":"object"}' },
  metadata: {},
  isLatched: false,
});

/** CDR of a std_msgs/String that begins with its number; the rest cannot be compressed much. */
function stringMessage(number) {
  const bytes = new Uint8Array(8 + Number(size) + 1);
  const view = new DataView(bytes.buffer);
  for (let i = 8; i + 4 <= bytes.length - 1; i++) bytes[i] = 97 + ((number * 31 + i * i) % 26);
  bytes[1] = 1;
  view.setUint32(4, Number(size) + 1, true);
  bytes.set(Buffer.from(`${number}x`), 8);
  bytes[bytes.length - 1] = 0;
  for (let i = 8; i < bytes.length - 1; i++) if (bytes[i] === 0) bytes[i] = 120;
  return bytes;
}

await recording.opened;
const began = performance.now();
let count = 0;
setInterval(() => {
  const due = ((performance.now() - began) / 1000) * Number(rate);
  for (; count < due; count++) {
    const now = BigInt(Date.now()) * 1_000_000n;
    recording.add(chatter, now, now, stringMessage(count));
    if (count % 50 === 0) recording.add(events, now, now, Buffer.from(JSON.stringify({ count })));
  }
  writeSync(1, `${Date.now()} ${count}\n`);
}, 10);
