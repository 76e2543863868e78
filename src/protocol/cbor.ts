import { type Result, refused } from "../core/result.ts";
import { decodeUtf8 } from "./utf8.ts";

/**
 * What a CBOR item says, in the words of JSON: whole numbers beyond 2^53 are bigints, byte strings hex text,
 * maps objects without a prototype. Floats may be NaN or infinite.
 */
export type CborValue =
  | null
  | boolean
  | number
  | bigint
  | string
  | CborValue[]
  | { [key: string]: CborValue };

/** What a payload may cost; beyond it the whole of it is refused. */
export const cborBounds = { bytes: 1024 * 1024, depth: 32, items: 65_536, bignumBytes: 64 } as const;

/**
 * Reads one CBOR item (RFC 8949) that fills `bytes`. Takes indefinite lengths, floats of 16, 32 and 64 bits and
 * bignums (tags 2, 3); of other tags, 0 and 1 among them, the content. Refuses what is not well formed, maps
 * with a key twice or with keys that are neither text nor whole numbers, and simple values without a meaning.
 */
export function decodeCbor(bytes: Uint8Array): Result<CborValue> {
  if (bytes.length > cborBounds.bytes) return refused(`${bytes.length} bytes are too many`);
  const reader = new CborReader(bytes);
  try {
    const value = reader.item(0);
    reader.end();
    return { ok: true, value };
  } catch (fault) {
    if (fault instanceof CborFault) return refused(fault.message, `byte ${reader.at}`);
    throw fault;
  }
}

/** Leaves the nested reading; never leaves this file. */
class CborFault extends Error {}

/** An item's head; `count` is null for an indefinite length. */
type Head = { major: number; count: bigint | null };

const breakByte = 0xff;

class CborReader {
  at = 0;
  private items = 0;
  private readonly view: DataView;

  constructor(private readonly bytes: Uint8Array) {
    this.view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  }

  end(): void {
    if (this.at < this.bytes.length) throw new CborFault("data follows the item");
  }

  item(depth: number): CborValue {
    if (depth > cborBounds.depth) throw new CborFault(`deeper than ${cborBounds.depth}`);
    if (++this.items > cborBounds.items) throw new CborFault(`more than ${cborBounds.items} items`);
    const first = this.bytes[this.at];
    if (first !== undefined && first >> 5 === 7) return this.simple();
    const { major, count } = this.head();
    switch (major) {
      case 0:
        return plain(definite(count));
      case 1:
        return plain(-1n - definite(count));
      case 2:
        return hexOf(this.string(major, count));
      case 3:
        return this.text(count);
      case 4:
        return this.array(count, depth);
      case 5:
        return this.map(count, depth);
      default:
        return this.tagged(definite(count), depth);
    }
  }

  private head(): Head {
    const first = this.byte();
    const major = first >> 5;
    const info = first & 31;
    if (info < 24) return { major, count: BigInt(info) };
    const size = info < 28 ? 1 << (info - 24) : 0;
    if (size > 0) {
      const at = this.advance(size);
      if (size === 8) return { major, count: this.view.getBigUint64(at) };
      const count =
        size === 1 ? this.view.getUint8(at) : size === 2 ? this.view.getUint16(at) : this.view.getUint32(at);
      return { major, count: BigInt(count) };
    }
    if (info === 31 && major >= 2 && major <= 5) return { major, count: null };
    throw new CborFault(`${info} is not a length`);
  }

  /** A text or byte string; one of indefinite length is made of definite ones. */
  private string(major: number, count: bigint | null): Uint8Array {
    if (count !== null) return this.slice(count);
    const chunks: Uint8Array[] = [];
    let length = 0;
    while (!this.atBreak()) {
      const chunk = this.head();
      if (chunk.major !== major || chunk.count === null) throw new CborFault("a chunk of another kind");
      const part = this.slice(chunk.count);
      if (major === 3 && decodeUtf8(part) === null) throw new CborFault("a text is not UTF-8");
      chunks.push(part);
      length += part.length;
    }
    const whole = new Uint8Array(length);
    let at = 0;
    for (const chunk of chunks) {
      whole.set(chunk, at);
      at += chunk.length;
    }
    return whole;
  }

