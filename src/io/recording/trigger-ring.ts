import { mkdirSync, readdirSync, rmSync, statSync } from "node:fs";
import { join } from "node:path";
import type { Compressor } from "../../protocol/mcap/mcap-encoder.ts";
import { type BlockMessage, messagesOf } from "../../protocol/mcap/message-block.ts";
import { nanosecondsOf, type RecordedChannel } from "../../protocol/mcap/recorded-channel.ts";
import { type TwinChannel, twinChannel } from "../../protocol/mcap/twin-channels.ts";
import { Recording } from "./recording.ts";
import { TwinTranslator } from "./twin-translator.ts";

/** The numbers of what the state stream sends to the recorder: texts and binary frames. */
export const viewerText = 1;
export const viewerFrame = 2;
const firstTwinChannel = 0xffff_0000;
const twinNames: readonly TwinChannel[] = ["snapshot", "state", "properties", "events", "commands"];
/** Triggers that follow each other make one recording, up to this long. */
const longestMs = 10 * 60_000;

export type TriggerRingOptions = {
  folder: string;
  library: string;
  beforeMs: number;
  afterMs: number;
  /** Bound of what is kept in memory. */
  memoryBytes: number;
  /** Bounds of what is kept on disk; the oldest recordings are deleted. */
  maxFiles: number;
  maxBytes: number;
};

/** A recording that is complete. `lost`: messages that did not fit into the memory. */
export type SavedRecording = { path: string; messages: number; bytes: number; lost: number };

type Kept = { block: Uint8Array; at: number };
type Open = { recording: Recording; path: string; begun: number; until: number; translator: TwinTranslator };

/** The last seconds of all that came in, and the recording that a trigger makes of them. Times are server ms. */
export class TriggerRing {
  private readonly channels = new Map<number, RecordedChannel>();
  private readonly latched = new Map<number, BlockMessage>();
  private readonly ring: Kept[] = [];
  private ringBytes = 0;
  private lost = 0;
  /** Knows the layout of frames that are still in memory: it follows what leaves it. */
  private readonly translator = new TwinTranslator();
  private open: Open | null = null;

  constructor(
    private readonly options: TriggerRingOptions,
    private readonly compressor: Compressor,
    private readonly onSaved: (saved: SavedRecording) => void,
  ) {
    for (const [i, name] of twinNames.entries()) this.channels.set(firstTwinChannel + i, twinChannel(name));
  }

  register(id: number, channel: RecordedChannel): void {
    this.channels.set(id, channel);
  }

  /** What came in until `now`. `dropped` of it are missing. */
  add(block: Uint8Array, now: number, dropped: number): void {
    this.lost += dropped;
    this.ring.push({ block, at: now });
    this.ringBytes += block.length;
    this.evict(now);
    if (this.open === null) return;
    for (const message of messagesOf(block)) this.write(this.open, message, now);
  }

  /** Something happened at `now`: what was before it and what comes after it is kept. */
  trigger(kind: string, now: number): void {
    const { afterMs, beforeMs, folder } = this.options;
    if (this.open !== null) {
      this.open.until = Math.min(now + afterMs, this.open.begun + longestMs);
      return;
    }
    mkdirSync(folder, { recursive: true });
    const name = `${fileTime(now)}-${kind.replace(/[^A-Za-z0-9._-]/g, "_")}.mcap`;
    const path = join(folder, name);
    const { library } = this.options;
    const recording = new Recording({
      path,
      library,
      compressor: this.compressor,
      maxBytes: 0,
      maxSeconds: 0,
    });
    for (const [id, channel] of this.channels) recording.register(id, channel);
    const open = { recording, path, begun: now, until: now + afterMs, translator: this.translator.copy() };
    this.open = open;
    const start = nanosecondsOf(now - beforeMs);
    for (const message of this.latched.values()) {
      if (message.logTime < start) this.write(open, { ...message, logTime: start }, now);
    }
    for (const { block } of this.ring) {
      for (const message of messagesOf(block)) {
        if (message.logTime >= start) this.write(open, message, now);
        else if (message.channel === viewerText) open.translator.text(message.data);
      }
    }
  }

  /** Closes chunks and recordings whose time has come. To be called some times a second. */
  tick(now: number): void {
    if (this.open === null) return;
    if (now >= this.open.until) this.end();
    else this.open.recording.tick(now);
  }

  /** Ends the recording that is being made, with what there is. */
  end(): void {
    const { open } = this;
    if (open === null) return;
    this.open = null;
    const { messages, bytes } = open.recording.close();
    this.prune(open.path);
    this.onSaved({ path: open.path, messages, bytes, lost: this.lost });
    this.lost = 0;
  }

  /** After a fault of the disk. */
  abandon(): void {
    this.open?.recording.abandon();
    this.open = null;
  }

  private write({ recording, translator }: Open, message: BlockMessage, now: number): void {
    const { channel, logTime, publishTime, data } = message;
    if (channel !== viewerText && channel !== viewerFrame) {
      recording.write(channel, logTime, publishTime, data, now);
      return;
    }
    const fed = channel === viewerText ? translator.text(data) : translator.frame(data);
    if (fed === null) return;
    const sent = fed.time === null ? logTime : nanosecondsOf(fed.time);
    recording.write(
      firstTwinChannel + twinNames.indexOf(fed.channel),
      logTime,
      sent,
      Buffer.from(fed.text),
      now,
    );
  }

  private evict(now: number): void {
    const { beforeMs, memoryBytes } = this.options;
    for (;;) {
      const [oldest] = this.ring;
      if (oldest === undefined) return;
      const isOld = now - oldest.at > beforeMs;
      if (!isOld && this.ringBytes <= memoryBytes) return;
      this.ring.shift();
      this.ringBytes -= oldest.block.length;
      for (const message of messagesOf(oldest.block)) {
        if (!isOld) this.lost++;
        if (message.channel === viewerText) this.translator.text(message.data);
        if (this.channels.get(message.channel)?.isLatched === true) {
          this.latched.set(message.channel, { ...message, data: new Uint8Array(message.data) });
        }
      }
    }
  }

  /** Deletes the oldest recordings beyond the bounds; never the newest. */
  private prune(newest: string): void {
    const { folder, maxFiles, maxBytes } = this.options;
    const files = readdirSync(folder)
      .filter((name) => /^\d{4}-\d\d-\d\dT.*\.mcap$/.test(name))
      .sort()
      .map((name) => join(folder, name));
    const sizes = new Map(files.map((path) => [path, statSync(path).size]));
    let total = [...sizes.values()].reduce((sum, size) => sum + size, 0);
    let count = files.length;
    for (const path of files) {
      if (path === newest || (count <= maxFiles && total <= maxBytes)) return;
      rmSync(path, { force: true });
      total -= sizes.get(path) ?? 0;
      count--;
    }
  }
}

/** `2026-01-31T12-00-00.250Z`: names that sort by time, without what some file systems refuse. */
function fileTime(ms: number): string {
  return new Date(ms).toISOString().replaceAll(":", "-");
}
