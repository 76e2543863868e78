import { allDetails, details, levelFor } from "../../protocol/topics/detail.ts";
import type { TopicBudget } from "../../protocol/topics/topic-requests.ts";
import type { FeedMessage } from "./topic-orders.ts";
import { VideoQueue } from "./video-queue.ts";
import { VideoTrials } from "./video-trials.ts";

/** Shares of the greatest age within which a message arrives, below and above which the detail is changed. */
const slowShare = 0.5;
const quickShare = 0.1;
/** How long messages must be quick before they become finer, ms. */
const quickFor = 5000;

/** `since`: from when on its way is judged. */
type Waiting = { bytes: Uint8Array; received: number; since: number };

/** A message whose turn it is. */
type Sent = { bytes: Uint8Array; since: number; number: number };

/** One topic as one session watches it: what waits for it, and in which detail it gets it. Times are server ms. */
export class WatchedTopic {
  level: number;
  /** The number of the next message. */
  private number = 0;
  private waiting: Waiting | null = null;
  private isVideo = false;
  private readonly frames: VideoQueue;
  private readonly trials: VideoTrials;
  /** The frames of a video since its last key frame are not here. */
  private lacksGroup = true;
  /** The message that is being sent is a frame of a video. */
  private isFrame = false;
  private isFirst = true;
  /** Nothing was sent in this level yet. */
  private isNewLevel = true;
  private tokens: number;
  private filledAt: number;
  private quickSince: number | null = null;
  private readonly finest: number;

  constructor(
    readonly topic: string,
    readonly feed: number,
    readonly channel: number,
    readonly budget: TopicBudget,
    now: number,
  ) {
    this.finest = levelFor(budget.bytesPerSecond);
    this.level = this.finest;
    this.frames = new VideoQueue(budget.maxAgeMs);
    this.tokens = budget.bytesPerSecond;
    this.filledAt = now;
    this.trials = new VideoTrials(now);
  }

  /** The newest message of its level: what waited is given up for it, but for frames of a video. */
  offer({ bytes, received, video }: FeedMessage, now: number): void {
    if (video === undefined) {
      // One that was kept for who comes later is old, which says nothing of the line.
      const isKept = this.isNewLevel && now - received > slowShare * this.budget.maxAgeMs;
      this.waiting = { bytes, received, since: isKept ? now : received };
      return;
    }
    this.isVideo = true;
    this.frames.offer(bytes, video, now);
  }

  /** The frames of a video since its last key frame are wanted; told once each time. */
  takesGroup(): boolean {
    const takes = this.lacksGroup && this.hasEveryFrame();
    if (takes) this.lacksGroup = false;
    return takes;
  }

  /** Whether its level is one of those that get every frame of a video. */
  hasEveryFrame(): boolean {
    return allDetails[this.level]?.everyFrame === true;
  }

  /** ms until a waiting message may be sent; null: none waits. */
  waitMs(now: number): number | null {
    if (this.waiting === null && this.frames.isEmpty()) return null;
    this.fill(now);
    return this.tokens > 0 ? 0 : (1000 * (1 - this.tokens)) / this.budget.bytesPerSecond;
  }

  /** The message whose turn it is. Null: it has become too old meanwhile, and is left out. */
  next(now: number, isLatched: boolean): Sent | null {
    const { waiting } = this;
    this.waiting = null;
    if (waiting === null) return this.nextFrame(now);
    const isOld = now - waiting.received > this.budget.maxAgeMs;
    if (isOld && !isLatched && !this.isFirst) {
      this.slow(now);
      return null;
    }
    return this.numbered(waiting.bytes, waiting.since, false);
  }

  private nextFrame(now: number): Sent | null {
    // One hitch costs the frames up to the next key frame; several, one soon after the other, all but key frames.
    if (this.frames.gaveUp(now)) this.slow(now);
    const frame = this.frames.next();
    return frame === null ? null : this.numbered(frame.bytes, frame.since, true);
  }

  private numbered(bytes: Uint8Array, since: number, isFrame: boolean): Sent {
    this.isFirst = false;
    this.isNewLevel = false;
    this.isFrame = isFrame;
    this.tokens -= bytes.byteLength;
    this.number = (this.number + 1) >>> 0;
    return { bytes, since, number: this.number };
  }

  /** All of a message is sent. True: from now on the topic is wanted in another level. */
  sent(since: number, now: number): boolean {
    const share = (now - since) / this.budget.maxAgeMs;
    // Frames of a video are given up together, if they must be, and that makes it slower.
    if (share > slowShare && !this.isFrame) return this.slow(now);
    if (share > quickShare) {
      this.quickSince = null;
      return false;
    }
    this.quickSince ??= now;
    if (now - this.quickSince < quickFor || this.level === this.finest) return false;
    if (this.isVideo && !this.hasEveryFrame() && allDetails[this.level - 1]?.everyFrame === true) {
      if (!this.trials.isDue(now - this.quickSince)) return false;
      this.trials.begin(now);
    }
    this.quickSince = now;
    this.level -= 1;
    this.isNewLevel = true;
    return true;
  }

  private slow(now: number): boolean {
    this.quickSince = null;
    if (this.level === details.length - 1) return false;
    this.level += 1;
    this.isNewLevel = true;
    if (!this.hasEveryFrame() && !this.lacksGroup) {
      this.frames.clear();
      this.lacksGroup = true;
      this.trials.fail(now);
    }
    return true;
  }

  private fill(now: number): void {
    const { bytesPerSecond } = this.budget;
    this.tokens = Math.min(bytesPerSecond, this.tokens + (bytesPerSecond * (now - this.filledAt)) / 1000);
    this.filledAt = now;
  }
}
