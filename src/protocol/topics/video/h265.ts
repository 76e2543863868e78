import { BitReader } from "./bit-reader.ts";
import type { NalKind, SetFacts } from "./nal-stream.ts";

/* H.265: clause 7.3 of ITU-T H.265; the codec's name by annex E of ISO/IEC 14496-15. */

export const h265: NalKind = {
  headerBytes: 2,
  typeOf: (first) => (first >> 1) & 0x3f,
  isPicture: (type) => type < 32,
  // Pictures of random access: BLA, IDR and CRA.
  isKey: (type) => type >= 16 && type <= 21,
  sets: [32, 33, 34],
  named: ["VPS", "SPS", "PPS"],
  delimiter: 35,
  readSet: (rank, payload) => {
    if (rank === 1) return readSps(payload);
    const bits = new BitReader(payload);
    const id = rank === 0 ? bits.bits(4) : bits.ue();
    return bits.isOver ? null : { id };
  },
};

/** seq_parameter_set_rbsp (7.3.2.2.1), as far as the size of the picture; null: it is none. */
function readSps(payload: Uint8Array): SetFacts | null {
  const bits = new BitReader(payload);
  bits.skip(4);
  const subLayers = bits.bits(3);
  bits.bit();
  const codec = readProfile(bits, subLayers);
  const id = bits.ue();
  const chroma = bits.ue();
  const isSeparate = chroma === 3 && bits.flag();
  let [width, height] = [bits.ue(), bits.ue()];
  if (bits.flag()) {
    const [left, right, top, bottom] = [bits.ue(), bits.ue(), bits.ue(), bits.ue()];
    const isSampled = !isSeparate && chroma !== 0;
    width -= (isSampled && chroma < 3 ? 2 : 1) * (left + right);
    height -= (isSampled && chroma === 1 ? 2 : 1) * (top + bottom);
  }
  if (bits.isOver || id > 15 || chroma > 3 || subLayers > 6 || codec === null) return null;
  return { id, facts: { codec, width, height } };
}

/** profile_tier_level (7.3.3) as the codec's name; null: it has no level. */
function readProfile(bits: BitReader, subLayers: number): string | null {
  const space = ["", "A", "B", "C"][bits.bits(2)] as string;
  const tier = bits.flag() ? "H" : "L";
  const profile = bits.bits(5);
  // The flags are named from the lowest on.
  let compatible = 0;
  for (let i = 0; i < 32; i += 1) compatible += bits.bit() * 2 ** i;
  const constraints = [0, 1, 2, 3, 4, 5].map(() => bits.bits(8));
  const level = bits.bits(8);
  const has = Array.from({ length: subLayers }, () => [bits.flag(), bits.flag()] as const);
  if (subLayers > 0) bits.skip(2 * (8 - subLayers));
  for (const [hasProfile, hasLevel] of has) bits.skip((hasProfile ? 88 : 0) + (hasLevel ? 8 : 0));
  while (constraints.at(-1) === 0) constraints.pop();
  const parts = [`hev1.${space}${profile}`, hex(compatible), `${tier}${level}`, ...constraints.map(hex)];
  return level === 0 ? null : parts.join(".");
}

function hex(value: number): string {
  return value.toString(16).toUpperCase();
}
