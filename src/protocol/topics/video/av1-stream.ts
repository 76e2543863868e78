import { type Result, refused } from "../../../core/result.ts";
import { av1Facts } from "./av1-sequence.ts";
import { isPictureSize, type ParsedVideo, type VideoFacts, type VideoParser } from "./video-format.ts";

/** Types of open bitstream units (OBU, 6.2.2 of the AV1 specification). */
const sequenceHeader = 1;
const temporalDelimiter = 2;
const frameHeader = 3;
const wholeFrame = 6;

/** A longer sequence header is none. */
const mostHeaderBytes = 1024;

type Unit = { type: number; start: number; end: number };

/**
 * A stream of AV1 as OBUs with their sizes (the low-overhead format, 5.2), a temporal unit in each message. A key frame without its
 * sequence header gets the last one.
 */
export class Av1Stream implements VideoParser {
  private facts: VideoFacts | null = null;
  /** The OBU of the last sequence header. */
  private header: Uint8Array | null = null;
  private isStill = false;
  private isBegun = false;

  take(data: Uint8Array): Result<ParsedVideo | null> {
    let hasHeader = false;
    let front = 0;
    for (let at = 0; at < data.byteLength; ) {
      const read = unitAt(data, at);
      if (!read.ok) return read;
      const { type, start, end } = read.value;
      if (type === temporalDelimiter) front = end;
      if (type === sequenceHeader) {
        const kept = this.keep(data, at, read.value);
        if (!kept.ok) return kept;
        hasHeader = true;
      }
      if (type === frameHeader || type === wholeFrame) {
        if (start === end) return refused("has a frame of no bytes", "data");
        return this.frame(data, this.isKey(data[start] as number), hasHeader, front);
      }
      at = end;
    }
    return { ok: true, value: null };
  }

  private keep(data: Uint8Array, at: number, { start, end }: Unit): Result<null> {
    if (end - start > mostHeaderBytes) {
      return refused(`its sequence header has ${end - start} bytes, which is too much`, "data");
    }
    const read = av1Facts(data.subarray(start, end));
    if (read === null) return refused("its sequence header cannot be read", "data");
    const { width, height } = read.facts;
    if (!isPictureSize(width, height)) {
      return refused(`its sequence header says ${width} × ${height} pixels`, "data");
    }
    this.facts = read.facts;
    this.isStill = read.isStill;
    this.header = data.slice(at, end);
    return { ok: true, value: null };
  }

  /** By the first bits of uncompressed_header (5.9.2): show_existing_frame, frame_type (0: key frame), show_frame. */
  private isKey(first: number): boolean {
    return this.isStill || ((first & 0x80) === 0 && ((first >> 5) & 3) === 0 && (first & 0x10) !== 0);
  }

  private frame(
    data: Uint8Array,
    key: boolean,
    hasHeader: boolean,
    front: number,
  ): Result<ParsedVideo | null> {
    const { facts, header } = this;
    if (!key) {
      return { ok: true, value: this.isBegun && facts !== null ? { ...facts, key, data } : null };
    }
    if (facts === null || header === null) {
      return refused("a key frame without sequence header, and none came before it", "data");
    }
    this.isBegun = true;
    return { ok: true, value: { ...facts, key, data: hasHeader ? data : joined(data, front, header) } };
  }
}

/** obu_header and obu_size (5.3.1). */
function unitAt(data: Uint8Array, at: number): Result<Unit> {
  const first = data[at] as number;
  if ((first & 0x80) !== 0) return refused("has an OBU whose forbidden bit is set", "data");
  if ((first & 0x02) === 0)
    return refused("has an OBU without a size: the low-overhead format has one", "data");
  let start = at + ((first & 0x04) === 0 ? 1 : 2);
  let size = 0;
  for (let i = 0; ; i += 1, start += 1) {
    const byte = data[start];
    if (byte === undefined || i === 8) return refused("ends within the size of an OBU", "data");
    size += (byte & 0x7f) * 2 ** (7 * i);
    if ((byte & 0x80) === 0) break;
  }
  start += 1;
  if (size > data.byteLength - start) {
    return refused(`has an OBU of ${size} bytes, but ${data.byteLength - start} are left`, "data");
  }
  return { ok: true, value: { type: (first >> 3) & 0x0f, start, end: start + size } };
}

function joined(data: Uint8Array, front: number, header: Uint8Array): Uint8Array {
  const out = new Uint8Array(data.byteLength + header.byteLength);
  out.set(data.subarray(0, front));
  out.set(header, front);
  out.set(data.subarray(front), front + header.byteLength);
  return out;
}
