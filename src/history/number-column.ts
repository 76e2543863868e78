/*
 * Columns of numbers as bytes. Times are integers whose second differences are small; values are XORed with the one
 * before, and their bytes are regrouped by significance, so that equal bytes stand together (as Gorilla and Blosc do).
 */

/** A growing byte buffer with variable-length integers (LEB128). */
export class ByteWriter {
  private bytes: Uint8Array<ArrayBuffer>;
  length = 0;

  constructor(capacity = 4096) {
    this.bytes = new Uint8Array(capacity);
  }

  /** What was written; the array belongs to the writer until `clear`. */
  view(): Uint8Array<ArrayBuffer> {
    return this.bytes.subarray(0, this.length);
  }

  copy(): Uint8Array<ArrayBuffer> {
    return this.bytes.slice(0, this.length);
  }

  clear(): void {
    this.length = 0;
  }

  byte(value: number): void {
    this.room(1);
    this.bytes[this.length++] = value;
  }

  /** A whole number, 0 … 2^53, or an even one to 2^54. */
  unsigned(value: number): void {
    this.room(8);
    let rest = value;
    while (rest >= 0x80) {
      this.bytes[this.length++] = (rest % 0x80) | 0x80;
      rest = Math.floor(rest / 0x80);
    }
    this.bytes[this.length++] = rest;
  }

  /** A whole number, −2^52 … 2^53. */
  signed(value: number): void {
    this.unsigned(value < 0 ? -2 * value - 1 : 2 * value);
  }

  append(bytes: Uint8Array): void {
    this.room(bytes.length);
    this.bytes.set(bytes, this.length);
    this.length += bytes.length;
  }

  private room(bytes: number): void {
    if (this.length + bytes <= this.bytes.length) return;
    const larger = new Uint8Array(2 * this.bytes.length + bytes);
    larger.set(this.view());
    this.bytes = larger;
  }
}

/** Reads what a `ByteWriter` wrote. Throws a RangeError past the end. */
export class ByteReader {
  at = 0;

  constructor(readonly bytes: Uint8Array) {}

  byte(): number {
    if (this.at >= this.bytes.length) throw new RangeError("a block of the history ends too early");
    return this.bytes[this.at++] as number;
  }

  unsigned(): number {
    let value = 0;
    let scale = 1;
    for (;;) {
      const byte = this.byte();
      value += (byte & 0x7f) * scale;
      if (byte < 0x80) return value;
      scale *= 0x80;
    }
  }

  signed(): number {
    const value = this.unsigned();
    return value % 2 === 0 ? value / 2 : -(value + 1) / 2;
  }

  take(length: number): Uint8Array {
    if (this.at + length > this.bytes.length) throw new RangeError("a block of the history ends too early");
    this.at += length;
    return this.bytes.subarray(this.at - length, this.at);
  }
}

/** Writes `count` whole numbers as second differences. Returns false, and writes nothing, where they are not whole. */
export function writeWholeNumbers(
  values: Float64Array,
  count: number,
  scale: number,
  into: ByteWriter,
): boolean {
  for (let i = 0; i < count; i++) {
    const scaled = (values[i] as number) * scale;
    if (!Number.isInteger(scaled) || scaled > 2 ** 53 || scaled < -(2 ** 52)) return false;
    // Second differences are at most twice the differences.
    if (i > 0 && Math.abs(scaled - (values[i - 1] as number) * scale) > 2 ** 50) return false;
  }
  let last = 0;
  let step = 0;
  for (let i = 0; i < count; i++) {
    const scaled = (values[i] as number) * scale;
    const difference = scaled - last;
    into.signed(difference - step);
    step = i === 0 ? 0 : difference;
    last = scaled;
  }
  return true;
}

export function readWholeNumbers(from: ByteReader, count: number, scale: number): Float64Array {
  const values = new Float64Array(count);
  let last = 0;
  let step = 0;
  for (let i = 0; i < count; i++) {
    const difference = from.signed() + step;
    last += difference;
    step = i === 0 ? 0 : difference;
    values[i] = last / scale;
  }
  return values;
}

/**
 * Regroups the bytes of `count` values, XORed with the value before: `planes` gets all lowest bytes, then all second
 * lowest, and so on to the eighth.
 */
export function toPlanes(values: Float64Array, count: number, planes: Uint8Array): void {
  const words = new Uint32Array(values.buffer, values.byteOffset, 2 * count);
  let low = 0;
  let high = 0;
  for (let i = 0; i < count; i++) {
    const nextLow = words[2 * i] as number;
    const nextHigh = words[2 * i + 1] as number;
    const a = nextLow ^ low;
    const b = nextHigh ^ high;
    low = nextLow;
    high = nextHigh;
    planes[i] = a;
    planes[count + i] = a >>> 8;
    planes[2 * count + i] = a >>> 16;
    planes[3 * count + i] = a >>> 24;
    planes[4 * count + i] = b;
    planes[5 * count + i] = b >>> 8;
    planes[6 * count + i] = b >>> 16;
    planes[7 * count + i] = b >>> 24;
  }
}

export function fromPlanes(planes: Uint8Array, count: number): Float64Array {
  const values = new Float64Array(count);
  const words = new Uint32Array(values.buffer);
  let low = 0;
  let high = 0;
  const at = (plane: number, i: number): number => planes[plane * count + i] as number;
  for (let i = 0; i < count; i++) {
    low ^= at(0, i) | (at(1, i) << 8) | (at(2, i) << 16) | (at(3, i) << 24);
    high ^= at(4, i) | (at(5, i) << 8) | (at(6, i) << 16) | (at(7, i) << 24);
    words[2 * i] = low;
    words[2 * i + 1] = high;
  }
  return values;
}
