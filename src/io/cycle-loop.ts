/** Cycles behind at which the loop gives them up instead of racing after them. */
const maxBehind = 5;

/** Calls `cycle` at a steady rate, and at once when asked to. */
export class CycleLoop {
  private timer: NodeJS.Timeout | null = null;
  private next = 0;
  private running = false;
  private ended = false;

  constructor(
    private readonly cycle: (now: number) => void,
    private readonly now: () => number,
    private readonly periodMs: number,
  ) {}

  start(): void {
    this.next = this.now();
    this.schedule();
  }

  /** No cycle from here on: what comes in late moves nothing. */
  stop(): void {
    this.ended = true;
    if (this.timer !== null) clearTimeout(this.timer);
    this.timer = null;
  }

  /** One cycle now, beside the steady ones: for the stop. */
  runNow(): void {
    this.run(this.now());
  }

  private schedule(): void {
    const now = this.now();
    this.next += this.periodMs;
    if (now - this.next > maxBehind * this.periodMs) this.next = now + this.periodMs;
    this.timer = setTimeout(() => this.tick(), Math.max(0, this.next - now));
  }

  private tick(): void {
    this.run(this.now());
    if (this.timer !== null) this.schedule();
  }

  private run(now: number): void {
    if (this.running || this.ended) return;
    this.running = true;
    try {
      this.cycle(now);
    } finally {
      this.running = false;
    }
  }
}
