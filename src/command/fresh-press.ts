import type { SessionId } from "../core/names.ts";
import type { Objection } from "./validate-motion.ts";

/** Without a command for this long, a control counts as released. ms */
const releasedAfterMs = 250;

/**
 * A jog that ended by a fault is not taken up again by a control that is still held: it needs a fresh press. A zero
 * command and a pause both count as a release. The control is that of one session: another one that drives from now on has
 * pressed anew. Times are server ms.
 */
export class FreshPress {
  private until = Number.NEGATIVE_INFINITY;
  private objection: Objection | null = null;
  private session: SessionId | null = null;

  /** From now on commands of `session` that just go on are refused. */
  demand(code: string, message: string, now: number, session: SessionId | null): void {
    this.session = session;
    this.objection = { code, message: `the jog ended: ${message}. Release the control and press it again.` };
    this.until = now + releasedAfterMs;
  }

  /** Why a command of `session` is refused; null: its control was pressed since. */
  refusal(isZero: boolean, now: number, session: SessionId): Objection | null {
    if (isZero || session !== this.session) this.objection = null;
    return this.heldOn(now) ? this.objection : null;
  }

  /** Notes a command that comes although a fresh press is required; false where none is. */
  heldOn(now: number): boolean {
    if (this.objection === null || now >= this.until) return false;
    this.until = now + releasedAfterMs;
    return true;
  }
}
