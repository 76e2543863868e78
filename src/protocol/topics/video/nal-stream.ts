import { type Result, refused } from "../../../core/result.ts";
import { nalUnitEnd, nextNalUnit, payloadOf } from "./annex-b.ts";
import { isPictureSize, type ParsedVideo, type VideoFacts, type VideoParser } from "./video-format.ts";

/** What a parameter set says: its number, and an SPS what a decoder needs to know. */
export type SetFacts = { id: number; facts?: VideoFacts };

/** How H.264 and H.265 differ, as far as frames are told apart. */
export type NalKind = {
  /** Of a NAL unit. */
  headerBytes: number;
  typeOf(firstByte: number): number;
  /** Whether a type is part of a picture. */
  isPicture(type: number): boolean;
  /** Whether a part of a picture is of one that decoding can begin with. */
  isKey(type: number): boolean;
  /** Types of the parameter sets, in the order in which they are sent, and their names. */
  sets: readonly number[];
  named: readonly string[];
  /** Type of what begins a picture, before its parameter sets. */
  delimiter: number;
  /** A parameter set, without its header; null: it is none. */
  readSet(rank: number, payload: Uint8Array): SetFacts | null;
};

/** A longer parameter set is none. */
const mostSetBytes = 4096;
const startCode = Uint8Array.of(0, 0, 0, 1);
/** The ids of parameter sets end before: those of a PPS are the greatest. */
const mostSets = 256;

/**
 * A stream of H.264 or H.265 as Annex B has it, a picture in each message. Parameter sets may come in messages of their own, or
 * before the first key frame alone: a key frame that has none gets the last ones.
 */
export class NalStream implements VideoParser {
  /** By rank and id; with their start codes. */
  private readonly sets = new Map<number, Uint8Array>();
  private facts: VideoFacts | null = null;
  private isBegun = false;
  /** Which kinds of parameter sets the message at hand has, as bits. */
  private found = 0;

  constructor(private readonly kind: NalKind) {}

  take(data: Uint8Array): Result<ParsedVideo | null> {
    const { kind } = this;
    let at = nextNalUnit(data, 0);
    if (at < 0 || nalUnitEnd(data, 0, at) > 0) {
      const found = hasLengths(data) ? withLengths : "does not begin with a start code (00 00 01)";
      return refused(`${found}, as Annex B has it`, "data");
    }
    this.found = 0;
    // Where parameter sets are put in: in front, but for a delimiter.
    let front = 0;
    while (at >= 0) {
      const first = data[at];
      if (first === undefined || at + kind.headerBytes >= data.byteLength) {
        return refused("ends within a NAL unit", "data");
      }
      if ((first & 0x80) !== 0) return refused("has a NAL unit whose forbidden bit is set", "data");
      const type = kind.typeOf(first);
      // What follows the first part of a picture is not looked at: it is nearly all of the data.
      if (kind.isPicture(type)) return this.picture(data, kind.isKey(type), front);
      const next = nextNalUnit(data, at);
      const rank = kind.sets.indexOf(type);
      if (rank >= 0) {
        const kept = this.keep(rank, data.subarray(at, nalUnitEnd(data, at, next)));
        if (!kept.ok) return kept;
      }
      if (type === kind.delimiter && next >= 0) front = nalUnitEnd(data, at, next);
      at = next;
    }
    // A length may look like a start code.
    if (this.found === 0 && hasLengths(data)) return refused(`${withLengths}, as Annex B has it`, "data");
    return { ok: true, value: null };
  }

  private keep(rank: number, unit: Uint8Array): Result<null> {
    const { kind, sets } = this;
    const name = kind.named[rank];
    if (unit.byteLength > mostSetBytes) {
      return refused(`its ${name} has ${unit.byteLength} bytes, which is too much`, "data");
    }
    const set = kind.readSet(rank, payloadOf(unit.subarray(kind.headerBytes)));
    if (set === null || set.id >= mostSets) return refused(`its ${name} cannot be read`, "data");
    if (set.facts !== undefined) {
      const { width, height } = set.facts;
      if (!isPictureSize(width, height)) {
        return refused(`its ${name} says ${width} × ${height} pixels`, "data");
      }
      this.facts = set.facts;
    }
    const bytes = new Uint8Array(startCode.byteLength + unit.byteLength);
    bytes.set(startCode);
    bytes.set(unit, startCode.byteLength);
    sets.set(rank * mostSets + set.id, bytes);
    this.found |= 1 << rank;
    return { ok: true, value: null };
  }

  private picture(data: Uint8Array, key: boolean, front: number): Result<ParsedVideo | null> {
    const { facts, kind } = this;
    if (!key) {
      return { ok: true, value: this.isBegun && facts !== null ? { ...facts, key, data } : null };
    }
    const lacking: Uint8Array[] = [];
    for (let rank = 0; rank < kind.sets.length; rank += 1) {
      if ((this.found & (1 << rank)) !== 0) continue;
      const known = [...this.sets].filter(([at]) => Math.floor(at / mostSets) === rank);
      if (known.length === 0) {
        return refused(
          `a key frame without ${kind.named[rank]}, and none came before it: have the encoder repeat the parameter sets`,
          "data",
        );
      }
      for (const [, bytes] of known) lacking.push(bytes);
    }
    if (facts === null) return refused("a key frame without SPS", "data");
    this.isBegun = true;
    return {
      ok: true,
      value: { ...facts, key, data: lacking.length === 0 ? data : joined(data, front, lacking) },
    };
  }
}

const withLengths = "has lengths before its NAL units, as files of MP4 have, and no start codes (00 00 01)";

/** Whether the data is NAL units with their lengths as 4 bytes before them, to its last byte. */
function hasLengths(data: Uint8Array): boolean {
  const view = new DataView(data.buffer, data.byteOffset, data.byteLength);
  let at = 0;
  while (at + 4 <= data.byteLength) at += 4 + view.getUint32(at);
  return at === data.byteLength && at > 0;
}

function joined(data: Uint8Array, front: number, parts: readonly Uint8Array[]): Uint8Array {
  const added = parts.reduce((sum, part) => sum + part.byteLength, 0);
  const out = new Uint8Array(data.byteLength + added);
  out.set(data.subarray(0, front));
  let at = front;
  for (const part of parts) {
    out.set(part, at);
    at += part.byteLength;
  }
  out.set(data.subarray(front), at);
  return out;
}
