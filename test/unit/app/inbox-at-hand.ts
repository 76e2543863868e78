import type { Inbox } from "../../../src/engine/ports/inbox.ts";
import type { Arrival } from "../../../src/engine/ports/inputs.ts";

/** No robot was stopped before this run. */
export const noStops = { of: () => null };

/** Takes everything out of the inbox. */
export function inputsOf(inbox: Inbox): Arrival["input"][] {
  const inputs: Arrival["input"][] = [];
  inbox.drain(
    ({ input }) => inputs.push(input),
    () => undefined,
  );
  return inputs;
}
