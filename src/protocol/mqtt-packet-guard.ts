import { maxHeaderBytes, mqttPacketKind, packetLength } from "./mqtt-packet.ts";

const keptTopicBytes = 256;

/** Where the guard puts what passes. */
export interface GuardOutput {
  /** Bytes that may go on, in order. They are a part of what was pushed: read them at once, or copy them. */
  pass(bytes: Uint8Array): void;
  /** A publication of `bytes` bytes was left out; `topic` may be cut, and is Latin-1 as far as it is not ASCII. */
  leftOut(topic: string, bytes: number): void;
}

/**
 * Lets a broker's bytes through but for control packets above a size: those are left out while they arrive, so
 * that nobody collects them in memory. In a publication's place comes a short one with its QoS and packet
 * identifier, on `standInTopic`: the client acknowledges it as any, else the broker would wait for that forever and
 * at last send nothing more. Publications of QoS 2, which we ask for nowhere, are left out without one.
 */
export class MqttPacketGuard {
  /** The header that is being read, across chunks. */
  private readonly header = new Uint8Array(maxHeaderBytes);
  private headerLength = 0;
  /** Bytes of the present packet that are still to come. */
  private rest = 0;
  private skipped: SkippedPublication | null = null;
  private isSkipping = false;
  private isBroken = false;

  constructor(
    private readonly maxBytes: number,
    private readonly standInTopic: string,
    private readonly protocolVersion: 4 | 5,
    private readonly output: GuardOutput,
  ) {}

  push(chunk: Uint8Array): void {
    let at = 0;
    let passFrom = 0;
    while (at < chunk.length) {
      if (this.isBroken) {
        at = chunk.length;
        break;
      }
      if (this.rest > 0) {
        const taken = Math.min(this.rest, chunk.length - at);
        if (this.isSkipping) {
          this.skipped?.take(chunk.subarray(at, at + taken));
          passFrom = at + taken;
        }
        at += taken;
        this.rest -= taken;
        if (this.rest === 0 && this.isSkipping) this.endSkipping();
        continue;
      }
      const begin = at;
      const isAcross = this.headerLength > 0;
      if (!this.readHeader(chunk, begin)) {
        // The header goes on in the next chunk: what of it came is kept, and passes with the rest of it.
        if (!this.isBroken) {
          if (begin > passFrom) this.output.pass(chunk.subarray(passFrom, begin));
          return;
        }
        at = chunk.length;
        break;
      }
      at = begin + this.consumed;
      const size = this.headerLength + this.rest;
      const first = this.header[0] as number;
      const isUnasked = first >> 4 === mqttPacketKind.publish && (first & 0x06) > 2;
      if (size > this.maxBytes || isUnasked) {
        if (begin > passFrom) this.output.pass(chunk.subarray(passFrom, begin));
        passFrom = at;
        this.isSkipping = true;
        this.skipped = first >> 4 === mqttPacketKind.publish ? new SkippedPublication(first, size) : null;
      } else if (isAcross) {
        this.output.pass(this.header.slice(0, this.headerLength));
        passFrom = at;
      }
      this.headerLength = 0;
    }
    if (at > passFrom) this.output.pass(chunk.subarray(passFrom, at));
  }

  private consumed = 0;

  /** Reads on in a fixed header; false while it is not whole. One that is no header passes: the client refuses it. */
  private readHeader(chunk: Uint8Array, from: number): boolean {
    this.consumed = 0;
    while (from + this.consumed < chunk.length) {
      this.header[this.headerLength++] = chunk[from + this.consumed++] as number;
      const length = packetLength(this.header, 0, this.headerLength);
      if (length === null) continue;
      if (length === -1) {
        this.isBroken = true;
        this.output.pass(this.header.slice(0, this.headerLength - this.consumed));
        return false;
      }
      this.rest = length - this.headerLength;
      return true;
    }
    return false;
  }

  private endSkipping(): void {
    this.isSkipping = false;
    const { skipped } = this;
    this.skipped = null;
    if (skipped === null) return;
    if (!skipped.isUnasked) this.output.pass(skipped.standIn(this.standInTopic, this.protocolVersion));
    this.output.leftOut(skipped.topic(), skipped.size);
  }
}

/** What must be known of a publication that is left out: topic and packet identifier. */
class SkippedPublication {
  /** Of a QoS that nobody subscribed to: it would wait for two answers, and be kept till then. */
  get isUnasked(): boolean {
    return (this.first & 0x06) > 2;
  }

  private readonly prefix: number[] = [];
  private topicLength = -1;
  private position = 0;
  private identifier = 0;

  constructor(
    private readonly first: number,
    readonly size: number,
  ) {}

  take(bytes: Uint8Array): void {
    // Only topic and identifier matter: at most 2 + 65535 + 2 bytes are looked at.
    for (const byte of bytes) {
      if (this.position > 2 + 0xffff + 2) return;
      if (this.position < 2 + keptTopicBytes) this.prefix.push(byte);
      if (this.position === 1) this.topicLength = ((this.prefix[0] as number) << 8) | byte;
      const behindTopic = this.position - 2 - this.topicLength;
      if (this.topicLength >= 0 && (behindTopic === 0 || behindTopic === 1)) {
        this.identifier = ((this.identifier << 8) | byte) & 0xffff;
      }
      this.position++;
    }
  }

  topic(): string {
    return String.fromCharCode(...this.prefix.slice(2, 2 + Math.min(this.topicLength, keptTopicBytes)));
  }

  standIn(topic: string, protocolVersion: 4 | 5): Uint8Array {
    const bytes = [topic.length >> 8, topic.length & 0xff, ...[...topic].map((c) => c.charCodeAt(0))];
    if ((this.first & 0x06) !== 0) bytes.push(this.identifier >> 8, this.identifier & 0xff);
    if (protocolVersion === 5) bytes.push(0);
    return Uint8Array.of(this.first, bytes.length, ...bytes);
  }
}
