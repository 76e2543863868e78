import type { SinkRow } from "./sink-row.ts";

/** A time in whole seconds and nanoseconds since 1970, and the pass (see RowClock) that makes it unique in its series. */
export type RowTime = { sec: number; nanosec: number; pass: number };

/** Of one pass: the last time that was wanted, and the last that was given. Given is never before wanted. */
type Pass = [wantedSec: number, wantedNanosec: number, givenSec: number, givenNanosec: number];

/** Passes by the key of the series. Plain data, to be kept with the cursor. */
export type ClockState = Record<string, Pass[]>;

/** The last pass takes what fits no other, at the time of its arrival. */
const passes = 8;
/** How far a time may be moved on to be unique, in steps. */
const mostSteps = 1000;
/** 2000-01-01. A stamp before it is no time of day: seconds since a boot, or simulated time. */
const firstSec = 946_684_800;
/** A stamp further ahead of its arrival than this is a clock that is wrong. */
const mostAheadSec = 3600;

/**
 * Gives each row a time that no other row of its series has, so that (series, pass, time) is a key and a row that is sent
 * twice is stored once. The same rows in the same order get the same times, from whatever state was kept in between.
 *
 * A row's own time is its stamp, or its arrival where there is no stamp or none that can be right. In pass 1 times never
 * go back: a time that is there already is moved on by one step. A row that is older than the one before it in its pass
 * keeps its own time and goes to the next pass, in which the same holds.
 */
export class RowClock {
  private readonly state = new Map<string, Pass[]>();
  private readonly time: RowTime = { sec: 0, nanosec: 0, pass: 1 };

  /** `stepNs` is the resolution of the store: 1, 1000, … ns. */
  constructor(
    private readonly by: "stamp" | "arrival",
    private readonly stepNs: number,
    from: ClockState = {},
  ) {
    for (const [key, given] of Object.entries(from))
      this.state.set(
        key,
        given.map((pass) => [...pass]),
      );
  }

  /** The object is refilled by the next call. */
  assign(row: SinkRow): RowTime {
    const { time, stepNs } = this;
    wantedTime(row, this.by, stepNs, time);
    let list = this.state.get(row.series.key);
    if (list === undefined) {
      list = [];
      this.state.set(row.series.key, list);
    }
    for (let i = 0; ; i++) {
      const isLast = i === passes - 1;
      if (isLast) wantedTime(row, "arrival", stepNs, time);
      time.pass = i + 1;
      const pass = list[i];
      if (pass === undefined) {
        list.push([time.sec, time.nanosec, time.sec, time.nanosec]);
        return time;
      }
      if (this.fit(pass, isLast)) return time;
    }
  }

  /** A copy of what the next times depend on. */
  save(): ClockState {
    const saved: ClockState = Object.create(null);
    for (const [key, list] of this.state) saved[key] = list.map((pass) => [...pass]);
    return saved;
  }

  /** Whether the time in `this.time` fits into the pass; if so, it becomes the pass's last. */
  private fit(pass: Pass, always: boolean): boolean {
    const { time, stepNs } = this;
    const { sec, nanosec } = time;
    if (sec > pass[2] || (sec === pass[2] && nanosec > pass[3])) {
      pass[0] = pass[2] = sec;
      pass[1] = pass[3] = nanosec;
      return true;
    }
    const isOlder = sec < pass[0] || (sec === pass[0] && nanosec < pass[1]);
    if (isOlder && !always) return false;
    const carry = pass[3] + stepNs >= 1_000_000_000;
    const nextSec = carry ? pass[2] + 1 : pass[2];
    const nextNanosec = carry ? 0 : pass[3] + stepNs;
    const moved = (nextSec - sec) * 1e9 + (nextNanosec - nanosec);
    if (moved > mostSteps * stepNs && !always) return false;
    pass[0] = sec;
    pass[1] = nanosec;
    pass[2] = time.sec = nextSec;
    pass[3] = time.nanosec = nextNanosec;
    return true;
  }
}

/** The time that a row wants, in whole steps. The stamp counts where it can be a time of day. */
export function wantedTime(
  row: SinkRow,
  by: "stamp" | "arrival",
  stepNs: number,
  into: { sec: number; nanosec: number },
): void {
  const receivedSec = Math.floor(row.received / 1000);
  const isStamped = by === "stamp" && row.hasStamp;
  if (isStamped && row.stampSec >= firstSec && row.stampSec <= receivedSec + mostAheadSec) {
    into.sec = row.stampSec;
    into.nanosec = row.stampNanosec;
  } else {
    into.sec = receivedSec;
    into.nanosec = Math.min(999_999_999, Math.max(0, Math.round((row.received - receivedSec * 1000) * 1e6)));
  }
  into.nanosec -= into.nanosec % stepNs;
}
