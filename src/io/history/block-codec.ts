import { deflateRawSync, inflateRawSync } from "node:zlib";
import {
  ByteReader,
  ByteWriter,
  fromPlanes,
  readWholeNumbers,
  toPlanes,
  writeWholeNumbers,
} from "../../history/number-column.ts";
import { blockSamples, type SampleColumn, type StandingRun } from "../../history/sample-column.ts";

/*
 * A block of one series is two pieces of bytes: its times, which series that arrive together share, and its data
 * (standing, values, variances). `docs/history.md` describes both.
 */

/** Arrival times after 2004 are whole multiples of this part of a ms: a float64 cannot hold more of it. */
const timeUnits = 4096;
/** A plane with more different bytes than this does not get smaller by deflate. */
const noise = 170;
const deflateOptions = { level: 1, windowBits: 12, memLevel: 5 } as const;
const maxTextBytes = 64 * 1024 * 1024;

const out = new ByteWriter(16_384);
const planes = new Uint8Array(8 * blockSamples);
const packed = new Uint8Array(8 * blockSamples);
const hasByte = new Uint8Array(256);

/** Times and stamps as bytes. */
export function encodeTimes({ count, time, stampSec, stampNanosec }: SampleColumn): Uint8Array<ArrayBuffer> {
  out.clear();
  out.unsigned(count);
  const flags = out.length;
  out.byte(0);
  let kinds = 0;
  if (writeWholeNumbers(time, count, timeUnits, out)) kinds |= 1;
  else writeFloats(time, count);
  let stamped = 0;
  for (let i = 0; i < count; i++) if (!Number.isNaN(stampSec[i])) stamped++;
  if (stamped > 0) {
    kinds |= 2;
    if (stamped < count) {
      kinds |= 4;
      for (let i = 0; i < count; i++) out.byte(Number.isNaN(stampSec[i]) ? 0 : 1);
    }
    writeStamps(stampSec, stampNanosec, count);
  }
  const bytes = out.copy();
  bytes[flags] = kinds;
  return bytes;
}

/** Seconds as differences, nanoseconds by how far they are from where the last step would have brought them. */
function writeStamps(sec: Float64Array, nanosec: Uint32Array, count: number): void {
  let lastSec = 0;
  let lastNanosec = 0;
  let step = 0;
  for (let i = 0; i < count; i++) {
    const s = sec[i] as number;
    if (Number.isNaN(s)) continue;
    // A stamp in another epoch, as that of a simulation, is far away: then the second alone says where.
    const isFar = Math.abs(s - lastSec) > 1_000_000;
    out.byte(isFar ? 1 : 0);
    if (isFar) {
      out.unsigned(s);
      out.unsigned(nanosec[i] as number);
      step = 0;
    } else {
      const difference = (s - lastSec) * 1e9 + ((nanosec[i] as number) - lastNanosec);
      out.signed(difference - step);
      step = difference;
    }
    lastSec = s;
    lastNanosec = nanosec[i] as number;
  }
}

export type Times = Pick<SampleColumn, "count" | "time" | "stampSec" | "stampNanosec">;

export function decodeTimes(bytes: Uint8Array): Times {
  const from = new ByteReader(bytes);
  const count = from.unsigned();
  if (count > blockSamples) throw new RangeError("a block of the history is too long");
  const kinds = from.byte();
  const time = (kinds & 1) !== 0 ? readWholeNumbers(from, count, timeUnits) : readFloats(from, count);
  const stampSec = new Float64Array(count).fill(Number.NaN);
  const stampNanosec = new Uint32Array(count);
  if ((kinds & 2) !== 0) {
    const has = (kinds & 4) !== 0 ? from.take(count) : null;
    readStamps(from, has, stampSec, stampNanosec);
  }
  return { count, time, stampSec, stampNanosec };
}

function readStamps(from: ByteReader, has: Uint8Array | null, sec: Float64Array, nanosec: Uint32Array): void {
  let lastSec = 0;
  let lastNanosec = 0;
  let step = 0;
  for (let i = 0; i < sec.length; i++) {
    if (has !== null && has[i] === 0) continue;
    if (from.byte() === 1) {
      lastSec = from.unsigned();
      lastNanosec = from.unsigned();
      step = 0;
    } else {
      step += from.signed();
      const total = lastNanosec + step;
      lastSec += Math.floor(total / 1e9);
      lastNanosec = total - Math.floor(total / 1e9) * 1e9;
    }
    sec[i] = lastSec;
    nanosec[i] = lastNanosec;
  }
}

