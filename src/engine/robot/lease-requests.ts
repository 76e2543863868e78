import type { SessionId } from "../../core/names.ts";

/** How long a request for the lease stays open, ms. */
export const requestLivesMs = 60_000;
const mostRequests = 32;

/** One session's question for the lease; `id` is that of its message. */
export type LeaseRequest = { session: SessionId; by: string; id: string | number; at: number };

/** Who asked for the lease of one robot and was not answered yet. Times are server ms. */
export class LeaseRequests {
  private open: LeaseRequest[] = [];

  /** A session's newest request takes the place of its older ones. False when too many wait. */
  add(request: LeaseRequest): boolean {
    this.drop(request.session);
    this.open = this.open.filter(({ at }) => request.at - at < requestLivesMs);
    if (this.open.length >= mostRequests) return false;
    this.open.push(request);
    return true;
  }

  /** The open request of a session; null: there is none, or it is too old. */
  of(session: SessionId, now: number): LeaseRequest | null {
    return this.open.find((one) => one.session === session && now - one.at < requestLivesMs) ?? null;
  }

  /** The session got the lease, or is gone. */
  drop(session: SessionId): void {
    if (this.open.length > 0) this.open = this.open.filter((one) => one.session !== session);
  }
}
