import type { CommandStage, ServerCommandMessage } from "../protocol/command-messages.ts";
import { isNumber, isObject, isText } from "./message-checks.ts";
import { isPlanned, isPlannedWay } from "./planned-check.ts";

const stages: readonly CommandStage[] = ["accepted", "refused", "sent", "executing", "done", "aborted"];

const kinds: ReadonlySet<string> = new Set<ServerCommandMessage["op"]>([
  "hello",
  "lease",
  "released",
  "result",
  "rehearsed",
  "planned",
  "requested",
  "override",
  "error",
  "planned",
  "requested",
  "override",
  "stopped",
  "reset",
  "pong",
]);

/**
 * One message of /ws/command; null when it lacks something it must have; `unknown` when it is of a kind that this
 * version does not know.
 */
export function readCommandAnswer(text: string): ServerCommandMessage | "unknown" | null {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return null;
  }
  if (!isObject(message) || !isText(message.op)) return null;
  if (!kinds.has(message.op)) return "unknown";
  return isCommandAnswer(message) ? message : null;
}

/** The client renews at a third of it: neither all the time nor never. */
function isTtl(value: unknown): boolean {
  return isNumber(value) && value >= 30 && value <= 3_600_000;
}

function isBreach(value: unknown): boolean {
  return (
    isObject(value) &&
    isText(value.joint) &&
    isText(value.unit) &&
    [value.value, value.lower, value.upper].every(isNumber)
  );
}

function isNavigation(value: unknown): boolean {
  return (
    isObject(value) &&
    [value.distanceRemaining, value.timeRemaining, value.recoveries].every(isNumber) &&
    (value.posesRemaining === undefined || isNumber(value.posesRemaining))
  );
}

function isCommandAnswer(message: unknown): message is ServerCommandMessage {
  if (!isObject(message)) return false;
  const identified = isText(message.id) || isNumber(message.id);
  switch (message.op) {
    case "hello":
      return isNumber(message.serverTime);
    case "lease":
      return (
        identified &&
        isText(message.robot) &&
        [message.epoch, message.serverTime].every(isNumber) &&
        isTtl(message.ttlMs)
      );
    case "released":
      return identified && isText(message.robot);
    case "result":
      return (
        identified &&
        stages.some((stage) => stage === message.stage) &&
        isText(message.code) &&
        isText(message.message) &&
        (message.progress === undefined || isNumber(message.progress)) &&
        (message.navigation === undefined || isNavigation(message.navigation)) &&
        (message.breach === undefined || isBreach(message.breach))
      );
    case "rehearsed":
      return identified && isText(message.robot) && isText(message.code) && isText(message.message);
    case "planned":
      return identified && (isPlanned(message) || isPlannedWay(message));
    case "requested":
      return isText(message.robot) && isText(message.by) && isText(message.session);
    case "override":
      return isText(message.robot) && isNumber(message.percent);
    case "error":
      return (
        isText(message.code) &&
        isText(message.message) &&
        (message.holder === undefined || isText(message.holder))
      );
    case "stopped":
      return isText(message.robot) && isText(message.by);
    case "reset":
      return isText(message.robot);
    case "pong":
      return isNumber(message.t) && isNumber(message.serverTime);
    default:
      return false;
  }
}
