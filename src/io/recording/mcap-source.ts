import { type FileHandle, open } from "node:fs/promises";
import { type DecompressHandlers, McapIndexedReader, McapStreamReader, type McapTypes } from "@mcap/core";
import {
  type BagChannel,
  BagFault,
  type BagMessage,
  type BagSource,
  mostRecordBytes,
  reasonOf,
  spanOf,
} from "./bag-source.ts";
import { openDecompressors } from "./compression.ts";

const scanBytes = 1 << 20;
const damaged = "It is damaged: get another copy, or repair it with `mcap recover`";

/** Opens an MCAP file. One that was not closed is read from its begin to where it ends. Rejects with a `BagFault`. */
export async function openMcap(path: string): Promise<BagSource> {
  const file = await open(path, "r").catch((error: unknown) => {
    throw new BagFault(path, reasonOf(error), "Check the path");
  });
  try {
    const decompressHandlers = bounded(path, await openDecompressors());
    const readable = readableOf(path, file);
    const { size } = await file.stat();
    const magic = new Uint8Array(8);
    await file.read(magic, 0, 8, 0);
    if (magic[0] !== 0x89 || Buffer.from(magic.subarray(1, 5)).toString("latin1") !== "MCAP") {
      throw new BagFault(path, "this is no MCAP file", "Give an .mcap, a .db3, or the folder of a bag");
    }
    let reader: McapIndexedReader;
    try {
      reader = await McapIndexedReader.Initialize({ readable, decompressHandlers });
    } catch (error) {
      return await scanned(path, file, size, decompressHandlers, error);
    }
    if (reader.chunkIndexes.length === 0 && (reader.statistics?.messageCount ?? 1n) > 0n) {
      return await scanned(path, file, size, decompressHandlers, new Error("it has no index of chunks"));
    }
    return new IndexedMcap(path, file, reader);
  } catch (error) {
    await file.close();
    throw error;
  }
}

/** A file with its summary: read chunk by chunk in the order of time. */
class IndexedMcap implements BagSource {
  readonly channels: readonly BagChannel[];
  readonly start: bigint;
  readonly end: bigint;
  readonly notes: readonly string[] = [];

  constructor(
    private readonly path: string,
    private readonly file: FileHandle,
    private readonly reader: McapIndexedReader,
  ) {
    const counts = reader.statistics?.channelMessageCounts;
    this.channels = [...reader.channelsById.values()].map((channel) =>
      channelOf(channel, reader.schemasById, Number(counts?.get(channel.id) ?? 0n)),
    );
    const { start, end } = spanOf(
      reader.chunkIndexes.map(({ messageStartTime, messageEndTime }) => ({
        start: messageStartTime,
        end: messageEndTime,
      })),
    );
    this.start = start;
    this.end = end;
  }

  async *messages(): AsyncGenerator<BagMessage> {
    try {
      for await (const { channelId, logTime, publishTime, data } of this.reader.readMessages()) {
        yield { channel: channelId, logTime, publishTime, data };
      }
    } catch (error) {
      throw error instanceof BagFault ? error : new BagFault(this.path, reasonOf(error), damaged);
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }
}

/** A file without a summary, as a recorder leaves it that was killed: read from begin to end. */
class ScannedMcap implements BagSource {
  readonly channels: BagChannel[] = [];
  start = 0n;
  end = 0n;
  notes: readonly string[] = [];

  constructor(
    private readonly file: FileHandle,
    private readonly size: number,
    private readonly decompressHandlers: DecompressHandlers,
  ) {}

