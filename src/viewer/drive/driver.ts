import { type Answer, CommandLink } from "../../client/command-link.ts";
import type { LeaseGrant, MotionCommand } from "../../client/command-sequence.ts";
import { Jog, type JogCommand } from "../../client/jog.ts";
import { type LeaseEnd, LeaseKeeper } from "../../client/lease-keeper.ts";
import type { Platform } from "../../client/platform.ts";
import type { ServerAddress } from "../../client/server-address.ts";
import { Signal } from "../../client/signal.ts";
import type { StatusMessage } from "../../protocol/state-messages.ts";
import { type Activity, ActivityLog } from "./activity.ts";
import { preciseShare, slowed } from "./precise.ts";
import { StopButton } from "./stop-button.ts";

export type RehearsedMessage = Extract<Answer, { op: "rehearsed" }>;

export type Driving =
  | { phase: "none" }
  | { phase: "asking"; robot: string }
  | { phase: "held"; lease: LeaseGrant };

/**
 * The way out: the lease and the commands of this page over /ws/command. Nothing is kept while the socket
 * is down, and the lease must be asked for again after a loss.
 */
export class Driver {
  readonly driving = new Signal<Driving>({ phase: "none" });
  /** Why driving ended or could not begin, in words; null when there is nothing to say. */
  readonly notice = new Signal<string | null>(null);
  readonly log = new ActivityLog();
  /** The newest answer to `rehearse`. */
  readonly rehearsed = new Signal<RehearsedMessage | null>(null);
  /** Why nothing is commanded from here now, though the server would take it; null when it may be. */
  readonly block = new Signal<string | null>(null);
  /** Jogs and drags of this page at a tenth. */
  readonly precise = new Signal(false);
  readonly link: CommandLink;
  readonly jog: Jog;
  readonly stopButton: StopButton;
  private keeper: LeaseKeeper | null = null;

  constructor(
    address: ServerAddress,
    private readonly platform: Platform,
    private readonly holderName: () => string,
  ) {
    this.link = new CommandLink(address, platform);
    this.link.fault.add((_, message) => this.notice.set(message));
    this.jog = new Jog(
      (command) => this.sendJog(command),
      (ms, tick) => platform.every(ms, tick),
    );
    this.stopButton = new StopButton(this.link, address, platform, holderName);
  }

  /** The held lease for `robot`, or null. */
  leaseOf(robot: string | null): LeaseGrant | null {
    const grant = this.keeper?.grant ?? null;
    return grant?.robot === robot ? grant : null;
  }

  /** Asks for the lease; with `force` whoever holds it, which only an admin may. */
  acquire(robot: string, force = false): void {
    this.notice.set(this.block.get());
    if (this.block.get() !== null) return;
    this.keeper?.release();
    const keeper = new LeaseKeeper(robot, this.link, this.platform, {
      held: (lease) => this.driving.set({ phase: "held", lease }),
      ended: (end) => this.ended(keeper, end),
    });
    this.keeper = keeper;
    if (keeper.acquire(this.holderName(), { force })) this.driving.set({ phase: "asking", robot });
    else {
      this.keeper = null;
      this.notice.set("Not connected: no request was sent. Try again once the server answers.");
    }
  }

  /**
   * Asks whoever drives `robot` for the lease. When they hand it over this page drives; `over` is called when it will not
   * come. The returned function withdraws the question; null when it could not be sent.
   */
  request(robot: string, over: (end: LeaseEnd) => void): (() => void) | null {
    const keeper: LeaseKeeper = new LeaseKeeper(robot, this.link, this.platform, {
      held: (lease) => {
        this.keeper?.release();
        this.keeper = keeper;
        this.driving.set({ phase: "held", lease });
      },
      ended: (end) => (keeper === this.keeper ? this.ended(keeper, end) : over(end)),
    });
    if (!keeper.request(this.holderName())) return null;
    return () => keeper !== this.keeper && keeper.release();
  }

  /** The lease went to whoever asked for it. */
  handedOver(by: string): void {
    this.keeper?.end({ code: "released", message: "handed over" });
    this.notice.set(`${by} drives now.`);
  }

  /** From now on nothing but the stop is sent, for this reason; null ends that. The lease is given back. */
  setBlock(reason: string | null): void {
    if (reason !== null && this.block.get() === null) this.release();
    this.block.set(reason);
  }

