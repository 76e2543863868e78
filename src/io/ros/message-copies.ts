/** Copies come within a few messages of each other, unless the event loop was busy for long. */
const kept = 256;

/**
 * Tells the copies of one message apart from new ones, where several subscriptions of different QoS hear the same
 * publisher: a copy has the same bytes and comes by a subscription that did not bring them yet. rclnodejs does not say
 * who published a raw message, so the bytes have to.
 */
export class MessageCopies {
  private readonly messages: (Uint8Array | null)[] = new Array(kept).fill(null);
  private readonly marks = new Uint32Array(kept);
  /** The subscriptions that brought it, one bit each. */
  private readonly heardBy = new Uint8Array(kept);
  private next = 0;

  /** Whether `bytes` came before by another subscription than number `subscription` (0 … 7). Keeps `bytes`. */
  isCopy(bytes: Uint8Array, subscription: number): boolean {
    const mark = markOf(bytes);
    const bit = 1 << subscription;
    for (let i = 0; i < kept; i++) {
      if (this.marks[i] !== mark || ((this.heardBy[i] as number) & bit) !== 0) continue;
      const known = this.messages[i] ?? null;
      if (known === null || !sameBytes(known, bytes)) continue;
      this.heardBy[i] = (this.heardBy[i] as number) | bit;
      return true;
    }
    this.messages[this.next] = bytes;
    this.marks[this.next] = mark;
    this.heardBy[this.next] = bit;
    this.next = (this.next + 1) % kept;
    return false;
  }

  clear(): void {
    this.messages.fill(null);
  }
}

/** FNV-1a over the length and the first bytes, where CDR messages have their stamp. */
function markOf(bytes: Uint8Array): number {
  let mark = Math.imul(0x811c9dc5 ^ bytes.length, 0x01000193);
  const end = Math.min(bytes.length, 24);
  for (let i = 4; i < end; i++) mark = Math.imul(mark ^ (bytes[i] as number), 0x01000193);
  return mark >>> 0;
}

function sameBytes(a: Uint8Array, b: Uint8Array): boolean {
  if (a.length !== b.length) return false;
  for (let i = 0; i < a.length; i++) if (a[i] !== b[i]) return false;
  return true;
}
