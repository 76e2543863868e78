import { type Result, refused } from "../../../core/result.ts";
import { BitReader } from "./bit-reader.ts";
import { isPictureSize, type ParsedVideo, type VideoFacts, type VideoParser } from "./video-format.ts";

/** Bytes of the uncompressed header that are looked at. */
const headerBytes = 16;
const syncCode = 0x498342;
const rgb = 7;

/** Greatest luma picture sizes of the levels (VP9 levels, annex A), and the levels as the codec's name has them. */
const levels: readonly (readonly [number, string])[] = [
  [36_864, "10"],
  [73_728, "11"],
  [122_880, "20"],
  [245_760, "21"],
  [552_960, "30"],
  [983_040, "31"],
  [2_228_224, "40"],
  [8_912_896, "50"],
];
const highestLevel = "60";

/** A stream of VP9, a frame or superframe in each message (uncompressed_header, 6.2 of the VP9 bitstream specification). */
export class Vp9Stream implements VideoParser {
  private facts: VideoFacts | null = null;

  take(data: Uint8Array): Result<ParsedVideo | null> {
    const bits = new BitReader(data.subarray(0, headerBytes));
    if (bits.bits(2) !== 2) return refused("is no frame of VP9: its marker is missing", "data");
    const profile = bits.bit() + 2 * bits.bit();
    if (profile === 3) bits.bit();
    const key = !bits.flag() && !bits.flag();
    if (!key) {
      return { ok: true, value: this.facts === null ? null : { ...this.facts, key, data } };
    }
    bits.skip(2);
    if (bits.bits(24) !== syncCode)
      return refused("is no key frame of VP9: its sync code is missing", "data");
    const facts = readFacts(bits, profile);
    if (bits.isOver) return refused("ends within its header", "data");
    if (!isPictureSize(facts.width, facts.height)) {
      return refused(`says ${facts.width} × ${facts.height} pixels`, "data");
    }
    this.facts = facts;
    return { ok: true, value: { ...facts, key, data } };
  }
}

/** color_config and frame_size. */
function readFacts(bits: BitReader, profile: number): VideoFacts {
  const depth = profile < 2 ? "08" : bits.flag() ? "12" : "10";
  const isSubsampled = profile === 1 || profile === 3;
  if (bits.bits(3) !== rgb) bits.skip(isSubsampled ? 4 : 1);
  else if (isSubsampled) bits.skip(1);
  const width = bits.bits(16) + 1;
  const height = bits.bits(16) + 1;
  const level = levels.find(([most]) => width * height <= most)?.[1] ?? highestLevel;
  return { codec: `vp09.0${profile}.${level}.${depth}`, width, height };
}
