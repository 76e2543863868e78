import { crc32 } from "node:zlib";
import type { DecompressHandlers } from "@mcap/core";
import type { Compressor } from "../../protocol/mcap/mcap-encoder.ts";
import { mostRecordBytes } from "./bag-source.ts";

export const compressionNames = ["zstd", "none"] as const;
export type Compression = (typeof compressionNames)[number];

/** Of zstd's levels the one that costs half the time of the usual 3 and gives nearly as small files. */
const zstdLevel = 1;

/** Loads what `compression` needs. The module is loaded only where it is used: it takes 20 ms. */
export async function openCompressor(compression: Compression): Promise<Compressor> {
  const checksum = (bytes: Uint8Array): number => crc32(bytes);
  if (compression === "none") return { name: "", compress: (bytes) => bytes, crc32: checksum };
  const { compress, isLoaded } = await import("@foxglove/wasm-zstd");
  await isLoaded;
  return { name: "zstd", compress: (bytes) => compress(bytes, zstdLevel), crc32: checksum };
}

/** What opens the chunks of every compression that bags have. */
export async function openDecompressors(): Promise<DecompressHandlers> {
  const zstd = await import("@foxglove/wasm-zstd");
  const { default: lz4 } = await import("@foxglove/wasm-lz4");
  await Promise.all([zstd.isLoaded, lz4.isLoaded]);
  return {
    zstd: (bytes, size) => zstd.decompress(bytes, Number(size)),
    lz4: (bytes, size) => lz4(bytes, Number(size)),
  };
}

/** What opens a message or file of zstd that says itself how large it is. */
export async function decompressWhole(): Promise<(bytes: Uint8Array) => Uint8Array> {
  const { decompress, isLoaded } = await import("@foxglove/wasm-zstd");
  await isLoaded;
  return (bytes) => {
    const size = zstdSize(bytes);
    if (size === null) throw new Error("the zstd data does not say how large it is");
    if (size > mostRecordBytes) throw new Error(`it claims to have ${size} bytes`);
    return decompress(bytes, size);
  };
}

/** The size in the header of a zstd frame (RFC 8878, 3.1.1.1); null where it has none. */
function zstdSize(bytes: Uint8Array): number | null {
  if (bytes.length < 6) return null;
  const view = new DataView(bytes.buffer, bytes.byteOffset, bytes.byteLength);
  if (view.getUint32(0, true) !== 0xfd2fb528) return null;
  const descriptor = view.getUint8(4);
  const isSingle = (descriptor & 0x20) !== 0;
  const at = 5 + (isSingle ? 0 : 1) + ([0, 1, 2, 4][descriptor & 3] as number);
  const kind = descriptor >> 6;
  const length = kind === 0 ? (isSingle ? 1 : 0) : 1 << kind;
  if (length === 0 || at + length > bytes.length) return null;
  if (length === 1) return view.getUint8(at);
  if (length === 2) return view.getUint16(at, true) + 256;
  return length === 4 ? view.getUint32(at, true) : Number(view.getBigUint64(at, true));
}
