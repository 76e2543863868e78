import type { WebSocket } from "ws";

/** Bytes between two marks: small beside the stream's budget. */
const markEveryBytes = 32 * 1024;

/**
 * Knows how much of what was sent a client has not read. `bufferedAmount` alone does not: megabytes can
 * stand in the kernel's buffers, as seconds of lag. A WebSocket ping is put into the stream as a mark
 * every so many bytes; its pong says that everything before it was read (RFC 6455, 5.5.3).
 */
export class UnreadMeter {
  private sent = 0;
  private read = 0;
  private marked = 0;

  constructor(private readonly socket: WebSocket) {
    socket.on("pong", (payload: Buffer) => {
      if (payload.length !== 8) return;
      const mark = payload.readDoubleLE();
      if (mark > this.read && mark <= this.sent) this.read = mark;
    });
  }

  /** Notes bytes handed to the socket. */
  add(bytes: number): void {
    this.sent += bytes;
    if (this.sent - this.marked >= markEveryBytes) this.mark();
  }

  unreadBytes(): number {
    const unread = Math.max(this.sent - this.read, this.socket.bufferedAmount);
    // While nothing more is sent, one last mark at the end tells when all was read.
    if (unread > markEveryBytes && this.marked < this.sent) this.mark();
    return unread;
  }

  private mark(): void {
    if (this.socket.readyState !== this.socket.OPEN) return;
    this.marked = this.sent;
    const payload = Buffer.alloc(8);
    payload.writeDoubleLE(this.sent);
    this.socket.ping(payload);
  }
}
