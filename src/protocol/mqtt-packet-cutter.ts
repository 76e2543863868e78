const maxHeaderBytes = 5;

/** Kinds of control packet that a gateway looks at [MQTT-2.2.1]. */
export const mqttPacketKind = { connect: 1, publish: 3, disconnect: 14 } as const;

/** The kind of a control packet, and its QoS where it is a publication. */
export function kindOf(packet: Uint8Array): { kind: number; qos: number } {
  const first = packet[0] ?? 0;
  return { kind: first >> 4, qos: (first >> 1) & 3 };
}

/** Length of the control packet that begins at `at`: null while its header is not whole, -1 when it is none. */
export function packetLength(bytes: Uint8Array, at: number): number | null {
  let rest = 0;
  for (let i = 1; i < maxHeaderBytes; i++) {
    const byte = bytes[at + i];
    if (byte === undefined) return null;
    rest += (byte & 0x7f) * 128 ** (i - 1);
    if ((byte & 0x80) === 0) return 1 + i + rest;
  }
  return -1;
}

/** Whether `bytes` are exactly one control packet. */
export function isOnePacket(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && packetLength(bytes, 0) === bytes.length;
}

/** Cuts a stream of MQTT into whole control packets, in pieces of any size. */
export class MqttPacketCutter {
  private kept: Uint8Array = new Uint8Array(0);
  private skip = 0;

  /** Packets above `maxBytes` are left out, and `leftOut` is told their size. */
  constructor(
    private readonly maxBytes: number,
    private readonly packet: (bytes: Uint8Array) => void,
    private readonly leftOut: (bytes: number) => void,
  ) {}

  /** False when the stream is no MQTT: nothing more can be cut from it. */
  push(chunk: Uint8Array): boolean {
    let at = Math.min(this.skip, chunk.length);
    this.skip -= at;
    if (this.skip > 0) return true;
    let bytes = chunk.subarray(at);
    if (this.kept.length > 0) {
      bytes = new Uint8Array(this.kept.length + chunk.length - at);
      bytes.set(this.kept);
      bytes.set(chunk.subarray(at), this.kept.length);
    }
    at = 0;
    while (at < bytes.length) {
      const length = packetLength(bytes, at);
      if (length === -1) return false;
      if (length === null) break;
      if (length > this.maxBytes) {
        this.leftOut(length);
        const there = Math.min(length, bytes.length - at);
        this.skip = length - there;
        at += there;
        continue;
      }
      if (at + length > bytes.length) break;
      this.packet(bytes.slice(at, at + length));
      at += length;
    }
    this.kept = bytes.slice(at);
    return true;
  }
}
