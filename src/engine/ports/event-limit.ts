/** Lets through so many events in a span: a sender whose life flickers does not fill the log. Times are server ms. */
export class EventLimit {
  private since = Number.NEGATIVE_INFINITY;
  private count = 0;

  constructor(
    private readonly atMost: number,
    private readonly spanMs: number,
  ) {}

  mayTell(now: number): boolean {
    if (now - this.since > this.spanMs) {
      this.since = now;
      this.count = 0;
    }
    return ++this.count <= this.atMost;
  }
}
