import { Signal } from "../store/signal.ts";
import { backoffMs } from "./backoff.ts";

export type SocketPhase = "connecting" | "open" | "closed";

export type SocketHandlers = {
  opened(): void;
  text(data: string): void;
  bytes(data: ArrayBuffer): void;
  /** After a loss, before the next attempt. `wasOpen` is false when the attempt itself failed. */
  lost(wasOpen: boolean): void;
};

const connectTimeoutMs = 10_000;

/**
 * A WebSocket of subprotocol `twin.v1` that comes back after a loss. It keeps no queue: what cannot be
 * sent now is dropped and `send` says so, because a motion command must never arrive late.
 */
export class ReconnectingSocket {
  readonly phase = new Signal<SocketPhase>("connecting");
  private socket: WebSocket | null = null;
  private attempt = 0;
  private timer: ReturnType<typeof setTimeout> | undefined;
  private lastHeardMs = 0;

  constructor(
    private readonly url: string,
    private readonly handlers: SocketHandlers,
    /** Silence longer than this means the line is dead though nobody closed it. 0: never. */
    private readonly silenceMs: number,
  ) {
    addEventListener("online", () => this.retryNow());
    addEventListener("pageshow", (event) => event.persisted && this.retryNow());
    if (silenceMs > 0) setInterval(() => this.dropIfSilent(), 1000);
    this.connect();
  }

  send(message: object): boolean {
    if (this.socket?.readyState !== WebSocket.OPEN) return false;
    this.socket.send(JSON.stringify(message));
    return true;
  }

  private connect(): void {
    clearTimeout(this.timer);
    this.phase.set("connecting");
    const socket = new WebSocket(this.url, "twin.v1");
    socket.binaryType = "arraybuffer";
    this.socket = socket;
    this.timer = setTimeout(() => socket.close(), connectTimeoutMs);
    let wasOpen = false;
    socket.onopen = () => {
      clearTimeout(this.timer);
      wasOpen = true;
      this.attempt = 0;
      this.lastHeardMs = performance.now();
      this.phase.set("open");
      this.handlers.opened();
    };
    socket.onmessage = (event: MessageEvent<unknown>) => {
      this.lastHeardMs = performance.now();
      if (typeof event.data === "string") this.handlers.text(event.data);
      else if (event.data instanceof ArrayBuffer) this.handlers.bytes(event.data);
    };
    socket.onclose = () => this.afterLoss(socket, wasOpen);
  }

  /** A close handshake with a dead peer takes its time, so the loss may be declared before `onclose`. */
  private afterLoss(socket: WebSocket, wasOpen: boolean): void {
    if (this.socket !== socket) return;
    this.socket = null;
    clearTimeout(this.timer);
    this.phase.set("closed");
    this.timer = setTimeout(() => this.connect(), backoffMs(this.attempt++, Math.random()));
    this.handlers.lost(wasOpen);
  }

  private dropIfSilent(): void {
    const socket = this.socket;
    if (socket?.readyState !== WebSocket.OPEN) return;
    if (performance.now() - this.lastHeardMs < this.silenceMs) return;
    socket.close();
    this.afterLoss(socket, true);
  }

  private retryNow(): void {
    if (this.socket !== null) return;
    this.attempt = 0;
    this.connect();
  }
}
