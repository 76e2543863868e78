import { packetLength } from "./mqtt-packet.ts";

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
