import { existsSync, readFileSync } from "node:fs";
import { join } from "node:path";
import { Worker } from "node:worker_threads";
import { EmulatedLine } from "../io/mqtt/emulated-line.ts";
import { UartGateway } from "../io/mqtt/uart-gateway.ts";
import { packageRoot } from "../io/package-root.ts";
import { workerFile } from "../io/worker-file.ts";
import type { PicoMessage } from "./pico-worker.ts";

/** The gripper's firmware as CI builds it (firmware/README.md). */
const picoImage = join(packageRoot, "firmware", "images", "rp2040.bin");

/** Joints whose state comes from the Pico of the demo, and not from the simulated robot. */
export const picoJoints: readonly string[] = ["left_finger", "right_finger"];

/**
 * The demo's gripper: the firmware's real image for a Raspberry Pi Pico, run in an emulator in its own thread, with a
 * simulated finger on its pins; its UART goes through the gateway that a real one would go through.
 */
export class DemoPico {
  private readonly worker: Worker;
  private readonly gateway: UartGateway;

  /** `seed` differs from start to start, as a chip's noise does. */
  constructor(url: string, seed: number, say: (line: string) => void) {
    const worker = new Worker(workerFile("app/pico-worker.js"), {
      workerData: { image: readFileSync(picoImage), seed },
    });
    let taken: () => void = () => undefined;
    const line = new EmulatedLine((bytes, done) => {
      taken = done;
      worker.postMessage(bytes);
    });
    worker.on("message", (message: PicoMessage) => {
      if (message === "taken") taken();
      else line.fromDevice(message);
    });
    worker.on("error", (error) => say(`the emulated Pico of the gripper failed: ${error.message}`));
    worker.on("exit", () => line.destroy());
    this.worker = worker;
    this.gateway = new UartGateway(line, { broker: { url } });
  }

  /** Whether the image is where it is shipped. */
  static isThere(): boolean {
    return existsSync(picoImage);
  }

  /** As a power cut would. */
  async stop(): Promise<void> {
    this.gateway.end();
    await this.worker.terminate();
  }
}
