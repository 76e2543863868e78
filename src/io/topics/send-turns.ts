import { firstLineOf } from "../../core/first-line.ts";

/** How long pieces are sent at a time, ms: the cycle, commands and other sockets come in between. */
const turnMs = 1;

/** Who has pieces to send. */
export type Sender = {
  /** Sends one piece. False: there is none, or it may not be sent yet. */
  sendPiece(): boolean;
};

/**
 * Sends the pieces of all viewers in turn, a millisecond at a time. A message that goes to twenty viewers is hundreds of pieces:
 * written at once, they would hold up the cycle for ten milliseconds.
 */
export class SendTurns {
  private readonly waiting = new Set<Sender>();
  private isDue = false;

  /** `fault`: sending to somebody failed, and was given up. */
  constructor(
    private readonly fault: (reason: string) => void,
    private readonly later: (run: () => void) => void = setImmediate,
  ) {}

  /** `sender` has something to send. */
  ask(sender: Sender): void {
    this.waiting.add(sender);
    this.plan();
  }

  forget(sender: Sender): void {
    this.waiting.delete(sender);
  }

  private plan(): void {
    if (this.isDue || this.waiting.size === 0) return;
    this.isDue = true;
    this.later(() => {
      this.isDue = false;
      this.run(performance.now() + turnMs);
      this.plan();
    });
  }

  private run(until: number): void {
    while (this.waiting.size > 0) {
      for (const sender of this.waiting) {
        // Who has sent a piece is the last in turn.
        this.waiting.delete(sender);
        try {
          if (sender.sendPiece()) this.waiting.add(sender);
        } catch (error) {
          // One viewer's fault is not the others'.
          this.fault(firstLineOf(error));
        }
        if (performance.now() >= until) return;
      }
    }
  }
}
