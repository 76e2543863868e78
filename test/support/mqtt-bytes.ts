/** MQTT packets as bytes, for tests that stand in for a broker or a client. From the standard, and not by our code. */

function lengthBytes(length: number): number[] {
  const bytes: number[] = [];
  for (let rest = length; ; rest = Math.floor(rest / 128)) {
    bytes.push((rest % 128) | (rest >= 128 ? 0x80 : 0));
    if (rest < 128) return bytes;
  }
}

/** A text behind its length, of two bytes. */
export function mqttText(text: string): number[] {
  const bytes = Buffer.from(text);
  return [bytes.length >> 8, bytes.length & 255, ...bytes];
}

/** A control packet: `first` is its type and flags. */
export function mqttPacket(first: number, body: Iterable<number>): number[] {
  const bytes = [...body];
  return [first, ...lengthBytes(bytes.length), ...bytes];
}

/** A PUBLISH of 3.1.1; `id` is of QoS 1 only. */
export function mqttPublication(topic: string, payload: Iterable<number>, qos: 0 | 1 = 0, id = 0): number[] {
  const identifier = qos === 0 ? [] : [id >> 8, id & 255];
  return mqttPacket(0x30 | (qos << 1), [...mqttText(topic), ...identifier, ...payload]);
}
