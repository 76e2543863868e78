import type { EventSeverity, SourceStatus } from "../protocol/state-messages.ts";

/** Whether there is nothing new to show of a source. */
export function isSameStatus(
  known: SourceStatus | undefined,
  { state, detail, reason }: SourceStatus,
): boolean {
  return known?.state === state && known.detail === detail && known.reason === reason;
}

/** The event that a source's new status is worth; null where nothing is to be reported. */
export function statusEvent(
  known: SourceStatus | undefined,
  { name, state, detail, reason, remedy }: SourceStatus,
): { severity: EventSeverity; kind: string; message: string } | null {
  const why = [reason, remedy].filter((part) => part !== undefined).join("; ");
  if (known?.state !== state || (state === "connecting" && known.detail !== detail)) {
    const isBad = state === "lost" || state === "error" || reason !== undefined;
    const message = [`${name} ${state}`, detail, why].filter((part) => part !== "").join(": ");
    return { severity: isBad ? "warning" : "info", kind: `${name}.${state}`, message };
  }
  if (known.reason === reason || reason === undefined) return null;
  return { severity: "warning", kind: `${name}.waiting`, message: `${name}: ${why}` };
}

/** Takes a source's new status; `tell` gets the event that it is worth. False where it says nothing new. */
export function noteStatus(
  known: Map<string, SourceStatus>,
  status: SourceStatus,
  tell: (severity: EventSeverity, kind: string, message: string) => void,
): boolean {
  const before = known.get(status.name);
  known.set(status.name, status);
  if (isSameStatus(before, status)) return false;
  const event = statusEvent(before, status);
  if (event !== null) tell(event.severity, event.kind, event.message);
  return true;
}
