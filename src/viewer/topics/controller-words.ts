import type {
  ControllerReport,
  LastGoal,
  RobotControllers,
} from "../../protocol/topics/controllers-answer.ts";
import { formatClock } from "../store/format.ts";

/** How a controller is to be looked at: one that is loaded and does nothing is no fault by itself. */
export function controllerTone({ state, problems }: ControllerReport): "good" | "doubt" | "bad" | "off" {
  if (state === "finalized") return "bad";
  if (state === "unknown") return problems.length > 0 ? "doubt" : "off";
  return state === "active" && problems.length === 0 ? "good" : "doubt";
}

/** Robots with those of their controllers that have all words in their name, type, state or joints. */
export function foundControllers(robots: readonly RobotControllers[], search: string): RobotControllers[] {
  const words = search.toLowerCase().split(/\s+/).filter(Boolean);
  if (words.length === 0) return [...robots];
  return robots
    .map((robot) => {
      const controllers = robot.controllers.filter(({ name, type, state, joints }) => {
        const text = [robot.robot, name, type ?? "", state, ...joints].join(" ").toLowerCase();
        return words.every((word) => text.includes(word));
      });
      return { ...robot, controllers };
    })
    .filter(({ controllers }) => controllers.length > 0);
}

/** Its command interfaces by their kind, as `position, velocity claimed; effort needed`; empty: it has none. */
export function interfaceWords({ claimed, required }: ControllerReport): string {
  const kinds = (names: readonly string[]): string =>
    [...new Set(names.map((name) => name.slice(name.lastIndexOf("/") + 1)))].join(", ");
  const needed = required.filter((name) => !claimed.includes(name));
  const parts: string[] = [];
  if (claimed.length > 0) parts.push(`${kinds(claimed)} (${claimed.length} claimed)`);
  if (needed.length > 0) parts.push(`${kinds(needed)} (${needed.length} needed, not claimed)`);
  return parts.join("; ");
}

/** What became of a goal: `aborted at 12:01:02: path tolerance of elbow`. */
export function goalWords({ state, sentMs, atMs, message }: LastGoal): string {
  const when =
    state === "sent" || state === "active" ? `since ${formatClock(sentMs)}` : `at ${formatClock(atMs)}`;
  return `${state} ${when}${message === "" ? "" : `: ${message}`}`;
}
