import type { Objection } from "./validate-motion.ts";

/** Without a command for this long, a control counts as released. ms */
const releasedAfterMs = 250;

/**
 * A jog that ended by a fault is not taken up again by a control that is still held: it needs a fresh press. A zero
 * command and a pause both count as a release. Times are server ms.
 */
export class FreshPress {
  private until = Number.NEGATIVE_INFINITY;
  private objection: Objection | null = null;

  /** From now on commands that just go on are refused. */
  demand(code: string, message: string, now: number): void {
    this.objection = { code, message: `the jog ended: ${message}. Release the control and press it again.` };
    this.until = now + releasedAfterMs;
  }

  /** Why a command is refused; null: its control was pressed since. */
  refusal(isZero: boolean, now: number): Objection | null {
    if (isZero) this.objection = null;
    return this.heldOn(now) ? this.objection : null;
  }

  /** Notes a command that comes although a fresh press is required; false where none is. */
  heldOn(now: number): boolean {
    if (this.objection === null || now >= this.until) return false;
    this.until = now + releasedAfterMs;
    return true;
  }
}
