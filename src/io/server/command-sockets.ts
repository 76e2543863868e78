import { type RawData, WebSocket } from "ws";
import type { Engine } from "../../engine/engine.ts";
import type { CommandReplies } from "../../engine/ports/sinks.ts";
import {
  type ClientCommandMessage,
  clientCommandMessage,
  type ServerCommandMessage,
} from "../../protocol/command-messages.ts";
import { allows, forbiddenText, type Grant, roleOfMessage } from "../../protocol/roles.ts";
import { parseMessage, requestId } from "./parse-message.ts";

/** A person's pad sends 25 messages a second. */
const messagesPerSecond = 200;
const burst = 400;
const tooMany = `more than ${messagesPerSecond} messages a second`;
/** A stop is no longer than this, with all that it may say. */
const mostStopBytes = 8192;
/** Answers waiting for one socket; who leaves more unread is closed. */
const maxBufferedBytes = 1024 * 1024;

/** Joins `/ws/command` sockets to the engine's inbox, and its answers to them. */
export class CommandSockets implements CommandReplies {
  private readonly sockets = new Map<string, WebSocket>();
  private count = 0;

  constructor(
    private readonly version: string,
    private readonly now: () => number,
    private readonly onRefused: (reason: string) => void,
  ) {}

  size(): number {
    return this.sockets.size;
  }

  /**
   * `stopNow` runs a cycle at once. Others see the name of the token; without one what the client calls itself, or the
   * address.
   */
  accept(
    socket: WebSocket,
    { address, grant }: { address: string; grant: Grant },
    engine: Engine,
    stopNow: () => void,
  ): void {
    const session = `client-${++this.count}`;
    const source = `client:${session}`;
    const name = grant.name ?? `${address} (${session})`;
    let tokens = burst;
    let refilled = this.now();
    let lastStop = { cycle: -1, robot: "" };
    this.sockets.set(session, socket);
    this.send(socket, { op: "hello", session, serverTime: this.now(), version: this.version });
    socket.on("message", (data, isBinary) => {
      const now = this.now();
      tokens = Math.min(burst, tokens + ((now - refilled) / 1000) * messagesPerSecond);
      refilled = now;
      // In a flood only what may be a stop is read: reading costs the cycle more than anything else here.
      if (tokens < 1 && sizeOf(data) > mostStopBytes) {
        this.onRefused("flood");
        this.send(socket, { op: "error", code: "too_many", message: tooMany });
        return;
      }
      const parsed = parseMessage(clientCommandMessage, data, isBinary);
      if (!parsed.ok) {
        tokens = Math.max(0, tokens - 1);
        this.onRefused("shape");
        const id = requestId(data);
        this.send(socket, {
          op: "error",
          ...(id === undefined ? {} : { id }),
          code: "bad_message",
          message: parsed.reason,
        });
        return;
      }
      const message = grant.name === null ? parsed.value : withoutHolder(parsed.value);
      const isStop = message.op === "stop";
      if (tokens < 1 && !isStop) {
        this.onRefused("flood");
        const id = "id" in message ? message.id : undefined;
        this.send(socket, {
          op: "error",
          ...(id === undefined ? {} : { id }),
          code: "too_many",
          message: tooMany,
        });
        return;
      }
      const needed = roleOfMessage(message);
      if (!allows(grant.role, needed)) {
        this.onRefused("forbidden");
        this.send(socket, forbidden(message, forbiddenText(grant, needed)));
        return;
      }
      // A stop always counts; in a flood of them one a cycle is enough, and none starts its own cycle.
      const atOnce = isStop && tokens >= 1;
      if (message.op === "stop") {
        const waits = lastStop.cycle === engine.counters.cycles && lastStop.robot === message.robot;
        lastStop = { cycle: engine.counters.cycles, robot: message.robot };
        if (waits && !atOnce) return this.onRefused("flood");
      }
      tokens = Math.max(0, tokens - 1);
      engine.inbox.push(source, now, { kind: "client", session, name, message });
      if (atOnce) stopNow();
    });
    socket.on("close", () => {
      this.sockets.delete(session);
      engine.inbox.push(source, this.now(), { kind: "clientGone", session });
    });
    socket.on("error", () => this.onRefused("socket"));
  }

  reply(session: string, message: ServerCommandMessage): void {
    const socket = this.sockets.get(session);
    if (socket !== undefined) this.send(socket, message);
  }

  broadcast(message: ServerCommandMessage): void {
    for (const socket of this.sockets.values()) this.send(socket, message);
  }

  private send(socket: WebSocket, message: ServerCommandMessage): void {
    if (socket.readyState !== WebSocket.OPEN) return;
    if (socket.bufferedAmount > maxBufferedBytes) {
      socket.terminate();
      return;
    }
    socket.send(JSON.stringify(message));
  }
}

function sizeOf(data: RawData): number {
  return Array.isArray(data) ? data.reduce((sum, part) => sum + part.byteLength, 0) : data.byteLength;
}

/** A refusal in the shape in which the message's sender waits for it. */
function forbidden(message: ClientCommandMessage, text: string): ServerCommandMessage {
  const code = "forbidden";
  switch (message.op) {
    case "command":
    case "plan":
      return { op: "result", id: message.id, stage: "refused", code, message: text };
    case "rehearse":
      return { op: "rehearsed", id: message.id, robot: message.robot, code, message: text };
    default: {
      const id = "id" in message ? message.id : undefined;
      return { op: "error", ...(id === undefined ? {} : { id }), code, message: text };
    }
  }
}

/** People see the token's name: nobody passes for somebody else. */
function withoutHolder(message: ClientCommandMessage): ClientCommandMessage {
  if (!("holder" in message)) return message;
  const { holder: _, ...rest } = message;
  return rest;
}
