import { Worker } from "node:worker_threads";
import { workerFile } from "../worker-file.ts";

/** Longest time that a text may take, ms. */
const readWithinMs = 5000;
/** Texts that are read at once. */
const mostReaders = 4;
let readers = 0;

/** Reads YAML in a thread of its own, so that no cycle waits for it. Rejects with why it cannot be read. */
export async function readYamlBeside(text: string): Promise<unknown> {
  if (readers >= mostReaders) {
    const message = `more than ${mostReaders} YAML texts are being read: try again`;
    throw Object.assign(new Error(message), { statusCode: 503 });
  }
  readers += 1;
  let worker: Worker | null = null;
  let late: NodeJS.Timeout | undefined;
  try {
    const reader = new Worker(workerFile("io/files/yaml-worker.js"), {
      resourceLimits: { maxOldGenerationSizeMb: 128 },
    });
    worker = reader;
    return await new Promise((resolve, reject) => {
      const tooLate = new Error(`it takes more than ${readWithinMs / 1000} s to read`);
      late = setTimeout(() => reject(tooLate), readWithinMs);
      reader.once("error", reject);
      reader.once("message", (answer: { value: unknown } | { fault: string }) => {
        if ("fault" in answer) reject(new Error(answer.fault));
        else resolve(answer.value);
      });
      reader.postMessage(text);
    });
  } finally {
    clearTimeout(late);
    readers -= 1;
    void worker?.terminate();
  }
}