/** Standing, values and variances as bytes. */
export function encodeData(column: SampleColumn): Uint8Array<ArrayBuffer> {
  out.clear();
  out.unsigned(column.runs.length);
  for (const { count, code, source, reason } of column.runs) {
    out.unsigned(count);
    out.unsigned(code);
    out.unsigned(source);
    out.unsigned(reason);
  }
  out.byte((column.text === null ? 0 : 1) | (column.variance === null ? 0 : 2));
  if (column.text === null) writeFloats(column.value, column.count);
  else {
    const texts = Buffer.from(JSON.stringify(column.text.slice(0, column.count)));
    const small = deflateRawSync(texts, { level: 6 });
    out.unsigned(small.length);
    out.append(small);
  }
  if (column.variance !== null) writeFloats(column.variance, column.count);
  return out.copy();
}

export type Data = Pick<SampleColumn, "value" | "text" | "variance" | "runs">;

/** The data of a block of `count` samples. */
export function decodeData(bytes: Uint8Array, count: number): Data {
  const from = new ByteReader(bytes);
  const runs: StandingRun[] = [];
  for (let n = from.unsigned(); n > 0; n--) {
    runs.push({
      count: from.unsigned(),
      code: from.unsigned(),
      source: from.unsigned(),
      reason: from.unsigned(),
    });
  }
  const kinds = from.byte();
  let value = new Float64Array(0);
  let text: (string | null)[] | null = null;
  if ((kinds & 1) === 0) value = readFloats(from, count);
  else {
    const small = from.take(from.unsigned());
    text = JSON.parse(inflateRawSync(small, { maxOutputLength: maxTextBytes }).toString("utf8"));
    value = Float64Array.from(text as (string | null)[], numberOf);
  }
  return { value, text, variance: (kinds & 2) === 0 ? null : readFloats(from, count), runs };
}

/** What a value that is no number counts as where points are asked for: true is 1, false 0. */
export function numberOf(text: string | null): number {
  return text === "true" ? 1 : text === "false" ? 0 : Number.NaN;
}

function writeFloats(values: Float64Array, count: number): void {
  toPlanes(values, count, planes);
  let present = 0;
  let squeezed = 0;
  let length = 0;
  for (let plane = 0; plane < 8; plane++) {
    const different = differentBytes(plane * count, count);
    if (different === 0) continue;
    present |= 1 << plane;
    if (different > noise) continue;
    squeezed |= 1 << plane;
    packed.set(planes.subarray(plane * count, (plane + 1) * count), length);
    length += count;
  }
  out.byte(present);
  out.byte(squeezed);
  for (let plane = 0; plane < 8; plane++) {
    if ((present & ~squeezed & (1 << plane)) === 0) continue;
    out.append(planes.subarray(plane * count, (plane + 1) * count));
  }
  if (length === 0) return;
  const small = deflateRawSync(packed.subarray(0, length), deflateOptions);
  out.unsigned(small.length);
  out.append(small);
}

function readFloats(from: ByteReader, count: number): Float64Array<ArrayBuffer> {
  const present = from.byte();
  const squeezed = from.byte();
  const all = new Uint8Array(8 * count);
  for (let plane = 0; plane < 8; plane++) {
    if ((present & ~squeezed & (1 << plane)) !== 0) all.set(from.take(count), plane * count);
  }
  if (squeezed !== 0) {
    const bytes = inflateRawSync(from.take(from.unsigned()), { maxOutputLength: 8 * blockSamples });
    let at = 0;
    for (let plane = 0; plane < 8; plane++) {
      if ((squeezed & (1 << plane)) === 0) continue;
      all.set(bytes.subarray(at, at + count), plane * count);
      at += count;
    }
  }
  return fromPlanes(all, count) as Float64Array<ArrayBuffer>;
}

/** How many different bytes a plane has; 0: only zeros. Counts no further than it matters. */
function differentBytes(from: number, count: number): number {
  hasByte.fill(0);
  let different = 0;
  for (let i = from; i < from + count; i++) {
    const byte = planes[i] as number;
    if (hasByte[byte] === 1) continue;
    hasByte[byte] = 1;
    different++;
  }
  return different === 1 && hasByte[0] === 1 ? 0 : different;
}
