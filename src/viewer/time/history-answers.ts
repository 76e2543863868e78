import type { PastEvent } from "../../client/history-api.ts";
import { isNumber, isObject, isPastEvent, isText } from "../../client/message-checks.ts";
import type { TimeWindow } from "./time-range.ts";

/** What the server says of its store. `from`: server ms of the oldest that it has; null while it is empty. */
export type Stored = {
  state: "off" | "opening" | "recording" | "failed";
  reason: string;
  from: number | null;
};

const states = ["off", "opening", "recording", "failed"] as const;

export function readStored(value: unknown): Stored | null {
  if (!isObject(value)) return null;
  const state = states.find((one) => one === value.state);
  if (state === undefined) return null;
  const reason = [value.reason, value.remedy].filter((text) => isText(text) && text !== "").join(" ");
  return { state, reason, from: isNumber(value.from) ? value.from : null };
}

export function readGaps(value: unknown): TimeWindow[] {
  if (!isObject(value) || !Array.isArray(value.gaps)) return [];
  return value.gaps.filter(
    (gap: unknown): gap is TimeWindow => isObject(gap) && isNumber(gap.from) && isNumber(gap.to),
  );
}

export function readEvents(value: unknown): PastEvent[] {
  return isObject(value) && Array.isArray(value.events) ? value.events.filter(isPastEvent) : [];
}
