/** Bytes in front of each message: channel, length, and two times in nanoseconds. */
const headBytes = 24;

/** One message of a block; `data` is a view into the block. */
export type BlockMessage = { channel: number; logTime: bigint; publishTime: bigint; data: Uint8Array };

/**
 * Messages packed one after the other into one buffer, so that a thread hands hundreds of them to another at the price
 * of one. The bytes are copied, since those of a transport do not last.
 */
export class MessageBlock {
  private bytes: Uint8Array;
  private view: DataView;
  private end = 0;
  count = 0;

  constructor(room = 64 * 1024) {
    this.bytes = new Uint8Array(room);
    this.view = new DataView(this.bytes.buffer);
  }

  get size(): number {
    return this.end;
  }

  /** Times are nanoseconds since 1970. */
  add(channel: number, logTime: bigint, publishTime: bigint, data: Uint8Array): void {
    const next = this.end + headBytes + data.length;
    if (next > this.bytes.length) this.grow(next);
    const { view, end } = this;
    view.setUint32(end, channel, true);
    view.setUint32(end + 4, data.length, true);
    setTime(view, end + 8, logTime);
    setTime(view, end + 16, publishTime);
    this.bytes.set(data, end + headBytes);
    this.end = next;
    this.count++;
  }

  /** What was packed, in a buffer of its own that may be transferred. The block is empty afterwards. */
  take(): Uint8Array<ArrayBuffer> {
    const taken = this.bytes.slice(0, this.end);
    this.end = 0;
    this.count = 0;
    return taken;
  }

  private grow(least: number): void {
    const grown = new Uint8Array(Math.max(least, this.bytes.length * 2));
    grown.set(this.bytes.subarray(0, this.end));
    this.bytes = grown;
    this.view = new DataView(grown.buffer);
  }
}

/** The messages of a block that `take` gave, in their order. */
export function* messagesOf(block: Uint8Array): Generator<BlockMessage> {
  const view = new DataView(block.buffer, block.byteOffset, block.byteLength);
  for (let at = 0; at + headBytes <= block.length; ) {
    const length = view.getUint32(at + 4, true);
    yield {
      channel: view.getUint32(at, true),
      logTime: timeAt(view, at + 8),
      publishTime: timeAt(view, at + 16),
      data: block.subarray(at + headBytes, at + headBytes + length),
    };
    at += headBytes + length;
  }
}

function setTime(view: DataView, at: number, time: bigint): void {
  const bounded = time < 0n ? 0n : time;
  view.setBigUint64(at, BigInt.asUintN(64, bounded), true);
}

function timeAt(view: DataView, at: number): bigint {
  return view.getBigUint64(at, true);
}
