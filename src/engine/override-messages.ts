import type { ClientCommandMessage, ServerCommandMessage } from "../protocol/command-messages.ts";
import type { EventSeverity } from "../protocol/state-messages.ts";
import type { Outbox } from "./ports/outputs.ts";
import type { RobotControl } from "./robot/robot-control.ts";
import type { StateStream } from "./stream/state-stream.ts";

type OverrideMessage = Extract<ClientCommandMessage, { op: "override" }>;

type OverrideContext = {
  stream: StateStream;
  out: Outbox;
  event(severity: EventSeverity, kind: string, message: string, robot: string): void;
};

/** The speed override as a session sets it, at server ms `now`; everybody is told the new value. */
export function takeOverride(
  { stream, out, event }: OverrideContext,
  { session, name, now }: { session: string; name: string; now: number },
  { id, percent }: OverrideMessage,
  control: RobotControl,
): void {
  const { gate, twin } = control;
  const given = id === undefined ? {} : { id };
  const before = gate.override();
  const objection = gate.setOverride(session, percent, now);
  if (objection !== null) {
    const { code, message } = objection;
    const answer: ServerCommandMessage = { op: "error", ...given, code, message };
    out.push({ kind: "reply", session, message: answer });
    return;
  }
  const robot = twin.id;
  out.push({ kind: "broadcast", message: { op: "override", ...given, robot, percent } });
  if (before === percent) return;
  stream.statusSoon();
  // A slider passes many values; what people must find again is who paused the robot and who let it go on.
  if (percent === 0)
    event("info", "override.paused", `${name} paused ${robot}: the speed override is 0 %`, robot);
  else if (before === 0) event("info", "override.resumed", `${name} set ${robot} to ${percent} %`, robot);
}
