/**
 * The outcome of checking external input. `reason` is one sentence for a person; `path` names the field, line or
 * element at fault (empty when the whole input is).
 */
export type Result<T> = Taken<T> | Refusal;

/** `leftOut`: an optional part that was ignored, and why. */
export type Taken<T> = { ok: true; value: T; leftOut?: string };

/** Why an input was refused. */
export type Refusal = { ok: false; reason: string; path: string };

/** A refusal for `reason` of the field, line or element `path`. */
export function refused(reason: string, path = ""): Refusal {
  return { ok: false, reason, path };
}
