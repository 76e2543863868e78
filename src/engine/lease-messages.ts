import { leaseTtlMs } from "../command/lease.ts";
import type { ClientCommandMessage, ServerCommandMessage } from "../protocol/command-messages.ts";
import type { EventSeverity } from "../protocol/state-messages.ts";
import type { Outbox } from "./ports/outputs.ts";
import type { RobotControl } from "./robot/robot-control.ts";
import type { StateStream } from "./stream/state-stream.ts";

/** Who sends a message, at server ms `now`, and how it is answered. */
export type LeaseSender = {
  context: {
    out: Outbox;
    stream: StateStream;
    event(severity: EventSeverity, kind: string, message: string, robot: string): void;
  };
  session: string;
  name: string;
  now: number;
  reply(answer: ServerCommandMessage): void;
};

type LeaseOp = "acquire" | "renew" | "release" | "request" | "handOver";
type Message<Op extends LeaseOp> = Extract<ClientCommandMessage, { op: Op }>;

/** Everything about who may drive a robot: to get the lease, keep it, give it back, ask for it, and hand it over. */
export function takeLeaseMessage(from: LeaseSender, message: Message<LeaseOp>, control: RobotControl): void {
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
    case "request":
      takeRequest(from, message, control);
      return;
    case "handOver":
      takeHandOver(from, message, control);
      return;
  }
}

function takeAcquire(from: LeaseSender, message: Message<"acquire">, control: RobotControl): void {
  const { session, name, now, reply } = from;
  const { gate } = control;
  const robot = control.twin.id;
  const holder = message.holder || name;
  const before = holderOf(control, now);
  const isTaken = message.force === true && before !== null && before.session !== session;
  const forced = isTaken ? `${holder} took over the lease` : null;
  const { granted, lease } = gate.acquire(
    session,
    holder,
    now,
    control.current(),
    message.yields === true,
    forced,
  );
  if (!granted) {
    const text = `${lease.holder} drives ${robot} now`;
    reply({ op: "error", id: message.id, code: "lease_held", message: text, holder: lease.holder });
    return;
  }
  if (isTaken) {
    tellLoss(from, before.session, robot, `${holder} took over the lease of ${robot}`, holder);
    from.context.event(
      "warning",
      "lease.taken",
      `${holder} took the lease of ${robot} from ${before.holder}`,
      robot,
    );
  }
  grant(from, message.id, control, holder);
}

/** Answers with the lease that `from` now has, and tells everybody. */
function grant(from: LeaseSender, id: string | number, control: RobotControl, holder: string): void {
  const { context, reply, now, session } = from;
  const robot = control.twin.id;
  const lease = control.gate.lease.current();
  if (lease === null) return;
  control.requests.drop(session);
  const stopped = control.gate.latch.current();
  reply({
    op: "lease",
    id,
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

function takeRenew(
  { session, now, reply }: LeaseSender,
  message: Message<"renew">,
  control: RobotControl,
): void {
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
  { context, session, name, now, reply }: LeaseSender,
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

/** A lease that nobody holds, or that yields, is granted at once; else its holder is asked. */
function takeRequest(from: LeaseSender, message: Message<"request">, control: RobotControl): void {
  const { context, session, name, now, reply } = from;
  const robot = control.twin.id;
  const by = message.holder || name;
  if (message.id === undefined) {
    const text = "a request needs an id: the lease comes under it";
    reply({ op: "error", code: "bad_message", message: text });
    return;
  }
  const { id } = message;
  const before = holderOf(control, now);
  if (before === null || before.session === session || before.yields) {
    if (control.gate.acquire(session, by, now, control.current()).granted) grant(from, id, control, by);
    return;
  }
  const isNew = control.requests.of(session, now) === null;
  if (!control.requests.add({ session, by, id, at: now })) {
    reply({ op: "error", id, code: "too_many", message: `too many ask for the lease of ${robot}` });
    return;
  }
  const asked: ServerCommandMessage = { op: "requested", robot, by, session };
  context.out.push({ kind: "reply", session: before.session, message: asked });
  // Who asks again and again is asked once.
  if (isNew) {
    context.event("info", "lease.requested", `${by} asks ${before.holder} for the lease of ${robot}`, robot);
  }
}

function takeHandOver(from: LeaseSender, message: Message<"handOver">, control: RobotControl): void {
  const { context, session, now, reply } = from;
  const robot = control.twin.id;
  const given = message.id === undefined ? {} : { id: message.id };
  const before = holderOf(control, now);
  if (before === null || before.session !== session) {
    const text = noLease(robot, control.gate.latch.current()?.by);
    reply({ op: "error", ...given, code: "no_lease", message: text });
    return;
  }
  const request = control.requests.of(message.session, now);
  if (request === null) {
    const text = `no request for the lease of ${robot} by "${message.session}" is open: it ended, or that client is gone`;
    reply({ op: "error", ...given, code: "no_request", message: text });
    return;
  }
  const { by } = request;
  const reason = `${before.holder} handed the lease over to ${by}`;
  control.gate.acquire(request.session, by, now, control.current(), false, reason);
  if (message.id !== undefined) reply({ op: "released", id: message.id, robot });
  context.event("info", "lease.handedOver", `${before.holder} handed ${robot} over to ${by}`, robot);
  const next: LeaseSender = {
    ...from,
    session: request.session,
    name: by,
    reply: (answer) => context.out.push({ kind: "reply", session: request.session, message: answer }),
  };
  grant(next, request.id, control, by);
}

/** To a session whose lease was taken from it: not the answer to anything it asked. */
function tellLoss(
  { context }: LeaseSender,
  session: string,
  robot: string,
  message: string,
  holder: string,
): void {
  const lost: ServerCommandMessage = { op: "error", code: "lease_lost", message, holder, robot };
  context.out.push({ kind: "reply", session, message: lost });
}

/** The lease as it is at `now`: one that nobody renewed holds no more, though no cycle has ended it yet. */
function holderOf(control: RobotControl, now: number) {
  const lease = control.gate.lease.current();
  return lease === null || lease.expires <= now ? null : { ...lease };
}

/** Why a renewal fails: in most cases a stop took the lease while it was under way. */
function noLease(robot: string, stoppedBy: string | undefined): string {
  return stoppedBy === undefined
    ? `you do not hold the lease of ${robot}: acquire it again`
    : `the stop by ${stoppedBy} ended your lease of ${robot}: reset it, then acquire the lease again`;
}
