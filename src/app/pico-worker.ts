import { parentPort, workerData } from "node:worker_threads";
import { PicoGripper } from "../sim/pico-gripper.ts";

/*
 * The thread of the demo's Pico (demo-pico.ts): bytes of its UART in, bytes of its UART out, its time that of the clock. In a
 * thread of its own since emulation takes a good part of a core, which no cycle is to wait for.
 */

const stepMs = 5;
/** So few bytes on their way to its UART are as good as none: 22 ms of the line. */
const fewBytes = 256;

/** Bytes that its UART sent; or the bytes that came last are nearly all in it. */
export type PicoMessage = Uint8Array | "taken";

const { image, seed } = workerData as { image: Uint8Array; seed: number };
const gripper = new PicoGripper(image, seed);
let isTaking = false;
parentPort?.on("message", (bytes: Uint8Array) => {
  gripper.receive(bytes);
  isTaking = true;
  confirm();
});
setInterval(() => {
  const sent = gripper.step(performance.now() / 1000);
  if (sent.length > 0) say(sent);
  confirm();
}, stepMs);

/** Asks for more before the line is empty, or it would stand still till the next turn of both threads. */
function confirm(): void {
  if (!isTaking || gripper.bytesToCome > fewBytes) return;
  isTaking = false;
  say("taken");
}

function say(message: PicoMessage): void {
  parentPort?.postMessage(message);
}
