import type { BinaryStateFrame } from "../../protocol/state-frame.ts";

const keptFrames = 64;
/** A change is spread over at most this time: after a pause the robot stood still, it did not creep. */
const longestBlendMs = 200;

export type FramePair = {
  older: BinaryStateFrame;
  newer: BinaryStateFrame;
  /** 0: all older, 1: all newer. */
  blend: number;
};

/**
 * The last frames in order of server time, to be drawn a little late and smoothly. Nothing is drawn
 * beyond the newest frame: a motion that is not known is not guessed.
 */
export class FrameBuffer {
  private frames: BinaryStateFrame[] = [];
  private meanIntervalMs = 1000 / 60;
  private jitterMs = 5;

  /** `arrivedMs` is the server time at arrival as this page reckons it. Late and repeated frames are refused. */
  push(frame: BinaryStateFrame, arrivedMs: number): boolean {
    const newest = this.newest;
    if (newest && frame.time <= newest.time) return false;
    if (newest && newest.layout !== frame.layout) this.frames = [];
    if (newest) {
      const interval = Math.min(frame.time - newest.time, 250);
      this.meanIntervalMs += (interval - this.meanIntervalMs) / 16;
    }
    const late = Math.min(Math.max(arrivedMs - frame.time, 0), 250);
    // Rises at once with a late frame and forgets slowly: a drawing that halts is worse than one 10 ms older.
    this.jitterMs = Math.max(late, this.jitterMs * 0.98);
    this.frames.push(frame);
    if (this.frames.length > keptFrames) this.frames.shift();
    return true;
  }

  /** A frame that is to be drawn as it is, whatever came before it: the delay learns nothing from it. */
  showOnly(frame: BinaryStateFrame): void {
    this.frames = [frame];
  }

  clear(): void {
    this.frames = [];
  }

  get newest(): BinaryStateFrame | undefined {
    return this.frames[this.frames.length - 1];
  }

  /** Frames a second the server sends at present. */
  get rateHz(): number {
    return 1000 / this.meanIntervalMs;
  }

  /** How far behind the server to draw, in ms, so that the next frame is mostly here in time. */
  get delayMs(): number {
    return Math.min(Math.max(this.meanIntervalMs + this.jitterMs, 20), 300);
  }

  /** The two frames around server time `timeMs`; both are the newest when it lies beyond that. */
  at(timeMs: number): FramePair | null {
    const newest = this.newest;
    if (!newest) return null;
    if (timeMs >= newest.time) return { older: newest, newer: newest, blend: 1 };
    for (let i = this.frames.length - 1; i > 0; i--) {
      const older = this.frames[i - 1];
      const newer = this.frames[i];
      if (!older || !newer || older.time > timeMs) continue;
      const start = Math.max(older.time, newer.time - longestBlendMs);
      return { older, newer, blend: Math.max(0, (timeMs - start) / (newer.time - start)) };
    }
    const oldest = this.frames[0] ?? newest;
    return { older: oldest, newer: oldest, blend: 1 };
  }
}
