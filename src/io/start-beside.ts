import { type ChildProcess, spawn } from "node:child_process";
import { workerFile } from "./worker-file.ts";

/**
 * Starts a process beside this one, by a file of the build. What it says goes through pipes, its errors where ours go. It is no reason
 * for this process to stay, and is to end when its input does.
 */
export function startBeside(
  file: string,
  args: readonly string[],
  env: NodeJS.ProcessEnv = process.env,
): ChildProcess {
  const child = spawn(process.execPath, [workerFile(file), ...args], {
    stdio: ["pipe", "pipe", "inherit"],
    env,
  });
  child.unref();
  return child;
}
