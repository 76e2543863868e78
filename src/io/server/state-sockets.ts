import type { WebSocket } from "ws";
import type { Engine } from "../../engine/engine.ts";
import { clientStateMessage } from "../../protocol/command-messages.ts";
import { parseMessage } from "./parse-message.ts";
import { UnreadMeter } from "./unread-meter.ts";

/** Answers waiting for one socket beyond the stream's own budget; who asks on without reading is closed. */
const maxBufferedBytes = 2 * 1024 * 1024;

/** Joins `/ws/state` sockets to the engine's stream. */
export class StateSockets {
  private count = 0;

  constructor(
    private readonly engine: Engine,
    private readonly now: () => number,
    private readonly onRefused: (reason: string) => void,
  ) {}

  accept(socket: WebSocket): void {
    const id = `viewer-${++this.count}`;
    const { stream } = this.engine;
    const meter = new UnreadMeter(socket);
    stream.open(
      id,
      {
        sendText: (text) => {
          meter.add(text.length);
          socket.send(text);
        },
        sendBinary: (bytes) => {
          meter.add(bytes.byteLength);
          socket.send(bytes);
        },
        bufferedBytes: () => meter.unreadBytes(),
        close: (code, reason) => socket.close(code, reason),
      },
      this.now(),
    );
    socket.on("message", (data, isBinary) => {
      if (socket.bufferedAmount > maxBufferedBytes) {
        this.onRefused("unread");
        socket.terminate();
        return;
      }
      const parsed = parseMessage(clientStateMessage, data, isBinary);
      if (!parsed.ok) {
        this.onRefused("shape");
        socket.send(JSON.stringify({ op: "error", code: "bad_message", message: parsed.reason }));
        return;
      }
      const message = parsed.value;
      if (message.op === "ping") {
        socket.send(JSON.stringify({ op: "pong", t: message.t, serverTime: this.now() }));
      } else stream.subscribe(id, message.encoding, message.rate, this.now());
    });
    socket.on("close", () => stream.close(id));
    socket.on("error", () => this.onRefused("socket"));
  }
}
