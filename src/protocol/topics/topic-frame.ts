import { type Result, refused } from "../../core/result.ts";
import type { Stamp } from "../../core/stamp.ts";
import { decodeUtf8, encodeUtf8 } from "../utf8.ts";

import type { Placement } from "./frame-history.ts";

/*
 * A message of a topic as it crosses the socket: a header as JSON and arrays of numbers behind it, little endian. It is cut into
 * pieces, so that frames of the state never wait behind a picture.
 */

export type NumberArray =
  | Uint8Array
  | Int8Array
  | Uint16Array
  | Int16Array
  | Uint32Array
  | Float32Array
  | Float64Array;

/** Names of the array types on the wire. */
const arrayTypes = {
  u8: Uint8Array,
  i8: Int8Array,
  u16: Uint16Array,
  i16: Int16Array,
  u32: Uint32Array,
  f32: Float32Array,
  f64: Float64Array,
} as const;
export type ArrayTypeName = keyof typeof arrayTypes;

/** How the content of a message is arranged; each has a file of its own that says what `meta` and the arrays are. */
export type TopicFormat =
  | "message"
  | "scan"
  | "cloud"
  | "grid"
  | "image"
  | "video"
  | "log"
  | "diagnostics"
  | "transforms";

export type TopicHeader = {
  topic: string;
  /** As `sensor_msgs/msg/LaserScan`. */
  type: string;
  format: TopicFormat;
  /** The sender's; null: the type has none. */
  stamp: Stamp | null;
  frame: string | null;
  /** Where `frame` was at `stamp`; null: it has none, or tf is not known. */
  placement: Placement | null;
  /** Where the frames of its parts were, of a message whose parts have frames of their own, as a MarkerArray. */
  places?: Record<string, Placement>;
  /** Server ms at which the message arrived. */
  received: number;
  /** Size of the ROS message, bytes. */
  bytes: number;
  /** What was left out or made coarser, as a sentence; null: nothing. */
  reduced: string | null;
  meta: Record<string, unknown>;
};

export type TopicMessage = { header: TopicHeader; arrays: Record<string, NumberArray> };

type ArrayEntry = { type: ArrayTypeName; at: number; length: number };

/** Arrays begin at multiples of this. */
const alignment = 8;
/** A header that is longer is none. */
const mostHeaderBytes = 4 * 1024 * 1024;

/** A whole message as bytes: u32 length of the header, the header as JSON with where the arrays are, the arrays. */
export function packTopicMessage({ header, arrays }: TopicMessage): Uint8Array {
  const entries: Record<string, ArrayEntry> = {};
  let size = 0;
  for (const [name, array] of Object.entries(arrays)) {
    entries[name] = { type: typeNameOf(array), at: size, length: array.length };
    size = aligned(size + array.byteLength);
  }
  const text = encodeUtf8(JSON.stringify({ ...header, arrays: entries }));
  const start = aligned(4 + text.byteLength);
  const out = new Uint8Array(start + size);
  new DataView(out.buffer).setUint32(0, text.byteLength, true);
  out.set(text, 4);
  for (const [name, array] of Object.entries(arrays)) {
    const { at } = entries[name] as ArrayEntry;
    out.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), start + at);
  }
  return out;
}

/** The message of bytes that `packTopicMessage` made; the arrays are views of them where the bytes begin at a multiple of 8. */
export function unpackTopicMessage(bytes: Uint8Array): Result<TopicMessage> {
  // The `slice` of Node's Buffer does not copy.
  const own = bytes.byteOffset % alignment === 0 ? bytes : new Uint8Array(bytes);
  if (own.byteLength < 4) return refused(`${own.byteLength} bytes are no message of a topic`);
  const view = new DataView(own.buffer, own.byteOffset, own.byteLength);
  const length = view.getUint32(0, true);
  if (length > mostHeaderBytes || 4 + length > own.byteLength) {
    return refused(`a header of ${length} bytes in ${own.byteLength} bytes`);
  }
  let parsed: TopicHeader & { arrays: Record<string, ArrayEntry> };
  try {
    parsed = JSON.parse(decodeUtf8(own.subarray(4, 4 + length)) ?? "");
  } catch {
    return refused("its header is no JSON");
  }
  const start = aligned(4 + length);
  const arrays: Record<string, NumberArray> = {};
  const { arrays: entries, ...header } = parsed;
  for (const [name, { type, at, length: count }] of Object.entries(entries ?? {})) {
    const ArrayType = arrayTypes[type];
    const end = start + at + count * (ArrayType?.BYTES_PER_ELEMENT ?? 1);
    if (ArrayType === undefined || !(at >= 0) || !(end <= own.byteLength))
      return refused("it ends too early", name);
    arrays[name] = new ArrayType(own.buffer as ArrayBuffer, own.byteOffset + start + at, count);
  }
  return { ok: true, value: { header, arrays } };
}

function typeNameOf(array: NumberArray): ArrayTypeName {
  for (const [name, ArrayType] of Object.entries(arrayTypes)) {
    if (array instanceof ArrayType) return name as ArrayTypeName;
  }
  throw new Error("no array of numbers");
}

function aligned(at: number): number {
  return Math.ceil(at / alignment) * alignment;
}

/** First byte of a piece; a binary frame of the state has 1. */
export const pieceKind = 2;
const pieceVersion = 1;
/** u8 kind, u8 version, u16 channel, u32 number of the message, u32 offset, u32 size of the whole message. */
export const pieceHeaderBytes = 16;

/** `size` bytes of a message from `offset` on, as one binary frame. */
export function makePiece(
  channel: number,
  number: number,
  message: Uint8Array,
  offset: number,
  size: number,
): Uint8Array {
  const end = Math.min(message.byteLength, offset + size);
  const out = new Uint8Array(pieceHeaderBytes + end - offset);
  const view = new DataView(out.buffer);
  view.setUint8(0, pieceKind);
  view.setUint8(1, pieceVersion);
  view.setUint16(2, channel, true);
  view.setUint32(4, number, true);
  view.setUint32(8, offset, true);
  view.setUint32(12, message.byteLength, true);
  out.set(message.subarray(offset, end), pieceHeaderBytes);
  return out;
}

/** Larger messages are none of this server's. */
const mostMessageBytes = 64 * 1024 * 1024;

/** Puts the pieces of one socket together. A message that is not finished when the next of its channel begins is given up. */
export class PieceJoiner {
  private readonly open = new Map<number, { number: number; bytes: Uint8Array; have: number }>();

  /** The channel and the whole message that this piece completes; null: more is to come, or it is no piece. */
  take(frame: Uint8Array): { channel: number; message: Uint8Array } | null {
    if (frame.byteLength < pieceHeaderBytes || frame[0] !== pieceKind || frame[1] !== pieceVersion)
      return null;
    const view = new DataView(frame.buffer, frame.byteOffset, frame.byteLength);
    const channel = view.getUint16(2, true);
    const number = view.getUint32(4, true);
    const offset = view.getUint32(8, true);
    const total = view.getUint32(12, true);
    const part = frame.subarray(pieceHeaderBytes);
    if (total > mostMessageBytes || offset + part.byteLength > total) return null;
    if (offset === 0) this.open.set(channel, { number, bytes: new Uint8Array(total), have: 0 });
    const joined = this.open.get(channel);
    if (joined === undefined || joined.number !== number || joined.have !== offset) return null;
    if (joined.bytes.byteLength !== total) return null;
    joined.bytes.set(part, offset);
    joined.have += part.byteLength;
    if (joined.have < total) return null;
    this.open.delete(channel);
    return { channel, message: joined.bytes };
  }
}
