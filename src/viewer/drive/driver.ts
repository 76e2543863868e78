import type { ServerCommandMessage } from "../../protocol/command-messages.ts";
import { type ServerAddress, socketUrl } from "../net/address.ts";
import { ReconnectingSocket } from "../net/reconnecting-socket.ts";
import { Signal } from "../store/signal.ts";
import { type Activity, ActivityLog } from "./activity.ts";
import { readCommandAnswer } from "./command-answers.ts";
import { CommandSequence, type Lease, type MotionCommand } from "./command-sequence.ts";
import { Jog, type JogCommand } from "./jog.ts";
import { StopButton } from "./stop-button.ts";

export type RehearsedMessage = Extract<ServerCommandMessage, { op: "rehearsed" }>;

export type Driving =
  | { phase: "none" }
  | { phase: "asking"; robot: string }
  | { phase: "held"; lease: Lease };

const moveTtlMs = 2000;
const jogTtlMs = 200;
const pingEveryMs = 2000;
const silenceMs = 7000;
const keptRenewals = 8;
const leaseEnded = "The lease ended: you no longer drive. Press “Drive” again.";

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
  readonly socket: ReconnectingSocket;
  readonly jog: Jog;
  readonly stopButton: StopButton;
  private readonly sequence = new CommandSequence();
  private renewTimer: ReturnType<typeof setTimeout> | undefined;
  private expiryTimer: ReturnType<typeof setTimeout> | undefined;
  private requests = 0;
  private grantedMs = 0;

  constructor(
    address: ServerAddress,
    private readonly serverTime: () => number | null,
    private readonly holderName: () => string,
  ) {
    this.socket = new ReconnectingSocket(
      socketUrl(address, "ws/command"),
      {
        opened: () => undefined,
        text: (data) => this.read(data),
        bytes: () => undefined,
        lost: (wasOpen) =>
          wasOpen &&
          this.endDriving(
            "The connection was lost: you no longer drive. Press “Drive” again once it is back.",
          ),
      },
      silenceMs,
    );
    this.jog = new Jog(
      (command) => this.sendJog(command),
      (ms, tick) => {
        const timer = setInterval(tick, ms);
        return () => clearInterval(timer);
      },
    );
    this.stopButton = new StopButton(address, (message) => this.socket.send(message), this.holderName);
    setInterval(() => this.socket.send({ op: "ping", t: performance.now() }), pingEveryMs);
  }

  /** The held lease for `robot`, or null. */
  leaseOf(robot: string | null): Lease | null {
    const driving = this.driving.get();
    return driving.phase === "held" && driving.lease.robot === robot ? driving.lease : null;
  }

  acquire(robot: string): void {
    this.notice.set(null);
    const holder = this.holderName();
    const asked = this.socket.send({ op: "acquire", id: this.nextId(), robot, holder });
    if (asked) this.driving.set({ phase: "asking", robot });
    else this.notice.set("Not connected: no request was sent. Try again once the server answers.");
  }

  release(): void {
    const driving = this.driving.get();
    this.jog.release();
    if (driving.phase === "held") {
      const { robot, epoch } = driving.lease;
      this.socket.send({ op: "release", id: this.nextId(), robot, epoch });
    }
    this.endDriving(null);
  }

  /** Sends a move and follows its stages; null, with a notice, when it cannot be sent. */
  move(command: MotionCommand, label: string): Activity | null {
    const sent = this.sendCommand(command, moveTtlMs);
    if (sent === null) {
      this.notice.set("Not sent: you do not drive, or the connection is down.");
      return null;
    }
    return this.log.begin(sent, label);
  }

  /** Asks what a joint move would come to; the id of the question, or null when it cannot be asked. */
  rehearse(robot: string, positions: Readonly<Record<string, number>>): string | null {
    const id = this.nextId();
    const command = { kind: "jointPosition", positions } as const;
    return this.socket.send({ op: "rehearse", id, robot, command }) ? id : null;
  }

  stop(): void {
    this.jog.drop();
    this.stopButton.press();
  }

  /** Takes the latch off. Moves nothing. */
  reset(robot: string): void {
    const id = this.nextId();
    if (!this.socket.send({ op: "reset", robot, id, holder: this.holderName() }))
      this.notice.set("Not connected: not reset.");
    else this.resetIds.add(id);
  }

  /**
   * The lease as everybody sees it at server time `timeMs`: when another epoch holds the robot, this page
   * no longer does. What was said before the grant came does not count: it took the other socket. A stop that ended it
   * is said by its own banner.
   */
  judgeLease(robot: string, epoch: number | null, stopped: boolean, timeMs: number): void {
    const lease = this.leaseOf(robot);
    if (!lease || epoch === lease.epoch || timeMs <= this.grantedMs) return;
    if (stopped) this.endDriving(null);
    else this.endDriving(epoch === null ? leaseEnded : "Somebody else drives now.");
  }

  private readonly resetIds = new Set<string>();
  /** Epochs of the renewals sent last, by their ids. */
  private readonly renewals = new Map<string, number>();

  private sendJog(command: JogCommand): boolean {
    const sent = this.sendCommand(command, jogTtlMs);
    if (sent !== null) this.log.jogged(sent);
    return sent !== null;
  }

  private sendCommand(command: MotionCommand, ttlMs: number): number | null {
    const driving = this.driving.get();
    const issuedMs = this.serverTime();
    if (driving.phase !== "held" || issuedMs === null) return null;
    const message = this.sequence.next(driving.lease, command, issuedMs, ttlMs);
    return this.socket.send(message) ? message.seq : null;
  }

  private read(data: string): void {
    const message = readCommandAnswer(data);
    if (message) this.take(message);
  }

  private take(message: ServerCommandMessage): void {
    switch (message.op) {
      case "lease":
        this.takeLease(
          { robot: message.robot, epoch: message.epoch, ttlMs: message.ttlMs },
          message.serverTime,
        );
        return;
      case "released":
        if (this.leaseOf(message.robot)) this.endDriving(null);
        return;
      case "result":
        this.log.advance(message);
        return;
      case "error":
        this.takeError(message.id, message.code, message.message, message.holder);
        return;
      case "stopped":
        this.stopped(message.robot);
        return;
      case "rehearsed":
        this.rehearsed.set(message);
        return;
      case "hello":
      case "reset":
      case "pong":
        return;
    }
  }

  /** A stop revokes the lease; the banner says so, a second sentence would only be in the way. */
  private stopped(robot: string): void {
    this.stopButton.confirm();
    if (robot === "*" || this.leaseOf(robot)) this.endDriving(null);
  }

  private takeLease(lease: Lease, grantedMs: number): void {
    const driving = this.driving.get();
    // A grant that arrives after the request was withdrawn must not let this page drive.
    if (driving.phase === "none") {
      this.socket.send({ op: "release", id: this.nextId(), robot: lease.robot, epoch: lease.epoch });
      return;
    }
    if (driving.phase !== "held" || driving.lease.epoch !== lease.epoch) {
      this.driving.set({ phase: "held", lease });
      this.grantedMs = grantedMs;
    }
    clearTimeout(this.renewTimer);
    clearTimeout(this.expiryTimer);
    this.renewTimer = setTimeout(() => this.renew(lease), lease.ttlMs / 3);
    this.expiryTimer = setTimeout(
      () => this.endDriving("The server did not answer in time: you no longer drive. Press “Drive” again."),
      lease.ttlMs,
    );
  }

  private renew({ robot, epoch }: Lease): void {
    const id = this.nextId();
    this.renewals.set(id, epoch);
    // Answers come in order: what is older than the last few will get none any more.
    for (const old of [...this.renewals.keys()].slice(0, -keptRenewals)) this.renewals.delete(old);
    this.socket.send({ op: "renew", id, robot, epoch });
  }

  private takeError(id: string | number | undefined, code: string, message: string, holder?: string): void {
    if (typeof id === "string" && this.resetIds.delete(id)) {
      this.notice.set(`Not reset: ${message}`);
      return;
    }
    const renewed = typeof id === "string" ? this.renewals.get(id) : undefined;
    if (renewed !== undefined) {
      // It was under way when a stop or a release ended that lease: whoever did it has said so.
      const driving = this.driving.get();
      if (driving.phase === "held" && driving.lease.epoch === renewed) this.endDriving(leaseEnded);
      return;
    }
    if (typeof id === "number") {
      this.log.advance({ id, stage: "refused", code, message });
      return;
    }
    if (code === "lease_held") this.endDriving(`${holder ?? "Somebody else"} drives now.`);
    else if (this.driving.get().phase !== "none") this.endDriving(message);
    else this.notice.set(message);
  }

  private endDriving(notice: string | null): void {
    this.jog.drop();
    clearTimeout(this.renewTimer);
    clearTimeout(this.expiryTimer);
    if (this.driving.get().phase === "none") return;
    this.driving.set({ phase: "none" });
    if (notice !== null) this.notice.set(notice);
  }

  private nextId(): string {
    return `r${++this.requests}`;
  }
}
