import type { ClientCommandMessage, ServerCommandMessage } from "../../protocol/command-messages.ts";
import type { TwistPayload } from "../../protocol/foxglove/twist-payload.ts";

/** The lease is renewed so often while twists come. ms */
const renewMs = 1000;
/** Without a twist for so long the lease is given back. ms */
const restMs = 1500;
/** The lease is asked for again so long after somebody else had it. ms */
const askAgainMs = 500;
/** A twist that its sender stamped longer ago comes from a connection that hung. ms */
const mostAgeMs = 500;
/** A twist that waited for the lease longer is not sent any more. ms */
const mostWaitMs = 150;
const ttlMs = 500;
const warnEveryMs = 1000;

/**
 * Drives the base of one robot by the twists that one client publishes: takes the lease when they begin, gives it back when
 * they end. The gate watches over the rest: 115 ms without a twist end in a standstill. Times are server ms.
 */
export class TwistDriver {
  private readonly leaseId: string;
  private epoch: number | null = null;
  private askedAt = Number.NEGATIVE_INFINITY;
  private renewedAt = 0;
  private drivenAt = 0;
  private warnedAt = Number.NEGATIVE_INFINITY;
  private waiting: { twist: TwistPayload; since: number } | null = null;
  private seq = 0;

  constructor(
    private readonly robot: string,
    private readonly holder: string,
    private readonly send: (message: ClientCommandMessage) => void,
    private readonly warn: (text: string) => void,
  ) {
    this.leaseId = `foxglove-lease-${robot}`;
  }

  drive(twist: TwistPayload, now: number): void {
    const age = twist.stampMs === null ? 0 : now - twist.stampMs;
    if (age > mostAgeMs) {
      this.tell(
        `a twist is ${Math.round(age)} ms old by its stamp and is not sent: is the connection slow, or a clock wrong?`,
        now,
      );
      return;
    }
    this.drivenAt = now;
    if (this.epoch !== null) {
      this.command(twist, now);
      return;
    }
    this.waiting = { twist, since: now };
    if (now - this.askedAt < askAgainMs) return;
    this.askedAt = now;
    this.send({ op: "acquire", id: this.leaseId, robot: this.robot, holder: this.holder });
  }

  /** An answer of the gate; those to others are passed over. */
  take(message: ServerCommandMessage): void {
    const now = Math.max(this.drivenAt, this.renewedAt);
    switch (message.op) {
      case "lease":
        if (message.id !== this.leaseId || message.robot !== this.robot) return;
        this.takeLease(message.epoch, message.serverTime);
        if (message.stopped !== undefined) {
          this.tell(`${this.robot} is stopped by ${message.stopped.by}: call /twin/reset first`, now);
        }
        return;
      case "error":
        if (message.id !== this.leaseId) return;
        this.epoch = null;
        this.tell(message.message, now);
        return;
      case "result":
        if (message.id !== this.commandId() || (message.stage !== "refused" && message.stage !== "aborted"))
          return;
        if (message.code === "no_lease" || message.code === "stale_epoch") this.epoch = null;
        this.tell(`${message.code}: ${message.message}`, now);
        return;
      case "hello":
      case "released":
      case "rehearsed":
      case "stopped":
      case "reset":
      case "pong":
      case "planned":
      case "requested":
      case "override":
        return;
    }
  }

  tick(now: number): void {
    const { epoch, robot } = this;
    if (epoch === null) return;
    if (now - this.drivenAt > restMs) {
      this.epoch = null;
      this.send({ op: "release", id: this.leaseId, robot, epoch });
    } else if (now - this.renewedAt > renewMs) {
      this.renewedAt = now;
      this.send({ op: "renew", id: this.leaseId, robot, epoch });
    }
  }

  private takeLease(epoch: number, now: number): void {
    const isNew = this.epoch !== epoch;
    this.epoch = epoch;
    this.renewedAt = now;
    const { waiting } = this;
    this.waiting = null;
    if (isNew && waiting !== null && now - waiting.since <= mostWaitMs)
      this.command(waiting.twist, waiting.since);
  }

  /** `issued`: when it arrived here. */
  private command({ linear, angular }: TwistPayload, issued: number): void {
    this.send({
      op: "command",
      id: this.commandId(),
      robot: this.robot,
      epoch: this.epoch ?? 0,
      seq: ++this.seq,
      issued,
      ttlMs,
      command: { kind: "twist", linear, angular },
    });
  }

  private commandId(): string {
    return `foxglove-twist-${this.robot}`;
  }

  private tell(text: string, now: number): void {
    if (now - this.warnedAt < warnEveryMs) return;
    this.warnedAt = now;
    this.warn(text);
  }
}
