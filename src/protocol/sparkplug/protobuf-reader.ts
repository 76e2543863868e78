import { decodeUtf8 } from "../utf8.ts";

/** Wire types of protocol buffers; groups (3, 4) are not used by any Sparkplug message and are refused. */
export const wire = { varint: 0, fixed64: 1, bytes: 2, fixed32: 5 } as const;

/**
 * Reads one protocol-buffer message from bytes that nobody vouches for. Never throws: the first fault is kept
 * in `fault` and everything after it reads as the end. Does not recurse; an inner message is read by a reader
 * over `bytes()`.
 */
export class ProtobufReader {
  fault: string | null = null;
  /** Of the field that `next` found. */
  field = 0;
  wireType = 0;
  private at = 0;
  private readonly view: DataView;

  constructor(private readonly source: Uint8Array) {
    this.view = new DataView(source.buffer, source.byteOffset, source.byteLength);
  }

  /** Goes to the next field; false at the end or after a fault. */
  next(): boolean {
    if (this.fault !== null || this.at >= this.source.length) return false;
    const key = this.varint();
    if (this.fault !== null) return false;
    if (key > 0xffff_ffffn) return this.fail("a field's number is too large");
    this.field = Number(key >> 3n);
    this.wireType = Number(key & 7n);
    if (this.field === 0) return this.fail("field 0");
    if (this.wireType === 3 || this.wireType === 4 || this.wireType > 5) {
      return this.fail(`wire type ${this.wireType}`);
    }
    return true;
  }

  /** Up to 64 bits, as unsigned. A tenth byte's surplus bits are dropped, as protobuf does. */
  varint(): bigint {
    let low = 0;
    for (let i = 0; i < 4; i++) {
      const byte = this.byte();
      low |= (byte & 0x7f) << (7 * i);
      if (byte < 0x80) return BigInt(low);
    }
    let value = BigInt(low);
    for (let i = 4; i < 10; i++) {
      const byte = this.byte();
      value |= BigInt(byte & 0x7f) << BigInt(7 * i);
      if (byte < 0x80) return BigInt.asUintN(64, value);
    }
    this.fail("a number does not end");
    return 0n;
  }

  /** The low 32 bits, unsigned: how protobuf narrows a longer varint. */
  uint32(): number {
    return Number(BigInt.asUintN(32, this.varint()));
  }

  bool(): boolean {
    return this.varint() !== 0n;
  }

  float(): number {
    const at = this.advance(4);
    return at < 0 ? 0 : this.view.getFloat32(at, true);
  }

  double(): number {
    const at = this.advance(8);
    return at < 0 ? 0 : this.view.getFloat64(at, true);
  }

  /** A view, not a copy. */
  bytes(): Uint8Array {
    const length = this.varint();
    if (length > BigInt(this.source.length)) {
      this.fail("a length goes beyond the end");
      return new Uint8Array(0);
    }
    const at = this.advance(Number(length));
    return at < 0 ? new Uint8Array(0) : this.source.subarray(at, at + Number(length));
  }

  /** Of at most `maxBytes`; not UTF-8 or longer is a fault. */
  string(maxBytes: number): string {
    const bytes = this.bytes();
    if (bytes.length > maxBytes) {
      this.fail(`a text of ${bytes.length} bytes`);
      return "";
    }
    const text = decodeUtf8(bytes);
    if (text === null) this.fail("a text is not UTF-8");
    return text ?? "";
  }

  /** Goes over the value of the current field. */
  skip(): void {
    if (this.wireType === wire.varint) this.varint();
    else if (this.wireType === wire.bytes) this.bytes();
    else this.advance(this.wireType === wire.fixed64 ? 8 : 4);
  }

  /** Whether the current field has the wire type it must have; a fault otherwise. */
  expects(wireType: number): boolean {
    return this.wireType === wireType || this.fail(`field ${this.field} has wire type ${this.wireType}`);
  }

  private byte(): number {
    const byte = this.source[this.at];
    if (byte === undefined) {
      this.fail("ends too early");
      return 0;
    }
    this.at++;
    return byte;
  }

  private advance(count: number): number {
    if (this.fault !== null || this.at + count > this.source.length) {
      this.fail("ends too early");
      return -1;
    }
    const { at } = this;
    this.at += count;
    return at;
  }

  private fail(reason: string): false {
    this.fault ??= reason;
    this.at = this.source.length;
    return false;
  }
}
