import type { CommandRef, GateOutput } from "./gate-output.ts";
import type { PlanAnswer, PlanOutcome } from "./plan-request.ts";
import { refuse } from "./refusals.ts";
import type { Objection } from "./validate-motion.ts";

/** `id` of the request; null: it was not made yet. `expires`: server ms to which the command is valid; `until`: to when it is waited for. */
export type Awaited<Command> = {
  ref: CommandRef;
  command: Command;
  id: string | null;
  expires: number;
  until: number;
};

/** The one command whose motion or goal another thread looks at: a newer one takes its place. Times are server ms. */
export class AwaitedCommand<Command> {
  private awaited: Awaited<Command> | null = null;

  constructor(private readonly output: GateOutput) {}

  current(): Awaited<Command> | null {
    return this.awaited;
  }

  /** Waits for this one, which takes the place of another. */
  replace(awaited: Awaited<Command>): void {
    this.drop("replaced", "replaced by a newer command");
    this.awaited = awaited;
  }

  /**
   * Hands an answer to its command; of no other request than the newest. `begin` says why it cannot begin. `what` was done
   * meanwhile, as `the motion was computed`.
   */
  take(
    { id, outcome }: PlanAnswer,
    now: number,
    what: string,
    begin: (awaited: Awaited<Command>, outcome: PlanOutcome) => Objection | null,
  ): void {
    const { awaited } = this;
    if (awaited === null || awaited.id !== id) return;
    this.awaited = null;
    const expired: Objection = {
      code: "expired",
      message: `its time to live (ttlMs) ended while ${what}`,
    };
    const objection =
      outcome.found === "objection"
        ? outcome.objection
        : now > awaited.expires
          ? expired
          : begin(awaited, outcome);
    if (objection !== null) refuse(this.output, awaited.ref, objection);
  }

  /** It is no longer waited for, and not refused either. */
  release(): Awaited<Command> | null {
    const { awaited } = this;
    this.awaited = null;
    return awaited;
  }

  /** Refuses the command that is waited for. */
  drop(code: string, message: string): void {
    const awaited = this.release();
    if (awaited === null) return;
    if (awaited.id !== null) this.output.dropPlan(awaited.id);
    refuse(this.output, awaited.ref, { code, message });
  }
}
