import { closeSync, fdatasyncSync, ftruncateSync, openSync, renameSync, writeSync } from "node:fs";
import { crc32 } from "node:zlib";

/*
 * An MCAP file that can be opened at every moment, also after kill -9.
 *
 * The readers that people use want a footer at the end of the file, and the kernel may break off a write at the end of
 * any page. So the file is made longer than it is, with a hole, and its footer stands at the far end in a page of its own:
 *
 *   data │ padding (a hole) │ DataEnd │ padding │ … slot A │ slot B │ … footer
 *        D                  P                                         E
 *
 * A chunk is written into the padding first, and its first nine bytes last: with them the padding's header becomes
 * the chunk's. The summary goes into the slot that the footer does not name; then eight bytes of the footer name it.
 * Padding is a record of an opcode that the specification leaves to private use; readers skip it. `close` writes
 * what a plain file has, and cuts the rest off.
 */

const page = 4096;
const headBytes = 9;
const dataEndBytes = 13;
/** Footer and magic. */
const footerBytes = 37;
const paddingOpcode = 0x80;
const leastStep = 1 << 20;
const mostStep = 32 << 20;
const leastSlot = 64 * 1024;
const magic = Uint8Array.of(0x89, 0x4d, 0x43, 0x41, 0x50, 0x30, 0x0d, 0x0a);
const syncEachMs = 1000;

/** Where what follows the data is. */
type Tail = { linearAt: number; slots: [number, number]; slotBytes: number; end: number };

export class McapFile {
  private readonly fd: number;
  private dataEnd: number;
  private tail: Tail;
  private active: 0 | 1 = 0;
  private summary: Uint8Array;
  private synced = 0;
  private isClosed = false;

  /** Makes the file; one of that name is replaced. `begin` is magic and header, `summary` the one of no chunk. */
  constructor(path: string, begin: Uint8Array, summary: Uint8Array) {
    const part = `${path}.part`;
    this.fd = openSync(part, "w");
    this.dataEnd = begin.length;
    this.summary = summary;
    this.tail = tailBehind(this.dataEnd + leastStep, leastSlot);
    try {
      this.write(begin, 0);
      this.writeTail();
      this.write(padding(this.dataEnd, this.tail.linearAt), this.dataEnd);
      renameSync(part, path);
    } catch (error) {
      closeSync(this.fd);
      throw error;
    }
  }

  /** Where the next chunk will be, and the bytes of data so far. */
  get position(): number {
    return this.dataEnd;
  }

  /** Adds a chunk, and names the summary that knows it. */
  append(chunk: Uint8Array, summary: Uint8Array): void {
    this.makeRoom(chunk.length + headBytes, summary.length);
    const next = this.dataEnd + chunk.length;
    this.write(chunk.subarray(headBytes), this.dataEnd + headBytes);
    this.write(padding(next, this.tail.linearAt), next);
    this.write(chunk.subarray(0, headBytes), this.dataEnd);
    this.dataEnd = next;
    this.summary = summary;
    const other = this.active === 0 ? 1 : 0;
    this.writeSlot(other, this.tail.end);
    this.nameSlot(other);
    const now = Date.now();
    if (now - this.synced < syncEachMs) return;
    this.synced = now;
    fdatasyncSync(this.fd);
  }

  /** Ends the file as a plain one. `summary` is DataEnd and summary for that place. */
  close(summary: Uint8Array): void {
    try {
      const footer = plainFooter(this.dataEnd + dataEndBytes, summary.subarray(dataEndBytes));
      this.makeRoom(summary.length + footer.length, 0);
      const end = this.dataEnd + summary.length;
      this.write(footer, end);
      this.write(summary.subarray(headBytes), this.dataEnd + headBytes);
      this.write(summary.subarray(0, headBytes), this.dataEnd);
      ftruncateSync(this.fd, end + footer.length);
      fdatasyncSync(this.fd);
    } finally {
      this.abandon();
    }
  }

  /** Leaves the file as it is: it can be opened, and has all that was appended. */
  abandon(): void {
    if (!this.isClosed) closeSync(this.fd);
    this.isClosed = true;
  }

