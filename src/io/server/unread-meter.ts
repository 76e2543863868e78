import type { WebSocket } from "ws";

/** Bytes between two marks: small beside the stream's budget. */
const markEveryBytes = 32 * 1024;
/** Marks under way at once. Clients that answer pings by themselves take many unanswered ones for an attack. */
const maxMarks = 8;

/**
 * Knows how much of what was sent a client has not read. `bufferedAmount` alone does not: megabytes can
 * be in the kernel's buffers, as seconds of lag. A WebSocket ping is put into the stream as a mark
 * every so many bytes; its pong says that everything before it was read (RFC 6455, 5.5.3).
 */
export class UnreadMeter {
  private sent = 0;
  private read = 0;
  /** Bytes sent before each mark that was not answered yet, rising, and when it was sent. */
  private readonly marks: { sent: number; at: number }[] = [];
  private onRead: ((delayMs: number) => void) | null = null;

  constructor(
    private readonly socket: WebSocket,
    private readonly now: () => number = () => performance.now(),
  ) {
    socket.on("pong", (payload: Buffer) => {
      if (payload.length !== 8) return;
      const mark = payload.readDoubleLE();
      const found = this.marks.find(({ sent }) => sent === mark);
      if (found === undefined) return;
      this.read = mark;
      // A client may answer the newest of several pings only.
      while ((this.marks[0]?.sent ?? Number.POSITIVE_INFINITY) <= mark) this.marks.shift();
      this.onRead?.(this.now() - found.at);
    });
  }

  /** Has `onRead` told whenever more was read: ms that passed since its mark was sent. */
  listen(onRead: (delayMs: number) => void): void {
    this.onRead = onRead;
  }

  /** Has the end of what was sent marked, where nothing tells of it yet. */
  ask(): void {
    if (this.marked() < this.sent) this.mark();
  }

  /** Notes bytes handed to the socket. */
  add(bytes: number): void {
    this.sent += bytes;
    if (this.sent - this.marked() >= markEveryBytes) this.mark();
  }

  unreadBytes(): number {
    const unread = Math.max(this.sent - this.read, this.socket.bufferedAmount);
    // While nothing more is sent, one last mark at the end tells when all was read.
    if (unread > markEveryBytes && this.marked() < this.sent) this.mark();
    return unread;
  }

  private marked(): number {
    return this.marks[this.marks.length - 1]?.sent ?? this.read;
  }

  private mark(): void {
    if (this.marks.length >= maxMarks || this.socket.readyState !== this.socket.OPEN) return;
    this.marks.push({ sent: this.sent, at: this.now() });
    const payload = Buffer.alloc(8);
    payload.writeDoubleLE(this.sent);
    this.socket.ping(payload);
  }
}
