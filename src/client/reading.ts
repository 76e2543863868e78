import { type Quality, qualities } from "../core/quality.ts";
import type { BinaryStateFrame } from "../protocol/state-frame.ts";
import type { RegisterJson } from "../protocol/state-messages.ts";
import type { Reading } from "./api.ts";

/**
 * Server time now, null before it is known, and whether the server's last message is recent enough to describe the
 * present.
 */
export type Present = { serverMs: number | null; isHeard: boolean };

/** A value younger than this is not stale yet: the server waits at least so long. */
const leastStaleMs = 100;

/** The value that `make` forms from `width` columns of a frame; null where they never had one. */
export function readingAt<T>(
  frame: BinaryStateFrame,
  column: number,
  width: number,
  make: (values: number[]) => T,
  present: Present,
): Reading<T> | null {
  const ageThere = frame.agesMs[column] ?? -1;
  if (column < 0 || !(ageThere >= 0)) return null;
  const value = make([...frame.values.subarray(column, column + width)]);
  const ageMs = ageThere + Math.max(0, (present.serverMs ?? frame.time) - frame.time);
  const quality = qualities[frame.qualityCodes[column] ?? 2] ?? "bad";
  return judged(value, ageMs, quality, usualReason(quality, ageThere), present);
}

/** The value of a register that came as JSON. */
export function readingOf(register: RegisterJson, present: Present): Reading<unknown> {
  const { value, received, quality, reason } = register;
  return judged(
    value,
    Math.max(0, (present.serverMs ?? received) - received),
    quality,
    reason ?? null,
    present,
  );
}

/** Without the server nobody knows what became of a value: it is bad at once, and its age goes on growing. */
function judged<T>(
  value: T,
  ageMs: number,
  quality: Quality,
  reason: string | null,
  { isHeard }: Present,
): Reading<T> {
  if (!isHeard) return { value, ageMs, quality: "bad", reason: "no-communication" };
  return { value, ageMs, quality, reason };
}

/** Binary frames carry the quality without its reason: this is the one that the server has for it as a rule. */
function usualReason(quality: Quality, ageMs: number): string | null {
  switch (quality) {
    case "good":
      return null;
    case "uncertain":
      return ageMs >= leastStaleMs ? "stale" : "initial";
    case "bad":
      return "no-communication";
  }
}
