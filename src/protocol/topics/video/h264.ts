import { BitReader } from "./bit-reader.ts";
import type { NalKind, SetFacts } from "./nal-stream.ts";

/* H.264: clause 7.3 of ITU-T H.264. */

/** Profiles with the fields of chroma formats and scaling lists in their SPS. */
const highProfiles = new Set([100, 110, 122, 244, 44, 83, 86, 118, 128, 138, 139, 134, 135]);

export const h264: NalKind = {
  headerBytes: 1,
  typeOf: (first) => first & 0x1f,
  isPicture: (type) => type >= 1 && type <= 5,
  isKey: (type) => type === 5,
  sets: [7, 8],
  named: ["SPS", "PPS"],
  delimiter: 9,
  readSet: (rank, payload) => {
    if (rank === 0) return readSps(payload);
    const bits = new BitReader(payload);
    const id = bits.ue();
    return bits.isOver ? null : { id };
  },
};

/** seq_parameter_set_data (7.3.2.1.1), as far as the size of the picture; null: it is none. */
function readSps(payload: Uint8Array): SetFacts | null {
  const bits = new BitReader(payload);
  const profile = bits.bits(8);
  const constraints = bits.bits(8);
  const level = bits.bits(8);
  const id = bits.ue();
  let chroma = 1;
  let isSeparate = false;
  if (highProfiles.has(profile)) {
    chroma = bits.ue();
    if (chroma === 3) isSeparate = bits.flag();
    bits.ue();
    bits.ue();
    bits.bit();
    if (bits.flag()) skipScalingLists(bits, chroma === 3 ? 12 : 8);
  }
  bits.ue();
  const order = bits.ue();
  if (order === 0) bits.ue();
  else if (order === 1) {
    bits.bit();
    bits.se();
    bits.se();
    const count = bits.ue();
    for (let i = 0; i < count && !bits.isOver; i += 1) bits.se();
  }
  bits.ue();
  bits.bit();
  const columns = bits.ue() + 1;
  const mapRows = bits.ue() + 1;
  const isFrames = bits.flag();
  if (!isFrames) bits.bit();
  bits.bit();
  const rows = isFrames ? mapRows : 2 * mapRows;
  let [width, height] = [16 * columns, 16 * rows];
  if (bits.flag()) {
    const [left, right, top, bottom] = [bits.ue(), bits.ue(), bits.ue(), bits.ue()];
    const isSampled = !isSeparate && chroma !== 0;
    const across = isSampled && chroma < 3 ? 2 : 1;
    const down = (isSampled && chroma === 1 ? 2 : 1) * (isFrames ? 1 : 2);
    width -= across * (left + right);
    height -= down * (top + bottom);
  }
  if (bits.isOver || id > 31 || chroma > 3 || order > 2 || profile === 0 || level === 0) return null;
  const hex = [profile, constraints, level].map((value) => value.toString(16).padStart(2, "0")).join("");
  return { id, facts: { codec: `avc1.${hex}`, width, height } };
}

/** scaling_list (7.3.2.1.1.1): of 16 numbers for the first six, of 64 for the others. */
function skipScalingLists(bits: BitReader, count: number): void {
  for (let list = 0; list < count && !bits.isOver; list += 1) {
    if (!bits.flag()) continue;
    let last = 8;
    let next = 8;
    for (let i = 0; i < (list < 6 ? 16 : 64) && !bits.isOver; i += 1) {
      if (next !== 0) next = (last + bits.se() + 256) % 256;
      if (next !== 0) last = next;
    }
  }
}
