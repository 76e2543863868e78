// The Pico's image in its emulator, its UART behind a TCP port: `pico-process.mjs IMAGE PORT SEED`. Lines on standard
// input do harm: `supply V`, `sensor nan`, `sensor ok`.
import { readFileSync } from "node:fs";
import { createServer } from "node:net";
import { createInterface } from "node:readline";
import { PicoGripper } from "../../../dist/sim/pico-gripper.js";

const [image, port, seed] = process.argv.slice(2);
const gripper = new PicoGripper(new Uint8Array(readFileSync(image)), Number(seed));
let line = null;
createServer({ noDelay: true }, (socket) => {
  line?.destroy();
  line = socket;
  socket.on("data", (bytes) => gripper.receive(bytes));
  socket.on("error", () => undefined);
}).listen(Number(port), "127.0.0.1");
createInterface(process.stdin).on("line", (text) => {
  const [what, value] = text.split(" ");
  if (what === "supply") gripper.plant.supply = Number(value);
  if (what === "sensor") gripper.plant.isSensorBroken = value === "nan";
});
setInterval(() => {
  const sent = gripper.step(performance.now() / 1000);
  if (sent.length > 0) line?.write(sent);
}, 5);
