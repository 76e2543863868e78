/** Cycles behind at which the loop gives them up instead of racing after them. */
const maxBehind = 5;
/** A pause of this length between two reads is a stall. */
const stallMs = 250;
/** How long what arrived may wait for the graph while no cycle is due. */
const readWithinMs = 1;

/** Calls `cycle` at a steady rate, and at once when asked to; between cycles `read` when something waits. */
export class CycleLoop {
  private timer: NodeJS.Timeout | null = null;
  private next = 0;
  private running = false;
  private ended = false;
  private reading: NodeJS.Timeout | null = null;
  private lastRun = Number.NaN;

  constructor(
    private readonly cycle: (now: number) => void,
    private readonly now: () => number,
    private readonly periodMs: number,
    private readonly beside: {
      /** Reads what arrived, between cycles. */
      read?: (now: number) => void;
      /** Told of each steady cycle how many ms after its time it began. */
      late?: (ms: number) => void;
      /** Told, before the next cycle or read, that none ran for so long: 250 ms or more, and three periods. */
      stalled?: (ms: number) => void;
    } = {},
  ) {}

  start(): void {
    this.next = this.now();
    this.schedule();
  }

  /** No cycle from here on: what comes in late moves nothing. */
  stop(): void {
    this.ended = true;
    if (this.timer !== null) clearTimeout(this.timer);
    if (this.reading !== null) clearTimeout(this.reading);
    this.timer = null;
  }

  /** Something waits to be read: what arrives in the next moment is read with it. */
  readonly readSoon = (): void => {
    if (this.reading !== null || this.ended || this.timer === null) return;
    this.reading = setTimeout(() => {
      this.reading = null;
      if (this.beside.read !== undefined) this.run(this.now(), this.beside.read);
    }, readWithinMs);
  };

  /** One cycle now, beside the steady ones: for the stop. */
  runNow(): void {
    this.run(this.now(), this.cycle);
  }

  private schedule(): void {
    const now = this.now();
    this.next += this.periodMs;
    if (now - this.next > maxBehind * this.periodMs) this.next = now + this.periodMs;
    this.timer = setTimeout(() => this.tick(), Math.max(0, this.next - now));
  }

  private tick(): void {
    const now = this.now();
    this.beside.late?.(Math.max(0, now - this.next));
    this.run(now, this.cycle);
    if (this.timer !== null) this.schedule();
  }

  private run(now: number, work: (now: number) => void): void {
    if (this.running || this.ended) return;
    this.running = true;
    const gap = now - this.lastRun;
    this.lastRun = now;
    if (gap > Math.max(stallMs, 3 * this.periodMs)) this.beside.stalled?.(gap);
    try {
      work(now);
    } finally {
      this.running = false;
    }
  }
}
