import { type Stamp, stampFromMs, stampToMs } from "../../core/stamp.ts";
import { SenderClock } from "./sender-clock.ts";

/** A clock that is off by more is worth a warning. */
const farClockMs = 1000;

/** ROS time as the node has it; a simulated one comes in steps, and at its own rate. */
export type RosTime = { now(): Stamp; isSimulated: boolean };

/** A robot's clock as the stamps of its joint states show it, beside ours. */
export class RobotClock {
  private readonly clock = new SenderClock();
  private isWarned = false;

  constructor(
    private readonly time: RosTime,
    /** Server ms. */
    private readonly now: () => number,
  ) {}

  /** Takes the stamp of a joint state that has just come; a zero says nothing. */
  note(stamp: Stamp): void {
    if (stamp.sec !== 0) this.clock.note(stampToMs(stamp), stampToMs(this.time.now()));
  }

  /** A warning, once, where the stamps are far from our time; null otherwise. */
  complaint(): string | null {
    const behind = this.clock.behindMs();
    if (behind === null || this.isWarned || Math.abs(behind) < farClockMs) return null;
    this.isWarned = true;
    const seconds = Math.abs(behind / 1000).toFixed(1);
    return (
      `the robot's joint states are stamped ${seconds} s ${behind > 0 ? "in the past" : "in the future"}: controllers that judge commands by their stamps may ignore them or stop late. ` +
      `Synchronise the clocks (chrony, NTP); for a simulated robot start the twin with --use-sim-time`
    );
  }

  /** When a goal of server ms `at` starts by the robot's clock; zero where that clock is not known to be ours. */
  stampOf(at: number): Stamp {
    if (this.time.isSimulated || !this.clock.agrees()) return { sec: 0, nanosec: 0 };
    return stampFromMs(stampToMs(this.time.now()) - (this.now() - at));
  }

  /** ROS time now. */
  rosNow(): Stamp {
    return this.time.now();
  }
}
