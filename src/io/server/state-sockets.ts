import type { WebSocket } from "ws";
import type { Inbox } from "../../engine/ports/inbox.ts";
import type { History, PastMoments } from "../../history/history-query.ts";
import { clientStateMessage } from "../../protocol/command-messages.ts";
import { parseMessage } from "./parse-message.ts";
import { PastSession } from "./past-session.ts";
import { UnreadMeter } from "./unread-meter.ts";
import type { ViewerTopics } from "./viewer-topics.ts";

/** Answers waiting for one socket beyond the stream's own budget; who asks on without reading is closed. */
const maxBufferedBytes = 2 * 1024 * 1024;

type Viewer = {
  socket: WebSocket;
  meter: UnreadMeter;
  past: PastSession | null;
  topics: ReturnType<ViewerTopics["join"]> | null;
};

/** Joins `/ws/state` sockets to the engine's inbox, and its frames to them. */
export class StateSockets {
  private readonly viewers = new Map<string, Viewer>();
  private count = 0;

  constructor(
    private readonly now: () => number,
    private readonly onRefused: (reason: string) => void,
    private readonly history: () => (History & PastMoments) | null = () => null,
    private readonly topics: ViewerTopics | null = null,
  ) {}

  sendText(id: string, text: string): void {
    const viewer = this.viewers.get(id);
    if (viewer === undefined) return;
    viewer.meter.add(text.length);
    viewer.socket.send(text);
  }

  sendFrame(id: string, bytes: Uint8Array): void {
    const viewer = this.viewers.get(id);
    if (viewer === undefined) return;
    viewer.meter.add(bytes.byteLength);
    viewer.socket.send(bytes);
  }

  close(id: string, code: number, reason: string): void {
    this.viewers.get(id)?.socket.close(code, reason);
  }

  /** See `EngineOptions.unreadBytes`. */
  unreadBytes(id: string): number {
    return this.viewers.get(id)?.meter.unreadBytes() ?? 0;
  }

  accept(socket: WebSocket, inbox: Inbox): void {
    const id = `viewer-${++this.count}`;
    const source = `viewer:${id}`;
    this.viewers.set(id, { socket, meter: new UnreadMeter(socket), past: null, topics: null });
    inbox.push(source, this.now(), { kind: "viewerOpened", viewer: id });
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
        return;
      }
      if (message.op === "topics" || message.op === "watch" || message.op === "unwatch") {
        const topics = this.topicsOf(id);
        if (topics !== null) topics.take(message);
        else {
          const text = "This server knows no topics of ROS.";
          socket.send(JSON.stringify({ op: "error", code: "no_ros", message: text }));
        }
        return;
      }
      if (message.op !== "subscribe") {
        const past = this.pastOf(id, inbox);
        if (past !== null) past.take(message);
        else {
          const text = "This server keeps no history.";
          socket.send(JSON.stringify({ op: "error", code: "no_history", message: text }));
        }
        return;
      }
      const { encoding, rate, changes } = message;
      const subscription = { encoding, rate, changes };
      inbox.push(source, this.now(), { kind: "viewerSubscribed", viewer: id, subscription });
    });
    socket.on("close", () => {
      const viewer = this.viewers.get(id);
      viewer?.past?.close();
      viewer?.topics?.close();
      this.viewers.delete(id);
      inbox.push(source, this.now(), { kind: "viewerClosed", viewer: id });
    });
    socket.on("error", () => this.onRefused("socket"));
  }

  /** The topics that a viewer watches; null where there are none. */
  private topicsOf(id: string): Viewer["topics"] {
    const viewer = this.viewers.get(id);
    if (viewer === undefined || this.topics === null) return null;
    const { meter } = viewer;
    viewer.topics ??= this.topics.join({
      sendText: (text) => this.sendText(id, text),
      sendFrame: (bytes) => this.sendFrame(id, bytes),
      unreadBytes: () => meter.unreadBytes(),
      askRead: () => meter.ask(),
      onRead: (told) => meter.listen(told),
    });
    return viewer.topics;
  }

  /** A viewer's way through the past; null without a history. */
  private pastOf(id: string, inbox: Inbox): PastSession | null {
    const viewer = this.viewers.get(id);
    const history = this.history();
    if (viewer === undefined || history === null) return null;
    viewer.past ??= new PastSession({
      viewer: id,
      history,
      now: this.now,
      send: (text) => this.sendText(id, text),
      unreadBytes: () => this.unreadBytes(id),
      onPast: (past) => inbox.push(`viewer:${id}`, this.now(), { kind: "viewerPast", viewer: id, past }),
    });
    return viewer.past;
  }
}
