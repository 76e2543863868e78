#!/usr/bin/env node
// Boots the Pico's image in rp2040js and plays the broker for it: prints what it sends, streams targets for a while,
// falls silent, and says what came of it. Usage: try-pico.mjs [--image FILE] [--seconds N] [--seed N] [--quiet]
import { readFileSync } from "node:fs";
import process from "node:process";
import { fileURLToPath } from "node:url";
import { parseArgs } from "node:util";

// The emulator is the program's own (src/sim/pico-chip.ts), as the demo runs it.
const [{ PicoGripper }, { encodeUartFrame, UartFrameReader }] = await Promise.all([
  import("../../dist/sim/pico-gripper.js"),
  import("../../dist/protocol/uart-frame.js"),
]).catch(() => {
  console.error("the program is not built: npm install && npm run build");
  process.exit(1);
});

const { values } = parseArgs({
  options: {
    image: { type: "string", default: fileURLToPath(new URL("../images/rp2040.bin", import.meta.url)) },
    seconds: { type: "string", default: "6" },
    seed: { type: "string", default: "1" },
    quiet: { type: "boolean", default: false },
  },
});
const seconds = Number(values.seconds);
const DEVICE = "gripper-mcu";
const TARGET = 0.03;
const STREAM = { from: 1, until: seconds - 1 };

let newest = -1;
let gaps = 0;
let last = null;
const seen = new Set();

const packetOf = (head, ...parts) => {
  const body = Buffer.concat(parts);
  const length = body.length < 128 ? [body.length] : [(body.length & 127) | 128, body.length >> 7];
  return Buffer.from([head, ...length, ...body]);
};
const textOf = (text) => Buffer.from([text.length >> 8, text.length & 255, ...Buffer.from(text)]);
const send = (packet) => pico.receive(encodeUartFrame(packet));
const say = (text) => values.quiet || console.log(`${now.toFixed(3)} s  ${text}`);

/** The least of a broker for one client: it accepts, subscribes, acknowledges and answers pings. */
function serve(bytes) {
  const packet = Buffer.from(bytes);
  if (packet.length === 0) return say("the device ended its connection");
  const kind = packet[0] >> 4;
  seen.add(kind);
  if (kind === 1) {
    say("CONNECT");
    send(Buffer.from([0x20, 2, 0, 0]));
  } else if (kind === 8) {
    say("SUBSCRIBE");
    send(Buffer.from([0x90, 3, packet[2], packet[3], 0]));
  } else if (kind === 12) {
    send(Buffer.from([0xd0, 0]));
  } else if (kind === 3) {
    takePublish(packet);
  } else {
    say(`packet of type ${kind}`);
  }
}

function takePublish(packet) {
  let at = packet[1] & 128 ? 3 : 2;
  const size = packet.readUInt16BE(at);
  const topic = packet.toString("utf8", at + 2, at + 2 + size);
  at += 2 + size;
  if ((packet[0] >> 1) & 3) {
    send(Buffer.from([0x40, 2, packet[at], packet[at + 1]]));
    at += 2;
  }
  const payload = packet.toString("utf8", at);
  say(`${topic} ${payload}`);
  if (!topic.endsWith("/telemetry")) return;
  const telemetry = JSON.parse(payload);
  if (newest >= 0 && telemetry.n !== newest + 1) gaps++;
  newest = telemetry.n;
  last = telemetry.signals;
}

let damaged = 0;
const reader = new UartFrameReader(2048, {
  frame: serve,
  bad: () => {
    damaged++;
  },
});
const pico = new PicoGripper(new Uint8Array(readFileSync(values.image)), Number(values.seed) >>> 0);

let seq = 0;
let now = 0;
let reached = Number.POSITIVE_INFINITY;
const before = process.cpuUsage();
for (let step = 0; step < seconds * 20; step++) {
  now = step / 20;
  if (newest >= 0 && now >= STREAM.from && now < STREAM.until) {
    seq++;
    const command = { id: `try:${seq}`, seq, ref: newest, ttl_ms: 200, signals: { target: TARGET } };
    send(packetOf(0x30, textOf(`twin/v1/${DEVICE}/command`), Buffer.from(JSON.stringify(command))));
  }
  reader.push(pico.step(now));
  reached = Math.min(reached, Math.abs(pico.plant.position - TARGET));
}
const used = process.cpuUsage(before);

const share = (used.user + used.system) / 1e6 / seconds;
console.log(
  `boot to boot, ${seconds} s of the chip's time took ${Math.round(100 * share)} % of a core at real time`,
);
console.log(
  `telemetry ${newest + 1}, gaps ${gaps}, frames damaged ${damaged}, watchdog resets ${pico.resets}`,
);
console.log(`nearest to the target ${(1e6 * reached).toFixed(0)} µm; at the end ${JSON.stringify(last)}`);
const good =
  newest >= 10 * (seconds - 1) &&
  gaps === 0 &&
  damaged === 0 &&
  reached < 2e-4 &&
  last.state === "failsafe" &&
  last.cause === "silence" &&
  last.duty === 0;
console.log(good ? "good" : "NOT as it should be");
process.exit(good ? 0 : 1);
