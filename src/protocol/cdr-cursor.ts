/** The bytes before the data: encoding and options. */
export const headerBytes = 4;

/** Reads classic CDR from `at` on; alignment counts from behind the four bytes of its header. Throws at the end of the bytes. */
export class CdrCursor {
  private readonly view: DataView;

  constructor(
    bytes: Uint8Array,
    private at: number,
  ) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  skip(bytes: number, align: number): void {
    this.align(align);
    this.at += bytes;
    this.check(0);
  }

  count(): number {
    this.align(4);
    this.check(4);
    const value = this.view.getUint32(this.at, true);
    this.at += 4;
    return value;
  }

  /** A builtin_interfaces/Duration, s. */
  seconds(): number {
    this.align(4);
    this.check(8);
    const value = this.view.getInt32(this.at, true) + this.view.getUint32(this.at + 4, true) * 1e-9;
    this.at += 8;
    return value;
  }

  int16(): number {
    this.align(2);
    this.check(2);
    const value = this.view.getInt16(this.at, true);
    this.at += 2;
    return value;
  }

  float32(): number {
    this.align(4);
    this.check(4);
    const value = this.view.getFloat32(this.at, true);
    this.at += 4;
    return value;
  }

  skipText(): void {
    const length = this.count();
    this.check(length);
    this.at += length;
  }

  doubles(): number[] {
    const length = this.count();
    if (length === 0) return [];
    this.align(8);
    this.check(8 * length);
    const values: number[] = [];
    for (let i = 0; i < length; i++, this.at += 8) values.push(this.view.getFloat64(this.at, true));
    return values;
  }

  private align(to: number): void {
    this.at = headerBytes + Math.ceil((this.at - headerBytes) / to) * to;
  }

  private check(bytes: number): void {
    if (this.at + bytes > this.view.byteLength) throw new Error("the message ends too early");
  }
}
