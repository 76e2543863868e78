import { spawnSync } from "node:child_process";
import { readFileSync } from "node:fs";
import type { TestTwin } from "./support.ts";

/** Kills the process that listens to topics, the first below the twin's. */
export function killTopicProcess(twin: TestTwin): void {
  const pid = below(twin.process.child.pid as number).find((one) =>
    readFileSync(`/proc/${one}/cmdline`, "utf8").includes("topic-process-main"),
  );
  process.kill(pid as number, "SIGKILL");
}

function below(pid: number): number[] {
  const found = String(spawnSync("pgrep", ["-P", String(pid)]).stdout)
    .split("\n")
    .filter(Boolean)
    .map(Number);
  return [...found, ...found.flatMap(below)];
}
