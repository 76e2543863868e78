// Floods a broker by a plain socket: `mqtt-flood.mjs PORT RATE PAYLOAD_BYTES`. RATE messages a second of telemetry of the
// device `loud`, or of PAYLOAD_BYTES where that is above 0. Prints `sent N` each second.
import { connect } from "node:net";
import { publishPacket } from "./mqtt-packet.mjs";

const [port, rateText, bytesText] = process.argv.slice(2);
const rate = Number(rateText);
const payloadBytes = Number(bytesText);
const socket = connect(Number(port), "127.0.0.1");
socket.write(Buffer.from([0x10, 17, 0, 4, 77, 81, 84, 84, 4, 2, 0, 0, 0, 5, 102, 108, 111, 111, 100]));
socket.resume();
socket.on("error", () => process.exit(0));

let n = 0;
const topic = "twin/v1/loud/telemetry";
const big = payloadBytes > 0 ? publishPacket(topic, Buffer.alloc(payloadBytes, 0x78)) : null;
const next = () =>
  big ??
  publishPacket(
    topic,
    Buffer.from(`{"boot":1,"n":${n},"t_us":${n},"signals":{"position":0.5,"state":"active"}}`),
  );
const start = performance.now();
let open = true;
socket.on("drain", () => (open = true));
setInterval(() => {
  const due = Math.floor(((performance.now() - start) / 1000) * rate);
  const chunk = [];
  for (; n < due && open && chunk.length < 5000; n++) chunk.push(next());
  if (chunk.length > 0) open = socket.write(Buffer.concat(chunk));
  if (due - n > rate) n = due;
}, 2);
let last = 0;
setInterval(() => {
  console.log(`sent ${n - last}`);
  last = n;
}, 1000);
