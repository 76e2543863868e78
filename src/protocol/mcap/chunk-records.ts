import { McapRecordBuilder, type McapTypes } from "@mcap/core";

/** The records of a chunk that is not closed yet, with the index of its messages. */
export class ChunkRecords {
  private readonly records = new McapRecordBuilder();
  private readonly index = new Map<number, McapTypes.MessageIndex>();
  private count = 0;
  startTime = 0n;
  endTime = 0n;

  get size(): number {
    return this.count === 0 ? 0 : this.records.length;
  }

  addSchema(schema: McapTypes.Schema): void {
    this.records.writeSchema(schema);
  }

  addChannel(channel: McapTypes.Channel): void {
    this.records.writeChannel(channel);
  }

  add(channelId: number, sequence: number, logTime: bigint, publishTime: bigint, data: Uint8Array): void {
    if (this.count === 0 || logTime < this.startTime) this.startTime = logTime;
    if (this.count === 0 || logTime > this.endTime) this.endTime = logTime;
    let index = this.index.get(channelId);
    if (index === undefined) {
      index = { channelId, records: [] };
      this.index.set(channelId, index);
    }
    index.records.push([logTime, BigInt(this.records.length)]);
    this.records.writeMessage({ channelId, sequence, logTime, publishTime, data });
    this.count++;
  }

  bytes(): Uint8Array {
    return this.records.buffer;
  }

  indexes(): Iterable<McapTypes.MessageIndex> {
    return this.index.values();
  }

  reset(): void {
    this.records.reset();
    this.index.clear();
    this.count = 0;
  }
}
