import type { Duplex } from "node:stream";

/** What may wait before the oldest that may be left out is: a third of a second at 115200 baud. */
const maxWaitingBytes = 4 * 1024;
/** What may be left out is not written later than this, ms: a set-point that waited longer is refused by its device. */
const maxWaitMs = 200;

/** What is handed to the line at once: behind it nothing can be left out any more. A twentieth of a second at 115200 baud. */
const maxUnderWayBytes = 512;

type Waiting = { bytes: Uint8Array; mayBeLeftOut: boolean; since: number };

/**
 * What waits for a slow line. Late is worse than lost for what may be left out: where the line is slower than
 * what comes, the oldest of it goes, so that the newest arrives in time. All else waits, and keeps its order.
 */
export class LineQueue {
  private readonly waiting: Waiting[] = [];
  private waitingBytes = 0;

  constructor(
    private readonly line: Duplex,
    private readonly counted: { written(): void; leftOut(): void },
  ) {}

  push(bytes: Uint8Array, mayBeLeftOut: boolean): void {
    this.waiting.push({ bytes, mayBeLeftOut, since: performance.now() });
    this.waitingBytes += bytes.length;
    this.next();
    while (this.waitingBytes > maxWaitingBytes && this.leaveOutOldest());
  }

  private readonly next = (): void => {
    while (this.line.writableLength < maxUnderWayBytes) {
      const first = this.waiting.shift();
      if (first === undefined) return;
      this.waitingBytes -= first.bytes.length;
      if (this.line.destroyed) continue;
      if (first.mayBeLeftOut && performance.now() - first.since > maxWaitMs) {
        this.counted.leftOut();
        continue;
      }
      this.counted.written();
      this.line.write(first.bytes, this.next);
    }
  };

  private leaveOutOldest(): boolean {
    const at = this.waiting.findIndex(({ mayBeLeftOut }) => mayBeLeftOut);
    if (at < 0) return false;
    const [oldest] = this.waiting.splice(at, 1);
    this.waitingBytes -= oldest?.bytes.length ?? 0;
    this.counted.leftOut();
    return true;
  }
}
