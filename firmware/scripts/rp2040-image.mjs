#!/usr/bin/env node
// Seals a Pico image: puts the CRC-32 into its boot stage, without which the chip's ROM starts nothing, and writes
// the same image as UF2 for the Pico's USB drive. Usage: rp2040-image.mjs IN.bin OUT.bin [OUT.uf2]
import { readFileSync, writeFileSync } from "node:fs";
import process from "node:process";

const FLASH = 0x10000000;
const BOOT2_BYTES = 252;

/** CRC-32 as the boot ROM counts it: polynomial 0x04c11db7, most significant bit first, no final XOR. */
export function bootCrc(bytes) {
  let crc = 0xffffffff;
  for (const byte of bytes) {
    crc ^= byte << 24;
    for (let bit = 0; bit < 8; bit++) crc = crc & 0x80000000 ? (crc << 1) ^ 0x04c11db7 : crc << 1;
  }
  return crc >>> 0;
}

/** The image with its boot stage's CRC; throws when there is no room for it. */
export function sealed(image) {
  if (image.length < 512)
    throw new Error(`an image of ${image.length} bytes has no boot stage and vector table`);
  if (image.readUInt32LE(BOOT2_BYTES) !== 0) throw new Error("the boot stage is longer than 252 bytes");
  const out = Buffer.from(image);
  out.writeUInt32LE(bootCrc(image.subarray(0, BOOT2_BYTES)), BOOT2_BYTES);
  return out;
}

/** UF2 blocks of 256 bytes, family RP2040 (UF2 specification). */
export function uf2(image) {
  const count = Math.ceil(image.length / 256);
  const out = Buffer.alloc(512 * count);
  for (let n = 0; n < count; n++) {
    const head = [0x0a324655, 0x9e5d5157, 0x2000, FLASH + 256 * n, 256, n, count, 0xe48bff56];
    for (const [i, word] of head.entries()) out.writeUInt32LE(word, 512 * n + 4 * i);
    image.copy(out, 512 * n + 32, 256 * n, Math.min(256 * (n + 1), image.length));
    out.writeUInt32LE(0x0ab16f30, 512 * n + 508);
  }
  return out;
}

const [input, output, drive] = process.argv.slice(2);
if (output === undefined) {
  console.error("usage: rp2040-image.mjs IN.bin OUT.bin [OUT.uf2]");
  process.exit(2);
}
const image = sealed(readFileSync(input));
writeFileSync(output, image);
if (drive !== undefined) writeFileSync(drive, uf2(image));
