// Frames on a device's UART: an MQTT control packet, its CRC-16/CCITT-FALSE (big endian), both in COBS, then 0x00.

function crc16(bytes) {
  let crc = 0xffff;
  for (const byte of bytes) {
    crc ^= byte << 8;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x8000 ? ((crc << 1) ^ 0x1021) & 0xffff : crc << 1;
  }
  return crc;
}

/** The frame of a packet, its delimiter included. An empty packet says that the connection is over. */
export function encodeFrame(packet) {
  const crc = crc16(packet);
  const content = [...packet, crc >> 8, crc & 0xff];
  const out = [];
  for (let begin = 0; ; ) {
    let end = begin;
    while (end < content.length && end - begin < 254 && content[end] !== 0) end++;
    out.push(end - begin + 1, ...content.slice(begin, end));
    if (end === content.length) break;
    begin = end - begin === 254 ? end : end + 1;
  }
  return Buffer.from([...out, 0]);
}

/** Takes the bytes of a line one by one. */
export class FrameReader {
  /** `onPacket` gets each good frame's content; `bad` counts the others. */
  constructor(onPacket) {
    this.onPacket = onPacket;
    this.bytes = [];
    this.bad = 0;
  }

  add(byte) {
    if (byte !== 0) {
      this.bytes.push(byte);
      return;
    }
    const frame = this.bytes;
    this.bytes = [];
    if (frame.length === 0) return;
    const content = [];
    for (let at = 0; at < frame.length; ) {
      const code = frame[at];
      if (at + code > frame.length) {
        this.bad++;
        return;
      }
      content.push(...frame.slice(at + 1, at + code));
      at += code;
      if (code !== 0xff && at < frame.length) content.push(0);
    }
    const packet = Buffer.from(content.slice(0, -2));
    const [high, low] = content.slice(-2);
    if (content.length < 2 || crc16(packet) !== high * 256 + low) this.bad++;
    else this.onPacket(packet);
  }
}
