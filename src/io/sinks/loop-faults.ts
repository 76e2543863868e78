import type { Away } from "./row-sender.ts";

/** The journal cannot be read, or the cursor not be written. */
export function spoolFault(error: unknown): Away {
  const text = error instanceof Error ? error.message : String(error);
  return {
    kind: "away",
    state: "error",
    reason: `the rows that wait cannot be read or their place cannot be kept: ${text}`,
    remedy: "Check the disk and the permissions of the history's folder.",
  };
}

/** Rows are not dropped one by one where the server takes none. */
export function everythingRefused(reason: string): Away {
  return {
    kind: "away",
    state: "error",
    reason: `the server refuses every row: ${reason}`,
    remedy: "Check the database and the measurement's fields; the rows wait until then.",
  };
}
