import { BitReader } from "./bit-reader.ts";
import type { VideoFacts } from "./video-format.ts";

/**
 * What the sequence header of AV1 says (sequence_header_obu, 5.5 of the AV1 specification), the bytes behind its OBU header; null: it is
 * none. `isStill`: each frame is a key frame, with a reduced header.
 */
export function av1Facts(payload: Uint8Array): { facts: VideoFacts; isStill: boolean } | null {
  const bits = new BitReader(payload);
  const profile = bits.bits(3);
  bits.bit();
  const isReduced = bits.flag();
  const { level, tier } = isReduced ? { level: bits.bits(5), tier: 0 } : readOperatingPoint(bits);
  const [widthBits, heightBits] = [bits.bits(4) + 1, bits.bits(4) + 1];
  const [width, height] = [bits.bits(widthBits) + 1, bits.bits(heightBits) + 1];
  if (!isReduced && bits.flag()) bits.skip(7);
  bits.skip(3);
  if (!isReduced) skipTools(bits);
  bits.skip(3);
  const isDeep = bits.flag();
  const depth = !isDeep ? "08" : profile === 2 && bits.flag() ? "12" : "10";
  if (bits.isOver || profile > 2) return null;
  const codec = `av01.${profile}.${String(level).padStart(2, "0")}${tier === 1 ? "H" : "M"}.${depth}`;
  return { facts: { codec, width, height }, isStill: isReduced };
}

/** timing_info, decoder_model_info and the operating points: level and tier of the first. */
function readOperatingPoint(bits: BitReader): { level: number; tier: number } {
  let delayBits = 0;
  let hasModel = false;
  if (bits.flag()) {
    bits.skip(64);
    if (bits.flag()) bits.ue();
    hasModel = bits.flag();
    if (hasModel) {
      delayBits = bits.bits(5) + 1;
      bits.skip(32 + 5 + 5);
    }
  }
  const hasDelay = bits.flag();
  const count = bits.bits(5) + 1;
  let first = { level: 0, tier: 0 };
  for (let i = 0; i < count && !bits.isOver; i += 1) {
    bits.skip(12);
    const level = bits.bits(5);
    const tier = level > 7 ? bits.bit() : 0;
    if (i === 0) first = { level, tier };
    if (hasModel && bits.flag()) bits.skip(2 * delayBits + 1);
    if (hasDelay && bits.flag()) bits.skip(4);
  }
  return first;
}

/** The tools of a sequence that is no still picture. */
function skipTools(bits: BitReader): void {
  bits.skip(4);
  const hasOrder = bits.flag();
  if (hasOrder) bits.skip(2);
  // Both are chosen for each frame unless a bit follows.
  const choosesScreen = bits.flag();
  const screen = choosesScreen ? 2 : bits.bit();
  if (screen > 0 && !bits.flag()) bits.bit();
  if (hasOrder) bits.skip(3);
}
