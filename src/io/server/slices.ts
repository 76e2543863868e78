import { QueryFault } from "../../history/promql/query-fault.ts";

/** How long work on the cycle's thread may go on without a pause. ms */
const sliceMs = 0.3;

/** Pauses long work, so that the cycle and other requests have their turns; ends it when nobody waits for it. */
export class Slices {
  private since = performance.now();

  /** `deadline`: of performance.now(). */
  constructor(
    private readonly isOver: () => boolean,
    private readonly deadline: number,
  ) {}

  /** Rejects with a `QueryFault` when time is up. */
  async pause(): Promise<void> {
    const now = performance.now();
    if (now - this.since < sliceMs) return;
    if (this.isOver()) throw new QueryFault("timeout", "the client has gone");
    if (now > this.deadline) throw new QueryFault("timeout", "query timed out in expression evaluation");
    await this.giveWay();
  }

  /** Pauses where it is time, whatever became of the deadline. */
  async giveWay(): Promise<void> {
    if (performance.now() - this.since < sliceMs) return;
    await new Promise<void>((resolve) => setImmediate(resolve));
    this.since = performance.now();
  }

  /** Runs work that gives way by `yield`. */
  async run<T>(work: Generator<void, T>): Promise<T> {
    for (;;) {
      const step = work.next();
      if (step.done === true) return step.value;
      if (performance.now() - this.since >= sliceMs) await this.pause();
    }
  }
}
