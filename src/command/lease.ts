/** Milliseconds a lease lives without a renewal. */
export const leaseTtlMs = 3000;

/** Who may move a robot. `holder` is shown to people; `session` is what is checked. */
export type Lease = {
  session: string;
  holder: string;
  epoch: number;
  expires: number;
  /** Yields to any other client that does not yield itself: for a routine that fills idle time. */
  yields: boolean;
};

/**
 * One writer at a time. Each grant has a new epoch, so a command made under an older grant, or a grant that arrives
 * late, moves nothing. Times are server ms.
 */
export class LeaseHolder {
  private lease: Lease | null = null;

  /** Epochs are counted from `epoch` on. */
  constructor(private epoch = 0) {}

  current(): Lease | null {
    return this.lease;
  }

  /** The new lease, or the one that blocks it. A second request of the holder renews under a new epoch. `isForced`: no lease blocks it. */
  acquire(
    session: string,
    holder: string,
    now: number,
    yields = false,
    isForced = false,
  ): { granted: boolean; lease: Lease } {
    const { lease } = this;
    const isHeld = !isForced && lease !== null && lease.session !== session && lease.expires > now;
    if (isHeld && (yields || !lease.yields)) return { granted: false, lease };
    this.lease = { session, holder, epoch: ++this.epoch, expires: now + leaseTtlMs, yields };
    return { granted: true, lease: this.lease };
  }

  renew(session: string, epoch: number, now: number): boolean {
    if (!this.holds(session, epoch, now)) return false;
    (this.lease as Lease).expires = now + leaseTtlMs;
    return true;
  }

  holds(session: string, epoch: number, now: number): boolean {
    const lease = this.lease;
    return lease !== null && lease.session === session && lease.epoch === epoch && lease.expires > now;
  }

  /** Ends the lease of `session`; of anyone when null. True when there was one. */
  revoke(session: string | null): boolean {
    if (this.lease === null || (session !== null && this.lease.session !== session)) return false;
    this.lease = null;
    return true;
  }

  /** True when the lease expired at `now` because nobody renewed it. */
  expire(now: number): boolean {
    if (this.lease === null || this.lease.expires > now) return false;
    this.lease = null;
    return true;
  }
}
