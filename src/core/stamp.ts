/** A ROS time: whole seconds and nanoseconds (0 … 999 999 999) since the sender's epoch. */
export type Stamp = { sec: number; nanosec: number };

/** `ms` are milliseconds since the epoch; fractions are kept to the nanosecond. */
export function stampFromMs(ms: number): Stamp {
  const sec = Math.floor(ms / 1000);
  const nanosec = Math.min(999_999_999, Math.max(0, Math.round((ms - sec * 1000) * 1e6)));
  return { sec, nanosec };
}

/** Milliseconds since the sender's epoch, with a fraction. */
export function stampToMs({ sec, nanosec }: Stamp): number {
  return sec * 1000 + nanosec / 1e6;
}
