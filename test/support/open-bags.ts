import { execFile } from "node:child_process";
import { promisify } from "node:util";

const run = promisify(execFile);

export type OpenedResult = { path: string; messages: number; fault: string | null };

/** Opens each file and reads all of it, in one process with little memory; what became of each. */
export async function openBagsInOneProcess(paths: readonly string[]): Promise<OpenedResult[]> {
  const script = new URL("./open-bags.mjs", import.meta.url).pathname;
  const { stdout } = await run(process.execPath, ["--max-old-space-size=256", script, ...paths], {
    maxBuffer: 16 << 20,
  });
  return stdout
    .trimEnd()
    .split("\n")
    .map((line) => JSON.parse(line) as OpenedResult);
}