  release(): void {
    this.jog.release();
    this.keeper?.release();
  }

  /** Sends a move and follows its stages; null, with a notice, when it cannot be sent. */
  move(command: MotionCommand, label: string): Activity | null {
    const grant = this.mayCommand();
    const sent =
      grant === null
        ? null
        : this.link.command(grant, command, (answer) => {
            this.takeResult(sent, answer);
            if (answer.op === "lost" && sent !== null) {
              this.log.advance({ id: sent, stage: "aborted", code: answer.code, message: answer.message });
            }
          });
    if (sent === null) {
      this.notice.set(this.block.get() ?? "Not sent: you do not drive, or the connection is down.");
      return null;
    }
    return this.log.begin(sent, label);
  }

  /** Asks what a joint move would come to; the id of the question, or null when it cannot be asked. */
  rehearse(robot: string, positions: Readonly<Record<string, number>>): string | null {
    const command = { kind: "jointPosition", positions } as const;
    return this.link.request({ op: "rehearse", robot, command }, (answer) => {
      if (answer.op === "rehearsed") this.rehearsed.set(answer);
    });
  }

  stop(): void {
    this.jog.drop();
    this.stopButton.press();
  }

  /** Takes the latch off. Moves nothing. */
  reset(robot: string): void {
    if (this.block.get() !== null) {
      this.notice.set(this.block.get());
      return;
    }
    const sent = this.link.request({ op: "reset", robot, holder: this.holderName() }, (answer) => {
      if (answer.op === "error") this.notice.set(`Not reset: ${answer.message}`);
    });
    if (sent === null) this.notice.set("Not connected: not reset.");
  }

  /**
   * The lease as everybody sees it at server time `timeMs`: when another epoch holds the robot, this page
   * no longer does. A stop that ended it is said by its own banner.
   */
  judgeLease(robot: string, epoch: number | null, stopped: boolean, timeMs: number): void {
    const { keeper } = this;
    if (keeper?.robot === robot) keeper.judge(epoch, stopped, timeMs);
  }

  /** The leases as the server's status has them. */
  judge(status: StatusMessage | null): void {
    if (status === null) return;
    const { control, time } = status;
    for (const { robot, lease, stopped } of control) {
      this.judgeLease(robot, lease?.epoch ?? null, stopped !== null, time);
    }
    const driven = this.keeper?.grant?.robot;
    // A robot that has gone is driven by nobody.
    if (driven !== undefined && !control.some(({ robot }) => robot === driven)) {
      this.judgeLease(driven, null, false, time);
    }
  }

  private sendJog(command: JogCommand): boolean {
    const grant = this.mayCommand();
    if (grant === null) return false;
    if (this.link.isStuck) return true;
    const scaled = this.precise.get() ? slowed(command, preciseShare) : command;
    const sent = this.link.jog(grant, scaled, (answer) => this.takeResult(sent, answer));
    if (sent !== null) this.log.jogged(sent);
    return sent !== null;
  }

  private mayCommand(): LeaseGrant | null {
    return this.block.get() === null ? (this.keeper?.grant ?? null) : null;
  }

  private takeResult(id: number | null, answer: Answer): void {
    if (answer.op === "result") this.log.advance(answer);
    else if (answer.op === "error" && id !== null) {
      this.log.advance({ id, stage: "refused", code: answer.code, message: answer.message });
    }
  }

  private ended(keeper: LeaseKeeper, end: LeaseEnd): void {
    if (keeper !== this.keeper) return;
    this.keeper = null;
    this.jog.drop();
    this.driving.set({ phase: "none" });
    const notice = noticeOf(end);
    if (notice !== null) this.notice.set(notice);
  }
}

/** Why a person no longer drives, in words for them; null where something else on the page says so. */
function noticeOf({ code, message, holder }: LeaseEnd): string | null {
  switch (code) {
    case "released":
    case "stopped":
      return null;
    case "forbidden":
      return `You may not drive here: ${message}`;
    case "lease_held":
      return `${holder ?? "Somebody else"} drives now.`;
    case "lease_lost":
      return "Somebody else drives now.";
    case "no_lease":
      return "The lease ended: you no longer drive. Press “Drive” again.";
    case "lease_expired":
      return "The server did not answer in time: you no longer drive. Press “Drive” again.";
    case "connection_lost":
      return "The connection was lost: you no longer drive. Press “Drive” again once it is back.";
    default:
      return message;
  }
}
