type PingSample = { offsetMs: number; roundTripMs: number };

const keptSamples = 10;
/** What two clocks may drift apart over the kept samples. */
const driftMs = 20;

/**
 * How far the server's clock is from this program's monotonic clock, from ping and pong. Of the last ten
 * the one with the least round trip counts: its offset is wrong by at most half of that trip.
 */
export class ClockOffset {
  private samples: PingSample[] = [];
  private guessMs: number | null = null;

  /** A one-way first guess, late by the unknown way here; used only until the first pong. */
  guess(serverMs: number, receivedMs: number): void {
    this.guessMs = serverMs - receivedMs;
  }

  /** `sentMs` and `receivedMs` by this program's clock, `serverMs` from the pong. Returns false when impossible. */
  addPong(sentMs: number, serverMs: number, receivedMs: number): boolean {
    const roundTripMs = receivedMs - sentMs;
    if (!(roundTripMs >= 0 && roundTripMs < 60_000 && Number.isFinite(serverMs))) return false;
    const sample = { offsetMs: serverMs - (sentMs + receivedMs) / 2, roundTripMs };
    // Both cannot be right: a clock was set, or this machine slept.
    const best = this.best();
    if (best !== undefined && disagree(best, sample)) this.samples = [];
    this.samples.push(sample);
    if (this.samples.length > keptSamples) this.samples.shift();
    return true;
  }

  /** Another server, or the same one started anew: what was learnt no longer holds. */
  clear(): void {
    this.samples = [];
    this.guessMs = null;
  }

  /** Server time at `nowMs` of this program's clock; null before anything is known. */
  serverTime(nowMs: number): number | null {
    const offset = this.best()?.offsetMs ?? this.guessMs;
    return offset === null ? null : nowMs + offset;
  }

  /** The middle one of the kept round trips, in ms: what a command can expect now. */
  get roundTripMs(): number | null {
    if (this.samples.length === 0) return null;
    const trips = this.samples.map((sample) => sample.roundTripMs).sort((a, b) => a - b);
    return trips[Math.floor(trips.length / 2)] ?? null;
  }

  private best(): PingSample | undefined {
    let best: PingSample | undefined;
    for (const sample of this.samples) if (!best || sample.roundTripMs <= best.roundTripMs) best = sample;
    return best;
  }
}

/** Whether two samples differ by more than their round trips and drift explain. */
function disagree(a: PingSample, b: PingSample): boolean {
  return Math.abs(a.offsetMs - b.offsetMs) > (a.roundTripMs + b.roundTripMs) / 2 + driftMs;
}