  private makeRoom(bytes: number, summaryBytes: number): void {
    const { tail } = this;
    if (this.dataEnd + bytes <= tail.linearAt && summaryBytes + headBytes <= tail.slotBytes) return;
    const step = Math.min(mostStep, Math.max(leastStep, this.dataEnd / 4));
    const slot = Math.max(tail.slotBytes, leastSlot, 2 * (summaryBytes + headBytes));
    // Behind the old tail, which readers use until the new one is whole.
    const next = tailBehind(Math.max(this.dataEnd + bytes + step, tail.end), slot);
    const other = this.active === 0 ? 1 : 0;
    // The slot that is not in use leads over the old end to the new one, which appears at once with its whole page.
    this.writeSlot(other, next.end);
    this.write(footerPage(tail.slots[other] + dataEndBytes), next.end - page);
    this.tail = next;
    this.writeTail();
    this.write(padding(this.dataEnd, next.linearAt), this.dataEnd);
  }

  /** All of a new tail; the footer's page last, which may be there already. */
  private writeTail(): void {
    const { linearAt, slots, end } = this.tail;
    const linear = new Uint8Array(dataEndBytes + headBytes);
    linear.set(this.summary.subarray(0, dataEndBytes));
    linear.set(padding(linearAt + dataEndBytes, end - footerBytes), dataEndBytes);
    this.active = 0;
    this.write(linear, linearAt);
    this.writeSlot(0, end);
    this.write(footerPage(slots[0] + dataEndBytes), end - page);
  }

  private writeSlot(slot: 0 | 1, end: number): void {
    const at = this.tail.slots[slot];
    const bytes = new Uint8Array(this.summary.length + headBytes);
    bytes.set(this.summary);
    bytes.set(padding(at + this.summary.length, end - footerBytes), this.summary.length);
    this.write(bytes, at);
  }

  private nameSlot(slot: 0 | 1): void {
    const address = new DataView(new ArrayBuffer(8));
    address.setBigUint64(0, BigInt(this.tail.slots[slot] + dataEndBytes), true);
    this.write(new Uint8Array(address.buffer), this.tail.end - footerBytes + headBytes);
    this.active = slot;
  }

  private write(bytes: Uint8Array, at: number): void {
    for (let done = 0; done < bytes.length; ) {
      done += writeSync(this.fd, bytes, done, bytes.length - done, at + done);
    }
  }
}

function tailBehind(least: number, slotBytes: number): Tail {
  const linearAt = Math.ceil(least / page) * page;
  const slotRoom = Math.ceil(slotBytes / page) * page;
  const first = linearAt + page;
  return {
    linearAt,
    slots: [first, first + slotRoom],
    slotBytes: slotRoom,
    end: first + 2 * slotRoom + page,
  };
}

/** The header of padding from `from` to `to`. */
function padding(from: number, to: number): Uint8Array {
  const header = new DataView(new ArrayBuffer(headBytes));
  header.setUint8(0, paddingOpcode);
  header.setBigUint64(1, BigInt(to - from - headBytes), true);
  return new Uint8Array(header.buffer);
}

/** The last page, with a footer that names a summary and has no checksum of it. */
function footerPage(summaryStart: number): Uint8Array {
  const bytes = new Uint8Array(page);
  bytes.set(footerOf(summaryStart, 0), page - footerBytes);
  return bytes;
}

function plainFooter(summaryStart: number, summary: Uint8Array): Uint8Array {
  const head = footerOf(summaryStart, 0).subarray(0, headBytes + 16);
  return footerOf(summaryStart, crc32(head, crc32(summary)));
}

function footerOf(summaryStart: number, checksum: number): Uint8Array {
  const bytes = new Uint8Array(footerBytes);
  const view = new DataView(bytes.buffer);
  view.setUint8(0, 0x02);
  view.setBigUint64(1, 20n, true);
  view.setBigUint64(headBytes, BigInt(summaryStart), true);
  view.setUint32(headBytes + 16, checksum, true);
  bytes.set(magic, headBytes + 20);
  return bytes;
}
