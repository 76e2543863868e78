/** Reads bits from the highest of each byte on. Beyond the end everything is 0, and `isOver` tells so. */
export class BitReader {
  /** Whether more was read than there is, or a number was none. */
  isOver = false;
  /** The bit that is read next. */
  private at = 0;

  constructor(private readonly bytes: Uint8Array) {}

  bit(): number {
    const byte = this.bytes[this.at >> 3];
    if (byte === undefined) this.isOver = true;
    const value = ((byte ?? 0) >> (7 - (this.at & 7))) & 1;
    this.at += 1;
    return value;
  }

  flag(): boolean {
    return this.bit() === 1;
  }

  /** `count` bits, 32 at most, as a number that is not negative. */
  bits(count: number): number {
    let value = 0;
    for (let i = 0; i < count; i += 1) value = value * 2 + this.bit();
    return value;
  }

  skip(count: number): void {
    this.at += count;
    if (this.at > 8 * this.bytes.byteLength) this.isOver = true;
  }

  /** Exp-Golomb, ue(v) of H.264 9.1 and H.265 9.2; also uvlc() of AV1. */
  ue(): number {
    let zeros = 0;
    while (zeros < 32 && !this.isOver && this.bit() === 0) zeros += 1;
    if (zeros < 32 && !this.isOver) return 2 ** zeros - 1 + this.bits(zeros);
    this.isOver = true;
    return 0;
  }

  /** Exp-Golomb with a sign, se(v). */
  se(): number {
    const code = this.ue();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}
