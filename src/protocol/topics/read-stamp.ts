import { type Stamp, stampToMs } from "../../core/stamp.ts";

/** A time of ROS as a message has it; the reader names its parts `sec` and `nsec`, or `nanosec`. Null: it is none. */
export function readStamp(value: unknown): Stamp | null {
  if (typeof value !== "object" || value === null) return null;
  const { sec, nanosec, nsec } = value as { sec?: unknown; nanosec?: unknown; nsec?: unknown };
  const fine = nanosec ?? nsec;
  return typeof sec === "number" && typeof fine === "number" ? { sec, nanosec: fine } : null;
}

/** The same in ms; 0 where it is none. */
export function readStampMs(value: unknown): number {
  const stamp = readStamp(value);
  return stamp === null ? 0 : stampToMs(stamp);
}
