import type { IncomingMessage } from "node:http";
import type { Duplex } from "node:stream";
import { type WebSocket, WebSocketServer } from "ws";
import type { RawMessage } from "../../engine/ports/raw-tap.ts";
import type { History } from "../../history/history-query.ts";
import type { ServerCommandMessage } from "../../protocol/command-messages.ts";
import { type FoxgloveSubprotocol, foxgloveSubprotocols } from "../../protocol/foxglove/server-messages.ts";
import type { TwinEvent } from "../../protocol/state-messages.ts";
import type { Caller, OtherSockets } from "../server/http-server.ts";
import type { Visitor } from "./client-session.ts";
import { type EndpointOptions, LiveEndpoint } from "./live-endpoint.ts";
import { ReplayEndpoint } from "./replay-endpoint.ts";

const maxFrameBytes = 64 * 1024;
const maxClients = 64;
const tickMs = 20;

export type FoxgloveOptions = Omit<EndpointOptions, "onRefused"> & {
  /** Null: nothing is remembered, and `/foxglove/replay` is not there. */
  history(): History | null;
  onRefused(socket: string, reason: string): void;
};

/** The WebSockets of Foxglove and Lichtblick: `/foxglove` and `/foxglove/replay`. */
export class FoxgloveServer implements OtherSockets {
  readonly paths = ["/foxglove", "/foxglove/replay"] as const;
  private readonly live: LiveEndpoint;
  private readonly replay: ReplayEndpoint;
  private timer: NodeJS.Timeout | null = null;
  private readonly sockets = new WebSocketServer({
    noServer: true,
    maxPayload: maxFrameBytes,
    perMessageDeflate: false,
    handleProtocols: (offered) => chosen(offered) ?? false,
  });

  constructor(private readonly options: FoxgloveOptions) {
    const refused = (path: string) => (reason: string) => options.onRefused(path, reason);
    this.live = new LiveEndpoint({ ...options, onRefused: refused(this.paths[0]) });
    this.replay = new ReplayEndpoint({ ...options, onRefused: refused(this.paths[1]) });
  }

  /** Clients of both. */
  size(): number {
    return this.live.size() + this.replay.size();
  }

  /** Bytes that clients have not read. */
  heldBytes(): number {
    return this.live.heldBytes() + this.replay.heldBytes();
  }

  /** Why a socket is not given, as an HTTP status; null when it is. */
  refusal(path: string, request: IncomingMessage): string | null {
    const offered = new Set(
      (request.headers["sec-websocket-protocol"] ?? "").split(",").map((one) => one.trim()),
    );
    if (chosen(offered) === null) return "400 Bad Request";
    const isFull = this.sockets.clients.size >= maxClients;
    return isFull || (path === this.paths[1] && this.replay.refusal() !== null)
      ? "503 Service Unavailable"
      : null;
  }

  upgrade(path: string, request: IncomingMessage, socket: Duplex, head: Buffer, caller: Caller): void {
    this.sockets.handleUpgrade(request, socket, head, (client) => {
      client.on("error", (error: Error & { code?: string }) => {
        const isTooLarge = error.code === "WS_ERR_UNSUPPORTED_MESSAGE_LENGTH";
        this.options.onRefused(path, isTooLarge ? "too_large" : "socket");
      });
      this.accept(path, client, caller);
    });
  }

  /** A raw message of a transport. */
  take(message: RawMessage): void {
    this.live.take(message);
  }

  event(event: TwinEvent): void {
    this.live.event(event);
  }

  owns(session: string): boolean {
    return this.live.owns(session);
  }

  reply(session: string, message: ServerCommandMessage): void {
    this.live.reply(session, message);
  }

  close(): void {
    if (this.timer !== null) clearInterval(this.timer);
    this.timer = null;
    for (const client of this.sockets.clients) client.close(1001, "the twin is shutting down");
    setTimeout(() => {
      for (const client of this.sockets.clients) client.terminate();
    }, 300).unref();
  }

  private accept(path: string, socket: WebSocket, caller: Caller): void {
    const visitor: Visitor = { ...caller, socket, subprotocol: socket.protocol as FoxgloveSubprotocol };
    if (path === this.paths[0]) this.live.accept(visitor);
    else this.replay.accept(visitor);
    this.timer ??= setInterval(() => this.tick(), tickMs).unref();
    socket.on("close", () => {
      if (this.size() > 0 || this.timer === null) return;
      clearInterval(this.timer);
      this.timer = null;
    });
  }

  private tick(): void {
    const now = this.options.now();
    this.live.tick(now);
    this.replay.tick(now);
  }
}

/** The client's own order counts for nothing: both subprotocols have the same frames, the newer one some more. */
function chosen(offered: ReadonlySet<string>): FoxgloveSubprotocol | null {
  return foxgloveSubprotocols.find((known) => offered.has(known)) ?? null;
}
