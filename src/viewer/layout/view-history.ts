import { Signal } from "../../client/signal.ts";

type Step<S> = { before: Partial<S>; after: Partial<S> };

const mostSteps = 100;

/**
 * Steps of a view, back and forth. `read` gives the view as plain data, `apply` sets the parts it is handed. What
 * changed between `begin` and `end` is one step; what changed outside of them (robots that arrive) is none.
 */
export class ViewHistory<S extends Record<string, unknown>> {
  /** How many steps there are each way. */
  readonly depth = new Signal<{ back: number; forth: number }>({ back: 0, forth: 0 });
  private readonly back: Step<S>[] = [];
  private forth: Step<S>[] = [];
  private opened: S | null = null;

  constructor(
    private readonly read: () => S,
    private readonly apply: (part: Partial<S>) => void,
  ) {}

  /** A gesture begins; nothing where one is under way. */
  begin(): void {
    this.opened ??= this.read();
  }

  /** The gesture is over. */
  end(): void {
    const before = this.opened;
    this.opened = null;
    if (before === null) return;
    const step = difference(before, this.read());
    if (step === null) return;
    this.back.push(step);
    if (this.back.length > mostSteps) this.back.shift();
    this.forth = [];
    this.note();
  }

  /** Goes one step back; false where there is none. */
  undo(): boolean {
    this.end();
    const step = this.back.pop();
    if (step === undefined) return false;
    this.forth.push(step);
    this.apply(step.before);
    this.note();
    return true;
  }

  /** Goes one step forth again; false where there is none. */
  redo(): boolean {
    this.end();
    const step = this.forth.pop();
    if (step === undefined) return false;
    this.back.push(step);
    this.apply(step.after);
    this.note();
    return true;
  }

  private note(): void {
    this.depth.set({ back: this.back.length, forth: this.forth.length });
  }
}

/** Only the parts that are another; null: none is. */
function difference<S extends Record<string, unknown>>(was: S, is: S): Step<S> | null {
  const before: Partial<S> = {};
  const after: Partial<S> = {};
  for (const key of Object.keys(is) as (keyof S)[]) {
    if (JSON.stringify(was[key]) === JSON.stringify(is[key])) continue;
    before[key] = was[key];
    after[key] = is[key];
  }
  return Object.keys(after).length === 0 ? null : { before, after };
}
