/** A latched stop: by whom, at which server ms, why. It survives a restart and ends only by a reset. */
export type StopState = { by: string; at: number; reason: string };

/** Holds at most one stop for a robot. It neither moves nor writes anything: the gate and `StopMemory` do. */
export class StopLatch {
  private state: StopState | null;

  constructor(remembered: StopState | null) {
    this.state = remembered;
  }

  current(): StopState | null {
    return this.state;
  }

  /** Remembers the first stop; a later one changes nothing. True when it was not latched before. */
  press(by: string, at: number, reason: string): boolean {
    if (this.state !== null) return false;
    this.state = { by, at, reason };
    return true;
  }

  /** True when it was latched. */
  reset(): boolean {
    const was = this.state !== null;
    this.state = null;
    return was;
  }
}
