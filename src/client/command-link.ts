import type { ServerCommandMessage } from "../protocol/command-messages.ts";
import { ClockOffset } from "./clock-offset.ts";
import { readCommandAnswer } from "./command-answers.ts";
import { type AnyCommand, CommandSequence, type LeaseGrant } from "./command-sequence.ts";
import { Listeners } from "./listeners.ts";
import { Pinger } from "./pinger.ts";
import type { Platform } from "./platform.ts";
import { ReconnectingSocket } from "./reconnecting-socket.ts";
import { type ServerAddress, socketUrl } from "./server-address.ts";

/** What comes back for a request or a command; `lost` where nothing will come any more. */
export type Answer =
  | Extract<
      ServerCommandMessage,
      { op: "lease" | "released" | "result" | "error" | "rehearsed" | "planned" | "override" | "reset" }
    >
  | ({ op: "lost" } & LostConnection);

export type LostConnection = { code: "connection_lost" | "closed"; message: string };

/** Somebody who asks for the lease of `robot`: their name, and their session. */
export type LeaseRequest = { robot: string; by: string; session: string };

/** Whether a person sees the page and can act on it. */
export type Presence = "visible" | "blurred" | "hidden";

type TakeAnswer = (answer: Answer) => void;

const silenceMs = 7000;
/** How old a move may be when it is carried out. */
const moveTtlMs = 2000;
/** A jog's command is renewed every 40 ms, and the robot brakes 95 to 115 ms after the last. */
const jogTtlMs = 200;
/** More than a few jog commands that did not leave yet: the line is stuck, and what is added would arrive late. */
const stuckBytes = 2048;
/** A jog's outcome comes under the id of its newest command. */
const keptJogs = 64;

/**
 * /ws/command: requests with their answers, numbered commands with their results, and the server's clock. Nothing is
 * kept while the socket is down and nothing is ever sent again; everything that waits for an answer when the connection
 * goes gets `lost`.
 */
export class CommandLink {
  readonly socket: ReconnectingSocket;
  /** The server reported a stop of `robot` (`*`: of every robot). */
  readonly stopped = new Listeners<[robot: string, by: string]>();
  readonly reset = new Listeners<[robot: string]>();
  /** Somebody asks for the lease that this client holds; `session` is what `handOver` names. */
  readonly requested = new Listeners<[request: LeaseRequest]>();
  /** How fast `robot` goes from now on, %. */
  readonly overridden = new Listeners<[robot: string, percent: number]>();
  /** The connection that was open is gone: lost, or ended by `close`. */
  readonly lost = new Listeners<[end: LostConnection]>();
  /** The server refused something that it could not attribute to a request. */
  readonly fault = new Listeners<[code: string, message: string]>();
  readonly malformed = new Listeners<[text: string]>();
  private readonly pinger: Pinger;
  private readonly sequence = new CommandSequence();
  private readonly waiting = new Map<string | number, { take: TakeAnswer; op: string }>();
  private jogs: number[] = [];
  private requests = 0;
  /** False once a server said that it knows no presence. */
  private takesPresence = true;
  private isPresenceSent = false;

  constructor(
    address: ServerAddress,
    private readonly platform: Platform,
  ) {
    this.pinger = new Pinger(platform, new ClockOffset(), (message) => this.socket.send(message));
    this.socket = new ReconnectingSocket(
      socketUrl(address, "ws/command"),
      {
        opened: () => this.pinger.start(),
        text: (data) => this.read(data),
        bytes: () => this.malformed.emit("binary data"),
        lost: (wasOpen) => {
          this.pinger.stop();
          if (wasOpen) this.lose(connectionLost);
        },
      },
      silenceMs,
      platform,
    );
  }

  /** Server time in ms by the best estimate; null before the first message of the server. */
  serverTime(): number | null {
    return this.pinger.clock.serverTime(this.platform.now());
  }

  /** Sends a request under an id of its own, which is returned; null when it could not be sent. */
  request(message: { op: string; [field: string]: unknown }, take: TakeAnswer): string | null {
    const id = `r${++this.requests}`;
    if (!this.socket.send({ ...message, id })) return null;
    this.waiting.set(id, { take, op: message.op });
    return id;
  }

