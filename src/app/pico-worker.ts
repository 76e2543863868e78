import { parentPort, workerData } from "node:worker_threads";
import { PicoGripper } from "../sim/pico-gripper.ts";

/*
 * The thread of the demo's Pico (demo-pico.ts): bytes of its UART in, bytes of its UART out, its time that of the clock. In a
 * thread of its own since emulation takes a good part of a core, which no cycle is to wait for.
 */

const stepMs = 5;

const { image, seed } = workerData as { image: Uint8Array; seed: number };
const gripper = new PicoGripper(image, seed);
parentPort?.on("message", (bytes: Uint8Array) => gripper.receive(bytes));
setInterval(() => {
  const sent = gripper.step(performance.now() / 1000);
  if (sent.length > 0) parentPort?.postMessage(sent);
}, stepMs);
