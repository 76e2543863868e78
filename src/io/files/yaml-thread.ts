import { Worker } from "node:worker_threads";
import { workerFile } from "../worker-file.ts";

/** Longest time that a text may take, ms. */
const readWithinMs = 5000;
/** Texts that are read at once. */
const mostReaders = 4;
let readers = 0;

/** Reads YAML in a thread of its own, so that no cycle waits for it. Rejects with why it cannot be read. */
export async function readYamlBeside(text: string): Promise<unknown> {
  if (readers >= mostReaders)
    throw new Error(`more than ${mostReaders} YAML texts are being read: try again`);
  readers += 1;
  const worker = new Worker(workerFile("io/files/yaml-worker.js"), {
    resourceLimits: { maxOldGenerationSizeMb: 128 },
  });
  try {
    return await new Promise((resolve, reject) => {
      const late = setTimeout(
        () => reject(new Error(`it takes more than ${readWithinMs / 1000} s to read`)),
        readWithinMs,
      );
      worker.once("error", reject);
      worker.once("message", (answer: { value: unknown } | { fault: string }) => {
        clearTimeout(late);
        if ("fault" in answer) reject(new Error(answer.fault));
        else resolve(answer.value);
      });
      worker.postMessage(text);
    });
  } finally {
    readers -= 1;
    void worker.terminate();
  }
}
