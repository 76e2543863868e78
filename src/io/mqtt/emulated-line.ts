import { Duplex } from "node:stream";

/** A serial line whose other end is a program in this process. */
export class EmulatedLine extends Duplex {
  /** `toDevice` gets what is written into the line, and calls `taken` once the device has it: the rest waits here till then. */
  constructor(private readonly toDevice: (bytes: Uint8Array, taken: () => void) => void) {
    super();
  }

  /** What the device sent. */
  fromDevice(bytes: Uint8Array): void {
    if (bytes.length > 0 && !this.destroyed) this.push(bytes);
  }

  override _read(): void {
    // The device sends when it sends.
  }

  override _write(chunk: Buffer, _encoding: BufferEncoding, done: () => void): void {
    this.toDevice(chunk, done);
  }

  override _writev(chunks: { chunk: Buffer }[], done: () => void): void {
    this.toDevice(Buffer.concat(chunks.map(({ chunk }) => chunk)), done);
  }
}
