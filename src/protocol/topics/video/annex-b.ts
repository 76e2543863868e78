/**
 * Where the next NAL unit of a byte stream (Annex B of H.264 and H.265) begins: behind the first start code 00 00 01 at `from` or
 * later; −1: there is none.
 */
export function nextNalUnit(data: Uint8Array, from: number): number {
  const last = data.byteLength - 3;
  for (let i = from; i <= last; ) {
    // A start code ends with 1: a greater byte is in none, and two bytes are passed over with it.
    const third = data[i + 2] as number;
    if (third > 1) i += 3;
    else if (third === 1 && data[i + 1] === 0 && data[i] === 0) return i + 3;
    else i += 1;
  }
  return -1;
}

/** The end of the NAL unit at `start`, where the one behind it begins at `next` (−1: none does): without the zeros between them. */
export function nalUnitEnd(data: Uint8Array, start: number, next: number): number {
  let end = next < 0 ? data.byteLength : next - 3;
  while (end > start && data[end - 1] === 0) end -= 1;
  return end;
}

/** The payload of a NAL unit, without the bytes 3 that keep start codes out of it (00 00 03 stands for 00 00). */
export function payloadOf(unit: Uint8Array): Uint8Array {
  const out = new Uint8Array(unit.byteLength);
  let size = 0;
  let zeros = 0;
  for (const byte of unit) {
    if (zeros >= 2 && byte === 3) {
      zeros = 0;
      continue;
    }
    zeros = byte === 0 ? zeros + 1 : 0;
    out[size] = byte;
    size += 1;
  }
  return out.subarray(0, size);
}
