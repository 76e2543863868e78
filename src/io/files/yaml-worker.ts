import { parentPort } from "node:worker_threads";
import { parse } from "yaml";

/* The thread that reads one YAML text: its parser may take seconds for what was made to hold it up. */

parentPort?.once("message", (text: string) => {
  try {
    parentPort?.postMessage({ value: parse(text, { maxAliasCount: 100 }) });
  } catch (error) {
    parentPort?.postMessage({ fault: error instanceof Error ? error.message : String(error) });
  }
});
