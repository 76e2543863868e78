import type { ChildProcess } from "node:child_process";
import { createInterface } from "node:readline";
import type { WayOutcome, WayQuestion } from "../../command/way-question.ts";
import { startBeside } from "../start-beside.ts";

/** One line to the process that asks MoveIt. */
export type PlannerOrder = { plan: WayQuestion } | { ping: true };
/** One line of it: whether MoveIt is there, why it cannot be asked, an answer, or that it is there itself. */
export type PlannerReport =
  | { ready: boolean }
  | { fault: string }
  | { id: string; outcome: WayOutcome }
  | { pong: true };

/** What of a child process is used here. */
export type PlannerProcess = Pick<ChildProcess, "stdin" | "stdout" | "on" | "kill">;

/** Starts it with the rclnodejs of this process; it has the same ROS environment, and ends when its input does. */
export function startMoveGroup(rclnodejs: string, service: string): PlannerProcess {
  return startBeside("io/ros/move-group-main.js", [rclnodejs, service]);
}

/** Reads lines of JSON; other lines, as those of a library, are passed over. */
export function linesOf<Line>(stream: NodeJS.ReadableStream | null, take: (line: Line) => void): void {
  if (stream === null) return;
  createInterface(stream).on("line", (text) => {
    let line: Line;
    try {
      line = JSON.parse(text) as Line;
    } catch {
      return;
    }
    if (typeof line === "object" && line !== null) take(line);
  });
}
