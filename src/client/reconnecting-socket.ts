import { backoffMs } from "./backoff.ts";
import type { Platform, SocketLike } from "./platform.ts";
import { Signal } from "./signal.ts";

export type SocketPhase = "connecting" | "open" | "closed";

export type SocketHandlers = {
  opened(): void;
  text(data: string): void;
  bytes(data: ArrayBuffer): void;
  /** After a loss, before the next attempt. `wasOpen` is false when the attempt itself failed. */
  lost(wasOpen: boolean): void;
};

const connectTimeoutMs = 10_000;
const closeWithinMs = 1000;
const openState = 1;

/**
 * A WebSocket of subprotocol `twin.v1` that comes back after a loss. It keeps no queue: what cannot be
 * sent now is dropped and `send` returns false, because a motion command must never arrive late.
 */
export class ReconnectingSocket {
  readonly phase = new Signal<SocketPhase>("connecting");
  /** The platform's reason for the last failed attempt; empty where it gives none, as in browsers. */
  problem = "";
  private socket: SocketLike | null = null;
  private attempt = 0;
  private cancelTimer = () => {};
  private readonly endings: (() => void)[] = [];
  private isEnded = false;
  private lastHeardMs = 0;

  constructor(
    private readonly url: string,
    private readonly handlers: SocketHandlers,
    /** Silence longer than this means the line is dead though nobody closed it. 0: never. */
    private readonly silenceMs: number,
    private readonly platform: Platform,
  ) {
    this.endings.push(platform.onWake(() => this.retryNow()));
    if (silenceMs > 0) this.endings.push(platform.every(1000, () => this.dropIfSilent()));
    this.connect();
  }

  send(message: object): boolean {
    if (this.socket?.readyState !== openState) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  /** Bytes that were sent and did not leave this machine's program yet: more than a few mean that the line is stuck. */
  get unsentBytes(): number {
    return this.socket?.bufferedAmount ?? 0;
  }

  /** Ends the connection for good: no further attempt, and `lost` is not called. */
  close(): void {
    if (this.isEnded) return;
    this.isEnded = true;
    const { socket } = this;
    this.socket = null;
    this.cancelTimer();
    for (const end of this.endings) end();
    if (socket !== null) closeSoon(socket, this.platform);
    this.phase.set("closed");
  }

  private connect(): void {
    this.cancelTimer();
    this.phase.set("connecting");
    const socket = this.platform.openSocket(this.url);
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.cancelTimer = this.platform.after(connectTimeoutMs, () => {
      this.problem = "no answer in time";
      cut(socket);
      this.afterLoss(socket, false);
    });
    let wasOpen = false;
    socket.onopen = () => {
      if (this.socket !== socket) return;
      this.cancelTimer();
      wasOpen = true;
      this.attempt = 0;
      this.problem = "";
      this.lastHeardMs = this.platform.now();
      this.phase.set("open");
      this.handlers.opened();
    };
    socket.onmessage = ({ data }) => {
      // What a connection that was given up still brings is of the past.
      if (this.socket !== socket) return;
      this.lastHeardMs = this.platform.now();
      if (typeof data === "string") this.handlers.text(data);
      else if (data instanceof ArrayBuffer) this.handlers.bytes(data);
    };
    socket.onerror = ({ message }) => {
      if (this.socket === socket && typeof message === "string") this.problem = message;
    };
    socket.onclose = () => this.afterLoss(socket, wasOpen);
  }

  /** A close handshake with a dead peer takes its time, so the loss may be declared before `onclose`. */
  private afterLoss(socket: SocketLike, wasOpen: boolean): void {
    if (this.socket !== socket) return;
    this.socket = null;
    this.cancelTimer();
    this.phase.set("closed");
    const waitMs = backoffMs(this.attempt++, this.platform.random());
    this.cancelTimer = this.platform.after(waitMs, () => this.connect());
    this.handlers.lost(wasOpen);
  }

  private dropIfSilent(): void {
    const socket = this.socket;
    if (socket?.readyState !== openState) return;
    if (this.platform.now() - this.lastHeardMs < this.silenceMs) return;
    cut(socket);
    this.afterLoss(socket, true);
  }

  private retryNow(): void {
    if (this.socket !== null || this.isEnded) return;
    this.attempt = 0;
    this.connect();
  }
}

/** Gives a dead line up. */
function cut(socket: SocketLike): void {
  if (socket.terminate === undefined) socket.close();
  else socket.terminate();
}

/** Closes in order. A server that does not answer must not keep a program from ending. */
function closeSoon(socket: SocketLike, platform: Platform): void {
  socket.close();
  if (socket.terminate === undefined) return;
  const cancel = platform.after(closeWithinMs, () => socket.terminate?.());
  socket.onclose = cancel;
}
