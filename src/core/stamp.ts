/** A ROS time: whole seconds and nanoseconds (0 … 999 999 999) since the sender's epoch. */
export type Stamp = { sec: number; nanosec: number };

export const zeroStamp: Stamp = Object.freeze({ sec: 0, nanosec: 0 });

/** Negative when `a` is earlier than `b`, 0 when equal, positive when later. */
export function compareStamps(a: Stamp, b: Stamp): number {
  return a.sec - b.sec || a.nanosec - b.nanosec;
}

/** `ms` are milliseconds since the epoch; fractions are kept to the nanosecond. */
export function stampFromMs(ms: number): Stamp {
  const sec = Math.floor(ms / 1000);
  const nanosec = Math.min(999_999_999, Math.max(0, Math.round((ms - sec * 1000) * 1e6)));
  return { sec, nanosec };
}

/** Milliseconds since the epoch, as a double: exact to about 0.2 µs in this century. */
export function msFromStamp(stamp: Stamp): number {
  return stamp.sec * 1000 + stamp.nanosec / 1e6;
}
