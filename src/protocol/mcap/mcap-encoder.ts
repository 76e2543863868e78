import { McapRecordBuilder, type McapTypes } from "@mcap/core";
import { encodeUtf8 } from "../utf8.ts";
import { ChunkRecords } from "./chunk-records.ts";
import type { RecordedChannel } from "./recorded-channel.ts";

/** Compresses the records of a chunk; `name` is what the chunk says of it, empty for none. */
export type Compressor = {
  name: "" | "zstd" | "lz4";
  compress(bytes: Uint8Array): Uint8Array;
  /** CRC-32 of ISO HDLC, as zlib's. */
  crc32(bytes: Uint8Array): number;
};

type Registered = { id: number; schema: McapTypes.Schema; channel: RecordedChannel; isWritten: boolean };

/** What of a file is known for its summary. */
const emptyStatistics = (): McapTypes.Statistics => ({
  messageCount: 0n,
  schemaCount: 0,
  channelCount: 0,
  attachmentCount: 0,
  metadataCount: 0,
  chunkCount: 0,
  messageStartTime: 0n,
  messageEndTime: 0n,
  channelMessageCounts: new Map(),
});

const unusedSchema: McapTypes.Schema = {
  id: 0xffff,
  name: "std_msgs/msg/Empty",
  encoding: "ros2msg",
  data: encodeUtf8("# empty"),
};

/**
 * The bytes of one MCAP file, piece by piece: its begin, chunks with their message indexes, and at any time the summary of
 * all chunks so far. It does not know where the pieces are kept, but for their offsets, which it is told.
 */
export class McapEncoder {
  private readonly records = new McapRecordBuilder();
  private readonly open = new ChunkRecords();
  private readonly channels = new Map<number, Registered>();
  private readonly schemas = new Map<string, McapTypes.Schema>();
  private readonly chunks: McapTypes.ChunkIndex[] = [];
  private readonly statistics = emptyStatistics();

  constructor(
    private readonly library: string,
    private readonly compressor: Compressor,
  ) {}

  /** The first bytes of the file. */
  begin(): Uint8Array {
    this.records.writeMagic();
    this.records.writeHeader({ profile: "ros2", library: this.library });
    return this.take();
  }

  /** `id` is the caller's number of the channel. */
  register(id: number, channel: RecordedChannel): void {
    if (this.channels.has(id)) return;
    const { name, encoding, text } = channel.schema;
    const key = `${encoding}\n${name}\n${text}`;
    let known = this.schemas.get(key);
    if (known === undefined) {
      known = { id: this.schemas.size + 1, name, encoding, data: encodeUtf8(text) };
      this.schemas.set(key, known);
    }
    this.channels.set(id, { id: this.channels.size + 1, schema: known, channel, isWritten: false });
  }

  knows(id: number): boolean {
    return this.channels.has(id);
  }

  /** Adds a message to the open chunk. */
  add(id: number, logTime: bigint, publishTime: bigint, data: Uint8Array): void {
    const registered = this.channels.get(id);
    if (registered === undefined) throw new Error(`channel ${id} is not registered`);
    if (!registered.isWritten) this.writeChannel(registered);
    const { statistics } = this;
    const { channelMessageCounts: counts } = statistics;
    const sequence = Number((counts.get(registered.id) ?? 0n) & 0xffff_ffffn);
    this.open.add(registered.id, sequence, logTime, publishTime, data);
    if (statistics.messageCount === 0n || logTime < statistics.messageStartTime)
      statistics.messageStartTime = logTime;
    if (statistics.messageCount === 0n || logTime > statistics.messageEndTime)
      statistics.messageEndTime = logTime;
    statistics.messageCount++;
    counts.set(registered.id, (counts.get(registered.id) ?? 0n) + 1n);
  }

  /** Bytes in the open chunk, before they are compressed. */
  openBytes(): number {
    return this.open.size;
  }

