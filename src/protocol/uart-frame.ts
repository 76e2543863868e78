/*
 * One MQTT control packet as a frame on a serial line (docs/gateway.md): the packet and its CRC-16, COBS
 * (Cheshire and Baker, 1999), a zero byte at the end. An empty packet means: the other side's connection is closed.
 */

const crcBytes = 2;

/** CRC-16/CCITT-FALSE: polynomial 0x1021, from 0xFFFF, nothing reflected; "123456789" gives 0x29B1. */
export function crc16(bytes: Uint8Array): number {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = (crc & 0x8000) !== 0 ? ((crc << 1) ^ 0x1021) & 0xffff : crc << 1;
  }
  return crc;
}

/** The bytes to send for `packet`, the zero at their end included. */
export function encodeUartFrame(packet: Uint8Array): Uint8Array {
  const crc = crc16(packet);
  const length = packet.length + crcBytes;
  const at = (i: number): number =>
    i < packet.length ? (packet[i] as number) : i === packet.length ? crc >> 8 : crc & 0xff;
  const out = new Uint8Array(length + Math.ceil(length / 254) + 2);
  let code = 0;
  let end = 1;
  for (let i = 0; i < length; i++) {
    const byte = at(i);
    if (byte !== 0) out[end++] = byte;
    if (byte !== 0 && end - code < 0xff) continue;
    // A full block of 254 is not followed by its own zero.
    out[code] = end - code;
    code = end++;
    if (byte !== 0 && i === length - 1) return out.slice(0, code + 1);
  }
  out[code] = end - code;
  return out.slice(0, end + 1);
}

/** What comes out of a line of bytes. */
export interface UartFrameOutput {
  /** The content of a good frame; its own memory. */
  frame(packet: Uint8Array): void;
  /** A frame was dropped. */
  bad(reason: "crc" | "too long" | "broken"): void;
}

/** Takes frames out of the bytes of a serial line, in pieces of any size. Noise costs the frame it hits, nothing more. */
export class UartFrameReader {
  private readonly bytes: Uint8Array;
  private length = 0;
  private isTooLong = false;

  /** `maxBytes` bounds a frame's content. */
  constructor(
    maxBytes: number,
    private readonly output: UartFrameOutput,
  ) {
    const content = maxBytes + crcBytes;
    this.bytes = new Uint8Array(content + Math.ceil(content / 254) + 1);
  }

  push(chunk: Uint8Array): void {
    for (const byte of chunk) {
      if (byte === 0) this.end();
      else if (this.length < this.bytes.length) this.bytes[this.length++] = byte;
      else this.isTooLong = true;
    }
  }

  private end(): void {
    const { length, isTooLong } = this;
    this.length = 0;
    this.isTooLong = false;
    if (isTooLong) {
      this.output.bad("too long");
      return;
    }
    // Zeros between frames are a way to wake a line up.
    if (length === 0) return;
    const content = decodeCobs(this.bytes.subarray(0, length));
    if (content === null || content.length < crcBytes) {
      this.output.bad("broken");
      return;
    }
    const packet = content.subarray(0, content.length - crcBytes);
    const high = content[packet.length] as number;
    const low = content[packet.length + 1] as number;
    if (crc16(packet) === ((high << 8) | low)) this.output.frame(packet);
    else this.output.bad("crc");
  }
}

function decodeCobs(encoded: Uint8Array): Uint8Array | null {
  const out = new Uint8Array(encoded.length);
  let length = 0;
  for (let i = 0; i < encoded.length; ) {
    const code = encoded[i] as number;
    const next = i + code;
    if (next > encoded.length) return null;
    for (let j = i + 1; j < next; j++) out[length++] = encoded[j] as number;
    i = next;
    if (code < 0xff && i < encoded.length) out[length++] = 0;
  }
  return out.slice(0, length);
}
