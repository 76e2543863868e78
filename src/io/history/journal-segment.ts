import { closeSync, fstatSync, openSync, readdirSync, readSync, writeSync } from "node:fs";
import { join } from "node:path";
import { crc32 } from "node:zlib";
import type { HistoryRecord } from "../../history/history-batch.ts";

/*
 * A segment of the journal: frames one after the other, each
 *
 *   0  u32 length of the payload   4  u32 CRC-32 of kind and payload   8  u32 kind   12  u32 0
 *  16  payload, then zeros up to a multiple of 8
 *
 * Kinds: 1 head (JSON: `SegmentHead`, the first frame of a segment), 2 records (JSON: a list of `HistoryRecord`),
 * 3 samples (u32 bytes, u32 count, the records of sample-record.ts, then the JSON list of texts).
 *
 * A segment names every series and word before a sample uses its number, so it can be read alone. What follows the
 * first frame that is not whole was being written when the program died, and was never confirmed.
 */

const magic = 0x4a42_5754;
const frameHead = 16;
export const frameKinds = { head: 1, records: 2, samples: 3 } as const;
/** No frame is longer: a length beyond is no length. */
const maxFrame = 256 * 1024 * 1024;

/** `first`: running number of the segment's first sample; `firstRecord`: of its first records frame. */
export type SegmentHead = {
  format: 1;
  magic: number;
  run: string;
  first: number;
  firstRecord: number;
  begun: number;
};

export type JournalFrame =
  | { kind: "records"; number: number; records: HistoryRecord[] }
  /** `first` is the running number of its first sample; read the records in `bytes` with a `RecordReader`. */
  | { kind: "samples"; first: number; count: number; bytes: Uint8Array; texts: string[] };

/** Segments of a journal's folder by number, oldest first. */
export function listSegments(directory: string): { number: number; path: string }[] {
  return readdirSync(directory)
    .map((name) => /^(\d{10})\.seg$/.exec(name))
    .filter((match) => match !== null)
    .map((match) => ({ number: Number(match[1]), path: join(directory, match[0]) }))
    .sort((a, b) => a.number - b.number);
}

export function segmentPath(directory: string, number: number): string {
  return join(directory, `${String(number).padStart(10, "0")}.seg`);
}

export function headFrame(head: Omit<SegmentHead, "format" | "magic">): Buffer {
  return frame(frameKinds.head, Buffer.from(JSON.stringify({ format: 1, magic, ...head })));
}

export function recordsFrame(records: readonly HistoryRecord[]): Buffer {
  return frame(frameKinds.records, Buffer.from(JSON.stringify(records)));
}

/** `samples`: bytes of records of samples, a multiple of 8. */
export function samplesFrame(samples: Uint8Array, count: number, texts: readonly string[]): Buffer {
  const json = texts.length === 0 ? Buffer.alloc(0) : Buffer.from(JSON.stringify(texts));
  const payload = Buffer.allocUnsafe(8 + samples.length + json.length);
  payload.writeUInt32LE(samples.length, 0);
  payload.writeUInt32LE(count, 4);
  payload.set(samples, 8);
  payload.set(json, 8 + samples.length);
  return frame(frameKinds.samples, payload);
}

function frame(kind: number, payload: Buffer): Buffer {
  const padded = (payload.length + 7) & ~7;
  const bytes = Buffer.allocUnsafe(frameHead + padded);
  bytes.writeUInt32LE(payload.length, 0);
  bytes.writeUInt32LE(kind, 8);
  bytes.writeUInt32LE(0, 12);
  bytes.set(payload, frameHead);
  bytes.fill(0, frameHead + payload.length);
  bytes.writeUInt32LE(crc32(bytes.subarray(8, frameHead + payload.length)), 4);
  return bytes;
}

/** Writes all of `bytes`; throws what the system says. */
export function writeAll(file: number, bytes: Uint8Array): void {
  let at = 0;
  while (at < bytes.length) at += writeSync(file, bytes, at, bytes.length - at);
}

/**
 * Reads a segment frame by frame, from the beginning or on from `offset` (as `offset` of an earlier reader was). It may be read
 * while it is written: `next` returns null at the end of what is whole, and goes on when called again.
 */
export class SegmentReader {
  head: SegmentHead | null = null;
  /** Where the next frame begins. */
  offset = 0;
  private nextSample = 0;
  private nextRecord = 0;
  private readonly file: number;
  private readonly start = Buffer.allocUnsafe(frameHead);

  constructor(readonly path: string) {
    this.file = openSync(path, "r");
  }

  /** The next whole frame; null where there is none (yet). */
  next(): JournalFrame | null {
    for (;;) {
      const read = this.readFrame();
      if (read === null) return null;
      const { kind, payload } = read;
      if (kind === frameKinds.head) {
        if (!this.takeHead(payload)) return null;
        continue;
      }
      if (this.head === null) return null;
      if (kind === frameKinds.records) {
        return {
          kind: "records",
          number: this.nextRecord++,
          records: JSON.parse(payload.toString("utf8")) as HistoryRecord[],
        };
      }
      if (kind !== frameKinds.samples) continue;
      const length = payload.readUInt32LE(0);
      const count = payload.readUInt32LE(4);
      const first = this.nextSample;
      this.nextSample += count;
      const bytes = new Uint8Array(payload.buffer, payload.byteOffset + 8, length);
      const rest = payload.subarray(8 + length);
      const texts = rest.length === 0 ? [] : (JSON.parse(rest.toString("utf8")) as string[]);
      return { kind: "samples", first, count, bytes, texts };
    }
  }

  /** The head alone; null where the file has none. */
  readHead(): SegmentHead | null {
    if (this.head !== null) return this.head;
    const read = this.readFrame();
    if (read === null || read.kind !== frameKinds.head) return null;
    return this.takeHead(read.payload) ? this.head : null;
  }

  private takeHead(payload: Buffer): boolean {
    const head = JSON.parse(payload.toString("utf8")) as SegmentHead;
    if (head.magic !== magic || head.format !== 1) return false;
    this.head = head;
    this.nextSample = head.first;
    this.nextRecord = head.firstRecord;
    return true;
  }

  /** Bytes of the file behind what is whole. */
  get torn(): number {
    return fstatSync(this.file).size - this.offset;
  }

  /** Running number of the sample after the last one that was read. */
  get samplesEnd(): number {
    return this.nextSample;
  }

  get recordsEnd(): number {
    return this.nextRecord;
  }

  close(): void {
    closeSync(this.file);
  }

  private readFrame(): { kind: number; payload: Buffer } | null {
    const { start } = this;
    if (readSync(this.file, start, 0, frameHead, this.offset) < frameHead) return null;
    const length = start.readUInt32LE(0);
    const kind = start.readUInt32LE(8);
    if (length > maxFrame) return null;
    const padded = (length + 7) & ~7;
    // Its own memory, at a multiple of 8: the samples are read in place.
    const bytes = Buffer.from(new ArrayBuffer(8 + padded));
    start.copy(bytes, 0, 8, frameHead);
    let got = 0;
    while (got < padded) {
      const read = readSync(this.file, bytes, 8 + got, padded - got, this.offset + frameHead + got);
      if (read === 0) return null;
      got += read;
    }
    if (crc32(bytes.subarray(0, 8 + length)) !== start.readUInt32LE(4)) return null;
    this.offset += frameHead + padded;
    return { kind, payload: bytes.subarray(8, 8 + length) };
  }
}
