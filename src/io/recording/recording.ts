import { statSync } from "node:fs";
import { type Compressor, McapEncoder } from "../../protocol/mcap/mcap-encoder.ts";
import { messagesOf } from "../../protocol/mcap/message-block.ts";
import type { RecordedChannel } from "../../protocol/mcap/recorded-channel.ts";
import { McapFile } from "./mcap-file.ts";
import { mqttEnvelope } from "./mqtt-envelope.ts";

/** A chunk is closed at this size before compression, and at this age of its first message. */
const chunkBytes = 1 << 20;
export const chunkMs = 1000;
/** Latched messages that are repeated in further files, all together. */
const mostLatchedBytes = 32 << 20;

export type RecordingOptions = {
  path: string;
  /** Who wrote the file. */
  library: string;
  compressor: Compressor;
  /** A further file is begun beyond these; 0: never. */
  maxBytes: number;
  maxSeconds: number;
};

export type RecordingSummary = { files: string[]; messages: number; bytes: number };

type Latched = { publishTime: bigint; data: Uint8Array };

/** A recording of one or several files. Not for the cycle's thread: closing a chunk takes tens of milliseconds. */
export class Recording {
  private readonly channels = new Map<number, RecordedChannel>();
  private readonly latched = new Map<number, Latched>();
  private latchedBytes = 0;
  private lastLogTime = 0n;
  private encoder: McapEncoder;
  private file: McapFile;
  private readonly files: string[] = [];
  private closedMessages = 0;
  private closedBytes = 0;
  private chunkSince = Number.NaN;
  private fileSince = Number.NaN;

  constructor(private readonly options: RecordingOptions) {
    [this.encoder, this.file] = this.begin();
  }

  register(id: number, channel: RecordedChannel): void {
    this.channels.set(id, channel);
  }

  /** Adds the messages of a block, at `now` ms. */
  add(block: Uint8Array, now: number): void {
    for (const { channel, logTime, publishTime, data } of messagesOf(block)) {
      this.write(channel, logTime, publishTime, data, now);
    }
  }

  /** Adds one message of a channel that is registered; one of another is left out. */
  write(channel: number, logTime: bigint, publishTime: bigint, data: Uint8Array, now: number): void {
    const known = this.channels.get(channel);
    if (known === undefined) return;
    this.put(channel, known, logTime, publishTime, data);
    this.lastLogTime = logTime;
    if (known.isLatched) this.keep(channel, { publishTime, data: new Uint8Array(data) });
    if (Number.isNaN(this.chunkSince)) this.chunkSince = now;
    if (this.encoder.openBytes() >= chunkBytes) this.closeChunk(now);
  }

  /** Closes the open chunk when it is old enough. To be called some times a second. */
  tick(now: number): void {
    if (now - this.chunkSince >= chunkMs) this.closeChunk(now);
  }

  /** Messages and bytes on disk so far. */
  progress(): { messages: number; bytes: number } {
    return {
      messages: this.closedMessages + this.encoder.messageCount(),
      bytes: this.closedBytes + this.file.position,
    };
  }

  close(): RecordingSummary {
    this.endFile();
    const bytes = this.files.reduce((sum, path) => sum + statSync(path).size, 0);
    return { files: this.files, messages: this.closedMessages, bytes };
  }

  /** After a fault of the disk: what is there stays, and can be opened. */
  abandon(): void {
    this.file.abandon();
  }

  private begin(): [McapEncoder, McapFile] {
    const { path, library, compressor } = this.options;
    const encoder = new McapEncoder(library, compressor);
    const name = numbered(path, this.files.length);
    const file = new McapFile(name, encoder.begin(), encoder.dataEndAndSummary(0n));
    this.files.push(name);
    return [encoder, file];
  }

  private put(
    id: number,
    channel: RecordedChannel,
    logTime: bigint,
    publishTime: bigint,
    data: Uint8Array,
  ): void {
    if (!this.encoder.knows(id)) this.encoder.register(id, channel);
    const { mqttTopic: topic } = channel;
    const bytes =
      topic === undefined
        ? data
        : mqttEnvelope({ topic, retained: data[0] === 1, payload: data.subarray(1) });
    this.encoder.add(id, logTime, publishTime, bytes);
  }

  private keep(id: number, message: Latched): void {
    const before = this.latched.get(id)?.data.length ?? 0;
    if (this.latchedBytes - before + message.data.length > mostLatchedBytes) return;
    this.latchedBytes += message.data.length - before;
    this.latched.set(id, message);
  }

  private closeChunk(now: number): void {
    this.flush();
    if (Number.isNaN(this.fileSince)) this.fileSince = now;
    const { maxBytes, maxSeconds } = this.options;
    const isLarge = maxBytes > 0 && this.file.position >= maxBytes;
    const isLong = maxSeconds > 0 && now - this.fileSince >= maxSeconds * 1000;
    if (!isLarge && !isLong) return;
    this.endFile();
    [this.encoder, this.file] = this.begin();
    this.fileSince = now;
    for (const [id, message] of this.latched) {
      const channel = this.channels.get(id) as RecordedChannel;
      this.put(id, channel, this.lastLogTime, message.publishTime, message.data);
      // A repetition is no message more.
      this.closedMessages--;
    }
  }

  private flush(): void {
    this.chunkSince = Number.NaN;
    if (this.encoder.openBytes() === 0) return;
    const chunk = this.encoder.closeChunk(BigInt(this.file.position));
    const at = BigInt(this.file.position + chunk.length);
    this.file.append(chunk, this.encoder.dataEndAndSummary(at));
  }

  private endFile(): void {
    this.flush();
    this.closedMessages += this.encoder.messageCount();
    this.closedBytes += this.file.position;
    this.file.close(this.encoder.dataEndAndSummary(BigInt(this.file.position)));
  }
}

/** `run.mcap`, `run_1.mcap`, … */
function numbered(path: string, count: number): string {
  if (count === 0) return path;
  return path.endsWith(".mcap") ? `${path.slice(0, -5)}_${count}.mcap` : `${path}_${count}`;
}
