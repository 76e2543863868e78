import type { StopState } from "../command/stop-latch.ts";
import { firstLineOf } from "../core/first-line.ts";
import type { RobotId } from "../core/names.ts";
import type { ClientCommandMessage } from "../protocol/command-messages.ts";
import type { EventSeverity } from "../protocol/state-messages.ts";
import { type LeaseSender, takeLeaseMessage } from "./lease-messages.ts";
import { takeOverride } from "./override-messages.ts";
import type { PlanDesk } from "./plan-desk.ts";
import type { Outbox } from "./ports/outputs.ts";
import type { Rehearsals } from "./rehearsals.ts";
import type { RobotControl } from "./robot/robot-control.ts";
import type { StateStream } from "./stream/state-stream.ts";
import type { Watchdogs } from "./watchdogs.ts";

/** What of the engine a client's message can reach. */
export type ClientContext = {
  /** Why no command is taken; null: they are. */
  closed: string | null;
  control: ReadonlyMap<string, RobotControl>;
  stream: StateStream;
  out: Outbox;
  rehearsals: Rehearsals;
  plans: PlanDesk;
  watchdogs: Watchdogs;
  /** Whether a robot was there, and is not now. */
  isAway(robot: RobotId): boolean;
  /** Latches the stop of robots that are away, for one or "*", and of those that appear soon; those that it is new for. */
  stopAway(robot: RobotId | "*", stop: StopState): readonly RobotId[];
  event(severity: EventSeverity, kind: string, message: string, robot: string): void;
};

/** One message of a command session, at server ms `now`. `name` is how people see who it is. */
export function takeClientMessage(
  context: ClientContext,
  session: string,
  name: string,
  message: ClientCommandMessage,
  now: number,
): void {
  const from: Sender = {
    context,
    session,
    name,
    now,
    reply: (answer) => context.out.push({ kind: "reply", session, message: answer }),
  };
  if (message.op === "ping") {
    from.reply({ op: "pong", t: message.t, serverTime: now });
    return;
  }
  if (message.op === "presence") {
    context.watchdogs.setPresence(session, message.state, now);
    return;
  }
  if (message.op === "stop") {
    takeStop(from, message);
    return;
  }
  const [control] = pick(context, message.robot);
  if (control === undefined) {
    from.reply(unknownRobot(context, message.id, message.robot));
    return;
  }
  if (context.closed !== null && refuseClosed(from, message, context.closed)) return;
  switch (message.op) {
    case "acquire":
    case "renew":
    case "release":
    case "request":
    case "handOver":
      takeLeaseMessage(from, message, control);
      return;
    case "command": {
      const { id, epoch, seq, issued, ttlMs, command } = message;
      control.gate.command({ session, id, epoch, seq, issued, ttlMs, command }, now, control.current());
      return;
    }
    case "rehearse":
      takeRehearsal(from, message, control);
      return;
    case "reset":
      takeReset(from, message, control);
      return;
    case "plan":
      context.plans.ask(session, message);
      return;
    case "override":
      takeOverride(context, from, message, control);
      return;
  }
}

type Sender = LeaseSender & { context: ClientContext };

type Message<Op extends ClientCommandMessage["op"]> = Extract<ClientCommandMessage, { op: Op }>;

/** Answers what would move something; false for what is answered as ever, as a reset of the stop. */
function refuseClosed({ reply }: Sender, message: ClientCommandMessage, reason: string): boolean {
  const code = "replay";
  switch (message.op) {
    case "acquire":
      reply({ op: "error", id: message.id, code, message: reason });
      return true;
    case "request":
      reply({ op: "error", ...(message.id === undefined ? {} : { id: message.id }), code, message: reason });
      return true;
    case "command":
    case "plan":
      reply({ op: "result", id: message.id, stage: "refused", code, message: reason });
      return true;
    case "rehearse":
      reply({ op: "rehearsed", id: message.id, robot: message.robot, code, message: reason });
      return true;
    default:
      return false;
  }
}

function takeStop({ context, name, now, reply }: Sender, message: Message<"stop">): void {
  const { out, stream } = context;
  const { robot } = message;
  const by = message.holder || name;
  const chosen = robot === "*" ? [...context.control.values()] : pick(context, robot);
  const stop = { by, at: now, reason: message.reason ?? "" };
  if (chosen.length === 0 && robot !== "*" && !context.isAway(robot)) {
    reply(unknownRobot(context, message.id, robot));
    return;
  }
  const fresh = chosen.filter((control) => {
    const isFresh = control.gate.stop(by, stop.reason, now, control.current(), message.immediate === true);
    control.setStopped(true);
    return isFresh;
  });
  // Robots rest first: nothing else that came with it is waited for, and not the disk.
  out.flush();
  const ids = fresh.map((control) => control.twin.id);
  const kept = [...ids, ...context.stopAway(robot, stop)];
  // Kept before anybody is told that it holds.
  if (kept.length > 0) out.push({ kind: "stopMemory", robots: kept, stop });
  for (const id of ids) context.event("warning", "stop.latched", `${id} is stopped by ${by}`, id);
  if (ids.length > 0) stream.statusSoon();
  out.push({ kind: "broadcast", message: { op: "stopped", robot, by } });
  stream.broadcast({ op: "stopped", robot, by });
  out.flush();
}

function takeRehearsal(
  { context, session, now, reply }: Sender,
  { id, command }: Message<"rehearse">,
  control: RobotControl,
): void {
  const robot = control.twin.id;
  const rehearsed = rehearse(command, now, control, (text) =>
    context.event("error", "rehearse.failed", text, robot),
  );
  if ("code" in rehearsed) reply({ op: "rehearsed", id, robot, ...rehearsed });
  else context.rehearsals.add({ session, id, robot, guard: rehearsed });
}

/** A question ends nothing: what cannot be computed is not answered by ending the program, as a fault in a command is. */
function rehearse(
  command: Message<"rehearse">["command"],
  now: number,
  control: RobotControl,
  tell: (text: string) => void,
) {
  try {
    return control.gate.rehearse(command, now, control.current());
  } catch (error) {
    const message = `it cannot be computed: ${firstLineOf(error)}`;
    tell(`a ${command.kind} that was rehearsed: ${message}`);
    return { code: "not_checked", message };
  }
}

function takeReset({ context, name }: Sender, message: Message<"reset">, control: RobotControl): void {
  const { out, stream } = context;
  const robot = control.twin.id;
  if (control.gate.reset()) {
    control.setStopped(false);
    out.push({ kind: "stopMemory", robots: [robot], stop: null });
    context.event("info", "stop.reset", `${message.holder || name} reset the stop of ${robot}`, robot);
    stream.statusSoon();
  }
  const id = message.id === undefined ? {} : { id: message.id };
  out.push({ kind: "broadcast", message: { op: "reset", ...id, robot } });
}

function pick(context: ClientContext, robot: string): RobotControl[] {
  const control = context.control.get(robot);
  return control === undefined ? [] : [control];
}

/** Names the robots that there are, so that a script's author sees the right id. */
function unknownRobot({ control }: ClientContext, id: string | number | undefined, robot: string) {
  const ids = [...control.keys()];
  const there = ids.length === 0 ? "no robot is known yet" : `known robots: ${ids.join(", ")}`;
  return {
    op: "error" as const,
    ...(id === undefined ? {} : { id }),
    code: "unknown_robot",
    message: `there is no robot "${robot}"; ${there}`,
  };
}
