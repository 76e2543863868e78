import type { CommandStage, ServerCommandMessage } from "../../protocol/command-messages.ts";
import { isNumber, isObject, isText } from "../net/message-checks.ts";

const stages: readonly CommandStage[] = ["accepted", "refused", "sent", "executing", "done", "aborted"];

/** One message of /ws/command; null when it lacks something it must have or is of an unknown kind. */
export function readCommandAnswer(text: string): ServerCommandMessage | null {
  let message: unknown;
  try {
    message = JSON.parse(text);
  } catch {
    return null;
  }
  return isCommandAnswer(message) ? message : null;
}

function isBreach(value: unknown): boolean {
  return (
    isObject(value) &&
    isText(value.joint) &&
    isText(value.unit) &&
    [value.value, value.lower, value.upper].every(isNumber)
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
        [message.epoch, message.ttlMs, message.serverTime].every(isNumber)
      );
    case "released":
      return identified && isText(message.robot);
    case "result":
      return (
        identified &&
        stages.some((stage) => stage === message.stage) &&
        isText(message.code) &&
        isText(message.message) &&
        (message.breach === undefined || isBreach(message.breach))
      );
    case "rehearsed":
      return identified && isText(message.robot) && isText(message.code) && isText(message.message);
    case "error":
      return isText(message.code) && isText(message.message);
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
