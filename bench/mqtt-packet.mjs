/** An MQTT PUBLISH packet, quality of service 0. `payload` is text or bytes. */
export function publishPacket(topic, payload, retained = false) {
  const topicBytes = Buffer.from(topic);
  const body = Buffer.concat([
    Buffer.from([topicBytes.length >> 8, topicBytes.length & 255]),
    topicBytes,
    Buffer.from(payload),
  ]);
  const length = [];
  for (let rest = body.length; ; rest >>>= 7) {
    length.push((rest & 127) | (rest > 127 ? 128 : 0));
    if (rest <= 127) break;
  }
  return Buffer.concat([Buffer.from([retained ? 0x31 : 0x30, ...length]), body]);
}