  /** Reports whether a person sees the page; a server that does not know this is not told again. */
  presence(state: Presence): void {
    if (this.takesPresence && this.socket.send({ op: "presence", state })) this.isPresenceSent = true;
  }

  /** No answer to that request or command is of interest any more. */
  forget(id: string | number): void {
    this.waiting.delete(id);
  }

  /** Sends a move or another command that is to be carried out once; its id, or null when it could not be sent. */
  command(lease: LeaseGrant, command: AnyCommand, take: TakeAnswer): number | null {
    return this.sendCommand(lease, command, moveTtlMs, take);
  }

  /** Sends one of the many commands of a jog; its id, or null when it could not be sent. */
  jog(lease: LeaseGrant, command: AnyCommand, take: TakeAnswer): number | null {
    const id = this.sendCommand(lease, command, jogTtlMs, take);
    if (id === null) return null;
    this.jogs.push(id);
    if (this.jogs.length > keptJogs) this.waiting.delete(this.jogs.shift() as number);
    return id;
  }

  /** True while the line takes nothing: a jog then leaves commands out, and the robot stops by its watchdog. */
  get isStuck(): boolean {
    return this.socket.unsentBytes > stuckBytes;
  }

  close(): void {
    this.pinger.stop();
    this.socket.close();
    this.lose({ code: "closed", message: "the connection was closed by close()" });
  }

  private sendCommand(
    lease: LeaseGrant,
    command: AnyCommand,
    ttlMs: number,
    take: TakeAnswer,
  ): number | null {
    const issuedMs = this.serverTime();
    if (issuedMs === null) return null;
    const message = this.sequence.next(lease, command, issuedMs, ttlMs);
    if (!this.socket.send(message)) return null;
    this.waiting.set(message.id, { take, op: message.op });
    return message.id;
  }

  private lose(end: LostConnection): void {
    const all = [...this.waiting.values()];
    this.waiting.clear();
    this.jogs = [];
    for (const { take } of all) take({ op: "lost", ...end });
    this.lost.emit(end);
  }

  private read(data: string): void {
    const message = readCommandAnswer(data);
    if (message === null) this.malformed.emit(data);
    else if (message !== "unknown") this.take(message);
  }

  private take(message: ServerCommandMessage): void {
    switch (message.op) {
      case "hello":
        this.pinger.hello(message.serverTime);
        return;
      case "pong":
        this.pinger.take(message.t, message.serverTime);
        return;
      case "stopped":
        this.stopped.emit(message.robot, message.by);
        return;
      case "result": {
        const waiting = this.waiting.get(message.id);
        if (isFinal(message.stage)) this.waiting.delete(message.id);
        waiting?.take(message);
        return;
      }
      case "error":
        if (message.id === undefined) this.takeFault(message.code, message.message);
        else this.answer(message.id, message);
        return;
      case "reset":
        this.reset.emit(message.robot);
        // It goes to every client, under the id of the one who asked: that may be the id of another request here.
        if (message.id !== undefined && this.waiting.get(message.id)?.op === "reset") {
          this.answer(message.id, message);
        }
        return;
      case "lease":
      case "released":
      case "rehearsed":
      case "planned":
        this.answer(message.id, message);
        return;
      case "override":
        this.overridden.emit(message.robot, message.percent);
        if (message.id !== undefined && this.waiting.get(message.id)?.op === "override") {
          this.answer(message.id, message);
        }
        return;
      case "requested":
        this.requested.emit({ robot: message.robot, by: message.by, session: message.session });
        return;
    }
  }

  private takeFault(code: string, message: string): void {
    if (this.isPresenceSent && this.takesPresence && code === "bad_message" && message.startsWith("op:")) {
      this.takesPresence = false;
    } else this.fault.emit(code, message);
  }

  private answer(id: string | number, answer: Answer): void {
    const waiting = this.waiting.get(id);
    this.waiting.delete(id);
    waiting?.take(answer);
  }
}

const connectionLost: LostConnection = {
  code: "connection_lost",
  message: "the connection to the twin was lost",
};

function isFinal(stage: string): boolean {
  return stage === "refused" || stage === "done" || stage === "aborted";
}
