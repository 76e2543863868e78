import type { Answer, CommandLink } from "./command-link.ts";
import type { LeaseGrant } from "./command-sequence.ts";
import type { Platform } from "./platform.ts";

/** Why a lease is not held, or not any more. `holder`: who holds it instead, where the server names them. */
export type LeaseEnd = { code: string; message: string; holder?: string };

/** `request` asks the holder, `acquire` takes what is free. */
export type LeaseQuestion = {
  op?: "acquire" | "request";
  yields?: boolean | undefined;
  force?: boolean | undefined;
};

export type LeaseEvents = {
  held(lease: LeaseGrant, answer: Extract<Answer, { op: "lease" }>): void;
  /** Once, whether the lease was held before or never granted. */
  ended(end: LeaseEnd): void;
};

/**
 * One request for a robot's lease and, once it is granted, its renewal at a third of its life. It ends by a release, a
 * stop, the loss of the connection, a renewal that is refused or not answered in time, or another holder in the
 * server's status; it never begins again.
 */
export class LeaseKeeper {
  private phase: "asking" | "held" | "ended" = "asking";
  private lease: LeaseGrant | null = null;
  /** Server ms. */
  private grantedMs = 0;
  private cancelRenewal = () => {};
  private cancelExpiry = () => {};
  private readonly endings: (() => void)[];

  constructor(
    readonly robot: string,
    private readonly link: CommandLink,
    private readonly platform: Platform,
    private readonly events: LeaseEvents,
  ) {
    this.endings = [
      link.stopped.add((stopped, by) => this.takeStop(stopped, by)),
      link.lost.add(({ code, message }) =>
        this.end({ code, message: `${message}: acquire the lease again` }),
      ),
    ];
  }

  /** The lease while it is held, else null. */
  get grant(): LeaseGrant | null {
    return this.phase === "held" ? this.lease : null;
  }

  /**
   * Asks once, in the name of `holder`; with `force` also where somebody else holds it, which only an admin may.
   * False when it could not be sent: the request is over then.
   */
  acquire(holder: string | undefined, { op = "acquire", yields, force }: LeaseQuestion = {}): boolean {
    const message = {
      op,
      robot: this.robot,
      ...(holder === undefined ? {} : { holder }),
      ...(yields === true ? { yields } : {}),
      ...(force === true ? { force } : {}),
    };
    if (this.link.request(message, (answer) => this.takeGrant(answer)) !== null) return true;
    this.stop();
    return false;
  }

  /** Asks whoever holds it to hand it over: the grant comes when they do. False when it could not be sent. */
  request(holder: string | undefined): boolean {
    const message = { op: "request", robot: this.robot, ...(holder === undefined ? {} : { holder }) };
    if (this.link.request(message, (answer) => this.takeGrant(answer)) !== null) return true;
    this.stop();
    return false;
  }

  /** Gives the lease back, or withdraws the request. `answered` gets the server's answer where one will come. */
  release(answered: (answer: Answer) => void = () => {}, why: LeaseEnd = released): boolean {
    const { grant, robot } = this;
    this.end(why);
    return (
      grant !== null && this.link.request({ op: "release", robot, epoch: grant.epoch }, answered) !== null
    );
  }

  /**
   * The lease as the server's status has it at server time `timeMs`. A status from before the grant does not count: it
   * came over the other socket. `epoch` is null when nobody holds the lease.
   */
  judge(epoch: number | null, isStopped: boolean, timeMs: number): void {
    if (this.phase !== "held" || epoch === this.lease?.epoch || timeMs <= this.grantedMs) return;
    if (isStopped) this.end({ code: "stopped", message: `${this.robot} is stopped: the lease ended` });
    else if (epoch === null) this.end({ code: "no_lease", message: "the lease ended" });
    else this.end({ code: "lease_lost", message: "another client holds the lease" });
  }

  /** Ends it without telling the server, as at the end of the connection. */
  end(end: LeaseEnd): void {
    if (this.phase === "ended") return;
    this.stop();
    this.events.ended(end);
  }

  private stop(): void {
    this.phase = "ended";
    this.cancelRenewal();
    this.cancelExpiry();
    for (const ending of this.endings) ending();
  }

  private takeGrant(answer: Answer): void {
    if (answer.op === "lease") {
      const { robot, epoch, ttlMs } = answer;
      if (this.phase === "ended") {
        // It was withdrawn, or a stop ended it, before it was granted: nobody would renew it or use it.
        this.link.request({ op: "release", robot, epoch }, () => {});
        return;
      }
      this.phase = "held";
      this.lease = { robot, epoch, ttlMs };
      this.grantedMs = answer.serverTime;
      this.keep(this.lease);
      this.events.held(this.lease, answer);
      return;
    }
    this.end(endOf(answer));
  }

  private keep(lease: LeaseGrant): void {
    this.cancelRenewal();
    this.cancelExpiry();
    this.cancelRenewal = this.platform.after(lease.ttlMs / 3, () => this.renew(lease));
    this.cancelExpiry = this.platform.after(lease.ttlMs, () => this.end(expired));
  }

  private renew(lease: LeaseGrant): void {
    const { robot, epoch } = lease;
    this.link.request({ op: "renew", robot, epoch }, (answer) => {
      if (this.phase !== "held") return;
      if (answer.op === "lease") this.keep(lease);
      else this.end(endOf(answer));
    });
  }

  /** A stop revokes every lease of the robot, also one that was granted to go on after a reset. */
  private takeStop(stopped: string, by: string): void {
    if (this.phase !== "held" || (stopped !== "*" && stopped !== this.robot)) return;
    this.end({ code: "stopped", message: `${by} stopped ${this.robot}: the lease ended` });
  }
}

const released: LeaseEnd = { code: "released", message: "the lease was released" };

const expired: LeaseEnd = {
  code: "lease_expired",
  message: "the server did not answer in time: the lease expired",
};

function endOf(answer: Answer): LeaseEnd {
  if (answer.op === "error") {
    const { code, message, holder } = answer;
    return holder === undefined ? { code, message } : { code, message, holder };
  }
  if (answer.op === "lost") return { code: answer.code, message: answer.message };
  return { code: "bad_answer", message: `the server answered a request for a lease with "${answer.op}"` };
}