  messageCount(): number {
    return Number(this.statistics.messageCount);
  }

  /** Closes the open chunk, which must have a message; `at` is where its bytes will be in the file. */
  closeChunk(at: bigint): Uint8Array {
    const { open, records } = this;
    const { startTime, endTime } = open;
    const raw = open.bytes();
    const packed = this.compressor.compress(raw);
    const isSmaller = packed.length < raw.length;
    const compression = isSmaller ? this.compressor.name : ("" as const);
    records.writeChunk({
      messageStartTime: startTime,
      messageEndTime: endTime,
      uncompressedSize: BigInt(raw.length),
      uncompressedCrc: this.compressor.crc32(raw),
      compression,
      records: isSmaller ? packed : raw,
    });
    const chunkLength = BigInt(records.length);
    const messageIndexOffsets = new Map<number, bigint>();
    for (const index of open.indexes()) {
      messageIndexOffsets.set(index.channelId, at + BigInt(records.length));
      records.writeMessageIndex(index);
    }
    this.chunks.push({
      messageStartTime: startTime,
      messageEndTime: endTime,
      chunkStartOffset: at,
      chunkLength,
      messageIndexOffsets,
      messageIndexLength: BigInt(records.length) - chunkLength,
      compression,
      compressedSize: BigInt(isSmaller ? packed.length : raw.length),
      uncompressedSize: BigInt(raw.length),
    });
    this.statistics.chunkCount++;
    open.reset();
    return this.take();
  }

  /**
   * DataEnd and the summary of all closed chunks. What is not of ROS comes last, behind a summary offset: the Python package
   * `rosbags` stops reading there, and it would open no file with a schema that it does not know. Without any schema
   * before it, it would read the whole file for them: so there is one that nothing uses.
   */
  dataEndAndSummary(at: bigint): Uint8Array {
    const { records } = this;
    records.writeDataEnd({ dataSectionCrc: 0 });
    const written = [...this.channels.values()].filter(({ isWritten }) => isWritten);
    const isRos = ({ channel }: Registered): boolean => channel.schema.encoding !== "jsonschema";
    const others = written.filter((one) => !isRos(one));
    if (others.length === written.length && others.length > 0) records.writeSchema(unusedSchema);
    this.describe(written.filter(isRos));
    const count = new Set(written.map(({ schema }) => schema.id)).size;
    const statisticsAt = at + BigInt(records.length);
    records.writeStatistics({ ...this.statistics, schemaCount: count, channelCount: written.length });
    const statisticsLength = at + BigInt(records.length) - statisticsAt;
    for (const chunk of this.chunks) records.writeChunkIndex(chunk);
    if (others.length > 0) {
      const groupOpcode = 0x0b;
      records.writeSummaryOffset({ groupOpcode, groupStart: statisticsAt, groupLength: statisticsLength });
      this.describe(others);
    }
    return this.take();
  }

  private describe(channels: readonly Registered[]): void {
    const wanted = new Set(channels.map(({ schema }) => schema.id));
    for (const schema of this.schemas.values()) if (wanted.has(schema.id)) this.records.writeSchema(schema);
    for (const registered of channels) this.records.writeChannel(channelRecord(registered));
  }

  private writeChannel(registered: Registered): void {
    const { schema } = registered;
    const isKnown = [...this.channels.values()].some((one) => one.isWritten && one.schema.id === schema.id);
    if (!isKnown) this.open.addSchema(schema);
    this.open.addChannel(channelRecord(registered));
    registered.isWritten = true;
  }

  private take(): Uint8Array {
    const taken = this.records.buffer;
    this.records.reset();
    return taken;
  }
}

function channelRecord({ id, schema, channel }: Registered): McapTypes.Channel {
  const { topic, messageEncoding, metadata } = channel;
  return { id, schemaId: schema.id, topic, messageEncoding, metadata: new Map(Object.entries(metadata)) };
}