  /** Reads all of it once, to know what is in it. Resolves to the number of messages. */
  async look(): Promise<number> {
    const counts = new Map<number, number>();
    let count = 0;
    const schemas = new Map<number, McapTypes.Schema>();
    const channels = new Map<number, McapTypes.Channel>();
    for await (const record of this.records()) {
      if (record.type === "Schema") schemas.set(record.id, record);
      else if (record.type === "Channel") channels.set(record.id, record);
      else if (record.type === "Message") {
        if (count++ === 0 || record.logTime < this.start) this.start = record.logTime;
        if (record.logTime > this.end) this.end = record.logTime;
        counts.set(record.channelId, (counts.get(record.channelId) ?? 0) + 1);
      }
    }
    for (const channel of channels.values()) {
      this.channels.push(channelOf(channel, schemas, counts.get(channel.id) ?? 0));
    }
    return count;
  }

  async *messages(): AsyncGenerator<BagMessage> {
    for await (const record of this.records()) {
      if (record.type !== "Message") continue;
      const { channelId, logTime, publishTime, data } = record;
      yield { channel: channelId, logTime, publishTime, data };
    }
  }

  close(): Promise<void> {
    return this.file.close();
  }

  /** The records up to where the file ends or cannot be read further. */
  private async *records(): AsyncGenerator<McapTypes.TypedMcapRecord> {
    const { decompressHandlers } = this;
    const reader = new McapStreamReader({ decompressHandlers });
    const buffer = new Uint8Array(scanBytes);
    for (let at = 0; at < this.size; ) {
      const { bytesRead } = await this.file.read(buffer, 0, scanBytes, at);
      if (bytesRead === 0) return;
      at += bytesRead;
      if (reader.bytesRemaining() > mostRecordBytes) return;
      reader.append(buffer.subarray(0, bytesRead));
      for (;;) {
        let record: McapTypes.TypedMcapRecord | undefined;
        try {
          record = reader.nextRecord();
        } catch {
          return;
        }
        if (record === undefined) break;
        if (record.type === "DataEnd" || record.type === "Footer") return;
        yield record;
      }
    }
  }
}

async function scanned(
  path: string,
  file: FileHandle,
  size: number,
  decompressHandlers: DecompressHandlers,
  error: unknown,
): Promise<BagSource> {
  const bag = new ScannedMcap(file, size, decompressHandlers);
  const count = await bag.look();
  if (count === 0) throw new BagFault(path, reasonOf(error), damaged);
  bag.notes = [`${path} has no valid end (${reasonOf(error)}): the ${count} messages before it are read`];
  return bag;
}

function channelOf(
  { id, schemaId, topic, messageEncoding, metadata }: McapTypes.Channel,
  schemas: ReadonlyMap<number, McapTypes.Schema>,
  count: number,
): BagChannel {
  const type = schemas.get(schemaId)?.name ?? "";
  return { id, topic, messageEncoding, metadata: Object.fromEntries(metadata), type, count };
}

/** Reads of the file, none larger than it or than we take. */
function readableOf(path: string, file: FileHandle) {
  return {
    size: async () => BigInt((await file.stat()).size),
    read: async (offset: bigint, length: bigint) => {
      if (length > BigInt(mostRecordBytes)) {
        throw new BagFault(path, `a part of it claims to have ${length} bytes`, damaged);
      }
      const bytes = new Uint8Array(Number(length));
      const { bytesRead } = await file.read(bytes, 0, bytes.length, Number(offset));
      if (bytesRead < bytes.length) throw new BagFault(path, "it is cut off", damaged);
      return bytes;
    },
  };
}

/** Decompressors that give up before a chunk fills the memory. */
function bounded(path: string, handlers: DecompressHandlers): DecompressHandlers {
  const all = Object.entries(handlers).map(([name, decompress]) => [
    name,
    (bytes: Uint8Array, size: bigint) => {
      if (size > BigInt(mostRecordBytes)) {
        throw new BagFault(path, `a chunk claims to have ${size} bytes`, damaged);
      }
      const result = decompress(bytes, size);
      if (BigInt(result.length) !== size)
        throw new BagFault(path, "a chunk has another size than it says", damaged);
      return result;
    },
  ]);
  return Object.fromEntries(all) as DecompressHandlers;
}
