import type { GroupFrame } from "../../protocol/topics/video/video-group.ts";

/** A frame that waits for one viewer. `since`: since when, server ms. */
export type WaitingFrame = { bytes: Uint8Array; video: GroupFrame; since: number };

/** More than two groups at their largest never wait. */
const mostBytes = 8 * 1024 * 1024;
const mostFrames = 600;

/**
 * Frames of a video that wait for one viewer. They go out in their order, and none whose predecessor did not. Who falls behind gets
 * nothing up to the next key frame.
 */
export class VideoQueue {
  private frames: WaitingFrame[] = [];
  private bytes = 0;
  /** The last frame that was let in; null: the next must be a key frame. */
  private last: number | null = null;
  private hasGivenUp = false;

  /** `mostMs`: a frame that waits longer is given up. */
  constructor(private readonly mostMs: number) {}

  isEmpty(): boolean {
    return this.frames.length === 0;
  }

  clear(): void {
    this.frames = [];
    this.bytes = 0;
    this.last = null;
  }

  offer(bytes: Uint8Array, video: GroupFrame, now: number): void {
    if (!video.key && video.sequence !== (this.last ?? Number.NaN) + 1) {
      this.last = null;
      return;
    }
    this.last = video.sequence;
    this.frames.push({ bytes, video, since: now });
    this.bytes += bytes.byteLength;
    // A viewer that reads nothing asks for nothing.
    this.giveUp(now);
  }

  /** Whether frames were given up since this was asked last. */
  gaveUp(now: number): boolean {
    this.giveUp(now);
    const has = this.hasGivenUp;
    this.hasGivenUp = false;
    return has;
  }

  next(): WaitingFrame | null {
    const frame = this.frames.shift() ?? null;
    if (frame !== null) this.bytes -= frame.bytes.byteLength;
    return frame;
  }

  /** Gives up what waits for too long, or is too much: all before the newest key frame, or all. */
  private giveUp(now: number): void {
    if (!this.isOverdue(now)) return;
    this.hasGivenUp = true;
    const key = this.frames.findLastIndex(({ video }) => video.key);
    if (key > 0) for (const { bytes } of this.frames.splice(0, key)) this.bytes -= bytes.byteLength;
    if (key <= 0 || this.isOverdue(now)) this.clear();
  }

  private isOverdue(now: number): boolean {
    const [first] = this.frames;
    if (first === undefined) return false;
    return now - first.since > this.mostMs || this.bytes > mostBytes || this.frames.length > mostFrames;
  }
}
