/*
 * The outermost layer of MQTT: a control packet is a fixed header of 2 to 5 bytes and the rest, whose length
 * is in the header [MQTT-2.2.3]. Both versions 3.1.1 and 5 are alike in this.
 */

export const maxHeaderBytes = 5;

/** Kinds of control packet that are looked at on the way [MQTT-2.2.1]. */
export const mqttPacketKind = { connect: 1, publish: 3, disconnect: 14 } as const;

/** The kind of a control packet, and its QoS where it is a publication. */
export function kindOf(packet: Uint8Array): { kind: number; qos: number } {
  const first = packet[0] ?? 0;
  return { kind: first >> 4, qos: (first >> 1) & 3 };
}

/**
 * Length of the control packet that begins at `at`: null while its header is not whole before `end`, -1 when it is
 * none.
 */
export function packetLength(bytes: Uint8Array, at: number, end = bytes.length): number | null {
  let rest = 0;
  for (let i = 1; i < maxHeaderBytes; i++) {
    if (at + i >= end) return null;
    const byte = bytes[at + i] as number;
    rest += (byte & 0x7f) * 128 ** (i - 1);
    if ((byte & 0x80) === 0) return 1 + i + rest;
  }
  return -1;
}

/** Whether `bytes` are exactly one control packet. */
export function isOnePacket(bytes: Uint8Array): boolean {
  return bytes.length >= 2 && packetLength(bytes, 0) === bytes.length;
}