  private text(count: bigint | null): string {
    const text = decodeUtf8(this.string(3, count));
    if (text === null) throw new CborFault("a text is not UTF-8");
    return text;
  }

  private array(count: bigint | null, depth: number): CborValue[] {
    const list: CborValue[] = [];
    // No room is made ahead: a count is only believed as far as its items are there.
    for (let i = 0n; count === null ? !this.atBreak() : i < count; i++) list.push(this.item(depth + 1));
    return list;
  }

  private map(count: bigint | null, depth: number): { [key: string]: CborValue } {
    const map: { [key: string]: CborValue } = Object.create(null);
    for (let i = 0n; count === null ? !this.atBreak() : i < count; i++) {
      const key = this.key();
      if (Object.hasOwn(map, key)) throw new CborFault("a map with a duplicate key");
      map[key] = this.item(depth + 1);
    }
    return map;
  }

  private key(): string {
    const { major, count } = this.head();
    if (major === 3) return this.text(count);
    if (major === 0) return definite(count).toString();
    if (major === 1) return (-1n - definite(count)).toString();
    throw new CborFault("a map's key is neither text nor a whole number");
  }

  private tagged(tag: bigint, depth: number): CborValue {
    if (tag !== 2n && tag !== 3n) return this.item(depth + 1);
    const { major, count } = this.head();
    if (major !== 2) throw new CborFault("a bignum without its bytes");
    const bytes = this.string(2, count);
    if (bytes.length > cborBounds.bignumBytes) throw new CborFault(`a bignum of ${bytes.length} bytes`);
    const value = bytes.length === 0 ? 0n : BigInt(`0x${hexOf(bytes)}`);
    return plain(tag === 2n ? value : -1n - value);
  }

  private simple(): CborValue {
    const info = this.byte() & 31;
    switch (info) {
      case 20:
      case 21:
        return info === 21;
      case 22:
      case 23:
        return null;
      case 25:
        return halfOf(this.view.getUint16(this.advance(2)));
      case 26:
        return this.view.getFloat32(this.advance(4));
      case 27:
        return this.view.getFloat64(this.advance(8));
      case 31:
        throw new CborFault("an end without a beginning");
      default:
        throw new CborFault(`a simple value without a meaning (${info})`);
    }
  }

  private atBreak(): boolean {
    if (this.bytes[this.at] !== breakByte) return false;
    this.at++;
    return true;
  }

  private byte(): number {
    return this.bytes[this.advance(1)] as number;
  }

  private slice(count: bigint): Uint8Array {
    if (count > BigInt(this.bytes.length)) throw new CborFault("ends too early");
    const at = this.advance(Number(count));
    return this.bytes.subarray(at, this.at);
  }

  /** Goes over `count` bytes and gives where they begin. */
  private advance(count: number): number {
    const { at } = this;
    if (at + count > this.bytes.length) throw new CborFault("ends too early");
    this.at += count;
    return at;
  }
}

function definite(count: bigint | null): bigint {
  if (count === null) throw new CborFault("a number without a length");
  return count;
}

function plain(value: bigint): number | bigint {
  const number = Number(value);
  return Number.isSafeInteger(number) ? number : value;
}

function hexOf(bytes: Uint8Array): string {
  return Array.from(bytes, (byte) => byte.toString(16).padStart(2, "0")).join("");
}

/** IEEE 754 binary16. */
function halfOf(bits: number): number {
  const exponent = (bits >> 10) & 31;
  const fraction = bits & 1023;
  const sign = bits >> 15 === 1 ? -1 : 1;
  if (exponent === 31) return fraction === 0 ? sign * Number.POSITIVE_INFINITY : Number.NaN;
  return sign * (exponent === 0 ? fraction * 2 ** -24 : (1 + fraction / 1024) * 2 ** (exponent - 15));
}
