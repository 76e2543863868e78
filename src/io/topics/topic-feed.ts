import type { Refusal, Result } from "../../core/result.ts";
import { allDetails, videoLevel } from "../../protocol/topics/detail.ts";
import type { FrameHistory, Places } from "../../protocol/topics/frame-history.ts";
import type { TopicEncoder } from "../../protocol/topics/topic-encoder.ts";
import type { ReadMessage } from "../../protocol/topics/topic-reader.ts";
import type { GroupFrame } from "../../protocol/topics/video/video-group.ts";
import type { FeedMessage } from "./topic-orders.ts";

/** Share of a period by which a message may come early and still counts as the next one. */
const jitter = 0.2;
/** So many periods after a level's last message it gets the newest one, where none came that was due. */
const lateShare = 1.5;
/** Over so long a time a rate is measured, ms. */
const rateWindow = 2000;
/** How long a message waits for transforms that are as new as it is, ms. */
const waitForTf = 80;

/** What a feed says of its messages. */
export type FeedEnds = {
  message(message: FeedMessage): void;
  /** A message cannot be read. */
  rejected(reason: string): void;
  /** A message names these mesh files; told before the message itself. */
  meshes?(uris: readonly string[]): void;
};

type Read = { read: ReadMessage; bytes: number; received: number };

/**
 * One topic that somebody watches: each message is read once, and encoded once in each level of detail that is wanted, at that
 * level's rate. Times are server ms.
 */
export class TopicFeed {
  private levels: readonly number[] = [];
  /** When a message of each level went out last. */
  private readonly sent = allDetails.map(() => Number.NEGATIVE_INFINITY);
  private newest: Read | null = null;
  /** Levels that did not get `newest`: it came too early for them. */
  private owed: readonly number[] = [];
  /** A message that waits for its transforms, for these levels. */
  private waiting: { message: Read; levels: readonly number[] } | null = null;
  /** Where the newest message was placed when it went out, and by which shape of the tree of frames. */
  private placed: { message: Read; places: Places; shape: number } | null = null;
  /** Frames of a video came. */
  isVideo = false;
  private readonly arrivals: { at: number; bytes: number }[] = [];

  constructor(
    readonly feed: number,
    private readonly encoder: TopicEncoder,
    private readonly frames: FrameHistory,
    private readonly ends: FeedEnds,
  ) {}

  /** Wants these levels from now on; those that are new begin with the newest message, which may be the only one for long. */
  want(levels: readonly number[]): void {
    const added = levels.filter((level) => !this.levels.includes(level));
    this.levels = levels;
    this.owed = this.owed.filter((level) => levels.includes(level));
    if (this.newest === null) return;
    const own = levelsFor(this.newest.read, added);
    if (own.length > 0) this.encode(this.newest, this.placementOf(this.newest), own);
  }

  /** A message arrived. Its bytes may be used again by whoever gave them. */
  take(bytes: Uint8Array, received: number): void {
    const read = this.encoder.read(bytes);
    if (read.ok) this.takeRead(read.value, bytes.byteLength, received);
    else {
      this.count(received, bytes.byteLength);
      this.reject(read);
    }
  }

  /** The same for a message that is read; `bytes`: its size. */
  takeRead(read: ReadMessage, bytes: number, received: number): void {
    this.count(received, bytes);
    if (read.video !== undefined) this.isVideo = true;
    if (read.video === null) return;
    this.encoder.note(read, received);
    if (read.meshes !== undefined) this.ends.meshes?.(read.meshes);
    const message = { read, bytes, received };
    if (read.video !== undefined) this.sendFrame(message, read.video);
    if (read.video?.key === false) return;
    this.newest = message;
    const levels = levelsFor(read, this.levels);
    // One that waits for its transforms is not given up for a newer one, whose transforms are later still.
    const due =
      this.waiting === null ? levels.filter((level) => this.isDue(level, received, 1 - jitter)) : [];
    this.owed = levels.filter((level) => !due.includes(level));
    if (due.length > 0) this.send(message, due);
  }

  /**
   * The newest message as `change` makes it anew, of a message of so many bytes. Before the first message there is nothing to
   * change.
   */
  amend(bytes: number, received: number, change: (newest: ReadMessage) => Result<ReadMessage>): void {
    if (this.newest === null) return;
    const changed = change(this.newest.read);
    if (changed.ok) this.takeRead(changed.value, bytes, received);
    else {
      this.count(received, bytes);
      this.reject(changed);
    }
  }

