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
  /** Bytes sent before each mark that was not answered yet, rising. */
  private readonly marks: number[] = [];

  constructor(private readonly socket: WebSocket) {
    socket.on("pong", (payload: Buffer) => {
      if (payload.length !== 8) return;
      const mark = payload.readDoubleLE();
      if (!this.marks.includes(mark)) return;
      this.read = mark;
      // A client may answer the newest of several pings only.
      while ((this.marks[0] ?? Number.POSITIVE_INFINITY) <= mark) this.marks.shift();
    });
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
    return this.marks[this.marks.length - 1] ?? this.read;
  }

  private mark(): void {
    if (this.marks.length >= maxMarks || this.socket.readyState !== this.socket.OPEN) return;
    this.marks.push(this.sent);
    const payload = Buffer.alloc(8);
    payload.writeDoubleLE(this.sent);
    this.socket.ping(payload);
  }
}
