import pino, { type Logger } from "pino";
import type { TwinEvent } from "../protocol/state-messages.ts";

export type { Logger };

/** JSON lines on stderr for machines, plain lines on stderr for people. */
export function createLogger(json: boolean, level = "info"): Logger {
  const stderr = pino.destination({ dest: 2, sync: true });
  if (json) return pino({ level, base: null }, stderr);
  const write = (line: string): void => {
    const { level: severity, msg, time } = JSON.parse(line) as { level: number; msg?: string; time: number };
    const at = new Date(time).toTimeString().slice(0, 8);
    const mark = severity >= 50 ? "error " : severity >= 40 ? "warn  " : "";
    process.stderr.write(`${at} ${mark}${msg ?? ""}\n`);
  };
  return pino({ level, base: null }, { write });
}

/** One line an event; a jog's many answers are left to the audit trail. */
export function logEvent(logger: Logger, event: TwinEvent): void {
  if (event.kind.startsWith("command.") && event.severity === "info") return;
  const level = event.severity === "warning" ? "warn" : event.severity;
  logger[level]({ kind: event.kind, robot: event.robot }, event.message);
}
