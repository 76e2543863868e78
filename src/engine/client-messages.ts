import { leaseTtlMs } from "../command/lease.ts";
import type { StopState } from "../command/stop-latch.ts";
import type { RobotId } from "../core/names.ts";
import type { ClientCommandMessage, ServerCommandMessage } from "../protocol/command-messages.ts";
import type { EventSeverity } from "../protocol/state-messages.ts";
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
      takeAcquire(from, message, control);
      return;
    case "renew":
      takeRenew(from, message, control);
      return;
    case "release":
      takeRelease(from, message, control);
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
    case "request":
    case "handOver": {
      const given = message.id === undefined ? {} : { id: message.id };
      from.reply({
        op: "error",
        ...given,
        code: "unsupported",
        message: `this version takes no ${message.op}`,
      });
      return;
    }
  }
}

/** Who sends a message, and how it is answered. */
type Sender = {
  context: ClientContext;
  session: string;
  name: string;
  now: number;
  reply(answer: ServerCommandMessage): void;
};

type Message<Op extends ClientCommandMessage["op"]> = Extract<ClientCommandMessage, { op: Op }>;

/** Answers what would move something; false for what is answered as ever, as a reset of the stop. */
function refuseClosed({ reply }: Sender, message: ClientCommandMessage, reason: string): boolean {
  const code = "replay";
  switch (message.op) {
    case "acquire":
      reply({ op: "error", id: message.id, code, message: reason });
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

function takeAcquire(
  { context, session, name, now, reply }: Sender,
  message: Message<"acquire">,
  control: RobotControl,
): void {
  const { gate } = control;
  const robot = control.twin.id;
  const holder = message.holder || name;
  const { granted, lease } = gate.acquire(session, holder, now, control.current(), message.yields === true);
  if (!granted) {
    const text = `${lease.holder} drives ${robot} now`;
    reply({ op: "error", id: message.id, code: "lease_held", message: text, holder: lease.holder });
    return;
  }
  const stopped = gate.latch.current();
  reply({
    op: "lease",
    id: message.id,
    robot,
    epoch: lease.epoch,
    ttlMs: leaseTtlMs,
    serverTime: now,
    ...(stopped === null ? {} : { stopped }),
  });
  const held = `${holder} holds the lease, but ${robot} is stopped by ${stopped?.by}: nothing moves before a reset`;
  if (stopped === null) context.event("info", "lease.granted", `${holder} drives ${robot}`, robot);
  else context.event("warning", "lease.granted", held, robot);
  context.stream.statusSoon();
}

function takeRenew({ session, now, reply }: Sender, message: Message<"renew">, control: RobotControl): void {
  const { gate } = control;
  const { id, epoch } = message;
  const robot = control.twin.id;
  if (gate.lease.renew(session, epoch, now)) {
    reply({ op: "lease", id, robot, epoch, ttlMs: leaseTtlMs, serverTime: now });
    return;
  }
  reply({ op: "error", id, code: "no_lease", message: noLease(robot, gate.latch.current()?.by) });
}

function takeRelease(
  { context, session, name, now, reply }: Sender,
  message: Message<"release">,
  control: RobotControl,
): void {
  const { gate } = control;
  const robot = control.twin.id;
  const holder = gate.lease.current()?.holder ?? name;
  if (gate.lease.holds(session, message.epoch, now) && gate.releaseSession(session, now, control.current())) {
    context.event("info", "lease.released", `${holder} released the lease of ${robot}`, robot);
    context.stream.statusSoon();
  }
  reply({ op: "released", id: message.id, robot });
}

function takeRehearsal(
  { context, session, now, reply }: Sender,
  { id, command }: Message<"rehearse">,
  control: RobotControl,
): void {
  const robot = control.twin.id;
  const rehearsed = control.gate.rehearse(command, now, control.current());
  if ("code" in rehearsed) reply({ op: "rehearsed", id, robot, ...rehearsed });
  else context.rehearsals.add({ session, id, robot, guard: rehearsed });
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

/** Why a renewal fails: in most cases a stop took the lease while it was under way. */
function noLease(robot: string, stoppedBy: string | undefined): string {
  return stoppedBy === undefined
    ? `you do not hold the lease of ${robot}: acquire it again`
    : `the stop by ${stoppedBy} ended your lease of ${robot}: reset it, then acquire the lease again`;
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