  /** What waited goes out once its transforms are there, or have been waited for; and the last message of a burst after its time. */
  step(now: number): void {
    if (this.waiting !== null) {
      const { message, levels } = this.waiting;
      const placement = this.placementOf(message);
      if (isBehind(placement) && now - message.received <= waitForTf) return;
      this.waiting = null;
      this.encode(message, placement, levels);
    }
    this.placeAnew();
    if (this.owed.length === 0 || this.newest === null) return;
    const { received } = this.newest;
    const due = this.owed.filter(
      (level) => this.isDue(level, received, 1 - jitter) || this.isDue(level, now, lateShare),
    );
    if (due.length === 0) return;
    this.owed = this.owed.filter((level) => !due.includes(level));
    this.send(this.newest, due);
  }

  /** A message that stands, as of a latched topic, goes out again once its frame is connected with others. */
  private placeAnew(): void {
    const { placed, frames } = this;
    if (placed === null || placed.shape === frames.shape || placed.message !== this.newest) return;
    placed.shape = frames.shape;
    const places = this.placementOf(placed.message);
    if (JSON.stringify(places) === JSON.stringify(placed.places)) return;
    const levels = levelsFor(placed.message.read, this.levels).filter((level) => !this.owed.includes(level));
    this.encode(placed.message, places, levels);
  }

  private isDue(level: number, at: number, share: number): boolean {
    const period = Math.max(this.encoder.everyMs, 1000 / (allDetails[level]?.rate ?? 1));
    return at - (this.sent[level] ?? 0) >= period * share;
  }

  private send(message: Read, levels: readonly number[]): void {
    for (const level of levels) this.sent[level] = message.received;
    const placement = this.placementOf(message);
    if (isBehind(placement)) this.waiting = { message, levels };
    else this.encode(message, placement, levels);
  }

  /** Messages and bytes a second, of the last two seconds. */
  rates(now: number): { hz: number; bytesPerSecond: number } {
    this.forget(now);
    const bytes = this.arrivals.reduce((sum, arrival) => sum + arrival.bytes, 0);
    const seconds = rateWindow / 1000;
    return { hz: this.arrivals.length / seconds, bytesPerSecond: bytes / seconds };
  }

  private placementOf({ read: { frame, stamp, parts } }: Read): Places {
    const own = frame === null ? null : this.frames.place(frame, stamp);
    if (parts === undefined) return { own };
    const places: NonNullable<Places["parts"]> = Object.create(null);
    for (const part of parts)
      if (part.frame !== null) places[part.frame] = this.frames.place(part.frame, part.stamp);
    return { own, parts: places };
  }

  /** A frame of a video goes out at once, and not as late as its transforms: people steer by it. */
  private sendFrame(message: Read, { key, sequence }: GroupFrame): void {
    this.encode(message, this.placementOf(message), [videoLevel], { key, sequence });
  }

  private encode(message: Read, placement: Places, levels: readonly number[], video?: GroupFrame): void {
    const { read, bytes, received } = message;
    if (placement.own !== null || placement.parts !== undefined) {
      this.placed = { message, places: placement, shape: this.frames.shape };
    }
    const encoded = this.encoder.encode(read, bytes, received, placement, levels);
    if (!encoded.ok) {
      this.reject(encoded);
      return;
    }
    for (const [level, made] of encoded.value) {
      const sent = { feed: this.feed, level, received, bytes: made };
      this.ends.message(video === undefined ? sent : { ...sent, video });
    }
  }

  private reject({ path, reason }: Refusal): void {
    this.ends.rejected(path === "" ? reason : `${path}: ${reason}`);
  }

  private count(at: number, bytes: number): void {
    this.arrivals.push({ at, bytes });
    this.forget(at);
  }

  private forget(now: number): void {
    while ((this.arrivals[0]?.at ?? now) < now - rateWindow) this.arrivals.shift();
  }
}

/** Of `levels` those that get this message on its own: of a video those of key frames alone. */
function levelsFor({ video }: ReadMessage, levels: readonly number[]): readonly number[] {
  return video === undefined ? levels : levels.filter((level) => allDetails[level]?.everyFrame === false);
}

/** Whether the transforms are older than the message. Without a stamp they never are. */
function isBehind({ own, parts }: Places): boolean {
  return (own?.lateMs ?? 0) > 0 || Object.values(parts ?? {}).some(({ lateMs }) => lateMs > 0);
}
