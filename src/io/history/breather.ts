/** How long a long piece of work may hold its thread. ms */
const sliceMs = 6;

/** Lets a long query give way to what else its thread has to do: samples that are to be stored, other queries. */
export class Breather {
  private since = performance.now();

  /** Whether it is time for a pause. */
  get isDue(): boolean {
    return performance.now() - this.since > sliceMs;
  }

  /** Gives way, where it is time. */
  async pause(): Promise<void> {
    if (!this.isDue) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.since = performance.now();
  }
}
