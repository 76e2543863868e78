import type { ViewerSocket } from "../../../../src/engine/ports/sinks.ts";
import type { ServerStateMessage } from "../../../../src/protocol/state-messages.ts";

type Of<Op extends ServerStateMessage["op"]> = Extract<ServerStateMessage, { op: Op }>;

/** A viewer's socket that keeps what it got; `waiting` is what its network has not taken. */
export class ViewerAtHand implements ViewerSocket {
  readonly frames: (string | Uint8Array)[] = [];
  waiting = 0;
  /** Reads nothing: what is sent piles up. */
  isStuck = false;
  closed: { code: number; reason: string } | null = null;

  sendText(text: string): void {
    this.frames.push(text);
    if (this.isStuck) this.waiting += text.length;
  }
  sendBinary(bytes: Uint8Array): void {
    this.frames.push(bytes);
    if (this.isStuck) this.waiting += bytes.byteLength;
  }
  bufferedBytes(): number {
    return this.waiting;
  }
  close(code: number, reason: string): void {
    this.closed = { code, reason };
  }

  /** Takes all that waits off the network's hands. */
  drain(): void {
    this.isStuck = false;
    this.waiting = 0;
  }
  all<Op extends ServerStateMessage["op"]>(op: Op): Of<Op>[] {
    return this.frames.flatMap((frame) => {
      if (typeof frame !== "string") return [];
      const message: ServerStateMessage = JSON.parse(frame);
      return message.op === op ? [message as Of<Op>] : [];
    });
  }
  binary(): Uint8Array[] {
    return this.frames.filter((frame): frame is Uint8Array => typeof frame !== "string");
  }
  bytes(): number {
    return this.frames.reduce(
      (sum, frame) => sum + (typeof frame === "string" ? frame.length : frame.byteLength),
      0,
    );
  }
}
