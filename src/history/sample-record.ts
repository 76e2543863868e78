import { type Facet, type Quality, qualities } from "../core/quality.ts";
import type { ValueKind } from "../twin/property.ts";
import { type SampleKind, sampleKinds } from "./history-query.ts";

/*
 * One sample as the journal has it, little endian, in units of 8 bytes:
 *
 *   0  u32 property (its number in this run), u32 flags
 *   1  u32 source, u32 reason: numbers of words, 0: none
 *   2  f64 arrival in server ms
 *   3  u32 seconds, u32 nanoseconds of the sender's stamp
 *   4  f64 × width values; one value that is no number: the index of its JSON in the batch's texts
 *   …  f64 variance, where the flags say so
 *
 * Flags: bits 0–1 quality, 2–4 kind of sample, 5 has a stamp, 6 has a variance, 7 the value is a text, 8–15 width.
 */
const headerUnits = 4;
const stampFlag = 1 << 5;
const varianceFlag = 1 << 6;
const textFlag = 1 << 7;

/** Names the number that records use for a facet of a property, or for a word (a source's name, a reason). */
export type SeriesDefinition = {
  id: number;
  thing: string;
  path: string;
  facet: Facet;
  valueKind: ValueKind;
  unit: string;
};

/** What a record says, but for its values; one object is refilled for each. */
export type RecordHead = {
  property: number;
  quality: Quality;
  kind: SampleKind;
  source: number;
  reason: number;
  received: number;
  hasStamp: boolean;
  stampSec: number;
  stampNanosec: number;
  /** NaN: none. */
  variance: number;
};

const kindCodes = new Map<SampleKind, number>(sampleKinds.map((kind, i) => [kind, i]));
const qualityCodes = new Map<Quality, number>(qualities.map((quality, i) => [quality, i]));

/** The names of the numbers of a pose or a twist, as they follow the name of the property. */
export function componentNames(kind: ValueKind): readonly string[] {
  switch (kind) {
    case "pose":
      return ["x", "y", "z", "qx", "qy", "qz", "qw"];
    case "twist":
      return ["linear.x", "linear.y", "linear.z", "angular.x", "angular.y", "angular.z"];
    default:
      return [""];
  }
}

/** Appends records to a buffer. It allocates nothing. */
export class RecordWriter {
  private floats: Float64Array;
  private words: Uint32Array;
  /** Units of 8 bytes that are used. */
  used = 0;
  count = 0;

  constructor(buffer: ArrayBuffer) {
    this.floats = new Float64Array(buffer);
    this.words = new Uint32Array(buffer);
  }

  /** Begins anew in `buffer`. */
  reset(buffer: ArrayBuffer): void {
    this.floats = new Float64Array(buffer);
    this.words = new Uint32Array(buffer);
    this.used = 0;
    this.count = 0;
  }

  /** Whether a record with `width` values certainly fits. */
  fits(width: number): boolean {
    return this.used + headerUnits + width + 1 <= this.floats.length;
  }

  /** A record with the first `width` of `values`. */
  numbers(head: RecordHead, values: ArrayLike<number>, width: number): void {
    const at = this.begin(head, width, 0);
    for (let i = 0; i < width; i++) this.floats[at + i] = values[i] as number;
    this.end(at + width, head.variance);
  }

  /** A record with one number. */
  number(head: RecordHead, value: number): void {
    const at = this.begin(head, 1, 0);
    this.floats[at] = value;
    this.end(at + 1, head.variance);
  }

  /** A record whose value is the text `index` of the batch; −1: it has no value. */
  text(head: RecordHead, index: number): void {
    const at = this.begin(head, index < 0 ? 0 : 1, index < 0 ? 0 : textFlag);
    if (index >= 0) this.floats[at] = index;
    this.end(index < 0 ? at : at + 1, Number.NaN);
  }

  private begin(head: RecordHead, width: number, more: number): number {
    const w = this.used * 2;
    const { words } = this;
    words[w] = head.property;
    words[w + 1] =
      (qualityCodes.get(head.quality) as number) |
      ((kindCodes.get(head.kind) as number) << 2) |
      (head.hasStamp ? stampFlag : 0) |
      (Number.isNaN(head.variance) || more !== 0 || width === 0 ? 0 : varianceFlag) |
      more |
      (width << 8);
    words[w + 2] = head.source;
    words[w + 3] = head.reason;
    this.floats[this.used + 2] = head.received;
    words[w + 6] = head.stampSec;
    words[w + 7] = head.stampNanosec;
    return this.used + headerUnits;
  }

  private end(at: number, variance: number): void {
    this.used = at;
    this.count++;
    if (Number.isNaN(variance)) return;
    this.floats[this.used++] = variance;
  }
}

/** Walks over the records of a buffer. Its fields are those of the record it stands at. */
export class RecordReader {
  property = 0;
  /** Index into `qualities`, and into `sampleKinds`. */
  quality = 0;
  kind = 0;
  source = 0;
  reason = 0;
  received = 0;
  hasStamp = false;
  stampSec = 0;
  stampNanosec = 0;
  variance = Number.NaN;
  width = 0;
  /** Index of its text; −1: its values are numbers. */
  text = -1;
  /** Where its values begin in `floats`. */
  at = 0;
  readonly floats: Float64Array;
  private readonly words: Uint32Array;
  private next_ = 0;

  /** `bytes` must be a multiple of 8; the buffer is read in place. */
  constructor(
    buffer: ArrayBufferLike,
    byteOffset: number,
    private readonly bytes: number,
  ) {
    this.floats = new Float64Array(buffer, byteOffset, bytes / 8);
    this.words = new Uint32Array(buffer, byteOffset, bytes / 4);
  }

  /** Goes on to the next record. False at the end, and where the rest is no record. */
  next(): boolean {
    const at = this.next_;
    if ((at + headerUnits) * 8 > this.bytes) return false;
    const w = at * 2;
    const { words } = this;
    const flags = words[w + 1] as number;
    const width = (flags >>> 8) & 0xff;
    const hasVariance = (flags & varianceFlag) !== 0;
    const end = at + headerUnits + width + (hasVariance ? 1 : 0);
    if (end * 8 > this.bytes) return false;
    this.property = words[w] as number;
    this.quality = flags & 3;
    this.kind = (flags >>> 2) & 7;
    this.source = words[w + 2] as number;
    this.reason = words[w + 3] as number;
    this.received = this.floats[at + 2] as number;
    this.hasStamp = (flags & stampFlag) !== 0;
    this.stampSec = words[w + 6] as number;
    this.stampNanosec = words[w + 7] as number;
    this.width = width;
    this.at = at + headerUnits;
    this.text = (flags & textFlag) !== 0 ? (this.floats[this.at] as number) : -1;
    this.variance = hasVariance ? (this.floats[end - 1] as number) : Number.NaN;
    this.next_ = end;
    return true;
  }
}
